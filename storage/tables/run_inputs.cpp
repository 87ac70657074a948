#include "storage/tables/run_inputs.hpp"

namespace assay::run_inputs {

namespace {

std::string_view to_text(Direction direction) { return direction == Direction::input ? "input" : "output"; }

Result<std::int64_t> ensure_dataset(SqlWrite& sql, std::int64_t experiment, const LoggedDatasetRow& dataset) {
    const auto id_of = [](const Row& row) { return row.integer(0); };
    TRY_ASSIGN(const auto found, sql.first("SELECT id FROM logged_datasets WHERE experiment = $1 AND name = $2 AND digest = $3",
                                           {experiment, dataset.name, dataset.digest}, id_of));
    if (found) return *found;
    TRY_ASSIGN(const auto highest, sql.first("SELECT max(id) FROM logged_datasets", {}, id_of));
    const std::int64_t id = highest.value_or(0) + 1;
    TRY(sql.run(
        "INSERT INTO logged_datasets (id, experiment, name, digest, source_type, source, schema, profile) VALUES ($1, $2, $3, $4, $5, "
        "$6, $7, $8)",
        {id, experiment, dataset.name, dataset.digest, dataset.source_type, dataset.source, dataset.schema, dataset.profile}));
    return id;
}

}  // namespace

Result<void> add_dataset(SqlWrite& sql, std::int64_t experiment, const std::string& run, const RunDatasetRow& input) {
    TRY_ASSIGN(const std::int64_t id, ensure_dataset(sql, experiment, input.dataset));
    TRY_ASSIGN(const auto added,
               sql.run("INSERT INTO run_datasets (run, dataset, place) VALUES ($1, $2, (SELECT count(*) FROM run_datasets "
                       "WHERE run = $1)) ON CONFLICT DO NOTHING",
                       {run, id}));
    if (added == 0) return {};
    for (const TagRow& tag : input.tags) {
        TRY(sql.run("INSERT INTO run_dataset_tags (run, dataset, key, value) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                    {run, id, tag.key, tag.value}));
    }
    return {};
}

Result<std::vector<RunDatasetRow>> datasets(SqlSession& sql, const std::string& run) {
    std::vector<std::int64_t> ids;
    TRY_ASSIGN(
        auto found,
        sql.all("SELECT id, name, digest, source_type, source, schema, profile FROM run_datasets JOIN logged_datasets ON id = dataset "
                "WHERE run = $1 ORDER BY place",
                {run}, [&](const Row& row) {
                    ids.push_back(row.integer(0));
                    return RunDatasetRow{{row.text(1), row.text(2), row.text(3), row.text(4), row.optional_text(5), row.optional_text(6)},
                                         {}};
                }));
    for (std::size_t i = 0; i < found.size(); ++i) {
        TRY_ASSIGN(found[i].tags, sql.all("SELECT key, value FROM run_dataset_tags WHERE run = $1 AND dataset = $2 ORDER BY key",
                                          {run, ids[i]}, [](const Row& row) { return TagRow{row.text(0), row.text(1)}; }));
    }
    return found;
}

Result<std::vector<DatasetUse>> uses(SqlSession& sql, std::int64_t experiment, std::int64_t limit) {
    return sql.all(
        "SELECT DISTINCT id, name, digest, value FROM logged_datasets JOIN run_datasets ON run_datasets.dataset = id "
        "LEFT JOIN run_dataset_tags tags ON tags.run = run_datasets.run AND tags.dataset = id AND key = 'mlflow.data.context' "
        "WHERE experiment = $1 ORDER BY id, value LIMIT $2",
        {experiment, limit}, [&](const Row& row) { return DatasetUse{experiment, row.text(1), row.text(2), row.optional_text(3)}; });
}

Result<void> add_model(SqlWrite& sql, const std::string& run, Direction direction, const RunModelRow& model) {
    TRY(sql.run(
        "INSERT INTO run_models (run, direction, model, step, place) VALUES ($1, $2, $3, $4, (SELECT count(*) FROM run_models WHERE run "
        "= $1)) ON CONFLICT DO NOTHING",
        {run, to_text(direction), model.model, model.step}));
    return {};
}

Result<Models> models(SqlSession& sql, const std::string& run) {
    Models found;
    TRY(sql.each("SELECT direction, model, step FROM run_models WHERE run = $1 ORDER BY place", {run}, [&](const Row& row) -> Result<void> {
        (row.text(0) == to_text(Direction::input) ? found.inputs : found.outputs).push_back({row.text(1), row.integer(2)});
        return {};
    }));
    return found;
}

Result<std::int64_t> remove(SqlWrite& sql, const std::string& run) {
    TRY_ASSIGN(const auto ids,
               sql.all("DELETE FROM run_datasets WHERE run = $1 RETURNING dataset", {run}, [](const Row& row) { return row.integer(0); }));
    TRY_ASSIGN(const std::int64_t tags, sql.run("DELETE FROM run_dataset_tags WHERE run = $1", {run}));
    TRY_ASSIGN(const std::int64_t models, sql.run("DELETE FROM run_models WHERE run = $1", {run}));
    std::int64_t rows = std::ssize(ids) + tags + models;
    for (const std::int64_t id : ids) {
        TRY_ASSIGN(
            const std::int64_t gone,
            sql.run("DELETE FROM logged_datasets WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM run_datasets WHERE dataset = $1)", {id}));
        rows += gone;
    }
    return rows;
}

Result<void> remove_datasets(SqlWrite& sql, std::int64_t experiment) {
    TRY(sql.run("DELETE FROM logged_datasets WHERE experiment = $1", {experiment}));
    return {};
}

}  // namespace assay::run_inputs
