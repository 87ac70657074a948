#include "registry/gc.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "registry/experiments.hpp"
#include "registry/logged_models.hpp"
#include "registry/registrations.hpp"
#include "registry/runs.hpp"
#include "storage/tables/collected.hpp"
#include "storage/tables/experiments.hpp"
#include "storage/tables/logged_files.hpp"
#include "storage/tables/logged_models.hpp"
#include "storage/tables/registrations.hpp"
#include "storage/tables/run_inputs.hpp"
#include "storage/tables/run_metrics.hpp"
#include "storage/tables/runs.hpp"
#include "storage/tables/unswept.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>

namespace assay {

namespace {

using Reason = std::optional<std::string>;  // why something stays; absent: it goes

constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();

std::string moment(std::int64_t milliseconds) { return time_of_milliseconds(milliseconds).to_string(); }

std::string folder_of(const runs::Ending& run) {
    RunRow row;
    row.id = run.id;
    row.location = run.location;
    return artifact_folder(row);
}

GcItem item_of(const ExperimentRow& row) { return {TrackedKind::experiment, std::to_string(row.id), row.name}; }
GcItem item_of(const runs::Ending& run) { return {TrackedKind::run, run.id, run.name}; }
GcItem item_of(const LoggedModelRow& row) { return {TrackedKind::logged_model, row.id, row.name}; }

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
Result<Reason> registered_there(SqlSession& sql, const std::string& folder) {
    TRY_ASSIGN(const auto row, first_registered(sql, folder));
    return row ? Reason(fmt::format("{}@{} was registered from its files", row->model, row->version)) : std::nullopt;
}

/// Versions that are deleted count, too: they can be brought back.
Result<Reason> why_stays(SqlSession& sql, const runs::Ending& run, std::int64_t until) {
    if (!run.deleted_at) return Reason("it is not deleted");
    if (*run.deleted_at > until) return Reason("it was deleted only at " + moment(*run.deleted_at));
    TRY_ASSIGN(const auto versions, versions::of_run(sql, run.id));
    if (versions.size() == 1) return Reason(versions.front() + " was made by it");
    if (!versions.empty()) return Reason(fmt::format("{} and {} more were made by it", versions.front(), versions.size() - 1));
    TRY_ASSIGN(const auto other, experiments::another_within(sql, run.experiment, folder_of(run)));
    if (other) return Reason(fmt::format("the experiment '{}' keeps its files among those of the run", printable(other->name, 100)));
    return registered_there(sql, folder_of(run));
}

Result<Reason> why_stays(SqlSession& sql, const LoggedModelRow& model) {
    TRY_ASSIGN(const auto row, registrations::first_of_logged_model(sql, model.id));
    if (row) return Reason(fmt::format("{}@{} was registered from it", row->model, row->version));
    TRY_ASSIGN(const auto other, experiments::another_within(sql, model.experiment, model.location));
    if (other) return Reason(fmt::format("the experiment '{}' keeps its files among those of the model", printable(other->name, 100)));
    return registered_there(sql, model.location);
}

/// The folder that an experiment has for itself, with whatever lies there; absent when it shares one.
Result<std::optional<std::string>> own_folder(SqlSession& sql, const ExperimentRow& row) {
    if (row.location != std::to_string(row.id) || row.id == 0) return std::nullopt;  // Default's stays with the next of that name
    TRY_ASSIGN(const auto other, experiments::another_within(sql, row.id, row.location));
    TRY_ASSIGN(const auto registered, first_registered(sql, row.location));
    return other || registered ? std::nullopt : std::optional(row.location);
}

/// A name for an experiment that stays, so that its own is free; empty when it has got one.
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

std::string what_stays(std::size_t runs, std::size_t models) {
    std::string text = runs > 0 ? counted(runs, "run") : "";
    if (models > 0) text += (runs > 0 ? " and " : "") + counted(models, "logged model");
    return fmt::format("{} of it stay{}", text, runs + models == 1 ? "s" : "");
}

/// What is asked for, in one snapshot: what goes, and what stays why.
struct Plan {
    std::vector<ExperimentRow> experiments;
    std::vector<runs::Ending> runs;
    std::vector<LoggedModelRow> models;
    std::vector<ExperimentRow> renamed;
    std::vector<GcKept> kept;
    std::vector<GcKept> gone_before;
};

class Planner {
public:
    Planner(SqlSession& sql, const GcRequest& request) : sql_(sql), request_(request) {}

