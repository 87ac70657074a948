#include "clients/cli/export_models.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <map>
#include <optional>

namespace assay {

namespace {

constexpr std::int64_t max_gap = 1000;

/// Where a version's files are there.
struct Origin {
    std::string source;  ///< an MLflow URI
    std::string run;
    std::string logged_model;
    bool facts_go_along = false;  ///< nobody has logged them to the run
};

class ModelExport {
public:
    ModelExport(Connection& here, MlflowSource& source, MlflowApi& there, const ExportedPlaces& places, ImportReport& report)
        : here_(here), source_(source), there_(there), places_(places), report_(report) {}

    Result<void> run() {
        TRY_ASSIGN(const Json models, source_.models());
        for (const Json& model : models) {
            const auto done = take(model);
            if (!done && !told(done.error(), fmt::format("model '{}'", string_of(model, "name")), report_)) return done;
        }
        return {};
    }

private:
    Result<void> take(const Json& model) {
        const std::string name = string_of(model, "name");
        const auto made = there_.post("registered-models/create", {{"name", name}, {"description", model["description"]}});
        if (made) {
            report_.add("models");
        } else if (mlflow_code(made.error()) == "RESOURCE_ALREADY_EXISTS") {
            report_.found("models");
        } else {
            return fail(made.error());
        }
        for (const auto& [key, value] : model["tags"].items())
            TRY(there_.post("registered-models/set-tag", {{"name", name}, {"key", key}, {"value", value}}));
        held_.clear();
        TRY(there_.each_get("model-versions/search", {{"filter", "name = " + mlflow_quoted(name)}, {"max_results", 1000}}, "model_versions",
                            [&](const Json& one) -> Result<void> {
                                held_[parse_integer(string_of(one, "version")).value_or(0)] = one;
                                return {};
                            }));
        exported_.clear();
        TRY(source_.versions(model, [&](const Json& version) -> Result<void> {
            const auto done = take_version(name, version);
            const std::string what = fmt::format("{} version {}", name, version["version"].get<std::int64_t>());
            return done || told(done.error(), what, report_) ? Result<void>() : done;
        }));
        for (const auto& [alias, number] : model["aliases"].items()) TRY(take_alias(name, alias, number.get<std::int64_t>()));
        return {};
    }

    /// One that is there stays where it is.
    Result<void> take_alias(const std::string& name, const std::string& alias, std::int64_t number) {
        const std::string what = fmt::format("alias '{}' of {}", alias, name);
        if (!exported_[number]) {
            report_.skip(what, fmt::format("its version {} is not there", number));
            return {};
        }
        const std::string wanted = std::to_string(number);
        const auto held = there_.get("registered-models/alias", {{"name", name}, {"alias", alias}});
        if (!held) {
            report_.add("aliases");
            TRY(there_.post("registered-models/alias", {{"name", name}, {"alias", alias}, {"version", wanted}}));
            return {};
        }
        const std::string found = string_of(member(*held, "model_version"), "version");
        if (found == wanted) {
            report_.found("aliases");
        } else {
            report_.skip(what, fmt::format("it points at version {} there, and at {} here", found, wanted));
        }
        return {};
    }

    Result<void> take_version(const std::string& name, const Json& version) {
        const std::int64_t number = version["version"].get<std::int64_t>();
        const std::string what = fmt::format("{} version {}", name, number);
        if (string_of(version, "status") != "READY") {
            report_.skip(what, fmt::format("its status is {}", text_of(version, "status")));
            return {};
        }
        TRY_ASSIGN(const Json shown, here_.get(Connection::path_of(name, number)));
        const std::string digest = string_of(shown, "digest");
        if (const auto found = held_.find(number); found != held_.end()) {
            if (!is_the_same(found->second, version, digest)) {
                report_.skip(what, "there is another version of that number there");
                return {};
            }
            report_.found("versions");
            exported_[number] = true;
            return {};
        }
        TRY_ASSIGN(const Origin origin, place(version, digest));
        TRY_ASSIGN(const bool made, create(name, number, version, origin, digest));
        if (!made) return {};
        report_.add("versions");
        exported_[number] = true;
        if (origin.facts_go_along && !origin.run.empty()) {
            TRY_ASSIGN(const Json manifest, here_.get(Connection::path_of(name, number) + "/manifest"));
            const auto logged = log_facts(origin.run, member(manifest, "facts"));
            if (!logged && !told(logged.error(), "facts of " + what, report_)) return logged;
        }
        if (const std::string stage = string_of(version, "stage"); stage != "None" && !stage.empty())
            TRY(there_.post("model-versions/transition-stage",
                            {{"name", name}, {"version", std::to_string(number)}, {"stage", stage}, {"archive_existing_versions", false}}));
        return {};
    }

    /// Exported before, or the one that ours was imported from.
    static bool is_the_same(const Json& held, const Json& version, const std::string& digest) {
        for (const Json& tag : member(held, "tags"))
            if (string_of(tag, "key") == "assay.digest") return string_of(tag, "value") == digest;
        return string_of(held, "source") == string_of(version, "source");
    }

