#include "registry/gc_plan.hpp"

#include "base/text.hpp"
#include "registry/logged_models.hpp"
#include "registry/registrations.hpp"
#include "registry/runs.hpp"
#include "storage/tables/collected.hpp"
#include "storage/tables/experiments.hpp"
#include "storage/tables/logged_models.hpp"
#include "storage/tables/registrations.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <limits>
#include <set>

namespace assay {

namespace {

constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();

std::string moment(std::int64_t milliseconds) { return time_of_milliseconds(milliseconds).to_string(); }

Error not_deleted(const std::string& what, std::string fix) {
    return Error(ErrorKind::conflict, "not-deleted", what + " is not deleted")
        .with_because("only what was deleted before goes for good")
        .with_fix(std::move(fix));
}

Error not_old_enough(const std::string& what, std::int64_t deleted_at, std::int64_t until) {
    return Error(ErrorKind::conflict, "not-old-enough", what + " has not been deleted for long enough")
        .with_because(
            fmt::format("it was deleted at {}, and only what was deleted until {} was asked for", moment(deleted_at), moment(until)))
        .with_fix("name a shorter age, or none");
}

std::string end_in_words(const collected::CollectedRow& row) {
    return fmt::format("{} deleted it for good at {}", printable(row.actor, 100), moment(row.at));
}

/// "churn@3 was registered from its files", when a version was registered from files there.
Result<KeptBecause> registered_there(SqlSession& sql, const std::string& folder) {
    TRY_ASSIGN(const auto row, first_registered(sql, folder));
    return row ? KeptBecause(fmt::format("{}@{} was registered from its files", row->model, row->version)) : std::nullopt;
}

std::string what_stays(std::size_t runs, std::size_t models) {
    std::string text = runs > 0 ? counted(runs, "run") : "";
    if (models > 0) text += (runs > 0 ? " and " : "") + counted(models, "logged model");
    return fmt::format("{} of it stay{}", text, runs + models == 1 ? "s" : "");
}

class Planner {
public:
    Planner(SqlSession& sql, const GcRequest& request) : sql_(sql), request_(request) {}

    Result<GcPlan> plan() {
        if (request_.names_any()) {
            for (const std::string& name : request_.experiments) TRY(add_named_experiment(name));
            for (const std::string& id : request_.runs) TRY(add_named_run(id));
            for (const std::string& id : request_.logged_models) TRY(add_named_model(id));
            return std::move(plan_);
        }
        TRY_ASSIGN(const auto experiments, experiments::deleted(sql_, request_.until));
        for (const ExperimentRow& experiment : experiments) TRY(add(experiment));
        TRY_ASSIGN(const auto runs, runs::deleted(sql_, request_.until));
        for (const runs::Ending& run : runs) TRY(add(run));
        TRY_ASSIGN(const auto models, logged_models::deleted(sql_, request_.until));
        for (const LoggedModelRow& model : models) TRY(add(model));
        return std::move(plan_);
    }

private:
    /// That is no error: a request that was cut off is made again.
    Result<bool> went_before(TrackedKind kind, const std::string& text) {
        TRY_ASSIGN(const auto row, collected::find(sql_, to_string(kind), text));
        if (row) plan_.gone_before.push_back({{kind, row->id, row->name}, end_in_words(*row)});
        return row.has_value();
    }

    Result<void> add_named_experiment(const std::string& text) {
        std::optional<ExperimentRow> row;
        if (const auto id = parse_integer(text)) {
            TRY_ASSIGN(row, experiments::find(sql_, *id));
        }
        if (!row) {
            TRY_ASSIGN(row, experiments::find_by_name(sql_, text));
        }
        const std::string what = fmt::format("the experiment '{}'", printable(text, 100));
        if (!row) {
            TRY_ASSIGN(const bool before, went_before(TrackedKind::experiment, text));
            if (before) return {};
            return fail(ErrorKind::not_found, "experiment-not-found", "there is no experiment '" + printable(text, 100) + "'");
        }
        if (row->state != LifeState::deleted)
            return fail(not_deleted(what, fmt::format("mlflow experiments delete --experiment-id {}", row->id)));
        if (row->updated_at > request_.until) return fail(not_old_enough(what, row->updated_at, request_.until));
        return add(*row);
    }

    Result<void> add_named_run(const std::string& id) {
        TRY_ASSIGN(const auto run, runs::find_ending(sql_, id));
        if (!run) {
            TRY_ASSIGN(const bool before, went_before(TrackedKind::run, id));
            if (before) return {};
            TRY(run_row(sql_, id));
            return {};
        }
        const std::string what = fmt::format("the run {}", printable(id, 100));
        if (!run->deleted_at) return fail(not_deleted(what, fmt::format("mlflow runs delete --run-id {}", printable(id, 100))));
        if (*run->deleted_at > request_.until) return fail(not_old_enough(what, *run->deleted_at, request_.until));
        return add(*run);
    }

    Result<void> add_named_model(const std::string& id) {
        TRY_ASSIGN(const auto found, logged_models::find(sql_, id));
        if (!found) {
            TRY_ASSIGN(const bool before, went_before(TrackedKind::logged_model, id));
            if (before) return {};
        }
        TRY_ASSIGN(const LoggedModelRow row, logged_model_row(sql_, id, WithDeleted::yes));
        const std::string what = fmt::format("the logged model {}", printable(id, 100));
        if (row.state != LifeState::deleted)
            return fail(not_deleted(what, fmt::format("mlflow.delete_logged_model('{}')", printable(id, 100))));
        if (row.updated_at > request_.until) return fail(not_old_enough(what, row.updated_at, request_.until));
        return add(row);
    }

