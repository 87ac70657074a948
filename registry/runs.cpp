#include "registry/runs.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "registry/experiments.hpp"
#include "registry/gc.hpp"
#include "registry/tag_list.hpp"
#include "storage/tables/logged_models.hpp"
#include "storage/tables/run_inputs.hpp"
#include "storage/tables/run_metrics.hpp"
#include "storage/tables/runs.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

namespace assay {

namespace {

Result<void> change_state(Registry& registry, const std::string& id, LifeState state) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(run_row(sql, id));
        return runs::set_state(sql, id, state, registry.now_milliseconds());
    });
}

/// `conflict` with a problem for each that the run has with another value.
Result<void> log_params(SqlWrite& sql, const std::string& run, const std::vector<RunParamRow>& params) {
    std::vector<FieldProblem> changed;
    for (const RunParamRow& param : params) {
        TRY_ASSIGN(const bool added, runs::add_param(sql, run, param));
        if (added) continue;
        TRY_ASSIGN(const auto held, runs::find_param(sql, run, param.name));
        if (held && *held != param.value) changed.push_back({param.name, *held, param.value});
    }
    if (!changed.empty())
        return fail(Error(ErrorKind::conflict, "param-changed",
                          fmt::format("params of run {} are logged once, and have other values", printable(run, 100)))
                        .with_problems(std::move(changed)));
    return {};
}

Result<void> log_metrics(SqlWrite& sql, const std::string& run, const std::vector<LoggedMetric>& metrics) {
    for (const LoggedMetric& metric : metrics) {
        TRY(run_metrics::add(sql, run, metric.point));
        if (metric.model.empty()) continue;
        TRY_ASSIGN(const auto model, logged_models::find(sql, metric.model));
        if (!model)
            return fail(ErrorKind::not_found, "logged-model-not-found",
                        fmt::format("there is no logged model '{}'", printable(metric.model, 100)));
        TRY(logged_models::add_metric(sql, metric.model, {metric.point, run, metric.dataset_name, metric.dataset_digest}));
    }
    return {};
}

}  // namespace

Result<RunRow> run_row(SqlSession& sql, const std::string& id) {
    TRY_ASSIGN(auto row, runs::find(sql, id));
    if (!row) {
        TRY_ASSIGN(Error error, not_there(sql, TrackedKind::run, id, "run-not-found", "there is no run '" + printable(id, 100) + "'"));
        return fail(std::move(error));
    }
    return *std::move(row);
}

Result<RunRow> run_row(Registry& registry, const std::string& id) {
    return registry.database.read([&](SqlSession& sql) { return run_row(sql, id); });
}

std::string artifact_folder(const RunRow& run) { return fmt::format("{}/{}/artifacts", run.location, run.id); }

Result<void> add_inputs_and_outputs(SqlWrite& sql, const RunRow& run, const std::vector<RunDatasetRow>& datasets,
                                    const std::vector<RunModelRow>& inputs, const std::vector<RunModelRow>& outputs) {
    for (const RunDatasetRow& dataset : datasets) TRY(run_inputs::add_dataset(sql, run.experiment, run.id, dataset));
    for (const RunModelRow& model : inputs) TRY(run_inputs::add_model(sql, run.id, run_inputs::Direction::input, model));
    for (const RunModelRow& model : outputs) TRY(run_inputs::add_model(sql, run.id, run_inputs::Direction::output, model));
    return {};
}

Result<RunRow> active_run(SqlSession& sql, const std::string& id) {
    TRY_ASSIGN(RunRow row, run_row(sql, id));
    if (row.state == LifeState::deleted) return fail(ErrorKind::conflict, "run-deleted", "the run " + printable(id, 100) + " is deleted");
    return row;
}

Result<RunView> view_of(SqlSession& sql, RunRow row) {
    RunView view;
    view.row = std::move(row);
    const std::string& id = view.row.id;
    TRY_ASSIGN(view.metrics, run_metrics::latest(sql, id));
    TRY_ASSIGN(view.params, runs::params(sql, id));
    TRY_ASSIGN(view.tags, runs::tags(sql, id));
    TRY_ASSIGN(view.datasets, run_inputs::datasets(sql, id));
    TRY_ASSIGN(auto models, run_inputs::models(sql, id));
    view.inputs = std::move(models.inputs);
    view.outputs = std::move(models.outputs);
    return view;
}

Result<RunView> show_run(Registry& registry, const std::string& id) {
    return registry.database.read([&](SqlSession& sql) -> Result<RunView> {
        TRY_ASSIGN(RunRow row, run_row(sql, id));
        return view_of(sql, std::move(row));
    });
}

