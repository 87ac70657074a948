#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables `needs` and `version_needs`: what ready versions need of an environment.

namespace assay::needs {

/// Puts `body` (canonical JSON) in place of what is recorded for the version.
[[nodiscard]] Result<void> set(SqlWrite& sql, const std::string& model, std::int64_t version, const std::string& body);
/// The version is no longer ready.
[[nodiscard]] Result<void> remove(SqlWrite& sql, const std::string& model, std::int64_t version);
/// Every need that some ready version has, at most `limit`.
[[nodiscard]] Result<std::vector<NeedsRow>> list(SqlSession& sql, std::int64_t limit);
/// What is recorded for the version; absent when it is not ready.
[[nodiscard]] Result<std::optional<std::string>> body_of(SqlSession& sql, const std::string& model, std::int64_t version);
/// The id of what the version needs; absent when it is not ready.
[[nodiscard]] Result<std::optional<std::int64_t>> of_version(SqlSession& sql, const std::string& model, std::int64_t version);

}  // namespace assay::needs
