#pragma once

#include "registry/lineage_graph.hpp"
#include "registry/registry.hpp"

#include <optional>
#include <string>

namespace assay {

enum class LineageDirection { up, down, both };

struct LineageQuery {
    std::string of;  ///< "version:NAME@REF" (3, alias, latest, sha256:…) · "dataset:sha256:…" · "dataset:ds1:sha256:…" · "run:ID"
    LineageDirection direction = LineageDirection::both;
    std::optional<std::int64_t> depth;  ///< steps each way; absent: as far as it goes
    std::int64_t limit = 10'000;        ///< nodes
};

/// The graph around one node: everything it comes from, everything that came from it. `not_found` when there is no
/// such node; `invalid`, code "invalid-lineage-node", when `of` is no node's name.
[[nodiscard]] Result<LineageGraph> lineage(Registry& registry, const LineageQuery& query);

/// Records that a dataset was made from a version or from another dataset. The source must exist; the target is made
/// known under `name` when it is not. `conflict`, code "lineage-cycle".
[[nodiscard]] Result<void> derive_dataset(Registry& registry, const std::string& from, const std::string& to, const std::string& name,
                                          const std::string& relation);

}  // namespace assay
