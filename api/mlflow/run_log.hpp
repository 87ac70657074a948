#pragma once

#include "api/mlflow/message.hpp"
#include "registry/runs.hpp"

#include <string>

// What is logged to a run, with MLflow's words for what is wrong with it.

namespace assay::mlflow {

/// `run_id`, or `run_uuid` of old clients.
[[nodiscard]] std::string run_id_of(const Json& read);

/// An error about a run in their words.
[[nodiscard]] std::unexpected<Error> run_error(Error error, const std::string& id);

/// change_run() in their words. One param that has another value is told as a single one is by log-parameter.
[[nodiscard]] Result<RunRow> log_to_run(Registry& registry, const std::string& id, const RunChange& change, bool one_param = false);

/// A metric of a message; `path` is empty for one alone, else "metrics[3]".
[[nodiscard]] Result<LoggedMetric> logged_metric(const Json& metric, const std::string& path);

}  // namespace assay::mlflow
