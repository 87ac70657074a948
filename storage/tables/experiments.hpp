#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables `experiments` and `experiment_tags`.

namespace assay::experiments {

[[nodiscard]] Result<std::optional<ExperimentRow>> find(SqlSession& sql, std::int64_t id);
[[nodiscard]] Result<std::optional<ExperimentRow>> find_by_name(SqlSession& sql, const std::string& name);
/// A number that no experiment has had.
[[nodiscard]] Result<std::int64_t> next_id(SqlSession& sql);
[[nodiscard]] Result<void> insert(SqlWrite& sql, const ExperimentRow& experiment);
/// Creates the experiment unless one of that name exists, and gives its id. `at` in milliseconds.
[[nodiscard]] Result<std::int64_t> ensure(SqlWrite& sql, const std::string& name, std::int64_t at);
[[nodiscard]] Result<void> rename(SqlWrite& sql, std::int64_t id, const std::string& name, std::int64_t at);
[[nodiscard]] Result<void> set_state(SqlWrite& sql, std::int64_t id, LifeState state, std::int64_t at);
[[nodiscard]] Result<void> set_updated(SqlWrite& sql, std::int64_t id, std::int64_t at);
/// Those that were deleted no later than `until` (milliseconds), the first first.
[[nodiscard]] Result<std::vector<ExperimentRow>> deleted(SqlSession& sql, std::int64_t until);
/// Another experiment than `id` whose folder is this one or lies within it.
[[nodiscard]] Result<std::optional<ExperimentRow>> another_within(SqlSession& sql, std::int64_t id, const std::string& folder);
/// With its tags; it has no runs, datasets and logged models.
[[nodiscard]] Result<void> remove(SqlWrite& sql, std::int64_t id);

[[nodiscard]] Result<std::vector<TagRow>> tags(SqlSession& sql, std::int64_t id);
[[nodiscard]] Result<void> set_tag(SqlWrite& sql, std::int64_t id, const TagRow& tag);
/// False when there was none.
[[nodiscard]] Result<bool> remove_tag(SqlWrite& sql, std::int64_t id, const std::string& key);

}  // namespace assay::experiments
