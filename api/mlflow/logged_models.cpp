#include "registry/logged_models.hpp"
#include "api/mlflow/artifact_list.hpp"
#include "api/mlflow/errors.hpp"
#include "api/mlflow/locations.hpp"
#include "api/mlflow/names.hpp"
#include "api/mlflow/routes.hpp"
#include "api/mlflow/run_view.hpp"
#include "api/mlflow/search.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"
#include "registry/find_tracked.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// Source: MLflow 3.17, mlflow/server/handlers.py, mlflow/entities/logged_model.py and mlflow/store/tracking/sqlalchemy_store.py.

namespace assay::mlflow {

namespace {

constexpr auto create_fields = std::to_array<Field>({{"experiment_id"},
                                                     {"name"},
                                                     {"model_type"},
                                                     {"source_run_id"},
                                                     {"params", Type::message, true, &pair_message},
                                                     {"tags", Type::message, true, &pair_message}});
constexpr auto create_checks = std::to_array<Check>({{.name = "experiment_id", .required = true, .type = Type::text, .type_first = true},
                                                     {"name", false, Type::text},
                                                     {"model_type", false, Type::text},
                                                     {"source_run_id", false, Type::text},
                                                     {.name = "params", .list = true},
                                                     {.name = "tags", .list = true}});
constexpr std::string_view statuses[] = {"LOGGED_MODEL_STATUS_UNSPECIFIED", "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY",
                                         "LOGGED_MODEL_UPLOAD_FAILED"};
constexpr auto finish_fields = std::to_array<Field>({{"model_id"}, {.name = "status", .type = Type::word, .words = statuses}});
constexpr auto finish_checks = std::to_array<Check>({{.name = "status", .required = true}});
constexpr auto get_fields = std::to_array<Field>({{"model_id"}, {"allow_deleted", Type::boolean}});
constexpr auto params_fields = std::to_array<Field>({{"model_id"}, {"params", Type::message, true, &pair_message}});
constexpr auto params_checks = std::to_array<Check>({{.name = "params", .list = true}});
constexpr auto tags_fields = std::to_array<Field>({{"model_id"}, {"tags", Type::message, true, &pair_message}});
constexpr auto tags_checks = std::to_array<Check>({{.name = "tags", .list = true}});
constexpr auto list_fields = std::to_array<Field>({{"model_id"}, {"artifact_directory_path"}, {"page_token"}});
constexpr auto list_checks = std::to_array<Check>({{"artifact_directory_path", false, Type::text}});

const std::string& id_of(const Request& request) { return request.params.at("model_id"); }

std::string_view status_word(const std::string& status) {
    return status == "pending" ? statuses[1] : status == "ready" ? statuses[2] : statuses[3];
}

Json model_view(const LoggedModelView& model) {
    const LoggedModelRow& row = model.row;
    Json info = {{"model_id", row.id},
                 {"experiment_id", std::to_string(row.experiment)},
                 {"name", row.name},
                 {"creation_timestamp_ms", row.created_at},
                 {"last_updated_timestamp_ms", row.updated_at},
                 {"artifact_uri", uri_of(row.location)},
                 {"status", status_word(row.status)},
                 {"model_type", row.type},
                 {"source_run_id", row.run}};
    if (!model.tags.empty()) info["tags"] = view(model.tags);
    Json data = Json::object();
    if (!model.params.empty()) data["params"] = view(model.params);
    for (const LoggedModelMetricRow& metric : model.metrics) {
        Json one = view(metric.point);
        one["model_id"] = row.id;
        one["run_id"] = metric.run;
        if (!metric.dataset_name.empty()) one["dataset_name"] = metric.dataset_name;
        if (!metric.dataset_digest.empty()) one["dataset_digest"] = metric.dataset_digest;
        data["metrics"].push_back(std::move(one));
    }
    return {{"info", std::move(info)}, {"data", std::move(data)}};
}

Result<void> check_name(const std::string& name) {
    if (name.find_first_of("/:.%\"'") == std::string::npos) return {};
    return refuse(invalid_parameter,
                  fmt::format("Invalid model name ({}) provided. Model name must be a non-empty string and cannot contain the "
                              "following characters: ('/', ':', '.', '%', '\"', \"'\")",
                              python_repr(name)));
}

Result<std::vector<RunParamRow>> params_of(const Json& read) {
    std::vector<RunParamRow> params;
    for (const Json& param : list_of(read, "params")) {
        params.push_back({text_of(param, "key"), text_of(param, "value")});
        TRY(check_length("value", max_kept_value, params.back().value));
    }
    return params;
}

Result<std::vector<TagRow>> tags_of(const Json& read) {
    std::vector<TagRow> tags;
    for (const Json& tag : list_of(read, "tags")) {
        tags.push_back({text_of(tag, "key"), text_of(tag, "value")});
        TRY(check_length("value", max_kept_value, tags.back().value));
    }
    return tags;
}

Result<Json> create(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {create_fields}, create_checks));
    LoggedModelRow row;
    TRY_ASSIGN(row.experiment, experiment_id(text_of(read, "experiment_id")));
    row.id = "m-" + random_hex(16);
    row.name = text_of(read, "name");
    TRY(check_name(row.name));
    if (row.name.empty()) row.name = random_name();
    row.type = text_of(read, "model_type");
    row.run = text_of(read, "source_run_id");
    row.status = "pending";
    TRY_ASSIGN(const auto params, params_of(read));
    TRY_ASSIGN(const auto tags, tags_of(read));
    const auto made = create_logged_model(context.registry, row, params, tags);
    if (!made) return experiment_error(made.error(), row.experiment);
    return Json{{"model", model_view(*made)}};
}

