#include "storage/tables/needs.hpp"

namespace assay::needs {

Result<void> set(SqlWrite& sql, const std::string& model, std::int64_t version, const std::string& body) {
    TRY(remove(sql, model, version));
    TRY(
        sql.run("INSERT INTO needs (id, body, versions) SELECT coalesce(max(id), 0) + 1, $1, 1 FROM needs WHERE true "
                "ON CONFLICT (body) DO UPDATE SET versions = needs.versions + 1",
                {body}));
    TRY(sql.run("INSERT INTO version_needs (model, version, needs) SELECT $1, $2, id FROM needs WHERE body = $3", {model, version, body}));
    return {};
}

Result<void> remove(SqlWrite& sql, const std::string& model, std::int64_t version) {
    TRY_ASSIGN(const auto id, of_version(sql, model, version));
    if (!id) return {};
    TRY(sql.run("UPDATE needs SET versions = versions - 1 WHERE id = $1", {*id}));
    TRY(sql.run("DELETE FROM version_needs WHERE model = $1 AND version = $2", {model, version}));
    return {};
}

Result<std::vector<NeedsRow>> list(SqlSession& sql, std::int64_t limit) {
    return sql.all("SELECT id, body, versions FROM needs WHERE versions > 0 ORDER BY id LIMIT $1", {limit},
                   [](const Row& row) { return NeedsRow{row.integer(0), row.text(1), row.integer(2)}; });
}

Result<std::optional<std::int64_t>> of_version(SqlSession& sql, const std::string& model, std::int64_t version) {
    return sql.first("SELECT needs FROM version_needs WHERE model = $1 AND version = $2", {model, version},
                     [](const Row& row) { return row.integer(0); });
}

Result<std::optional<std::string>> body_of(SqlSession& sql, const std::string& model, std::int64_t version) {
    return sql.first("SELECT needs.body FROM version_needs JOIN needs ON needs.id = version_needs.needs WHERE model = $1 AND version = $2",
                     {model, version}, [](const Row& row) { return row.text(0); });
}

}  // namespace assay::needs
