#pragma once

#include "base/json.hpp"
#include "registry/registry.hpp"
#include "storage/records.hpp"
#include "storage/tables/run_inputs.hpp"
#include "storage/tables/run_metrics.hpp"

#include <optional>
#include <string>
#include <vector>

namespace assay {

struct RunView {
    RunRow row;
    std::vector<RunMetricRow> metrics;  ///< each as it is now, by name
    std::vector<RunParamRow> params;
    std::vector<TagRow> tags;
    std::vector<RunDatasetRow> datasets;
    std::vector<RunModelRow> inputs;    ///< logged models that it read
    std::vector<RunModelRow> outputs;   ///< and made
};

/// `not_found`, code "run-not-found".
[[nodiscard]] Result<RunView> show_run(Registry& registry, const std::string& id);
[[nodiscard]] Result<RunView> view_of(SqlSession& sql, RunRow row);
/// "churn@3": the versions of the run.
[[nodiscard]] Result<std::vector<std::string>> versions_of_run(Registry& registry, const std::string& id);
/// Every point of every metric, by name, time and step. As show_run.
[[nodiscard]] Result<std::vector<RunMetricRow>> run_points(Registry& registry, const std::string& id);

/// The row; `not_found`, code "run-not-found".
[[nodiscard]] Result<RunRow> run_row(SqlSession& sql, const std::string& id);
[[nodiscard]] Result<RunRow> run_row(Registry& registry, const std::string& id);
/// The folder of logged files for what a run logs: "1/0d1c…/artifacts".
[[nodiscard]] std::string artifact_folder(const RunRow& run);
/// Adds the data and models that went in and those that came out; what was added before stays as it is.
[[nodiscard]] Result<void> add_inputs_and_outputs(SqlWrite& sql, const RunRow& run, const std::vector<RunDatasetRow>& datasets,
                                                  const std::vector<RunModelRow>& inputs, const std::vector<RunModelRow>& outputs);
/// The same, `conflict`, code "run-deleted", when it is deleted.
[[nodiscard]] Result<RunRow> active_run(SqlSession& sql, const std::string& id);

struct NewRun {
    std::int64_t experiment = 0;
    std::string name;
    std::optional<std::int64_t> started_at;  ///< milliseconds
    std::string actor;
    std::vector<TagRow> tags;
};
/// A run that is going on. `not_found`, code "experiment-not-found"; `conflict`, code "experiment-deleted".
[[nodiscard]] Result<RunRow> create_run(Registry& registry, const NewRun& run);

/// A point of a metric, and the logged model and the data that it was measured on.
struct LoggedMetric {
    RunMetricRow point;
    std::string model;           ///< empty: none was named
    std::string dataset_name;
    std::string dataset_digest;
};

/// What a client logs to a run at once.
struct RunChange {
    std::optional<std::string> name;
    std::optional<std::string> status;
    std::optional<std::int64_t> ended_at;
    std::vector<LoggedMetric> metrics;
    std::vector<RunParamRow> params;  ///< written once: another value for a name is a `conflict`, code "param-changed", with a problem for
                                      ///< each: its name as the field, the value that stays as the message, the other as the fix
    std::vector<TagRow> tags;
    std::vector<RunDatasetRow> datasets;
    std::vector<RunModelRow> inputs;
    std::vector<RunModelRow> outputs;
};
/// All or nothing. Gives the run as it is then. `not_found`, code "run-not-found"; `conflict`, code "run-deleted".
[[nodiscard]] Result<RunRow> change_run(Registry& registry, const std::string& id, const RunChange& change);
/// Appends to the JSON array that a tag holds; what is no array is replaced. As change_run.
[[nodiscard]] Result<void> append_to_run_tag(Registry& registry, const std::string& id, const std::string& key, const Json& item);
/// `not_found`, code "tag-not-found".
[[nodiscard]] Result<void> delete_run_tag(Registry& registry, const std::string& id, const std::string& key);
[[nodiscard]] Result<void> delete_run(Registry& registry, const std::string& id);
[[nodiscard]] Result<void> restore_run(Registry& registry, const std::string& id);

/// Up to `limit` points of a metric by time, step and value, behind `after` (absent: from the first). Nothing for a metric that the run has
/// not; `not_found`, code "run-not-found".
[[nodiscard]] Result<std::vector<RunMetricRow>> metric_history(Registry& registry, const std::string& run, const std::string& name,
                                                               const std::optional<RunMetricRow>& after, std::int64_t limit);
/// The same in equal distances, by step, time and value (run_metrics::sample).
[[nodiscard]] Result<std::vector<RunMetricRow>> sampled_history(Registry& registry, const std::string& run, const std::string& name,
                                                                const std::optional<run_metrics::Steps>& steps, std::int64_t limit);

/// Up to `limit` datasets that runs of these experiments have logged, by experiment and as they were first logged.
[[nodiscard]] Result<std::vector<run_inputs::DatasetUse>> logged_datasets(Registry& registry, const std::vector<std::int64_t>& experiments,
                                                                          std::int64_t limit);

}  // namespace assay
