#include "storage/tables/lineage.hpp"

#include <algorithm>

namespace assay::lineage_tables {

namespace {

EdgeRow make_edge(const Row& row) { return {row.text(0), row.text(1), row.text(2)}; }

/// Makes everything that names dataset `from` name dataset `to`.
Result<void> merge_dataset(SqlWrite& sql, const std::string& from, const std::string& to) {
    const std::string old_node = "dataset:" + from;
    const std::string new_node = "dataset:" + to;
    TRY(sql.run("UPDATE dataset_digests SET dataset = $2 WHERE dataset = $1", {from, to}));
    TRY(sql.run(
        "INSERT INTO edges (source, target, relation, created_at) SELECT $2, target, relation, created_at FROM edges WHERE source = $1 "
        "ON CONFLICT DO NOTHING",
        {old_node, new_node}));
    TRY(sql.run(
        "INSERT INTO edges (source, target, relation, created_at) SELECT source, $2, relation, created_at FROM edges WHERE target = $1 "
        "ON CONFLICT DO NOTHING",
        {old_node, new_node}));
    TRY(sql.run("DELETE FROM edges WHERE source = $1 OR target = $1", {old_node}));
    TRY(sql.run("DELETE FROM datasets WHERE id = $1", {from}));
    return {};
}

}  // namespace

Result<std::vector<std::string>> datasets_of(SqlSession& sql, const std::vector<std::string>& digests) {
    std::vector<std::string> known;
    for (const std::string& digest : digests) {
        TRY_ASSIGN(const auto dataset, sql.first("SELECT dataset FROM dataset_digests WHERE digest = $1", {digest},
                                                 [](const Row& row) { return row.text(0); }));
        if (dataset && std::ranges::find(known, *dataset) == known.end()) known.push_back(*dataset);
    }
    return known;
}

Result<std::string> ensure_dataset(SqlWrite& sql, const std::vector<std::string>& digests, const std::string& name,
                                   std::optional<std::int64_t> rows, const std::string& now) {
    TRY_ASSIGN(const std::vector<std::string> known, datasets_of(sql, digests));
    std::string id = known.empty() ? digests.front() : known.front();
    if (known.empty()) {
        TRY(sql.run("INSERT INTO datasets (id, name, rows, created_at) VALUES ($1, $2, $3, $4)", {id, name, rows, now}));
    }
    for (std::size_t i = 1; i < known.size(); ++i) TRY(merge_dataset(sql, known[i], id));
    for (const std::string& digest : digests) {
        TRY(sql.run("INSERT INTO dataset_digests (digest, dataset) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING", {digest, id}));
    }
    return id;
}

Result<std::optional<DatasetRow>> find_dataset(SqlSession& sql, const std::string& digest) {
    return sql.first("SELECT datasets.id, name, rows FROM dataset_digests JOIN datasets ON datasets.id = dataset WHERE digest = $1",
                     {digest}, [](const Row& row) { return DatasetRow{row.text(0), row.text(1), row.optional_integer(2)}; });
}

Result<std::vector<std::string>> digests_of(SqlSession& sql, const std::string& dataset) {
    return sql.all("SELECT digest FROM dataset_digests WHERE dataset = $1 ORDER BY digest", {dataset},
                   [](const Row& row) { return row.text(0); });
}

Result<void> add_edge(SqlWrite& sql, const EdgeRow& edge, const std::string& now) {
    TRY(sql.run("INSERT INTO edges (source, target, relation, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                {edge.source, edge.target, edge.relation, now}));
    return {};
}

Result<std::vector<std::string>> reachable(SqlSession& sql, const std::string& start, Direction direction,
                                           std::optional<std::int64_t> depth, std::int64_t limit) {
    const auto node = [](const Row& row) { return row.text(0); };
    if (!depth) {
        // UNION over the node alone meets each node once; the queue of the recursion is first in, first out.
        constexpr std::string_view down =
            "WITH RECURSIVE walk(node) AS (SELECT $1 UNION SELECT target FROM walk JOIN edges ON source = node) SELECT node FROM walk "
            "LIMIT $2";
        constexpr std::string_view up =
            "WITH RECURSIVE walk(node) AS (SELECT $1 UNION SELECT source FROM walk JOIN edges ON target = node) SELECT node FROM walk "
            "LIMIT $2";
        return sql.all(direction == Direction::down ? down : up, {start, limit}, node);
    }
    // A node met at several depths is walked once for each: bounded by the depth asked for.
    constexpr std::string_view down =
        "WITH RECURSIVE walk(node, depth) AS (SELECT $1, 0 UNION SELECT target, depth + 1 FROM walk JOIN edges ON source = node WHERE "
        "depth < $2) "
        "SELECT node, min(depth) AS nearest FROM walk GROUP BY node ORDER BY nearest, node LIMIT $3";
    constexpr std::string_view up =
        "WITH RECURSIVE walk(node, depth) AS (SELECT $1, 0 UNION SELECT source, depth + 1 FROM walk JOIN edges ON target = node WHERE "
        "depth < $2) "
        "SELECT node, min(depth) AS nearest FROM walk GROUP BY node ORDER BY nearest, node LIMIT $3";
    return sql.all(direction == Direction::down ? down : up, {start, *depth, limit}, node);
}

Result<bool> leads_to(SqlSession& sql, const std::string& start, const std::string& target) {
    TRY_ASSIGN(const auto found,
               sql.first("WITH RECURSIVE walk(node) AS (SELECT $1 UNION SELECT target FROM walk JOIN edges ON source = node) "
                         "SELECT 1 FROM walk WHERE node = $2 LIMIT 1",
                         {start, target}, [](const Row&) { return true; }));
    return found.value_or(false);
}

Result<std::vector<EdgeRow>> edges_from(SqlSession& sql, const std::string& source) {
    return sql.all("SELECT source, target, relation FROM edges WHERE source = $1 ORDER BY target, relation", {source}, make_edge);
}

Result<std::vector<EdgeRow>> edges_to(SqlSession& sql, const std::string& target) {
    return sql.all("SELECT source, target, relation FROM edges WHERE target = $1 ORDER BY source, relation", {target}, make_edge);
}

}  // namespace assay::lineage_tables
