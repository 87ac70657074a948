#include "clients/cli/export_runs.hpp"

#include "base/text.hpp"
#include "clients/cli/progress.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/local_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

namespace assay {

namespace {

constexpr std::size_t max_params = 100;    // of a request, as the server has it
constexpr std::size_t max_metrics = 1000;

/// {"key": "value"} as [{"key","value"}]
Json pairs_of(const Json& texts) {
    Json pairs = Json::array();
    for (const auto& [key, value] : texts.items()) pairs.push_back({{"key", key}, {"value", value}});
    return pairs;
}

bool has_point(const Json& metrics, const std::string& name, const Json& point) {
    return std::ranges::any_of(metrics, [&](const Json& metric) {
        const Json value = point[2].is_null() ? Json("NaN") : point[2];
        return string_of(metric, "key") == name && member(metric, "timestamp") == point[0] && member(metric, "step") == point[1] &&
               member(metric, "value") == value;
    });
}

std::optional<std::string> value_of(const Json& pairs, std::string_view key) {
    for (const Json& pair : pairs)
        if (string_of(pair, "key") == key) return string_of(pair, "value");
    return std::nullopt;
}

/// Sends a list in requests of at most `most` items.
template <class Send>
Result<void> in_batches(const Json& items, std::size_t most, Send send) {
    for (std::size_t begin = 0; begin < items.size(); begin += most) {
        Json batch = Json::array();
        for (std::size_t i = begin; i < std::min(begin + most, items.size()); ++i) batch.push_back(items[i]);
        TRY(send(std::move(batch)));
    }
    return {};
}

class RunExport {
public:
    RunExport(Output& output, MlflowSource& source, MlflowApi& there, bool files, ExportedPlaces& places, ImportReport& report)
        : output_(output), source_(source), there_(there), files_(files), places_(places), report_(report) {}

    Result<void> run() {
        TRY(there_.each_post("experiments/search", {{"max_results", 1000}, {"view_type", "ALL"}}, "experiments",
                             [&](const Json& one) -> Result<void> {
                                 experiments_[string_of(one, "name")] = {string_of(one, "experiment_id"),
                                                                         string_of(one, "lifecycle_stage") == "deleted", ""};
                                 return {};
                             }));
        TRY_ASSIGN(const Json experiments, source_.experiments());
        for (const Json& experiment : experiments) {
            const std::string what = fmt::format("experiment '{}'", string_of(experiment, "name"));
            if (const auto done = take(experiment); !done && !told(done.error(), what, report_)) return done;
        }
        return {};
    }

private:
    struct There {
        std::string id;
        bool deleted = false;
        std::string artifacts;
        Json params = Json::array();  ///< of a logged model, which takes each only once
        Json metrics = Json::array();  ///< the latest points of a run; of a logged model, all
        Json inputs = Json::array(), outputs = Json::array();  ///< models of a run, likewise
        std::string status = {};  ///< of a logged model
    };

    Result<void> take(const Json& experiment) {
        TRY_ASSIGN(const std::string id, ensure(experiment));
        TRY(find_there(id));
        std::vector<Json> runs;  // without their metrics
        Progress progress(output_, "runs of " + string_of(experiment, "name"), 0, Progress::Unit::things);
        TRY(source_.runs(experiment, [&](Json run) -> Result<void> {
            const std::string what = fmt::format("run {} ({})", string_of(run, "id"), string_of(run, "name"));
            if (const auto done = take_run(id, run); !done) return told(done.error(), what, report_) ? Result<void>() : done;
            run.erase("metrics");
            runs.push_back(std::move(run));
            progress.advance(1);
            return {};
        }));
        progress.clear();
        TRY(source_.logged_models(experiment, [&](const Json& model) -> Result<void> {
            const std::string what = fmt::format("logged model {} ({})", string_of(model, "id"), string_of(model, "name"));
            const auto done = take_logged_model(id, model);
            return done || told(done.error(), what, report_) ? Result<void>() : done;
        }));
        for (const Json& run : runs) {
            const auto done = finish(run);
            if (!done && !told(done.error(), fmt::format("run {}", string_of(run, "id")), report_)) return done;
        }
        if (string_of(experiment, "state") == "deleted") TRY(there_.post("experiments/delete", {{"experiment_id", id}}));
        return {};
    }

