#include "storage/tables/runs.hpp"

namespace assay::runs {

Result<std::string> ensure_experiment(SqlWrite& sql, const std::string& name, const std::string& new_id, const std::string& now) {
    TRY(sql.run("INSERT INTO experiments (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING", {new_id, name, now}));
    TRY_ASSIGN(auto id, sql.first("SELECT id FROM experiments WHERE name = $1", {name}, [](const Row& row) { return row.text(0); }));
    return std::move(id).value_or(new_id);
}

Result<void> insert(SqlWrite& sql, const RunRow& run) {
    TRY(sql.run("INSERT INTO runs (id, experiment, name, status, started_at, ended_at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                {run.id, run.experiment, run.name, run.status, run.started_at, run.ended_at, run.actor}));
    return {};
}

Result<std::optional<RunRow>> find(SqlSession& sql, const std::string& id) {
    return sql.first(
        "SELECT runs.id, experiments.name, runs.name, status, started_at, ended_at, actor FROM runs JOIN experiments ON experiments.id = "
        "experiment "
        "WHERE runs.id = $1",
        {id}, [](const Row& row) {
            return RunRow{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.optional_text(5), row.text(6)};
        });
}

Result<void> add_metric(SqlWrite& sql, const std::string& run, const RunMetricRow& metric) {
    TRY(sql.run("INSERT INTO run_metrics (run, name, step, at, value) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                {run, metric.name, metric.step, metric.at, metric.value}));
    return {};
}

Result<void> set_param(SqlWrite& sql, const std::string& run, const RunParamRow& param) {
    TRY(sql.run(
        "INSERT INTO run_params (run, name, value) VALUES ($1, $2, $3) ON CONFLICT (run, name) DO UPDATE SET value = excluded.value",
        {run, param.name, param.value}));
    return {};
}

Result<std::vector<RunMetricRow>> metrics(SqlSession& sql, const std::string& run) {
    return sql.all("SELECT name, step, at, value FROM run_metrics WHERE run = $1 ORDER BY name, step, at", {run},
                   [](const Row& row) { return RunMetricRow{row.text(0), row.integer(1), row.text(2), row.real(3)}; });
}

Result<std::vector<RunParamRow>> params(SqlSession& sql, const std::string& run) {
    return sql.all("SELECT name, value FROM run_params WHERE run = $1 ORDER BY name", {run},
                   [](const Row& row) { return RunParamRow{row.text(0), row.text(1)}; });
}

}  // namespace assay::runs