    Result<Plan> plan() {
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
        TRY_ASSIGN(const Reason reason, why_stays(sql_, run, request_.until));
        if (reason) {
            plan_.kept.push_back({item_of(run), *reason});
        } else {
            plan_.runs.push_back(run);
        }
        return {};
    }

    Result<void> add(const LoggedModelRow& model) {
        if (!seen_.insert("m" + model.id).second) return {};
        TRY_ASSIGN(const Reason reason, why_stays(sql_, model));
        if (reason) {
            plan_.kept.push_back({item_of(model), *reason});
        } else {
            plan_.models.push_back(model);
        }
        return {};
    }

    SqlSession& sql_;
    const GcRequest& request_;
    Plan plan_;
    std::set<std::string> seen_;
};

Result<Plan> plan_of(SqlSession& sql, const GcRequest& request) { return Planner(sql, request).plan(); }

Result<void> count_files(SqlSession& sql, const std::string& folder, GcReport& report) {
    TRY_ASSIGN(const auto size, logged_files::size_below(sql, folder));
    report.files += size.files;
    report.bytes += size.bytes;
    return {};
}

/// Does what was planned, piece by piece. Each piece looks again: what was restored, or registered, meanwhile stays.
class Collector {
public:
    Collector(Registry& registry, const GcRequest& request, std::string actor, std::chrono::milliseconds patience, std::int64_t chunk)
        : registry_(registry), request_(request), actor_(std::move(actor)), patience_(patience), chunk_(chunk) {}

    Result<GcReport> collect() {
        TRY_ASSIGN(Plan plan, registry_.database.read([&](SqlSession& sql) { return plan_of(sql, request_); }));
        end_ = std::chrono::steady_clock::now() + patience_;  // what was looked at for long is worth more than one write
        report_.kept = std::move(plan.kept);
        report_.gone_before = std::move(plan.gone_before);
        report_.done = false;
        // What goes is swept before the experiment around it, whose folder is then counted without it.
        TRY_ASSIGN(const bool all_runs, collect_runs(plan.runs));
        if (!all_runs) return std::move(report_);
        TRY_ASSIGN(const bool all_models, collect_models(plan.models));
        if (!all_models) return std::move(report_);
        TRY_ASSIGN(const bool swept, sweep());
        if (!swept) return std::move(report_);
        std::ranges::move(plan.renamed, std::back_inserter(plan.experiments));
        TRY_ASSIGN(const bool all_experiments, collect_experiments(plan.experiments));
        if (!all_experiments) return std::move(report_);
        TRY_ASSIGN(report_.done, sweep());
        return std::move(report_);
    }

private:
    template <class Body>
    auto write(Body body) {
        worked_ = true;
        return registry_.database.write(std::move(body));
    }
    /// Nothing is begun any more, unless nothing was done yet.
    [[nodiscard]] bool is_over() const { return worked_ && std::chrono::steady_clock::now() >= end_; }

    Result<void> record(SqlWrite& sql, const GcItem& item, const std::string& folder) {
        TRY(collected::add(sql, {std::string(to_string(item.kind)), item.id, item.name, registry_.now_milliseconds(), actor_}));
        if (!folder.empty()) {
            TRY(count_files(sql, folder, report_));
            TRY(unswept::add(sql, {std::string(to_string(item.kind)), item.id, folder}));
        }
        report_.gone.push_back(item);
        return {};
    }

    Result<bool> collect_runs(const std::vector<runs::Ending>& runs) {
        for (std::size_t next = 0; next < runs.size();) {
            if (is_over()) return false;
            TRY(write([&](SqlWrite& sql) -> Result<void> {
                for (std::int64_t rows = 0; next < runs.size() && rows < chunk_; ++next) {
                    TRY_ASSIGN(const std::int64_t some, end_run(sql, runs[next].id));
                    rows += some;
                }
                return {};
            }));
        }
        return true;
    }

