#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The table `fetches`: who asked for which version.

namespace assay::fetches {

/// Counts one more fetch of this kind, the first included.
[[nodiscard]] Result<void> record(SqlWrite& sql, const FetchRow& fetch, const std::string& now);
/// True when a fetch of this kind was recorded at or after `since`.
[[nodiscard]] Result<bool> recorded_since(SqlSession& sql, const FetchRow& fetch, const std::string& since);
/// Newest first.
[[nodiscard]] Result<std::vector<FetchRow>> of_version(SqlSession& sql, const std::string& model, std::int64_t version, std::int64_t limit);

}  // namespace assay::fetches
