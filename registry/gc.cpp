#include "registry/gc.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "registry/experiments.hpp"
#include "registry/gc_plan.hpp"
#include "storage/tables/collected.hpp"
#include "storage/tables/experiments.hpp"
#include "storage/tables/logged_files.hpp"
#include "storage/tables/logged_models.hpp"
#include "storage/tables/run_inputs.hpp"
#include "storage/tables/run_metrics.hpp"
#include "storage/tables/runs.hpp"
#include "storage/tables/unswept.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace assay {

namespace {

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
        TRY_ASSIGN(GcPlan plan, registry_.database.read([&](SqlSession& sql) { return plan_gc(sql, request_); }));
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
        TRY_ASSIGN(const auto reason, why_stays(sql, *run, request_.until));
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
        TRY_ASSIGN(const auto reason, why_stays(sql, model));
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
        TRY_ASSIGN(GcPlan plan, plan_gc(sql, request));
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

}  // namespace assay
