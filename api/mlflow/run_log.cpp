#include "api/mlflow/run_log.hpp"

#include "api/mlflow/errors.hpp"
#include "api/mlflow/names.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay::mlflow {

namespace {

std::string changed_params(const Error& error, const std::string& id, bool one) {
    if (one) {
        const FieldProblem& param = error.problems.front();
        return fmt::format(
            "Changing param values is not allowed. Param with key='{}' was already logged with value='{}' for run ID='{}'. Attempted "
            "logging new value '{}'.",
            param.field, param.message, id, param.fix);
    }
    std::string list;
    for (const FieldProblem& param : error.problems) {
        list += fmt::format("{}{{'key': {}, 'old_value': {}, 'new_value': {}}}", list.empty() ? "" : ", ", python_repr(param.field),
                            python_repr(param.message), python_repr(param.fix));
    }
    return fmt::format("Changing param values is not allowed. Params were already logged='[{}]' for run ID='{}'.", list, id);
}

}  // namespace

std::string run_id_of(const Json& read) {
    const std::string id = text_of(read, "run_id");
    return id.empty() ? text_of(read, "run_uuid") : id;
}

std::unexpected<Error> run_error(Error error, const std::string& id) {
    if (error.code == "run-not-found") return refuse_missing(error, fmt::format("Run with id={} not found", id));
    if (error.code == "run-deleted")
        return refuse(invalid_parameter, fmt::format("The run {} must be in the 'active' state. Current state is deleted.", id));
    return fail(std::move(error));
}

Result<RunRow> log_to_run(Registry& registry, const std::string& id, const RunChange& change, bool one_param) {
    auto changed = change_run(registry, id, change);
    if (changed) return changed;
    if (changed.error().code == "param-changed") return refuse(invalid_parameter, changed_params(changed.error(), id, one_param));
    return run_error(std::move(changed).error(), id);
}

Result<LoggedMetric> logged_metric(const Json& metric, const std::string& path) {
    const std::string at = path.empty() ? "" : path + ".";
    LoggedMetric logged;
    RunMetricRow& point = logged.point;
    point.name = text_of(metric, "key");
    TRY(check_key(point.name, at + "name"));
    point.value = metric.value("value", 0.0);
    point.at = optional_integer(metric, "timestamp").value_or(0);
    point.step = optional_integer(metric, "step").value_or(0);
    if (point.at < 0) {
        return refuse(invalid_parameter,
                      fmt::format("Invalid value {} for parameter '{}timestamp' supplied: metric '{}' (value={}). Timestamp must be a "
                                  "nonnegative long (64-bit integer) ",
                                  point.at, at, point.name, python_json(point.value)));
    }
    TRY(check_length("Metric name", 250, point.name));
    // Databases hold no infinity: the greatest number stands for it, here as there.
    if (std::isinf(point.value)) point.value = std::copysign(std::numeric_limits<double>::max(), point.value);
    logged.model = text_of(metric, "model_id");
    logged.dataset_name = text_of(metric, "dataset_name");
    logged.dataset_digest = text_of(metric, "dataset_digest");
    return logged;
}

}  // namespace assay::mlflow