    /// The experiment of that name there, able to take runs.
    Result<std::string> ensure(const Json& experiment) {
        const std::string name = string_of(experiment, "name");
        auto found = experiments_.find(name);
        if (found == experiments_.end()) {
            TRY_ASSIGN(const Json made,
                       there_.post("experiments/create", {{"name", name}, {"tags", pairs_of(member(experiment, "tags"))}}));
            report_.add("experiments");
            return string_of(made, "experiment_id");
        }
        report_.found("experiments");
        const std::string id = found->second.id;
        if (found->second.deleted) TRY(there_.post("experiments/restore", {{"experiment_id", id}}));
        for (const auto& [key, value] : member(experiment, "tags").items())
            TRY(there_.post("experiments/set-experiment-tag", {{"experiment_id", id}, {"key", key}, {"value", value}}));
        return id;
    }

    /// What the experiment has there, by our ids.
    Result<void> find_there(const std::string& experiment) {
        runs_.clear();
        logged_models_.clear();
        TRY(there_.each_post("runs/search", {{"experiment_ids", {experiment}}, {"run_view_type", "ALL"}, {"max_results", 1000}}, "runs",
                             [&](const Json& one) -> Result<void> {
                                 const Json& info = member(one, "info");
                                 const std::string ours = value_of(member(member(one, "data"), "tags"), "assay.run").value_or("");
                                 runs_[ours.empty() ? string_of(info, "run_id") : ours] = {
                                     .id = string_of(info, "run_id"),
                                     .deleted = string_of(info, "lifecycle_stage") == "deleted",
                                     .artifacts = string_of(info, "artifact_uri"),
                                     .metrics = member(member(one, "data"), "metrics"),
                                     .inputs = member(member(one, "inputs"), "model_inputs"),
                                     .outputs = member(member(one, "outputs"), "model_outputs")};
                                 return {};
                             }));
        const auto models = there_.each_post("logged-models/search", {{"experiment_ids", {experiment}}, {"max_results", 50}}, "models",
                                             [&](const Json& one) -> Result<void> {
                                                 const Json& info = member(one, "info");
                                                 const std::string ours = value_of(member(info, "tags"), "assay.logged_model").value_or("");
                                                 logged_models_[ours.empty() ? string_of(info, "model_id") : ours] = {
                                                     .id = string_of(info, "model_id"),
                                                     .artifacts = string_of(info, "artifact_uri"),
                                                     .params = member(member(one, "data"), "params"),
                                                     .metrics = member(member(one, "data"), "metrics"),
                                                     .status = string_of(info, "status")};
                                                 return {};
                                             });
        knows_models_ = models.has_value() || models.error().kind != ErrorKind::not_found;  // a server of MLflow 2 knows none
        return knows_models_ ? models : Result<void>();
    }

    Result<void> take_run(const std::string& experiment, const Json& run) {
        const std::string ours = string_of(run, "id");
        const Json tags = member(run, "tags");
        auto found = runs_.find(ours);
        if (found == runs_.end()) {
            Json wanted = {{"experiment_id", experiment},
                           {"user_id", run["actor"]},
                           {"tags", Json::array({Json{{"key", "assay.run"}, {"value", ours}}})}};
            if (run["name"] != "") wanted["run_name"] = run["name"];
            if (run.contains("started_at")) wanted["start_time"] = run["started_at"];
            TRY_ASSIGN(const Json made, there_.post("runs/create", wanted));
            const Json& info = member(member(made, "run"), "info");
            found = runs_.emplace(ours, There{string_of(info, "run_id"), false, string_of(info, "artifact_uri")}).first;
            report_.add("runs");
        } else {
            report_.found("runs");
            if (found->second.deleted) TRY(there_.post("runs/restore", {{"run_id", found->second.id}}));
        }
        const There& target = found->second;
        places_.runs[ours] = {target.id, target.artifacts, string_of(run, "artifacts"), false};
        Json points = Json::array();
        for (const auto& [name, series] : run["metrics"].items()) {
            std::vector<Json> ordered(series.begin(), series.end());
            std::ranges::sort(ordered, {}, [](const Json& point) {  // as a server finds the latest one
                return std::tuple(point[1].get<std::int64_t>(), point[0].get<std::int64_t>(),
                                  point[2].is_null() ? 0 : point[2].get<double>());
            });
            if (ordered.empty() || has_point(target.metrics, name, ordered.back()))
                continue;  // the last is there, and so are those before it
            for (const Json& point : ordered)
                points.push_back(
                    {{"key", name}, {"timestamp", point[0]}, {"step", point[1]}, {"value", point[2].is_null() ? Json("NaN") : point[2]}});
        }
        TRY(log_to_exported(there_, target.id, run["params"], tags, points));
        Json datasets = Json::array();
        for (Json dataset : run["datasets"]) {
            Json tags_of_input = pairs_of(dataset["tags"]);
            dataset.erase("tags");
            datasets.push_back({{"dataset", std::move(dataset)}, {"tags", std::move(tags_of_input)}});
        }
        if (!datasets.empty()) TRY(there_.post("runs/log-inputs", {{"run_id", target.id}, {"datasets", std::move(datasets)}}));
        return take_files("run " + ours, places_.runs[ours]);
    }

