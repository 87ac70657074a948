#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables `logged_datasets`, `run_datasets`, `run_dataset_tags` and `run_models`: what went into runs and what came out.

namespace assay::run_inputs {

/// A dataset is one of its experiment by name and digest. What a run has logged already keeps its tags.
[[nodiscard]] Result<void> add_dataset(SqlWrite& sql, std::int64_t experiment, const std::string& run, const RunDatasetRow& input);
/// In the order in which they were logged.
[[nodiscard]] Result<std::vector<RunDatasetRow>> datasets(SqlSession& sql, const std::string& run);

/// A dataset of an experiment in a context of its runs ("training"); absent: they name none.
struct DatasetUse {
    std::int64_t experiment = 0;
    std::string name;
    std::string digest;
    std::optional<std::string> context;
};
/// Up to `limit` of them, as they were first logged.
[[nodiscard]] Result<std::vector<DatasetUse>> uses(SqlSession& sql, std::int64_t experiment, std::int64_t limit);

enum class Direction { input, output };
/// What was added before stays as it is.
[[nodiscard]] Result<void> add_model(SqlWrite& sql, const std::string& run, Direction direction, const RunModelRow& model);
/// Each in the order in which they were logged.
struct Models {
    std::vector<RunModelRow> inputs;
    std::vector<RunModelRow> outputs;
};
[[nodiscard]] Result<Models> models(SqlSession& sql, const std::string& run);

/// What a run read and made, and the datasets that no other run has; how many rows that were.
[[nodiscard]] Result<std::int64_t> remove(SqlWrite& sql, const std::string& run);
/// The datasets of an experiment that has no runs.
[[nodiscard]] Result<void> remove_datasets(SqlWrite& sql, std::int64_t experiment);

}  // namespace assay::run_inputs
