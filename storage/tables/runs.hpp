#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables `runs`, `run_params` and `run_tags`.

namespace assay::runs {

[[nodiscard]] Result<void> insert(SqlWrite& sql, const RunRow& run);
[[nodiscard]] Result<std::optional<RunRow>> find(SqlSession& sql, const std::string& id);
/// Name, status and times as they are in `run`.
[[nodiscard]] Result<void> update(SqlWrite& sql, const RunRow& run);
/// What is deleted already stays deleted since then. `at` in milliseconds.
[[nodiscard]] Result<void> set_state(SqlWrite& sql, const std::string& id, LifeState state, std::int64_t at);
/// Of every run of an experiment.
[[nodiscard]] Result<void> set_state_in(SqlWrite& sql, std::int64_t experiment, LifeState state, std::int64_t at);
[[nodiscard]] Result<bool> has_undated_deletions(SqlSession& sql);
/// Every deleted run of which nobody noted when counts as deleted then.
[[nodiscard]] Result<void> date_deletions(SqlWrite& sql, std::int64_t at);

/// What there is to know before a run goes for good.
struct Ending {
    std::string id;
    std::string name;
    std::int64_t experiment = 0;
    std::optional<std::int64_t> deleted_at;  ///< absent: it is not deleted
    std::string location;                    ///< of its experiment
};
[[nodiscard]] Result<std::optional<Ending>> find_ending(SqlSession& sql, const std::string& id);
/// Those that were deleted no later than `until`, the first first.
[[nodiscard]] Result<std::vector<Ending>> deleted(SqlSession& sql, std::int64_t until);
/// The first of an experiment by id, deleted or not.
[[nodiscard]] Result<std::vector<Ending>> in_experiment(SqlSession& sql, std::int64_t experiment, std::int64_t limit);
/// The run with its params and tags; how many rows that were.
[[nodiscard]] Result<std::int64_t> remove(SqlWrite& sql, const std::string& id);

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
