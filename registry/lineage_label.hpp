#pragma once

#include "registry/lineage_graph.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

/// Text that is safe in any picture: U+FFFD instead of control characters, broken UTF-8, noncharacters and the
/// marks that reorder a line (a name must not be able to look like another).
[[nodiscard]] std::string clean_label(std::string_view text);

/// Columns that clean text takes on a terminal: 2 for East Asian wide characters and emoji, 0 for combining marks.
[[nodiscard]] std::size_t cells(std::string_view text);

/// Clean text, cut to `limit` columns with "…" as the last one when it is longer; never between a letter and its marks.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t limit);

/// What a node is called in a picture, clean: its label, or without one its id.
[[nodiscard]] std::string node_label(const LineageNode& node);

/// A relation for people: "retrained from".
[[nodiscard]] std::string relation_label(std::string_view relation);

}  // namespace assay
