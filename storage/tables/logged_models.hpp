#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables `logged_models`, `logged_model_params`, `logged_model_tags` and `logged_model_metrics`.

namespace assay::logged_models {

[[nodiscard]] Result<void> insert(SqlWrite& sql, const LoggedModelRow& model);
[[nodiscard]] Result<std::optional<LoggedModelRow>> find(SqlSession& sql, const std::string& id);
/// Status, state and time of change as they are in `model`.
[[nodiscard]] Result<void> update(SqlWrite& sql, const LoggedModelRow& model);

[[nodiscard]] Result<std::vector<RunParamRow>> params(SqlSession& sql, const std::string& model);
[[nodiscard]] Result<void> add_param(SqlWrite& sql, const std::string& model, const RunParamRow& param);
[[nodiscard]] Result<std::vector<TagRow>> tags(SqlSession& sql, const std::string& model);
[[nodiscard]] Result<void> set_tag(SqlWrite& sql, const std::string& model, const TagRow& tag);
/// False when there was none.
[[nodiscard]] Result<bool> remove_tag(SqlWrite& sql, const std::string& model, const std::string& key);
/// The same point twice is kept once.
[[nodiscard]] Result<void> add_metric(SqlWrite& sql, const std::string& model, const LoggedModelMetricRow& metric);
/// By name, time and step.
[[nodiscard]] Result<std::vector<LoggedModelMetricRow>> metrics(SqlSession& sql, const std::string& model);

/// Those that were deleted no later than `until` (milliseconds), the first first.
[[nodiscard]] Result<std::vector<LoggedModelRow>> deleted(SqlSession& sql, std::int64_t until);
/// The first of an experiment by id, deleted or not.
[[nodiscard]] Result<std::vector<LoggedModelRow>> in_experiment(SqlSession& sql, std::int64_t experiment, std::int64_t limit);
/// Up to `limit` metrics of a model; how many there were.
[[nodiscard]] Result<std::int64_t> remove_metrics(SqlWrite& sql, const std::string& model, std::int64_t limit);
/// A model that has no metrics, with its params and tags; how many rows that were.
[[nodiscard]] Result<std::int64_t> remove(SqlWrite& sql, const std::string& id);

}  // namespace assay::logged_models