    /// Finds the version's files among those of runs and logged models there, or puts them beside those of its run.
    Result<Origin> place(const Json& version, const std::string& digest) {
        const std::string source = string_of(version, "source");
        const auto run = places_.runs.find(string_of(version, "run"));
        const bool has_run = run != places_.runs.end();
        const std::string run_there = has_run ? run->second.id : "";
        const std::size_t mark = source.find("/m-");  // models:/m-…, and mlflow-artifacts:/1/models/m-…/artifacts
        const auto model = places_.logged_models.find(mark == std::string::npos ? "" : source.substr(mark + 1, 34));
        if (model != places_.logged_models.end()) {
            const ExportedPlace& at = model->second;
            if (at.lacks_files) return fail(no_files());
            if (source == "models:/" + model->first) return Origin{"models:/" + at.id, run_there, at.id, false};
            if (const auto rest = path_below(source, at.location)) return Origin{at.artifacts + *rest, run_there, at.id, false};
        }
        if (!has_run) return fail(ErrorKind::invalid, "foreign-artifacts", "it belongs to no run that its files could go to");
        if (run->second.lacks_files) return fail(no_files());
        if (const auto rest = path_below(source, run->second.location)) return Origin{run->second.artifacts + *rest, run_there, "", false};
        const std::string folder = fmt::format("{}/assay-{}", run->second.artifacts, digest.substr(digest.find(':') + 1, 16));
        TRY(export_files(source_, string_of(version, "storage"), there_, folder, report_));
        return Origin{folder, run_there, "", true};
    }

    /// What the maker of a pushed version declared, where MLflow's users look for it.
    Result<void> log_facts(const std::string& run, const Json& facts) {
        const auto trained = Timestamp::parse(string_of(facts, "trained_at"));
        Json points = Json::array();
        for (const Json& metric : list_of(facts, "metrics"))
            points.push_back(
                {{"key", metric["name"]}, {"value", metric["value"]}, {"step", 0}, {"timestamp", trained ? milliseconds_of(*trained) : 0}});
        Json tags = Json::object();
        for (const auto& [key, value] : member(facts, "source").items()) tags["assay.source." + key] = value;
        TRY(log_to_exported(there_, run, member(facts, "params"), tags, points));
        Json datasets = Json::array();
        for (const Json& dataset : list_of(facts, "datasets")) {
            const std::string digest = string_of(dataset, dataset.contains("digest") ? "digest" : "table_digest");
            datasets.push_back({{"dataset",
                                 {{"name", dataset["name"]},
                                  {"digest", digest.substr(digest.rfind(':') + 1, 36)},
                                  {"source_type", "assay"},
                                  {"source", to_text(Json{{"digest", digest}})}}},
                                {"tags", Json::array({Json{{"key", "mlflow.data.context"}, {"value", dataset["role"]}}})}});
        }
        if (!datasets.empty()) TRY(there_.post("runs/log-inputs", {{"run_id", run}, {"datasets", std::move(datasets)}}));
        return {};
    }

    static Error no_files() { return {ErrorKind::invalid, "foreign-artifacts", "its files could not go there"}; }

    /// A server counts versions itself: numbers that are none here are taken, and the versions deleted, until it is this one's turn.
    Result<bool> create(const std::string& name, std::int64_t number, const Json& version, const Origin& origin,
                        const std::string& digest) {
        Json tags = Json::array({Json{{"key", "assay.digest"}, {"value", digest}}});
        for (const auto& [key, value] : version["tags"].items())
            if (key != "assay.digest") tags.push_back({{"key", key}, {"value", value}});
        Json wanted = {{"name", name}, {"source", origin.source}, {"tags", std::move(tags)}, {"description", version["description"]}};
        if (!origin.run.empty()) wanted["run_id"] = origin.run;
        if (!origin.logged_model.empty()) wanted["model_id"] = origin.logged_model;
        if (!string_of(version, "run_link").empty()) wanted["run_link"] = version["run_link"];
        for (std::int64_t i = 0; i <= max_gap; ++i) {
            TRY_ASSIGN(const Json made, there_.post("model-versions/create", wanted));
            const std::string got = string_of(member(made, "model_version"), "version");
            const std::int64_t there = parse_integer(got).value_or(0);
            if (there == number) return true;
            TRY(there_.remove("model-versions/delete", {{"name", name}, {"version", got}}));
            if (there > number || there == 0) {
                report_.skip(fmt::format("{} version {}", name, number), fmt::format("the server there would call it version {}", got));
                return false;
            }
        }
        report_.skip(fmt::format("{} version {}", name, number), fmt::format("more than {} numbers before it are none here", max_gap));
        return false;
    }

    Connection& here_;
    MlflowSource& source_;
    MlflowApi& there_;
    const ExportedPlaces& places_;
    ImportReport& report_;
    std::map<std::int64_t, Json> held_;      ///< versions of one model there, by number
    std::map<std::int64_t, bool> exported_;  ///< of that model, which are there
};

}  // namespace

Result<void> export_models(Connection& here, MlflowSource& source, MlflowApi& there, const ExportedPlaces& places, ImportReport& report) {
    return ModelExport(here, source, there, places, report).run();
}

}  // namespace assay
