#include "api/mlflow/errors.hpp"
#include "api/mlflow/names.hpp"
#include "api/mlflow/routes.hpp"
#include "api/mlflow/run_log.hpp"
#include "api/mlflow/run_view.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

// What runs log: metrics, params, tags, data and models. Source: MLflow 3.17, mlflow/server/handlers.py and
// mlflow/store/tracking/sqlalchemy_store.py.

namespace assay::mlflow {

namespace {

constexpr auto metric_fields = std::to_array<Field>({{"key"},
                                                     {"value", Type::real},
                                                     {"timestamp", Type::int64},
                                                     {"step", Type::int64},
                                                     {"dataset_name"},
                                                     {"dataset_digest"},
                                                     {"model_id"},
                                                     {"run_id"}});
constexpr Message metric_message{metric_fields};
constexpr auto log_metric_fields = std::to_array<Field>({{"run_id"},
                                                         {"run_uuid"},
                                                         {"key"},
                                                         {"value", Type::real},
                                                         {"timestamp", Type::int64},
                                                         {"step", Type::int64},
                                                         {"model_id"},
                                                         {"dataset_name"},
                                                         {"dataset_digest"}});
constexpr auto log_metric_checks = std::to_array<Check>({{"run_id", true, Type::text},
                                                         {"key", true, Type::text},
                                                         {"value", true, Type::real},
                                                         {.name = "timestamp", .required = true, .type = Type::int64, .type_first = true},
                                                         {"step", false, Type::int64},
                                                         {"model_id", false, Type::text},
                                                         {"dataset_name", false, Type::text},
                                                         {"dataset_digest", false, Type::text}});
constexpr auto log_param_fields = std::to_array<Field>({{"run_id"}, {"run_uuid"}, {"key"}, {"value"}});
constexpr auto log_param_checks =
    std::to_array<Check>({{"run_id", true, Type::text}, {"key", true, Type::text}, {"value", false, Type::text}});
constexpr auto batch_fields = std::to_array<Field>({{"run_id"},
                                                    {"metrics", Type::message, true, &metric_message},
                                                    {"params", Type::message, true, &pair_message},
                                                    {"tags", Type::message, true, &pair_message}});
constexpr auto metric_needs = std::to_array<std::string_view>({"key", "value", "timestamp"});
constexpr auto pair_needs = std::to_array<std::string_view>({"key"});
constexpr auto batch_checks = std::to_array<Check>({{.name = "run_id", .required = true, .type = Type::text, .type_first = true},
                                                    {.name = "metrics", .list = true, .within = metric_needs},
                                                    {.name = "params", .list = true, .within = pair_needs},
                                                    {.name = "tags", .list = true, .within = pair_needs}});
constexpr auto log_model_fields = std::to_array<Field>({{"run_id"}, {"model_json"}});
constexpr auto log_model_checks = std::to_array<Check>({{.name = "run_id", .required = true, .type = Type::text, .type_first = true},
                                                        {.name = "model_json", .required = true, .type = Type::text, .type_first = true}});
constexpr auto dataset_fields = std::to_array<Field>({{"name"}, {"digest"}, {"source_type"}, {"source"}, {"schema"}, {"profile"}});
constexpr Message dataset_message{dataset_fields};
constexpr auto input_fields =
    std::to_array<Field>({{"tags", Type::message, true, &pair_message}, {"dataset", Type::message, false, &dataset_message}});
constexpr Message input_message{input_fields};
constexpr auto model_fields = std::to_array<Field>({{"model_id"}, {"step", Type::int64}});
constexpr Message model_message{model_fields};
constexpr auto inputs_fields =
    std::to_array<Field>({{"run_id"}, {"datasets", Type::message, true, &input_message}, {"models", Type::message, true, &model_message}});
constexpr auto inputs_checks =
    std::to_array<Check>({{"run_id", true, Type::text}, {.name = "datasets", .list = true}, {.name = "models", .list = true}});
constexpr auto outputs_checks = std::to_array<Check>({{"run_id", true, Type::text}, {.name = "models", .required = true, .list = true}});
constexpr std::size_t max_metrics = 1'000;
constexpr std::size_t max_params = 100;
constexpr std::size_t max_tags = 100;
constexpr std::size_t max_entities = 1'000;

Result<Json> log_metric(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {log_metric_fields}, log_metric_checks));
    RunChange change;
    TRY_ASSIGN(LoggedMetric metric, logged_metric(read, ""));
    change.metrics.push_back(std::move(metric));
    TRY(log_to_run(context.registry, run_id_of(read), change));
    return Json::object();
}

Result<Json> log_param(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {log_param_fields}, log_param_checks));
    RunChange change;
    TRY_ASSIGN(RunParamRow param, run_param(read, ""));
    change.params.push_back(std::move(param));
    TRY(log_to_run(context.registry, run_id_of(read), change, true));
    return Json::object();
}

Result<void> check_count(std::string_view what, std::size_t limit, std::size_t count) {
    if (count <= limit) return {};
    return refuse(invalid_parameter,
                  fmt::format("A batch logging request can contain at most {0} {1}. Got {2} {1}. Please split up {1} across multiple "
                              "requests and try again.",
                              limit, what, count));
}

Result<void> refuse_repeated(const std::vector<RunParamRow>& params) {
    std::set<std::string_view> seen;
    std::string repeated;
    for (const RunParamRow& param : params) {
        if (!seen.insert(param.name).second) repeated += (repeated.empty() ? "" : ", ") + python_repr(param.name);
    }
    if (repeated.empty()) return {};
    return refuse(invalid_parameter,
                  fmt::format("Duplicate parameter keys have been submitted: [{}]. Please ensure the request contains only one param "
                              "value per param key.",
                              repeated));
}

