#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The table `models`: registered names.

namespace assay::models {

[[nodiscard]] Result<std::optional<ModelRow>> find(SqlSession& sql, const std::string& name);
/// Creates the model unless it exists; one that was deleted is active again.
[[nodiscard]] Result<void> ensure(SqlWrite& sql, const std::string& name, const std::string& now);
[[nodiscard]] Result<void> set_state(SqlWrite& sql, const std::string& name, LifeState state);
[[nodiscard]] Result<void> set_updated(SqlWrite& sql, const std::string& name, std::int64_t at);
/// Raises next_version to at least `next`; it never falls.
[[nodiscard]] Result<void> raise_next_version(SqlWrite& sql, const std::string& name, std::int64_t next);
[[nodiscard]] Result<void> set_description(SqlWrite& sql, const std::string& name, const std::string& text);
/// Up to `limit` models whose name is greater than `after` (empty: from the start) and holds `contains` (empty: any).
[[nodiscard]] Result<std::vector<ModelRow>> list(SqlSession& sql, const std::string& after, const std::string& contains,
                                                 std::int64_t limit);

}  // namespace assay::models
