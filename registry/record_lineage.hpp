#pragma once

#include "registry/manifest.hpp"
#include "storage/sql/database.hpp"

#include <string>

namespace assay {

/// How the nodes of the lineage graph are named.
[[nodiscard]] std::string dataset_node(const std::string& id);
[[nodiscard]] std::string run_node(const std::string& id);
[[nodiscard]] std::string version_node(const std::string& model, std::int64_t version);
/// `environment` is a digest, or empty.
[[nodiscard]] std::string consumer_node(const std::string& consumer, const std::string& environment);

/// Adds an edge that points downstream. `conflict`, code "lineage-cycle", naming the way back, when `target` already
/// leads to `source`.
[[nodiscard]] Result<void> add_lineage_edge(SqlWrite& sql, const std::string& source, const std::string& target,
                                            const std::string& relation, const std::string& now);

/// The id of the dataset that is known by any of the digests; made when there is none. Datasets that were known apart
/// become one. `conflict`, code "lineage-cycle", when one of them was made from the other.
[[nodiscard]] Result<std::string> join_dataset(SqlWrite& sql, const std::vector<std::string>& digests, const std::string& name,
                                               std::optional<std::int64_t> rows, const std::string& now);

/// The edges that a manifest implies: datasets → run → version, parents → version.
[[nodiscard]] Result<void> record_lineage(SqlWrite& sql, const Manifest& manifest, const std::string& now);

}  // namespace assay
