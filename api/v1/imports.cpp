#include "registry/imports.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "base/file_path.hpp"
#include "base/text.hpp"
#include "registry/names.hpp"
#include "registry/push.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

// What another server kept, a batch at a time: experiments, runs, logged models, files, models and versions, in that order, and what was
// kept without a server. Each is imported by itself: what cannot be is told with the reason, and the rest goes on.

namespace assay::v1 {

namespace {

constexpr std::int64_t max_experiment = std::int64_t{1} << 62U;
constexpr std::int64_t max_version = (std::int64_t{1} << 31U) - 1;

/// A number without a fraction: here, as in JSON Schema, 3.0 is one. Absent for any other, and for one beyond 64 bits with sign, or beyond
/// 2^53 with a point.
std::optional<std::int64_t> whole_number(const Json& value) {
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (!value.is_number_float()) return std::nullopt;
    const auto real = value.get<double>();
    if (real != std::trunc(real) || std::abs(real) > 0x1p53) return std::nullopt;
    return static_cast<std::int64_t>(real);
}

std::optional<std::int64_t> optional_whole(JsonReader& reader, std::string_view key) {
    const Json* value = reader.optional_any(key);
    if (value == nullptr) return std::nullopt;
    const auto number = whole_number(*value);
    if (!number) reader.problem(key, "must be an integer of 64 bits");
    return number;
}

std::int64_t whole(JsonReader& reader, std::string_view key) {
    if (reader.optional_any(key) == nullptr) reader.problem(key, "is required and missing");
    return optional_whole(reader, key).value_or(0);
}

LifeState state_of(JsonReader& reader) {
    const std::string word = reader.optional_string("state").value_or("active");
    if (word != "active" && word != "deleted") reader.problem("state", "must be active or deleted");
    return word == "deleted" ? LifeState::deleted : LifeState::active;
}

/// {"key": "value"}
std::vector<std::pair<std::string, std::string>> texts_of(JsonReader& reader, std::string_view key) {
    std::vector<std::pair<std::string, std::string>> found;
    const Json* object = reader.optional_object(key);
    if (object == nullptr) return found;
    for (const auto& [name, value] : object->items()) {
        if (!value.is_string()) {
            reader.problem(key, fmt::format("'{}' must be a text", printable(name, 100)));
        } else {
            found.emplace_back(name, value.get<std::string>());
        }
    }
    return found;
}

std::vector<TagRow> tags_of(JsonReader& reader) {
    std::vector<TagRow> tags;
    for (auto& [key, value] : texts_of(reader, "tags")) tags.push_back({key, value});
    return tags;
}

std::vector<RunParamRow> params_of(JsonReader& reader) {
    std::vector<RunParamRow> params;
    for (auto& [name, value] : texts_of(reader, "params")) params.push_back({name, value});
    return params;
}

/// A number that a point may have; null is none.
bool is_value(const Json& value) { return value.is_null() || value.is_number(); }
double value_of(const Json& value) { return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>(); }

/// {"acc": [[time, step, value], …]}
void read_points(JsonReader& reader, ImportedRun& run) {
    const Json* metrics = reader.optional_object("metrics");
    if (metrics == nullptr) return;
    for (const auto& [name, points] : metrics->items()) {
        bool good = points.is_array();
        for (std::size_t i = 0; good && i < points.size(); ++i) {
            const Json& point = points[i];
            const auto time = point.is_array() && point.size() == 3 ? whole_number(point[0]) : std::nullopt;
            const auto step = time ? whole_number(point[1]) : std::nullopt;
            good = step && is_value(point[2]);
            if (good) run.metrics[name].push_back({name, *step, *time, value_of(point[2])});
        }
        if (!good) reader.problem("metrics", fmt::format("the points of '{}' must be [time, step, value]", printable(name, 100)));
    }
}

void read_datasets(JsonReader& reader, Problems& problems, ImportedRun& run) {
    const Json* datasets = reader.optional_array("datasets");
    for (std::size_t i = 0; datasets != nullptr && i < datasets->size(); ++i) {
        JsonReader one((*datasets)[i], reader.path_of("datasets", i), problems);
        RunDatasetRow row;
        row.dataset.name = one.nonempty_string("name");
        row.dataset.digest = one.string("digest");
        row.dataset.source_type = one.optional_string("source_type").value_or("");
        row.dataset.source = one.optional_string("source").value_or("");
        row.dataset.schema = one.optional_string("schema");
        row.dataset.profile = one.optional_string("profile");
        row.tags = tags_of(one);
        one.refuse_unknown();
        run.datasets.push_back(std::move(row));
    }
}

/// [["m-…", step], …]
std::vector<RunModelRow> models_of(JsonReader& reader, std::string_view key) {
    std::vector<RunModelRow> found;
    const Json* models = reader.optional_array(key);
    for (std::size_t i = 0; models != nullptr && i < models->size(); ++i) {
        const Json& model = (*models)[i];
        const auto step = model.is_array() && model.size() == 2 && model[0].is_string() ? whole_number(model[1]) : std::nullopt;
        if (step) {
            found.push_back({model[0].get<std::string>(), *step});
        } else {
            reader.problem(key, "must be a list of [id, step]");
        }
    }
    return found;
}

Json view(const ImportedPlace& found) {
    return Json{{"experiment", found.experiment}, {"location", found.location}, {"added", found.added}};
}

ImportedExperiment read_experiment(const Json& json, const std::string& path, Problems& problems) {
    JsonReader reader(json, path, problems);
    ImportedExperiment experiment;
    experiment.row.id = whole(reader, "id");
    if (experiment.row.id > max_experiment) reader.problem("id", "must be at most 2^62: others count on from it");
    experiment.row.name = reader.nonempty_string("name");
    experiment.row.state = state_of(reader);
    experiment.row.created_at = whole(reader, "created_at");
    experiment.row.updated_at = whole(reader, "updated_at");
    experiment.tags = tags_of(reader);
    reader.refuse_unknown();
    return experiment;
}

ImportedRun read_run(const Json& json, const std::string& path, Problems& problems) {
    JsonReader reader(json, path, problems);
    ImportedRun run;
    run.row.id = reader.nonempty_string("id");
    if (!is_run_id(run.row.id)) reader.problem("id", "must be 32 hex digits");
    run.row.experiment = whole(reader, "experiment");
    run.row.name = reader.string("name");
    run.row.status = reader.string("status");
    constexpr std::string_view statuses[] = {"running", "scheduled", "finished", "failed", "killed"};
    if (std::ranges::find(statuses, run.row.status) == std::end(statuses))
        reader.problem("status", "must be running, scheduled, finished, failed or killed");
    run.row.state = state_of(reader);
    run.row.started_at = optional_whole(reader, "started_at");
    run.row.ended_at = optional_whole(reader, "ended_at");
    run.row.actor = reader.optional_string("actor").value_or("");
    run.params = params_of(reader);
    run.tags = tags_of(reader);
    read_points(reader, run);
    read_datasets(reader, problems, run);
    run.inputs = models_of(reader, "inputs");
    run.outputs = models_of(reader, "outputs");
    reader.refuse_unknown();
    return run;
}

ImportedLoggedModel read_logged_model(const Json& json, const std::string& path, Problems& problems) {
    JsonReader reader(json, path, problems);
    ImportedLoggedModel model;
    LoggedModelRow& row = model.row;
    row.id = reader.nonempty_string("id");
    if (!row.id.starts_with("m-") || !is_run_id(std::string_view(row.id).substr(2))) reader.problem("id", "must be m- and 32 hex digits");
    row.experiment = whole(reader, "experiment");
    row.name = reader.string("name");
    row.type = reader.optional_string("type").value_or("");
    row.run = reader.optional_string("run").value_or("");
    row.status = reader.string("status");
    if (row.status != "pending" && row.status != "ready" && row.status != "failed")
        reader.problem("status", "must be pending, ready or failed");
    row.state = state_of(reader);
    row.created_at = whole(reader, "created_at");
    row.updated_at = whole(reader, "updated_at");
    model.params = params_of(reader);
    model.tags = tags_of(reader);
    const Json* metrics = reader.optional_array("metrics");
    for (std::size_t i = 0; metrics != nullptr && i < metrics->size(); ++i) {
        JsonReader one((*metrics)[i], reader.path_of("metrics", i), problems);
        LoggedModelMetricRow metric;
        metric.point = {one.string("name"), whole(one, "step"), whole(one, "at"),
                        one.optional_number("value").value_or(std::numeric_limits<double>::quiet_NaN())};
        metric.run = one.optional_string("run").value_or("");
        metric.dataset_name = one.optional_string("dataset_name").value_or("");
        metric.dataset_digest = one.optional_string("dataset_digest").value_or("");
        one.refuse_unknown();
        model.metrics.push_back(std::move(metric));
    }
    reader.refuse_unknown();
    return model;
}

struct FileItem {
    std::string path;
    std::string digest;
};

FileItem read_file(const Json& json, const std::string& path, Problems& problems) {
    JsonReader reader(json, path, problems);
    FileItem file{reader.nonempty_string("path"), reader.nonempty_string("digest")};
    if (!Digest::parse(file.digest)) reader.problem("digest", "must be sha256: and 64 hex digits");
    reader.refuse_unknown();
    return file;
}

ImportedModel read_model(const Json& json, const std::string& path, Problems& problems) {
    JsonReader reader(json, path, problems);
    ImportedModel model;
    model.name = reader.nonempty_string("name");
    model.description = reader.optional_string("description").value_or("");
    model.tags = tags_of(reader);
    model.updated_at = whole(reader, "updated_at");
    reader.refuse_unknown();
    return model;
}

NewRegistration read_version(const Json& json, const std::string& path, Problems& problems) {
    JsonReader reader(json, path, problems);
    NewRegistration wanted;
    wanted.model = reader.nonempty_string("model");
    wanted.source = reader.nonempty_string("source");
    wanted.location = reader.nonempty_string("location");
    wanted.run = reader.optional_string("run").value_or("");
    wanted.run_link = reader.optional_string("run_link").value_or("");
    wanted.logged_model = reader.optional_string("logged_model").value_or("");
    wanted.description = reader.optional_string("description").value_or("");
    wanted.tags = tags_of(reader);
    wanted.past.emplace();
    wanted.past->version = whole(reader, "version");
    if (wanted.past->version < 1 || wanted.past->version > max_version) reader.problem("version", "must be from 1 to 2^31 - 1");
    wanted.past->stage = reader.optional_string("stage").value_or("None");
    if (std::ranges::find(stages, wanted.past->stage) == stages.end())
        reader.problem("stage", "must be None, Staging, Production or Archived");
    wanted.past->created_at = whole(reader, "created_at");
    wanted.past->updated_at = whole(reader, "updated_at");
    reader.refuse_unknown();
    return wanted;
}

Result<Json> add_model(Context& context, ImportedModel model, const std::string& actor) {
    TRY_ASSIGN(model.name, model_name(model.name));
    TRY_ASSIGN(const bool added, import_model(context.registry, model, actor));
    return Json{{"added", added}};
}

Result<Json> add_version(Context& context, NewRegistration wanted, const std::string& actor) {
    wanted.actor = actor;
    TRY_ASSIGN(wanted.model, model_name(wanted.model));
    TRY_ASSIGN(wanted.location, file_path(wanted.location));
    TRY_ASSIGN(const ImportedRegistration imported, import_version(context.registry, wanted));
    const RegistrationView& version = imported.version;
    return Json{{"added", imported.added},
                {"registered", version.version.has_value()},
                {"digest", version.version ? Json(version.version->row.digest) : Json(nullptr)},
                {"because", version.registration.message}};
}

/// As POST /v1/models/{name}/versions, of a model made in the past: a fact that nobody wrote down is marked as missing.
Result<Json> add_registration(Context& context, Json item, const std::string& actor) {
    Problems problems;
    const Json name = item.is_object() ? item.value("model", Json()) : Json();
    TRY_ASSIGN(const std::string model, model_name(name.is_string() ? name.get<std::string>() : ""));
    item.erase("model");
    PushRequest wanted = read_push_request(item, problems);
    wanted.model = model;
    wanted.actor = actor;
    wanted.missing_facts = WhenMissing::warn;
    wanted.if_new = true;
    TRY_ASSIGN(const Pushed pushed, push(context.registry, wanted, std::move(problems)));
    const VersionRow& row = pushed.version.row;
    return Json{{"added", pushed.created}, {"version", row.version}, {"digest", row.digest}, {"warnings", pushed.warnings}};
}

Json view(const std::string& path) { return {{"path", path}}; }

Json refusal(const Error& error) {
    std::string because = error.message;
    if (!error.because.empty()) because += ": " + error.because;
    for (const FieldProblem& problem : error.problems) because += fmt::format("; {} {}", problem.field, problem.message);
    return {{"refused", error.code}, {"because", because}};
}

/// What came of each of a batch, in its place.
template <class T>
Json views(const std::vector<Result<T>>& came) {
    Json answers = Json::array();
    for (const Result<T>& one : came) answers.push_back(one ? view(*one) : refusal(one.error()));
    return answers;
}

/// The items of a list, all of which must be readable.
template <class Item>
std::optional<std::vector<Item>> items_of(JsonReader& reader, const char* name, Problems& problems,
                                          Item (*read)(const Json&, const std::string&, Problems&)) {
    const Json* list = reader.optional_array(name);
    if (list == nullptr) return std::nullopt;
    std::vector<Item> items;
    for (std::size_t i = 0; i < list->size(); ++i) items.push_back(read((*list)[i], fmt::format("{}[{}]", name, i), problems));
    return items;
}

/// A file whose path cannot be one is told in its place, too.
Result<Json> add_files(Registry& registry, const std::vector<FileItem>& items) {
    Json answers = Json::array();
    std::vector<ImportedFile> files;
    std::vector<std::size_t> places;
    for (const FileItem& item : items) {
        const auto path = file_path(item.path);
        answers.push_back(path ? Json(nullptr) : refusal(path.error()));
        if (!path) continue;
        TRY_ASSIGN(const Digest digest, Digest::parse(item.digest));
        places.push_back(answers.size() - 1);
        files.push_back({*path, digest});
    }
    TRY_ASSIGN(const auto came, import_files(registry, files));
    for (std::size_t i = 0; i < came.size(); ++i) answers[places[i]] = came[i] ? view(*came[i]) : refusal(came[i].error());
    return answers;
}

Result<Response> import(Context& context, Request& request) {
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    const auto experiments = items_of(reader, "experiments", problems, read_experiment);
    const auto runs = items_of(reader, "runs", problems, read_run);
    const auto logged_models = items_of(reader, "logged_models", problems, read_logged_model);
    const auto files = items_of(reader, "files", problems, read_file);
    const auto models = items_of(reader, "models", problems, read_model);
    const auto versions = items_of(reader, "versions", problems, read_version);
    const Json* const registrations = reader.optional_array("registrations");
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-import", "the request cannot be read"));
    Registry& registry = context.registry;
    Json answer = Json::object();
    if (experiments) {
        TRY_ASSIGN(const auto came, import_experiments(registry, *experiments));
        answer["experiments"] = views(came);
    }
    if (runs) {
        TRY_ASSIGN(const auto came, import_runs(registry, *runs));
        answer["runs"] = views(came);
    }
    if (logged_models) {
        TRY_ASSIGN(const auto came, import_logged_models(registry, *logged_models));
        answer["logged_models"] = views(came);
    }
    if (files) {
        TRY_ASSIGN(answer["files"], add_files(registry, *files));
    }
    if (models) {
        answer["models"] = Json::array();
        for (const ImportedModel& model : *models) {
            const auto added = add_model(context, model, actor);
            answer["models"].push_back(added ? *added : refusal(added.error()));
        }
    }
    if (versions) {
        answer["versions"] = Json::array();
        for (const NewRegistration& version : *versions) {
            const auto added = add_version(context, version, actor);
            answer["versions"].push_back(added ? *added : refusal(added.error()));
        }
    }
    if (registrations != nullptr) {
        answer["registrations"] = Json::array();
        for (const Json& item : *registrations) {
            const auto added = add_registration(context, item, actor);
            answer["registrations"].push_back(added ? *added : refusal(added.error()));
        }
    }
    return json_response(200, answer);
}

}  // namespace

void add_import_routes(Router& router, Context& context) {
    router.add({.method = Method::post,
                .pattern = "/v1/import",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return import(context, request); }),
                .max_body_bytes = max_json_bytes,
                .json_body = true});
}

}  // namespace assay::v1
