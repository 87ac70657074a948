#include "storage/tables/models.hpp"

namespace assay::models {

namespace {

ModelRow make(const Row& row) {
    return {row.text(0),   row.text(1), row.text(2), row.integer(3), row.text(4) == "deleted" ? LifeState::deleted : LifeState::active,
            row.integer(5)};
}

}  // namespace

Result<std::optional<ModelRow>> find(SqlSession& sql, const std::string& name) {
    return sql.first("SELECT name, description, created_at, next_version, state, updated_at FROM models WHERE name = $1", {name}, make);
}

Result<void> ensure(SqlWrite& sql, const std::string& name, const std::string& now) {
    TRY(
        sql.run("INSERT INTO models (name, description, created_at, next_version) VALUES ($1, '', $2, 1) ON CONFLICT (name) DO UPDATE SET "
                "created_at = CASE models.state WHEN 'deleted' THEN excluded.created_at ELSE models.created_at END, state = 'active'",
                {name, now}));
    return {};
}

Result<void> set_state(SqlWrite& sql, const std::string& name, LifeState state) {
    TRY(sql.run("UPDATE models SET state = $2 WHERE name = $1", {name, to_string(state)}));
    return {};
}

Result<void> set_updated(SqlWrite& sql, const std::string& name, std::int64_t at) {
    TRY(sql.run("UPDATE models SET updated_at = $2 WHERE name = $1", {name, at}));
    return {};
}

Result<void> raise_next_version(SqlWrite& sql, const std::string& name, std::int64_t next) {
    TRY(sql.run("UPDATE models SET next_version = $2 WHERE name = $1 AND next_version < $2", {name, next}));
    return {};
}

Result<void> set_description(SqlWrite& sql, const std::string& name, const std::string& text) {
    TRY(sql.run("UPDATE models SET description = $2 WHERE name = $1", {name, text}));
    return {};
}

Result<std::vector<ModelRow>> list(SqlSession& sql, const std::string& after, const std::string& contains, std::int64_t limit) {
    // instr() and position() differ between engines; LIKE with an escape does not.
    std::string pattern = "%";
    for (const char c : contains) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    pattern += '%';
    return sql.all(
        "SELECT name, description, created_at, next_version, state, updated_at FROM models WHERE name > $1 AND lower(name) LIKE lower($2) "
        "ESCAPE '\\' ORDER "
        "BY name LIMIT "
        "$3",
        {after, pattern, limit}, make);
}

}  // namespace assay::models