    Result<void> add(const ExperimentRow& experiment) {
        if (!seen_.insert("e" + std::to_string(experiment.id)).second) return {};
        const std::size_t kept = plan_.kept.size();
        TRY_ASSIGN(const auto runs, runs::in_experiment(sql_, experiment.id, all));
        for (const runs::Ending& run : runs) TRY(add(run));
        const std::size_t runs_kept = plan_.kept.size() - kept;
        // Those that are not deleted, too: nobody can log to them any more, or find them but by their ids.
        TRY_ASSIGN(const auto models, logged_models::in_experiment(sql_, experiment.id, all));
        for (const LoggedModelRow& model : models) TRY(add(model));
        const std::size_t models_kept = plan_.kept.size() - kept - runs_kept;
        if (runs_kept + models_kept == 0) {
            plan_.experiments.push_back(experiment);
            return {};
        }
        TRY_ASSIGN(std::string renamed, name_beside(sql_, experiment));
        if (!renamed.empty()) plan_.renamed.push_back(experiment);
        plan_.kept.push_back({item_of(experiment), what_stays(runs_kept, models_kept), std::move(renamed)});
        return {};
    }

    Result<void> add(const runs::Ending& run) {
        if (!seen_.insert("r" + run.id).second) return {};
        TRY_ASSIGN(const auto reason, why_stays(sql_, run, request_.until));
        if (reason) {
            plan_.kept.push_back({item_of(run), *reason});
        } else {
            plan_.runs.push_back(run);
        }
        return {};
    }

    Result<void> add(const LoggedModelRow& model) {
        if (!seen_.insert("m" + model.id).second) return {};
        TRY_ASSIGN(const auto reason, why_stays(sql_, model));
        if (reason) {
            plan_.kept.push_back({item_of(model), *reason});
        } else {
            plan_.models.push_back(model);
        }
        return {};
    }

    SqlSession& sql_;
    const GcRequest& request_;
    GcPlan plan_;
    std::set<std::string> seen_;
};

}  // namespace

Result<GcPlan> plan_gc(SqlSession& sql, const GcRequest& request) { return Planner(sql, request).plan(); }

Result<KeptBecause> why_stays(SqlSession& sql, const runs::Ending& run, std::int64_t until) {
    if (!run.deleted_at) return KeptBecause("it is not deleted");
    if (*run.deleted_at > until) return KeptBecause("it was deleted only at " + moment(*run.deleted_at));
    TRY_ASSIGN(const auto versions, versions::of_run(sql, run.id));
    if (versions.size() == 1) return KeptBecause(versions.front() + " was made by it");
    if (!versions.empty()) return KeptBecause(fmt::format("{} and {} more were made by it", versions.front(), versions.size() - 1));
    TRY_ASSIGN(const auto other, experiments::another_within(sql, run.experiment, folder_of(run)));
    if (other) return KeptBecause(fmt::format("the experiment '{}' keeps its files among those of the run", printable(other->name, 100)));
    return registered_there(sql, folder_of(run));
}

Result<KeptBecause> why_stays(SqlSession& sql, const LoggedModelRow& model) {
    TRY_ASSIGN(const auto row, registrations::first_of_logged_model(sql, model.id));
    if (row) return KeptBecause(fmt::format("{}@{} was registered from it", row->model, row->version));
    TRY_ASSIGN(const auto other, experiments::another_within(sql, model.experiment, model.location));
    if (other) return KeptBecause(fmt::format("the experiment '{}' keeps its files among those of the model", printable(other->name, 100)));
    return registered_there(sql, model.location);
}

GcItem item_of(const ExperimentRow& row) { return {TrackedKind::experiment, std::to_string(row.id), row.name}; }
GcItem item_of(const runs::Ending& run) { return {TrackedKind::run, run.id, run.name}; }
GcItem item_of(const LoggedModelRow& row) { return {TrackedKind::logged_model, row.id, row.name}; }

std::string folder_of(const runs::Ending& run) {
    RunRow row;
    row.id = run.id;
    row.location = run.location;
    return artifact_folder(row);
}

Result<std::optional<std::string>> own_folder(SqlSession& sql, const ExperimentRow& row) {
    if (row.location != std::to_string(row.id) || row.id == 0) return std::nullopt;  // Default's stays with the next of that name
    TRY_ASSIGN(const auto other, experiments::another_within(sql, row.id, row.location));
    TRY_ASSIGN(const auto registered, first_registered(sql, row.location));
    return other || registered ? std::nullopt : std::optional(row.location);
}

Result<std::string> name_beside(SqlSession& sql, const ExperimentRow& row) {
    const std::string mark = fmt::format(" (deleted, {})", row.id);
    if (row.name.ends_with(mark)) return std::string();
    std::string name = row.name;
    for (;;) {  // somebody may have called one like that
        name += mark;
        TRY_ASSIGN(const auto taken, experiments::find_by_name(sql, name));
        if (!taken) return name;
    }
}

Result<Error> not_there(SqlSession& sql, TrackedKind kind, const std::string& id, std::string code, std::string message) {
    Error error(ErrorKind::not_found, std::move(code), std::move(message));
    TRY_ASSIGN(const auto row, collected::find(sql, to_string(kind), id));
    if (row) error.because = end_in_words(*row);
    return error;
}

}  // namespace assay