    /// The run goes at once; its points, which may be very many, are left to be swept.
    Result<std::int64_t> end_run(SqlWrite& sql, const std::string& id) {
        TRY_ASSIGN(const auto run, runs::find_ending(sql, id));
        if (!run) return 1;
        TRY_ASSIGN(const Reason reason, why_stays(sql, *run, request_.until));
        if (reason) return 1;
        TRY(record(sql, item_of(*run), folder_of(*run)));
        TRY_ASSIGN(const auto metrics, run_metrics::remove(sql, id));
        for (const std::int64_t metric : metrics) TRY(unswept::add(sql, {"points", std::to_string(metric), ""}));
        TRY_ASSIGN(const std::int64_t inputs, run_inputs::remove(sql, id));
        TRY_ASSIGN(const std::int64_t rest, runs::remove(sql, id));
        constexpr std::int64_t looking = 10;  // takes time, too
        return looking + 2 * std::ssize(metrics) + inputs + rest;
    }

    Result<bool> collect_models(const std::vector<LoggedModelRow>& models) {
        for (std::size_t next = 0; next < models.size();) {
            if (is_over()) return false;
            TRY(write([&](SqlWrite& sql) -> Result<void> {
                for (std::int64_t rows = 0; next < models.size() && rows < chunk_;) {
                    TRY_ASSIGN(const std::optional<std::int64_t> left, end_model(sql, models[next].id, chunk_ - rows));
                    rows += left.value_or(chunk_);
                    if (left) ++next;
                }
                return {};
            }));
        }
        return true;
    }

    /// The rows that went; absent when the model has more than `limit` metrics, of which so many went. It counts as deleted then.
    Result<std::optional<std::int64_t>> end_model(SqlWrite& sql, const std::string& id, std::int64_t limit) {
        TRY_ASSIGN(auto model, logged_models::find(sql, id));
        if (!model) return 1;
        TRY_ASSIGN(const bool may_go, may_end(sql, *model));
        if (!may_go) return 1;
        model->state = LifeState::deleted;
        TRY(logged_models::update(sql, *model));
        TRY_ASSIGN(const std::int64_t metrics, logged_models::remove_metrics(sql, id, limit));
        if (metrics >= limit) return std::nullopt;
        TRY(record(sql, item_of(*model), model->location));
        TRY_ASSIGN(const std::int64_t rest, logged_models::remove(sql, id));
        return metrics + rest;
    }

    Result<bool> may_end(SqlSession& sql, const LoggedModelRow& model) {
        TRY_ASSIGN(const Reason reason, why_stays(sql, model));
        if (reason) return false;
        if (model.state == LifeState::deleted) return true;
        TRY_ASSIGN(const ExperimentRow experiment, experiment_row(sql, model.experiment));
        return experiment.state == LifeState::deleted;
    }

    Result<bool> collect_experiments(const std::vector<ExperimentRow>& experiments) {
        constexpr std::size_t at_once = 100;
        for (std::size_t next = 0; next < experiments.size();) {
            if (is_over()) return false;
            TRY(write([&](SqlWrite& sql) -> Result<void> {
                const std::size_t end = std::min(next + at_once, experiments.size());
                for (; next < end; ++next) TRY(end_experiment(sql, experiments[next].id));
                return {};
            }));
        }
        return true;
    }

    /// It goes when nothing is left of it, else another may have its name.
    Result<void> end_experiment(SqlWrite& sql, std::int64_t id) {
        TRY_ASSIGN(const auto row, experiments::find(sql, id));
        if (!row || row->state != LifeState::deleted) return {};
        TRY_ASSIGN(const auto runs, runs::in_experiment(sql, id, 1));
        TRY_ASSIGN(const auto models, logged_models::in_experiment(sql, id, 1));
        if (!runs.empty() || !models.empty()) {
            TRY_ASSIGN(const std::string name, name_beside(sql, *row));
            if (name.empty()) return {};
            return experiments::rename(sql, id, name, row->updated_at);  // since when it is deleted
        }
        TRY_ASSIGN(const auto folder, own_folder(sql, *row));
        TRY(record(sql, item_of(*row), folder.value_or("")));
        TRY(run_inputs::remove_datasets(sql, id));
        TRY(experiments::remove(sql, id));
        if (id != 0) return {};
        TRY(experiments::ensure(sql, "Default", registry_.now_milliseconds()));  // is always there; it begins anew
        return {};
    }

    /// True when nothing is left to be swept.
    Result<bool> sweep() {
        for (;;) {
            TRY_ASSIGN(const auto left, registry_.database.read([](SqlSession& sql) { return unswept::first(sql); }));
            if (!left) return true;
            if (is_over()) return false;
            TRY(write([&](SqlWrite& sql) { return sweep_some(sql); }));
        }
    }

