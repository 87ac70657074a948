#include "storage/tables/tags.hpp"

namespace assay::tags {

Result<std::vector<TagRow>> list(SqlSession& sql, const std::string& model, std::int64_t version) {
    return sql.all("SELECT key, value FROM tags WHERE model = $1 AND version = $2 ORDER BY key", {model, version},
                   [](const Row& row) { return TagRow{row.text(0), row.text(1)}; });
}

Result<std::map<std::int64_t, std::vector<TagRow>>> of_versions(SqlSession& sql, const std::string& model, std::int64_t first,
                                                                std::int64_t last) {
    std::map<std::int64_t, std::vector<TagRow>> found;
    TRY(sql.each("SELECT version, key, value FROM tags WHERE model = $1 AND version BETWEEN $2 AND $3 ORDER BY version, key",
                 {model, first, last}, [&](const Row& row) -> Result<void> {
                     found[row.integer(0)].push_back({row.text(1), row.text(2)});
                     return {};
                 }));
    return found;
}

Result<std::optional<std::string>> find(SqlSession& sql, const std::string& model, std::int64_t version, const std::string& key) {
    return sql.first("SELECT value FROM tags WHERE model = $1 AND version = $2 AND key = $3", {model, version, key},
                     [](const Row& row) { return row.text(0); });
}

Result<void> set(SqlWrite& sql, const std::string& model, std::int64_t version, const TagRow& tag) {
    TRY(
        sql.run("INSERT INTO tags (model, version, key, value) VALUES ($1, $2, $3, $4) ON CONFLICT (model, version, key) DO UPDATE SET "
                "value = excluded.value",
                {model, version, tag.key, tag.value}));
    return {};
}

Result<void> remove(SqlWrite& sql, const std::string& model, std::int64_t version, const std::string& key) {
    TRY(sql.run("DELETE FROM tags WHERE model = $1 AND version = $2 AND key = $3", {model, version, key}));
    return {};
}

}  // namespace assay::tags
