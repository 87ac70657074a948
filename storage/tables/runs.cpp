#include "storage/tables/runs.hpp"

namespace assay::runs {

namespace {

constexpr std::string_view endings =
    "SELECT runs.id, runs.name, experiment, deleted_at, location FROM runs JOIN experiments ON experiments.id = experiment WHERE ";

Ending ending(const Row& row) { return {row.text(0), row.text(1), row.integer(2), row.optional_integer(3), row.text(4)}; }

/// When a run that gets this state was deleted.
std::optional<std::int64_t> deletion(LifeState state, std::int64_t at) {
    return state == LifeState::deleted ? std::optional(at) : std::nullopt;
}

}  // namespace

Result<void> insert(SqlWrite& sql, const RunRow& run) {
    TRY(sql.run(
        "INSERT INTO runs (id, experiment, name, status, state, started_at, ended_at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        {run.id, run.experiment, run.name, run.status, to_string(run.state), run.started_at, run.ended_at, run.actor}));
    return {};
}

Result<std::optional<RunRow>> find(SqlSession& sql, const std::string& id) {
    return sql.first(
        "SELECT runs.id, experiment, runs.name, status, runs.state, started_at, ended_at, actor, experiments.name, location FROM runs JOIN "
        "experiments ON experiments.id = experiment WHERE runs.id = $1",
        {id}, [](const Row& row) {
            return RunRow{row.text(0),
                          row.integer(1),
                          row.text(2),
                          row.text(3),
                          row.text(4) == "deleted" ? LifeState::deleted : LifeState::active,
                          row.optional_integer(5),
                          row.optional_integer(6),
                          row.text(7),
                          row.text(8),
                          row.text(9)};
        });
}

Result<void> update(SqlWrite& sql, const RunRow& run) {
    TRY(sql.run("UPDATE runs SET name = $2, status = $3, started_at = $4, ended_at = $5 WHERE id = $1",
                {run.id, run.name, run.status, run.started_at, run.ended_at}));
    return {};
}

Result<void> set_state(SqlWrite& sql, const std::string& id, LifeState state, std::int64_t at) {
    TRY(sql.run("UPDATE runs SET state = $2, deleted_at = $3 WHERE id = $1 AND (state <> $2 OR deleted_at IS NULL)",
                {id, to_string(state), deletion(state, at)}));
    return {};
}

Result<void> set_state_in(SqlWrite& sql, std::int64_t experiment, LifeState state, std::int64_t at) {
    TRY(sql.run("UPDATE runs SET state = $2, deleted_at = $3 WHERE experiment = $1 AND state <> $2",
                {experiment, to_string(state), deletion(state, at)}));
    return {};
}

Result<bool> has_undated_deletions(SqlSession& sql) {
    TRY_ASSIGN(const auto one, sql.first("SELECT 1 FROM runs WHERE state = 'deleted' AND deleted_at IS NULL LIMIT 1", {},
                                         [](const Row& row) { return row.integer(0); }));
    return one.has_value();
}

Result<void> date_deletions(SqlWrite& sql, std::int64_t at) {
    TRY(sql.run("UPDATE runs SET deleted_at = $1 WHERE state = 'deleted' AND deleted_at IS NULL", {at}));
    return {};
}

Result<std::optional<Ending>> find_ending(SqlSession& sql, const std::string& id) {
    return sql.first(std::string(endings) + "runs.id = $1", {id}, ending);
}

Result<std::vector<Ending>> deleted(SqlSession& sql, std::int64_t until) {
    return sql.all(std::string(endings) + "runs.state = 'deleted' AND deleted_at <= $1 ORDER BY deleted_at, runs.id", {until}, ending);
}

Result<std::vector<Ending>> in_experiment(SqlSession& sql, std::int64_t experiment, std::int64_t limit) {
    return sql.all(std::string(endings) + "experiment = $1 ORDER BY runs.id LIMIT $2", {experiment, limit}, ending);
}

Result<std::int64_t> remove(SqlWrite& sql, const std::string& id) {
    std::int64_t rows = 0;
    for (const char* statement :
         {"DELETE FROM run_tags WHERE run = $1", "DELETE FROM run_params WHERE run = $1", "DELETE FROM runs WHERE id = $1"}) {
        TRY_ASSIGN(const std::int64_t some, sql.run(statement, {id}));
        rows += some;
    }
    return rows;
}

Result<std::vector<RunParamRow>> params(SqlSession& sql, const std::string& run) {
    return sql.all("SELECT name, value FROM run_params WHERE run = $1 ORDER BY name", {run},
                   [](const Row& row) { return RunParamRow{row.text(0), row.text(1)}; });
}

Result<std::optional<std::string>> find_param(SqlSession& sql, const std::string& run, const std::string& name) {
    return sql.first("SELECT value FROM run_params WHERE run = $1 AND name = $2", {run, name}, [](const Row& row) { return row.text(0); });
}

Result<bool> add_param(SqlWrite& sql, const std::string& run, const RunParamRow& param) {
    TRY_ASSIGN(const auto added, sql.run("INSERT INTO run_params (run, name, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                                         {run, param.name, param.value}));
    return added != 0;
}

Result<std::vector<TagRow>> tags(SqlSession& sql, const std::string& run) {
    return sql.all("SELECT key, value FROM run_tags WHERE run = $1 ORDER BY key", {run},
                   [](const Row& row) { return TagRow{row.text(0), row.text(1)}; });
}

Result<std::optional<std::string>> find_tag(SqlSession& sql, const std::string& run, const std::string& key) {
    return sql.first("SELECT value FROM run_tags WHERE run = $1 AND key = $2", {run, key}, [](const Row& row) { return row.text(0); });
}

Result<void> set_tag(SqlWrite& sql, const std::string& run, const TagRow& tag) {
    TRY(sql.run("INSERT INTO run_tags (run, key, value) VALUES ($1, $2, $3) ON CONFLICT (run, key) DO UPDATE SET value = excluded.value",
                {run, tag.key, tag.value}));
    return {};
}

Result<bool> remove_tag(SqlWrite& sql, const std::string& run, const std::string& key) {
    TRY_ASSIGN(const auto removed, sql.run("DELETE FROM run_tags WHERE run = $1 AND key = $2", {run, key}));
    return removed != 0;
}

}  // namespace assay::runs
