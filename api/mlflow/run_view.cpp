#include "api/mlflow/run_view.hpp"

#include "api/mlflow/locations.hpp"
#include "api/mlflow/message.hpp"
#include "api/mlflow/names.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace assay::mlflow {

namespace {

std::string upper(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

Json input_view(const RunDatasetRow& input) {
    const LoggedDatasetRow& row = input.dataset;
    Json dataset = {{"name", row.name}, {"digest", row.digest}, {"source_type", row.source_type}, {"source", row.source}};
    if (row.schema) dataset["schema"] = *row.schema;
    if (row.profile) dataset["profile"] = *row.profile;
    Json json = {{"dataset", std::move(dataset)}};
    if (!input.tags.empty()) json["tags"] = view(input.tags);
    return json;
}

}  // namespace

Json run_info(const RunRow& run) {
    Json info = object_of("run_uuid", run.id, "run_id", run.id, "run_name", run.name, "experiment_id", std::to_string(run.experiment),
                          "user_id", run.actor, "status", upper(run.status), "artifact_uri", uri_of(artifact_folder(run)),
                          "lifecycle_stage", to_string(run.state));
    if (run.started_at) info["start_time"] = *run.started_at;
    if (run.ended_at) info["end_time"] = *run.ended_at;
    return info;
}

Json view(const RunMetricRow& metric) {
    return object_of("key", metric.name, "value", std::isnan(metric.value) ? Json("NaN") : Json(metric.value), "timestamp", metric.at,
                     "step", metric.step);
}

Json view(const std::vector<RunParamRow>& params) {
    return list_of_views(params, [](const RunParamRow& param) { return object_of("key", param.name, "value", param.value); });
}

Json view(const RunView& run) {
    Json data = Json::object();
    if (!run.metrics.empty()) data["metrics"] = list_of_views(run.metrics, [](const RunMetricRow& metric) { return view(metric); });
    if (!run.params.empty()) data["params"] = view(run.params);
    if (!run.tags.empty()) data["tags"] = view(run.tags);
    Json inputs = Json::object();
    for (const RunDatasetRow& input : run.datasets) inputs["dataset_inputs"].push_back(input_view(input));
    for (const RunModelRow& model : run.inputs) inputs["model_inputs"].push_back({{"model_id", model.model}});
    Json outputs = Json::object();
    for (const RunModelRow& model : run.outputs) outputs["model_outputs"].push_back({{"model_id", model.model}, {"step", model.step}});
    return object_of("info", run_info(run.row), "data", std::move(data), "inputs", std::move(inputs), "outputs", std::move(outputs));
}

}  // namespace assay::mlflow