Result<Json> finish(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {finish_fields}, finish_checks));
    const std::string status = text_of(read, "status");
    const std::string word = status == statuses[2] ? "ready" : status == statuses[3] ? "failed" : "pending";
    const std::string id = optional_text(read, "model_id").value_or(id_of(request));
    const auto finished = finish_logged_model(context.registry, id, word);
    if (!finished) return logged_model_error(finished.error(), id);
    return Json{{"model", model_view(*finished)}};
}

Result<Json> get(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {get_fields}, {}));
    const auto deleted = read.value("allow_deleted", false) ? WithDeleted::yes : WithDeleted::no;
    const auto found = show_logged_model(context.registry, id_of(request), deleted);
    if (!found) return logged_model_error(found.error(), id_of(request));
    return Json{{"model", model_view(*found)}};
}

Result<Json> remove(Context& context, Request& request) {
    const auto removed = delete_logged_model(context.registry, id_of(request));
    if (!removed) return logged_model_error(removed.error(), id_of(request));
    return Json::object();
}

Result<Json> add_params(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {params_fields}, params_checks));
    const std::string id = optional_text(read, "model_id").value_or(id_of(request));
    TRY_ASSIGN(const auto params, params_of(read));
    const auto added = add_logged_model_params(context.registry, id, params);
    if (!added) return logged_model_error(added.error(), id);
    return Json::object();
}

Result<Json> set_tags(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {tags_fields}, tags_checks));
    TRY_ASSIGN(const auto tags, tags_of(read));
    const auto set = set_logged_model_tags(context.registry, id_of(request), tags);
    if (!set) return logged_model_error(set.error(), id_of(request));
    return Json::object();
}

Result<Json> delete_tag(Context& context, Request& request) {
    const std::string& key = request.params.at("tag_key");
    const auto removed = delete_logged_model_tag(context.registry, id_of(request), key);
    if (!removed && removed.error().code == "tag-not-found") {
        return refuse(does_not_exist,
                      fmt::format("No tag with key {} found for model with ID {}.", python_repr(key), python_repr(id_of(request))));
    }
    if (!removed) return logged_model_error(removed.error(), id_of(request));
    return Json::object();
}

