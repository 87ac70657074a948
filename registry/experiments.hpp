#pragma once

#include "registry/registry.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace assay {

struct ExperimentView {
    ExperimentRow row;
    std::vector<TagRow> tags;
};

/// What is said of an id that names none.
[[nodiscard]] Error no_experiment(std::int64_t id);
/// Experiment 0, "Default", is there from the start.
[[nodiscard]] Result<void> ensure_default_experiment(Registry& registry);

/// `location`: the folder of logged files for what its runs and models log; empty: one of its own. `conflict`, code "experiment-exists",
/// also when the one of that name is deleted.
[[nodiscard]] Result<std::int64_t> create_experiment(Registry& registry, const std::string& name, const std::string& location,
                                                     const std::vector<TagRow>& tags);

/// Deleted ones too; `not_found`, code "experiment-not-found".
[[nodiscard]] Result<ExperimentView> show_experiment(Registry& registry, std::int64_t id);
[[nodiscard]] Result<ExperimentView> find_experiment(Registry& registry, const std::string& name);
[[nodiscard]] Result<ExperimentView> view_of(SqlSession& sql, ExperimentRow row);

/// The row; `not_found`, code "experiment-not-found".
[[nodiscard]] Result<ExperimentRow> experiment_row(SqlSession& sql, std::int64_t id);
/// The same, `conflict`, code "experiment-deleted", when it is deleted.
[[nodiscard]] Result<ExperimentRow> active_experiment(SqlSession& sql, std::int64_t id);

/// `conflict`, code "experiment-exists" or "experiment-deleted".
[[nodiscard]] Result<void> rename_experiment(Registry& registry, std::int64_t id, const std::string& name);
/// With its runs. `not_found` when it is deleted already.
[[nodiscard]] Result<void> delete_experiment(Registry& registry, std::int64_t id);
/// With all its runs. `not_found` when it is not deleted.
[[nodiscard]] Result<void> restore_experiment(Registry& registry, std::int64_t id);
[[nodiscard]] Result<void> set_experiment_tag(Registry& registry, std::int64_t id, const TagRow& tag);
/// `not_found`, code "tag-not-found".
[[nodiscard]] Result<void> delete_experiment_tag(Registry& registry, std::int64_t id, const std::string& key);

}  // namespace assay
