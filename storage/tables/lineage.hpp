#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables `datasets`, `dataset_digests` and `edges`: the graph of where things come from.

namespace assay::lineage_tables {

/// The ids of the datasets that are known by any of `digests`, each once.
[[nodiscard]] Result<std::vector<std::string>> datasets_of(SqlSession& sql, const std::vector<std::string>& digests);
/// The dataset known by any of `digests`; made when none is known. When the digests belong to different datasets,
/// those are the same content after all and become one. Every digest is known afterwards. Gives the dataset's id.
/// REQUIRES: at least one digest; none of those datasets leads to another, or the graph gets a cycle.
[[nodiscard]] Result<std::string> ensure_dataset(SqlWrite& sql, const std::vector<std::string>& digests, const std::string& name,
                                                 std::optional<std::int64_t> rows, const std::string& now);
[[nodiscard]] Result<std::optional<DatasetRow>> find_dataset(SqlSession& sql, const std::string& digest);
[[nodiscard]] Result<std::vector<std::string>> digests_of(SqlSession& sql, const std::string& dataset);

/// Adding an edge that exists changes nothing.
[[nodiscard]] Result<void> add_edge(SqlWrite& sql, const EdgeRow& edge, const std::string& now);

enum class Direction { up, down };
/// Nodes reachable from `start` (itself included, first) in at most `depth` steps (absent: any number), nearest first,
/// at most `limit`.
[[nodiscard]] Result<std::vector<std::string>> reachable(SqlSession& sql, const std::string& start, Direction direction,
                                                         std::optional<std::int64_t> depth, std::int64_t limit);
/// True when `target` can be reached downstream from `start` (or is it).
[[nodiscard]] Result<bool> leads_to(SqlSession& sql, const std::string& start, const std::string& target);
/// Edges that leave `source`.
[[nodiscard]] Result<std::vector<EdgeRow>> edges_from(SqlSession& sql, const std::string& source);
/// Edges that reach `target`.
[[nodiscard]] Result<std::vector<EdgeRow>> edges_to(SqlSession& sql, const std::string& target);

}  // namespace assay::lineage_tables
