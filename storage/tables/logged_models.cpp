#include "storage/tables/logged_models.hpp"

#include "storage/tables/metric_value.hpp"

namespace assay::logged_models {

namespace {

constexpr std::string_view model_columns =
    "SELECT id, experiment, name, type, run, status, state, location, created_at, updated_at FROM logged_models ";

LoggedModelRow make_model(const Row& row) {
    return {row.text(0),
            row.integer(1),
            row.text(2),
            row.text(3),
            row.text(4),
            row.text(5),
            row.text(6) == "deleted" ? LifeState::deleted : LifeState::active,
            row.text(7),
            row.integer(8),
            row.integer(9)};
}

}  // namespace

Result<void> insert(SqlWrite& sql, const LoggedModelRow& model) {
    TRY(sql.run(
        "INSERT INTO logged_models (id, experiment, name, type, run, status, state, location, created_at, updated_at) VALUES ($1, $2, $3, "
        "$4, $5, $6, $7, $8, $9, $10)",
        {model.id, model.experiment, model.name, model.type, model.run, model.status, to_string(model.state), model.location,
         model.created_at, model.updated_at}));
    return {};
}

Result<std::optional<LoggedModelRow>> find(SqlSession& sql, const std::string& id) {
    return sql.first(std::string(model_columns) + "WHERE id = $1", {id}, make_model);
}

Result<void> update(SqlWrite& sql, const LoggedModelRow& model) {
    TRY(sql.run("UPDATE logged_models SET status = $2, state = $3, updated_at = $4 WHERE id = $1",
                {model.id, model.status, to_string(model.state), model.updated_at}));
    return {};
}

Result<std::vector<RunParamRow>> params(SqlSession& sql, const std::string& model) {
    return sql.all("SELECT name, value FROM logged_model_params WHERE model = $1 ORDER BY name", {model},
                   [](const Row& row) { return RunParamRow{row.text(0), row.text(1)}; });
}

Result<void> add_param(SqlWrite& sql, const std::string& model, const RunParamRow& param) {
    TRY(sql.run("INSERT INTO logged_model_params (model, name, value) VALUES ($1, $2, $3)", {model, param.name, param.value}));
    return {};
}

Result<std::vector<TagRow>> tags(SqlSession& sql, const std::string& model) {
    return sql.all("SELECT key, value FROM logged_model_tags WHERE model = $1 ORDER BY key", {model},
                   [](const Row& row) { return TagRow{row.text(0), row.text(1)}; });
}

Result<void> set_tag(SqlWrite& sql, const std::string& model, const TagRow& tag) {
    TRY(
        sql.run("INSERT INTO logged_model_tags (model, key, value) VALUES ($1, $2, $3) ON CONFLICT (model, key) DO UPDATE SET value = "
                "excluded.value",
                {model, tag.key, tag.value}));
    return {};
}

Result<bool> remove_tag(SqlWrite& sql, const std::string& model, const std::string& key) {
    TRY_ASSIGN(const auto removed, sql.run("DELETE FROM logged_model_tags WHERE model = $1 AND key = $2", {model, key}));
    return removed != 0;
}

Result<void> add_metric(SqlWrite& sql, const std::string& model, const LoggedModelMetricRow& metric) {
    const RunMetricRow& point = metric.point;
    TRY(
        sql.run("INSERT INTO logged_model_metrics (model, run, name, at, step, value, is_nan, dataset_name, dataset_digest) VALUES ($1, "
                "$2, $3, $4, "
                "$5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
                {model, metric.run, point.name, point.at, point.step, held_value(point.value), nan_flag(point.value), metric.dataset_name,
                 metric.dataset_digest}));
    return {};
}

Result<std::vector<LoggedModelMetricRow>> metrics(SqlSession& sql, const std::string& model) {
    return sql.all(
        "SELECT name, step, at, value, is_nan, run, dataset_name, dataset_digest FROM logged_model_metrics WHERE model = $1 ORDER BY name, "
        "at, step",
        {model}, [](const Row& row) {
            return LoggedModelMetricRow{{row.text(0), row.integer(1), row.integer(2), metric_value(row.real(3), row.integer(4))},
                                        row.text(5),
                                        row.text(6),
                                        row.text(7)};
        });
}

Result<std::vector<LoggedModelRow>> deleted(SqlSession& sql, std::int64_t until) {
    return sql.all(std::string(model_columns) + "WHERE state = 'deleted' AND updated_at <= $1 ORDER BY updated_at, id", {until},
                   make_model);
}

Result<std::vector<LoggedModelRow>> in_experiment(SqlSession& sql, std::int64_t experiment, std::int64_t limit) {
    return sql.all(std::string(model_columns) + "WHERE experiment = $1 ORDER BY id LIMIT $2", {experiment, limit}, make_model);
}

Result<std::int64_t> remove_metrics(SqlWrite& sql, const std::string& model, std::int64_t limit) {
    TRY_ASSIGN(
        const auto stays,
        sql.first("SELECT run, name, at, step FROM logged_model_metrics WHERE model = $1 ORDER BY run, name, at, step LIMIT 1 OFFSET $2",
                  {model, limit},
                  [&](const Row& row) { return SqlValues{model, row.text(0), row.text(1), row.integer(2), row.integer(3)}; }));
    if (!stays) return sql.run("DELETE FROM logged_model_metrics WHERE model = $1", {model});
    return sql.run("DELETE FROM logged_model_metrics WHERE model = $1 AND (run, name, at, step) < ($2, $3, $4, $5)", *stays);
}

Result<std::int64_t> remove(SqlWrite& sql, const std::string& id) {
    std::int64_t rows = 0;
    for (const char* statement : {"DELETE FROM logged_model_params WHERE model = $1", "DELETE FROM logged_model_tags WHERE model = $1",
                                  "DELETE FROM logged_models WHERE id = $1"}) {
        TRY_ASSIGN(const std::int64_t some, sql.run(statement, {id}));
        rows += some;
    }
    return rows;
}

}  // namespace assay::logged_models
