#include "storage/tables/collected.hpp"

namespace assay::collected {

Result<void> add(SqlWrite& sql, const CollectedRow& row) {
    TRY(
        sql.run("INSERT INTO collected (kind, id, name, at, actor) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, id) DO UPDATE SET name = "
                "excluded.name, at = excluded.at, actor = excluded.actor",
                {row.kind, row.id, row.name, row.at, row.actor}));
    return {};
}

Result<std::optional<CollectedRow>> find(SqlSession& sql, std::string_view kind, const std::string& id_or_name) {
    constexpr std::string_view columns = "SELECT kind, id, name, at, actor FROM collected WHERE kind = $1 AND ";
    const auto make = [](const Row& row) { return CollectedRow{row.text(0), row.text(1), row.text(2), row.integer(3), row.text(4)}; };
    TRY_ASSIGN(auto found, sql.first(std::string(columns) + "id = $2", {kind, id_or_name}, make));
    if (found || kind != "experiment") return found;
    return sql.first(std::string(columns) + "name = $2 ORDER BY at DESC, id LIMIT 1", {kind, id_or_name}, make);
}

Result<std::int64_t> highest_experiment(SqlSession& sql) {
    TRY_ASSIGN(const auto highest, sql.first("SELECT coalesce(max(CAST(id AS BIGINT)), 0) FROM collected WHERE kind = 'experiment'", {},
                                             [](const Row& row) { return row.integer(0); }));
    return highest.value_or(0);
}

}  // namespace assay::collected
