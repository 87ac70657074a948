#pragma once

#include "api/mlflow/message.hpp"
#include "registry/runs.hpp"

#include <string_view>

// Runs and metrics as MLflow's JSON has them.

namespace assay::mlflow {

inline constexpr std::string_view run_name_tag = "mlflow.runName";

/// The words of an enum RunStatus, from 1.
inline constexpr std::string_view run_statuses[] = {"RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"};

[[nodiscard]] Json run_info(const RunRow& run);
[[nodiscard]] Json view(const RunView& run);
/// {"key","value","timestamp","step"}; a value that is not a number is "NaN".
[[nodiscard]] Json view(const RunMetricRow& metric);
[[nodiscard]] Json view(const std::vector<RunParamRow>& params);

}  // namespace assay::mlflow
