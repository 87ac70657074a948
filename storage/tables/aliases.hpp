#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The table `aliases`.

namespace assay::aliases {

[[nodiscard]] Result<std::optional<AliasRow>> find(SqlSession& sql, const std::string& model, const std::string& alias);
[[nodiscard]] Result<std::vector<AliasRow>> of_model(SqlSession& sql, const std::string& model);
[[nodiscard]] Result<std::vector<std::string>> of_version(SqlSession& sql, const std::string& model, std::int64_t version);
[[nodiscard]] Result<void> set(SqlWrite& sql, const std::string& model, const AliasRow& alias);
[[nodiscard]] Result<void> remove(SqlWrite& sql, const std::string& model, const std::string& alias);

}  // namespace assay::aliases
