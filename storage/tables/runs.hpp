#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables `runs`, `run_params` and `run_tags`.

namespace assay::runs {

[[nodiscard]] Result<void> insert(SqlWrite& sql, const RunRow& run);
[[nodiscard]] Result<std::optional<RunRow>> find(SqlSession& sql, const std::string& id);
/// Name, status and times as they are in `run`.
[[nodiscard]] Result<void> update(SqlWrite& sql, const RunRow& run);
[[nodiscard]] Result<void> set_state(SqlWrite& sql, const std::string& id, LifeState state);
/// Of every run of an experiment.
[[nodiscard]] Result<void> set_state_in(SqlWrite& sql, std::int64_t experiment, LifeState state);

[[nodiscard]] Result<std::vector<RunParamRow>> params(SqlSession& sql, const std::string& run);
[[nodiscard]] Result<std::optional<std::string>> find_param(SqlSession& sql, const std::string& run, const std::string& name);
/// False when the run has the param: it keeps its value.
[[nodiscard]] Result<bool> add_param(SqlWrite& sql, const std::string& run, const RunParamRow& param);

[[nodiscard]] Result<std::vector<TagRow>> tags(SqlSession& sql, const std::string& run);
[[nodiscard]] Result<std::optional<std::string>> find_tag(SqlSession& sql, const std::string& run, const std::string& key);
[[nodiscard]] Result<void> set_tag(SqlWrite& sql, const std::string& run, const TagRow& tag);
/// False when there was none.
[[nodiscard]] Result<bool> remove_tag(SqlWrite& sql, const std::string& run, const std::string& key);

}  // namespace assay::runs
