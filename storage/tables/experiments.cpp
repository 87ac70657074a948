#include "storage/tables/experiments.hpp"

#include "storage/tables/collected.hpp"

#include <algorithm>

namespace assay::experiments {

namespace {

constexpr std::string_view columns = "SELECT id, name, state, location, created_at, updated_at FROM experiments ";

ExperimentRow make(const Row& row) {
    return {row.integer(0), row.text(1),    row.text(2) == "deleted" ? LifeState::deleted : LifeState::active,
            row.text(3),    row.integer(4), row.integer(5)};
}

}  // namespace

Result<std::optional<ExperimentRow>> find(SqlSession& sql, std::int64_t id) {
    return sql.first(std::string(columns) + "WHERE id = $1", {id}, make);
}

Result<std::optional<ExperimentRow>> find_by_name(SqlSession& sql, const std::string& name) {
    return sql.first(std::string(columns) + "WHERE name = $1", {name}, make);
}

Result<std::int64_t> next_id(SqlSession& sql) {
    TRY_ASSIGN(const auto highest, sql.first("SELECT max(id) FROM experiments", {}, [](const Row& row) { return row.integer(0); }));
    TRY_ASSIGN(const std::int64_t gone, collected::highest_experiment(sql));
    return std::max(highest.value_or(0), gone) + 1;  // 0 is Default's, also before it is made
}

Result<void> insert(SqlWrite& sql, const ExperimentRow& experiment) {
    TRY(sql.run(
        "INSERT INTO experiments (id, name, state, location, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6)",
        {experiment.id, experiment.name, to_string(experiment.state), experiment.location, experiment.created_at, experiment.updated_at}));
    return {};
}

Result<std::int64_t> ensure(SqlWrite& sql, const std::string& name, std::int64_t at) {
    TRY_ASSIGN(const auto found, find_by_name(sql, name));
    if (found) return found->id;
    std::int64_t id = 0;
    TRY_ASSIGN(const auto first, find(sql, 0));
    if (name != "Default" || first) {  // Default may have been given another name
        TRY_ASSIGN(id, next_id(sql));
    }
    TRY(insert(sql, {id, name, LifeState::active, std::to_string(id), at, at}));
    return id;
}

Result<void> rename(SqlWrite& sql, std::int64_t id, const std::string& name, std::int64_t at) {
    TRY(sql.run("UPDATE experiments SET name = $2, updated_at = $3 WHERE id = $1", {id, name, at}));
    return {};
}

Result<void> set_state(SqlWrite& sql, std::int64_t id, LifeState state, std::int64_t at) {
    TRY(sql.run("UPDATE experiments SET state = $2, updated_at = $3 WHERE id = $1", {id, to_string(state), at}));
    return {};
}

Result<void> set_updated(SqlWrite& sql, std::int64_t id, std::int64_t at) {
    TRY(sql.run("UPDATE experiments SET updated_at = $2 WHERE id = $1", {id, at}));
    return {};
}

Result<std::vector<ExperimentRow>> deleted(SqlSession& sql, std::int64_t until) {
    return sql.all(std::string(columns) + "WHERE state = 'deleted' AND updated_at <= $1 ORDER BY updated_at, id", {until}, make);
}

Result<std::optional<ExperimentRow>> another_within(SqlSession& sql, std::int64_t id, const std::string& folder) {
    // '0' comes right after '/'
    return sql.first(std::string(columns) + "WHERE id <> $1 AND (location = $2 OR (location > $3 AND location < $4)) ORDER BY id LIMIT 1",
                     {id, folder, folder + "/", folder + "0"}, make);
}

Result<void> remove(SqlWrite& sql, std::int64_t id) {
    TRY(sql.run("DELETE FROM experiment_tags WHERE experiment = $1", {id}));
    TRY(sql.run("DELETE FROM experiments WHERE id = $1", {id}));
    return {};
}

Result<std::vector<TagRow>> tags(SqlSession& sql, std::int64_t id) {
    return sql.all("SELECT key, value FROM experiment_tags WHERE experiment = $1 ORDER BY key", {id},
                   [](const Row& row) { return TagRow{row.text(0), row.text(1)}; });
}

Result<void> set_tag(SqlWrite& sql, std::int64_t id, const TagRow& tag) {
    TRY(sql.run(
        "INSERT INTO experiment_tags (experiment, key, value) VALUES ($1, $2, $3) ON CONFLICT (experiment, key) DO UPDATE SET value = "
        "excluded.value",
        {id, tag.key, tag.value}));
    return {};
}

Result<bool> remove_tag(SqlWrite& sql, std::int64_t id, const std::string& key) {
    TRY_ASSIGN(const auto removed, sql.run("DELETE FROM experiment_tags WHERE experiment = $1 AND key = $2", {id, key}));
    return removed != 0;
}

}  // namespace assay::experiments