Result<Json> log_batch(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {batch_fields}, batch_checks));
    const std::string id = text_of(read, "run_id");
    TRY(check_run_id(id));
    const Json& metrics = list_of(read, "metrics");
    const Json& params = list_of(read, "params");
    const Json& tags = list_of(read, "tags");
    RunChange change;
    for (std::size_t i = 0; i < metrics.size(); ++i) {
        TRY_ASSIGN(LoggedMetric metric, logged_metric(metrics[i], fmt::format("metrics[{}]", i)));
        change.metrics.push_back(std::move(metric));
    }
    for (std::size_t i = 0; i < params.size(); ++i) {
        TRY_ASSIGN(RunParamRow param, run_param(params[i], fmt::format("params[{}]", i)));
        change.params.push_back(std::move(param));
    }
    for (std::size_t i = 0; i < tags.size(); ++i) {
        TRY_ASSIGN(TagRow tag, run_tag(tags[i], fmt::format("tags[{}]", i)));
        if (tag.key == run_name_tag) change.name = tag.value;
        change.tags.push_back(std::move(tag));
    }
    TRY(check_count("metrics", max_metrics, metrics.size()));
    TRY(check_count("params", max_params, params.size()));
    TRY(check_count("tags", max_tags, tags.size()));
    TRY(check_count("metrics, params, and tags", max_entities, metrics.size() + params.size() + tags.size()));
    TRY(refuse_repeated(change.params));
    TRY(log_to_run(context.registry, id, change));
    return Json::object();
}

/// What clients of 2.x say of a model that they have logged: appended to a tag.
Result<Json> log_model(Context& context, Request& request) {
    constexpr const char* tag = "mlflow.log-model.history";
    TRY_ASSIGN(const Json read, read_message(request, {log_model_fields}, log_model_checks));
    const std::string id = text_of(read, "run_id");
    const std::string text = text_of(read, "model_json");
    const auto model = parse_json(text);
    if (!model || !model->is_object())
        return refuse(invalid_parameter, fmt::format("Malformed model info. \n {} \n is not a valid JSON.", text));
    std::string lacking;
    for (const char* key : {"artifact_path", "flavors", "utc_time_created", "run_id"}) {
        if (!model->contains(key)) lacking += fmt::format("{}'{}'", lacking.empty() ? "" : ", ", key);
    }
    if (!lacking.empty()) return refuse(invalid_parameter, fmt::format("Model json is missing mandatory fields: {{{}}}", lacking));
    const auto appended = append_to_run_tag(context.registry, id, tag, *model);
    if (!appended) return run_error(appended.error(), id);
    return Json::object();
}

Result<RunDatasetRow> dataset_input(const Json& input) {
    RunDatasetRow row;
    const Json& dataset = input.contains("dataset") ? input["dataset"] : Json::object();
    LoggedDatasetRow& data = row.dataset;
    data = {text_of(dataset, "name"),   text_of(dataset, "digest"),       text_of(dataset, "source_type"),
            text_of(dataset, "source"), optional_text(dataset, "schema"), optional_text(dataset, "profile")};
    TRY(check_length("name", 500, data.name));
    TRY(check_length("digest", 36, data.digest));
    TRY(check_length("source", 65'535, data.source));
    TRY(check_length("schema", 1'048'575, data.schema.value_or("")));
    TRY(check_length("profile", 16'777'215, data.profile.value_or("")));
    for (const Json& tag : list_of(input, "tags")) {
        row.tags.push_back({text_of(tag, "key"), text_of(tag, "value")});
        TRY(check_length("key", 255, row.tags.back().key));
        TRY(check_length("value", 500, row.tags.back().value));
    }
    return row;
}

Result<Json> log_inputs(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {inputs_fields}, inputs_checks));
    const std::string id = text_of(read, "run_id");
    TRY(check_run_id(id));
    RunChange change;
    for (const Json& input : list_of(read, "datasets")) {
        TRY_ASSIGN(RunDatasetRow row, dataset_input(input));
        change.datasets.push_back(std::move(row));
    }
    for (const Json& model : list_of(read, "models")) change.inputs.push_back({text_of(model, "model_id"), 0});
    TRY(log_to_run(context.registry, id, change));
    return Json::object();
}

Result<Json> log_outputs(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {inputs_fields}, outputs_checks));
    RunChange change;
    for (const Json& model : list_of(read, "models"))
        change.outputs.push_back({text_of(model, "model_id"), optional_integer(model, "step").value_or(0)});
    TRY(log_to_run(context.registry, text_of(read, "run_id"), change));
    return Json::object();
}

}  // namespace

void add_metric_routes(Router& router, Context& context) {
    const auto with = [&context](auto handle) { return bound_to(context, handle); };
    add(router, Method::post, "runs/log-metric", Lane::commit, with(log_metric));
    add(router, Method::post, "runs/log-parameter", Lane::commit, with(log_param));
    add(router, Method::post, "runs/log-batch", Lane::commit, with(log_batch));
    add(router, Method::post, "runs/log-model", Lane::commit, with(log_model));
    add(router, Method::post, "runs/log-inputs", Lane::commit, with(log_inputs));
    add(router, Method::post, "runs/outputs", Lane::commit, with(log_outputs));
}

}  // namespace assay::mlflow