    Result<void> take_logged_model(const std::string& experiment, const Json& model) {
        const std::string ours = string_of(model, "id");
        if (!knows_models_) return fail(ErrorKind::not_found, "mlflow-refused", "a server of MLflow 2 has no logged models");
        auto found = logged_models_.find(ours);
        if (found == logged_models_.end()) {
            Json own = model["tags"];
            own.erase("mlflow.modelVersions");  // the server makes it when versions are made
            Json tags = pairs_of(own);
            tags.push_back({{"key", "assay.logged_model"}, {"value", ours}});
            Json wanted = {
                {"experiment_id", experiment}, {"name", model["name"]}, {"model_type", model["type"]}, {"tags", std::move(tags)}};
            if (const auto run = places_.runs.find(string_of(model, "run")); run != places_.runs.end())
                wanted["source_run_id"] = run->second.id;
            TRY_ASSIGN(const Json made, there_.post("logged-models", wanted));
            const Json& info = member(member(made, "model"), "info");
            found = logged_models_.emplace(ours, There{string_of(info, "model_id"), false, string_of(info, "artifact_uri")}).first;
            report_.add("logged models");
        } else {
            report_.found("logged models");
        }
        const There& target = found->second;
        places_.logged_models[ours] = {target.id, target.artifacts, string_of(model, "artifacts"), false};
        Json params = Json::array();
        for (const Json& param : pairs_of(model["params"]))
            if (value_of(target.params, string_of(param, "key")) != string_of(param, "value")) params.push_back(param);
        TRY(in_batches(params, max_params, [&](Json batch) -> Result<void> {
            TRY(there_.post(fmt::format("logged-models/{}/params", target.id), {{"model_id", target.id}, {"params", std::move(batch)}}));
            return {};
        }));
        TRY(take_metrics(model, target));
        TRY(take_files("logged model " + ours, places_.logged_models[ours]));
        const std::string status = string_of(model, "status");
        const std::string wanted = status == "ready" ? "LOGGED_MODEL_READY" : "LOGGED_MODEL_UPLOAD_FAILED";
        if (status != "pending" && target.status != wanted)
            TRY(there_.patch("logged-models/" + target.id, {{"model_id", target.id}, {"status", wanted}}));
        return {};
    }

    /// Where they cannot go, the rest goes on.
    Result<void> take_files(const std::string& what, ExportedPlace& place) {
        if (!files_) return {};
        const auto done = export_files(source_, place.location, there_, place.artifacts, report_);
        if (done) return {};
        place.lacks_files = true;
        return told(done.error(), "files of " + what, report_) ? Result<void>() : done;
    }

    /// They are logged by a run there. What the model has there stays, whatever its value: MLflow's servers keep 0 for what is no number.
    Result<void> take_metrics(const Json& model, const There& target) {
        std::map<std::string, Json> by_run;
        for (const Json& metric : model["metrics"]) {
            const auto run = places_.runs.find(string_of(metric, "run"));
            if (run == places_.runs.end()) {
                report_.skip(fmt::format("metric '{}' of logged model {}", string_of(metric, "name"), string_of(model, "id")),
                             "its run is not there");
                continue;
            }
            Json point = {{"key", metric["name"]},
                          {"timestamp", metric["at"]},
                          {"step", metric["step"]},
                          {"value", metric.contains("value") ? metric["value"] : Json("NaN")},
                          {"model_id", target.id}};
            for (const char* key : {"dataset_name", "dataset_digest"})
                if (!string_of(metric, key).empty()) point[key] = metric[key];
            const auto is_there = [&](const Json& held) {
                const bool same_moment = member(held, "timestamp") == point["timestamp"] && member(held, "step") == point["step"];
                return same_moment && string_of(held, "key") == string_of(point, "key") && string_of(held, "run_id") == run->second.id;
            };
            if (std::ranges::any_of(target.metrics, is_there)) continue;
            by_run.try_emplace(run->second.id, Json::array()).first->second.push_back(std::move(point));
        }
        for (const auto& [run, points] : by_run) {
            TRY(in_batches(points, max_metrics, [&](Json batch) -> Result<void> {
                TRY(there_.post("runs/log-batch", {{"run_id", run}, {"metrics", std::move(batch)}}));
                return {};
            }));
        }
        return {};
    }

