#include "storage/tables/aliases.hpp"

namespace assay::aliases {

namespace {

AliasRow make(const Row& row) { return {row.text(0), row.integer(1), row.text(2), row.text(3)}; }

}  // namespace

Result<std::optional<AliasRow>> find(SqlSession& sql, const std::string& model, const std::string& alias) {
    return sql.first("SELECT alias, version, since, actor FROM aliases WHERE model = $1 AND alias = $2", {model, alias}, make);
}

Result<std::vector<AliasRow>> of_model(SqlSession& sql, const std::string& model) {
    return sql.all("SELECT alias, version, since, actor FROM aliases WHERE model = $1 ORDER BY alias", {model}, make);
}

Result<std::vector<std::string>> of_version(SqlSession& sql, const std::string& model, std::int64_t version) {
    return sql.all("SELECT alias FROM aliases WHERE model = $1 AND version = $2 ORDER BY alias", {model, version},
                   [](const Row& row) { return row.text(0); });
}

Result<void> set(SqlWrite& sql, const std::string& model, const AliasRow& alias) {
    TRY(
        sql.run("INSERT INTO aliases (model, alias, version, since, actor) VALUES ($1, $2, $3, $4, $5) "
                "ON CONFLICT (model, alias) DO UPDATE SET version = excluded.version, since = excluded.since, actor = excluded.actor",
                {model, alias.alias, alias.version, alias.since, alias.actor}));
    return {};
}

Result<void> remove(SqlWrite& sql, const std::string& model, const std::string& alias) {
    TRY(sql.run("DELETE FROM aliases WHERE model = $1 AND alias = $2", {model, alias}));
    return {};
}

}  // namespace assay::aliases
