#pragma once

#include "base/json_text.hpp"
#include "registry/aliases.hpp"
#include "registry/lineage_graph.hpp"
#include "registry/models.hpp"
#include "registry/runs.hpp"
#include "registry/versions.hpp"

// Records as the JSON of docs/api.md.

namespace assay::v1 {

[[nodiscard]] Json view(const ModelView& model);
/// The version with its manifest. `integrity`, code "manifest-damaged", when that is not what the version's digest says.
[[nodiscard]] Result<ObjectText> view(const VersionView& version);
/// As one of a list: the metrics instead of the manifest. `integrity`, code "manifest-damaged", when the manifest has none.
[[nodiscard]] Result<ObjectText> list_view(const VersionView& version);
/// As list_view, with its params and the releases of what it uses.
[[nodiscard]] Result<ObjectText> search_view(const VersionView& version);
[[nodiscard]] Json view(const AliasView& alias);
[[nodiscard]] Json view(const AliasMove& move);
[[nodiscard]] Json view(const HistoryRow& row);
[[nodiscard]] Json view(const FetchRow& row);
[[nodiscard]] Result<Json> view(const ProofRow& row);
[[nodiscard]] Json view(const WaiverRow& row, bool holds);
/// `points`: of all its metrics. A value that is not a number is null.
[[nodiscard]] Json view(const RunView& run, const std::vector<RunMetricRow>& points, const std::vector<std::string>& versions);
[[nodiscard]] Json view(const LineageGraph& graph);

}  // namespace assay::v1
