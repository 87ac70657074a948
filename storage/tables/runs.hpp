#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables `experiments`, `runs`, `run_metrics` and `run_params`.

namespace assay::runs {

/// Creates the experiment unless one of that name exists, and gives its id.
[[nodiscard]] Result<std::string> ensure_experiment(SqlWrite& sql, const std::string& name, const std::string& new_id,
                                                    const std::string& now);
/// `run.experiment` is the experiment's id here.
[[nodiscard]] Result<void> insert(SqlWrite& sql, const RunRow& run);
[[nodiscard]] Result<std::optional<RunRow>> find(SqlSession& sql, const std::string& id);
/// The same point twice is kept once.
[[nodiscard]] Result<void> add_metric(SqlWrite& sql, const std::string& run, const RunMetricRow& metric);
[[nodiscard]] Result<void> set_param(SqlWrite& sql, const std::string& run, const RunParamRow& param);
[[nodiscard]] Result<std::vector<RunMetricRow>> metrics(SqlSession& sql, const std::string& run);
[[nodiscard]] Result<std::vector<RunParamRow>> params(SqlSession& sql, const std::string& run);

}  // namespace assay::runs