    /// The models that it read and made, and how it ended.
    Result<void> finish(const Json& run) {
        const auto place = places_.runs.find(string_of(run, "id"));
        if (place == places_.runs.end()) return {};
        const std::string& id = place->second.id;
        const There& held = runs_.at(string_of(run, "id"));
        const auto models = [&](const char* list, const Json& there, bool with_step) {
            Json found = Json::array();
            for (const Json& one : run[list]) {
                const auto model = places_.logged_models.find(one[0].get<std::string>());
                if (model == places_.logged_models.end()) continue;
                const auto is_it = [&](const Json& other) { return string_of(other, "model_id") == model->second.id; };
                if (std::ranges::any_of(there, is_it)) continue;
                Json link = {{"model_id", model->second.id}};
                if (with_step) link["step"] = one[1];
                found.push_back(std::move(link));
            }
            return found;
        };
        if (Json inputs = models("inputs", held.inputs, false); !inputs.empty())
            TRY(there_.post("runs/log-inputs", {{"run_id", id}, {"models", std::move(inputs)}}));
        if (Json outputs = models("outputs", held.outputs, true); !outputs.empty())
            TRY(there_.post("runs/outputs", {{"run_id", id}, {"models", std::move(outputs)}}));
        std::string status = string_of(run, "status");
        std::ranges::transform(status, status.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
        Json update = {{"run_id", id}, {"status", status}};
        if (run.contains("ended_at")) update["end_time"] = run["ended_at"];
        TRY(there_.post("runs/update", update));
        if (string_of(run, "state") == "deleted") TRY(there_.post("runs/delete", {{"run_id", id}}));
        return {};
    }

    Output& output_;
    MlflowSource& source_;
    MlflowApi& there_;
    bool files_;
    ExportedPlaces& places_;
    ImportReport& report_;
    std::map<std::string, There> experiments_;  ///< by name
    std::map<std::string, There> runs_, logged_models_;  ///< of one experiment, by our ids
    bool knows_models_ = true;
};

}  // namespace

bool told(const Error& error, const std::string& what, ImportReport& report) {
    if (error.code != "mlflow-refused" && error.code != "foreign-artifacts") return false;
    report.skip(what, error.because.empty() ? error.message : error.because);
    return true;
}

Result<void> log_to_exported(MlflowApi& there, const std::string& run, const Json& params, const Json& tags, const Json& points) {
    const auto log = [&](const char* list) {
        return [&, list](Json batch) -> Result<void> {
            TRY(there.post("runs/log-batch", {{"run_id", run}, {list, std::move(batch)}}));
            return {};
        };
    };
    TRY(in_batches(pairs_of(params), max_params, log("params")));
    TRY(in_batches(pairs_of(tags), max_params, log("tags")));
    return in_batches(points, max_metrics, log("metrics"));
}

Result<void> export_files(MlflowSource& source, const std::string& from, MlflowApi& there, const std::string& to, ImportReport& report) {
    TRY_ASSIGN(const auto files, source.files(from));
    if (files.empty()) return {};
    TRY_ASSIGN(const auto held, there.files(to));
    for (const SourceFile& file : files) {
        const auto same = std::ranges::find(held, file.path, &SourceFile::path);
        if (same != held.end() && same->size == file.size) {
            report.found("files");
            continue;
        }
        TRY_ASSIGN(const std::string path, source.local(from, file.path));
        TRY_ASSIGN(const LocalFile local, hash_file(path));
        TRY(there.put(to, file.path, local));
        report.add("files");
        report.sent(local.size);
    }
    return {};
}

Result<void> export_runs(Output& output, MlflowSource& source, MlflowApi& there, bool files, ExportedPlaces& places, ImportReport& report) {
    return RunExport(output, source, there, files, places, report).run();
}

}  // namespace assay
