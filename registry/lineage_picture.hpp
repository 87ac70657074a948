#pragma once

#include "registry/lineage_graph.hpp"

#include <cstddef>
#include <string>

namespace assay {

/// Pictures of a lineage graph. Pure: the same graph gives the same bytes. Names may hold anything: each format
/// escapes them, and control characters, broken UTF-8 and marks that reorder a line become U+FFFD. Edges whose
/// ends are not in the graph are left out; a cycle does no harm.

/// image/svg+xml: what came first is on the left. Long texts are shortened, and whole in the node's tooltip. Stands alone
/// (no script, no links, no fonts to fetch) and follows the reader's light or dark scheme by a <style> of its own.
[[nodiscard]] std::string lineage_svg(const LineageGraph& graph);

/// text/vnd.graphviz
[[nodiscard]] std::string lineage_dot(const LineageGraph& graph);

/// text/vnd.mermaid
[[nodiscard]] std::string lineage_mermaid(const LineageGraph& graph);

/// For a terminal: the node asked for after "●", what led to it above, what it led to below. A node that several
/// others share is expanded where it is met first, and referred to after that. `width` in terminal cells, 0 for
/// no limit; `colour` adds ANSI sequences. Ends with a newline.
[[nodiscard]] std::string lineage_tree(const LineageGraph& graph, bool colour, std::size_t width);

}  // namespace assay