Result<std::vector<std::string>> versions_of_run(Registry& registry, const std::string& id) {
    return registry.database.read([&](SqlSession& sql) { return versions::of_run(sql, id); });
}

Result<std::vector<RunMetricRow>> run_points(Registry& registry, const std::string& id) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<RunMetricRow>> {
        TRY(run_row(sql, id));
        TRY_ASSIGN(const auto latest, run_metrics::latest(sql, id));
        std::vector<RunMetricRow> points;
        for (const RunMetricRow& metric : latest) {
            TRY_ASSIGN(auto some, run_metrics::history(sql, id, metric.name, std::nullopt, std::numeric_limits<std::int64_t>::max()));
            std::ranges::move(some, std::back_inserter(points));
        }
        return points;
    });
}

Result<RunRow> create_run(Registry& registry, const NewRun& run) {
    return registry.database.write([&](SqlWrite& sql) -> Result<RunRow> {
        TRY_ASSIGN(const ExperimentRow experiment, active_experiment(sql, run.experiment));
        RunRow row{.id = random_hex(16),
                   .experiment = run.experiment,
                   .name = run.name,
                   .status = "running",
                   .state = LifeState::active,
                   .started_at = run.started_at.value_or(registry.now_milliseconds()),
                   .ended_at = std::nullopt,
                   .actor = run.actor,
                   .experiment_name = experiment.name,
                   .location = experiment.location};
        TRY(runs::insert(sql, row));
        for (const TagRow& tag : run.tags) TRY(runs::set_tag(sql, row.id, tag));
        return row;
    });
}

Result<RunRow> change_run(Registry& registry, const std::string& id, const RunChange& change) {
    return registry.database.write([&](SqlWrite& sql) -> Result<RunRow> {
        TRY_ASSIGN(RunRow row, active_run(sql, id));
        if (change.name || change.status || change.ended_at) {
            row.name = change.name.value_or(row.name);
            row.status = change.status.value_or(row.status);
            if (change.ended_at) row.ended_at = change.ended_at;
            TRY(runs::update(sql, row));
        }
        TRY(log_params(sql, id, change.params));
        TRY(log_metrics(sql, id, change.metrics));
        for (const TagRow& tag : change.tags) TRY(runs::set_tag(sql, id, tag));
        TRY(add_inputs_and_outputs(sql, row, change.datasets, change.inputs, change.outputs));
        return row;
    });
}

Result<void> append_to_run_tag(Registry& registry, const std::string& id, const std::string& key, const Json& item) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(active_run(sql, id));
        TRY_ASSIGN(const auto tags, runs::tags(sql, id));
        return runs::set_tag(sql, id, {key, with_appended(tags, key, item)});
    });
}

Result<void> delete_run_tag(Registry& registry, const std::string& id, const std::string& key) {
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(active_run(sql, id));
        TRY_ASSIGN(const bool removed, runs::remove_tag(sql, id, key));
        if (!removed) return fail(ErrorKind::not_found, "tag-not-found", fmt::format("the run has no tag '{}'", printable(key, 100)));
        return {};
    });
}

Result<void> delete_run(Registry& registry, const std::string& id) { return change_state(registry, id, LifeState::deleted); }
Result<void> restore_run(Registry& registry, const std::string& id) { return change_state(registry, id, LifeState::active); }

Result<std::vector<RunMetricRow>> metric_history(Registry& registry, const std::string& run, const std::string& name,
                                                 const std::optional<RunMetricRow>& after, std::int64_t limit) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<RunMetricRow>> {
        TRY(run_row(sql, run));
        return run_metrics::history(sql, run, name, after, limit);
    });
}

Result<std::vector<RunMetricRow>> sampled_history(Registry& registry, const std::string& run, const std::string& name,
                                                  const std::optional<run_metrics::Steps>& steps, std::int64_t limit) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<RunMetricRow>> {
        TRY(run_row(sql, run));
        return run_metrics::sample(sql, run, name, steps, limit);
    });
}

Result<std::vector<run_inputs::DatasetUse>> logged_datasets(Registry& registry, const std::vector<std::int64_t>& experiments,
                                                            std::int64_t limit) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<run_inputs::DatasetUse>> {
        std::vector<run_inputs::DatasetUse> found;
        for (const std::int64_t experiment : experiments) {
            TRY_ASSIGN(auto some, run_inputs::uses(sql, experiment, limit - std::ssize(found)));
            std::ranges::move(some, std::back_inserter(found));
        }
        return found;
    });
}

}  // namespace assay