constexpr auto order_fields = std::to_array<Field>({{"field_name"}, {"ascending", Type::boolean}, {"dataset_name"}, {"dataset_digest"}});
constexpr Message order_message{order_fields};
constexpr auto dataset_fields = std::to_array<Field>({{"dataset_name"}, {"dataset_digest"}});
constexpr Message dataset_message{dataset_fields};
constexpr auto search_fields = std::to_array<Field>({{"experiment_ids", Type::text, true},
                                                     {"filter"},
                                                     {"datasets", Type::message, true, &dataset_message},
                                                     {"max_results", Type::int32},
                                                     {"order_by", Type::message, true, &order_message},
                                                     {"page_token"}});
constexpr auto search_checks = std::to_array<Check>({{.name = "experiment_ids", .required = true, .list = true},
                                                     {"filter", false, Type::text},
                                                     {.name = "datasets", .list = true},
                                                     {"max_results", false, Type::int32},
                                                     {.name = "order_by", .list = true},
                                                     {"page_token", false, Type::text}});

constexpr std::size_t max_datasets = 100;  // of one question

MeasuredOn measured_on(const Json& read) {
    const auto given = [&](std::string_view name) {
        auto text = optional_text(read, name);
        return text && text->empty() ? std::nullopt : text;
    };
    return {given("dataset_name"), given("dataset_digest")};
}

Result<Json> search_all(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {search_fields}, search_checks));
    TrackingQuery query;
    TRY_ASSIGN(const std::int64_t limit, max_results_of(read, 50, 50'000));
    std::vector<std::string> order;
    for (const Json& by : list_of(read, "order_by"))
        order.push_back(text_of(by, "field_name") + (by.value("ascending", true) ? " ASC" : " DESC"));
    TRY(read_search(Searched::logged_models, text_of(read, "filter"), order, query));
    for (std::size_t i = 0; i < order.size(); ++i) query.order[i].on = measured_on(list_of(read, "order_by")[i]);
    if (list_of(read, "datasets").size() > max_datasets)
        return refuse(invalid_parameter, fmt::format("The `datasets` clause can have at most {} datasets.", max_datasets));
    for (const Json& data : list_of(read, "datasets")) {
        query.measured_on.push_back(measured_on(data));
        if (!query.measured_on.back().name) return refuse(invalid_parameter, "`dataset_name` in the `datasets` clause must be specified.");
    }
    TRY_ASSIGN(query.experiments, experiment_ids(texts_of(read, "experiment_ids")));
    TRY(read_page(text_of(read, "page_token"), limit, query));
    auto found = find_logged_models(context.registry, query);
    if (!found) return search_error(found.error());
    Json json = Json::object();
    if (const std::string next = next_page(found->places, query); !next.empty()) json["next_page_token"] = next;
    for (const LoggedModelView& model : found->views) json["models"].push_back(model_view(model));
    return json;
}

Result<Json> list_files(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {list_fields}, list_checks));
    TRY_ASSIGN(const std::string path, safe_folder(text_of(read, "artifact_directory_path")));
    const auto found = logged_model_row(context.registry, id_of(request));
    if (!found) return logged_model_error(found.error(), id_of(request));
    return files_below(context.registry, found->location, path);
}

}  // namespace

void add_logged_model_routes(Router& router, Context& context) {
    const auto with = [&context](auto handle) { return bound_to(context, handle); };
    add(router, Method::post, "logged-models", Lane::commit, with(create));
    add(router, Method::post, "logged-models/search", Lane::search, with(search_all));
    add(router, Method::patch, "logged-models/{model_id}", Lane::commit, with(finish));
    add(router, Method::get, "logged-models/{model_id}", Lane::quick, with(get));
    add(router, Method::del, "logged-models/{model_id}", Lane::commit, with(remove));
    add(router, Method::post, "logged-models/{model_id}/params", Lane::commit, with(add_params));
    add(router, Method::patch, "logged-models/{model_id}/tags", Lane::commit, with(set_tags));
    add(router, Method::del, "logged-models/{model_id}/tags/{tag_key}", Lane::commit, with(delete_tag));
    add(router, Method::get, "logged-models/{model_id}/artifacts/directories", Lane::quick, with(list_files));
}

}  // namespace assay::mlflow