    Result<void> sweep_some(SqlWrite& sql) {
        for (std::int64_t rows = 0; rows < chunk_;) {
            TRY_ASSIGN(const auto left, unswept::first(sql));
            if (!left) break;
            TRY_ASSIGN(const std::int64_t some, sweep_one(sql, *left, chunk_ - rows));
            if (some < chunk_ - rows) TRY(unswept::remove(sql, *left));
            rows += some + 1;
        }
        return {};
    }

    Result<std::int64_t> sweep_one(SqlWrite& sql, const unswept::UnsweptRow& left, std::int64_t limit) {
        if (left.kind == "points") return run_metrics::remove_points(sql, parse_integer(left.id).value_or(0), limit);
        TRY_ASSIGN(const bool is_back, came_back(sql, left));
        if (is_back) return 0;
        return logged_files::remove_below(sql, left.folder, limit);
    }

    /// An import may have brought it again, and then the files are its own.
    static Result<bool> came_back(SqlSession& sql, const unswept::UnsweptRow& left) {
        if (left.kind == to_string(TrackedKind::run)) {
            TRY_ASSIGN(const auto run, runs::find(sql, left.id));
            return run.has_value();
        }
        if (left.kind == to_string(TrackedKind::logged_model)) {
            TRY_ASSIGN(const auto model, logged_models::find(sql, left.id));
            return model.has_value();
        }
        TRY_ASSIGN(const auto experiment, experiments::find(sql, parse_integer(left.id).value_or(-1)));
        return experiment.has_value();
    }

    Registry& registry_;
    const GcRequest& request_;
    std::string actor_;
    std::chrono::milliseconds patience_;
    std::chrono::steady_clock::time_point end_;
    std::int64_t chunk_;
    GcReport report_;
    bool worked_ = false;
};

}  // namespace

std::string_view to_string(TrackedKind kind) {
    switch (kind) {
        case TrackedKind::experiment: return "experiment";
        case TrackedKind::run: return "run";
        case TrackedKind::logged_model: return "logged-model";
    }
    return "";
}

Result<GcReport> preview_gc(Registry& registry, const GcRequest& request) {
    return registry.database.read([&](SqlSession& sql) -> Result<GcReport> {
        TRY_ASSIGN(Plan plan, plan_of(sql, request));
        GcReport report;
        std::set<std::int64_t> whole;  // experiments whose folder goes, with the files of what is in them
        for (const runs::Ending& run : plan.runs) report.gone.push_back(item_of(run));
        for (const LoggedModelRow& model : plan.models) report.gone.push_back(item_of(model));
        for (const ExperimentRow& experiment : plan.experiments) {
            report.gone.push_back(item_of(experiment));
            TRY_ASSIGN(const auto folder, own_folder(sql, experiment));
            if (!folder) continue;
            whole.insert(experiment.id);
            TRY(count_files(sql, *folder, report));
        }
        for (const runs::Ending& run : plan.runs) {
            if (!whole.contains(run.experiment)) TRY(count_files(sql, folder_of(run), report));
        }
        for (const LoggedModelRow& model : plan.models) {
            if (!whole.contains(model.experiment)) TRY(count_files(sql, model.location, report));
        }
        report.kept = std::move(plan.kept);
        report.gone_before = std::move(plan.gone_before);
        return report;
    });
}

Result<GcReport> collect(Registry& registry, const GcRequest& request, const std::string& actor, std::chrono::milliseconds patience,
                         std::int64_t chunk) {
    TRY_ASSIGN(GcReport report, Collector(registry, request, actor, patience, chunk).collect());
    if (!report.gone.empty())
        log(LogLevel::info, "deleted for good", {{"count", std::ssize(report.gone)}, {"files", report.files}, {"actor", actor}});
    return report;
}

Result<void> date_old_deletions(Registry& registry) {
    TRY_ASSIGN(const bool undated, registry.database.read([](SqlSession& sql) { return runs::has_undated_deletions(sql); }));
    if (!undated) return {};
    return registry.database.write([&](SqlWrite& sql) { return runs::date_deletions(sql, registry.now_milliseconds()); });
}

Result<Error> not_there(SqlSession& sql, TrackedKind kind, const std::string& id, std::string code, std::string message) {
    Error error(ErrorKind::not_found, std::move(code), std::move(message));
    TRY_ASSIGN(const auto row, collected::find(sql, to_string(kind), id));
    if (row) error.because = end_in_words(*row);
    return error;
}

}  // namespace assay
