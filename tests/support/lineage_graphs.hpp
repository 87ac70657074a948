#pragma once

#include "registry/lineage_layout.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace assay::test {

/// Two data sets from one, two runs, versions in every state, consumers with names that try to break out.
[[nodiscard]] LineageGraph penguins();

/// Versions, in the order in which the edges name them.
[[nodiscard]] LineageGraph of_edges(const std::string& of, const std::vector<std::pair<std::string, std::string>>& edges);

/// Laid out with every box 100 wide and 40 high, and labels without width.
[[nodiscard]] LineageLayout plain_layout(const LineageGraph& graph);

/// How often `part` is in `text`, without overlap.
[[nodiscard]] std::size_t occurrences(const std::string& text, const std::string& part);

}  // namespace assay::test
