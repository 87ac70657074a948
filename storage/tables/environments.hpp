#pragma once

#include "storage/sql/database.hpp"

// The table `environments`: what loaders have.

namespace assay::environments {

/// True when the environment was new.
[[nodiscard]] Result<bool> insert(SqlWrite& sql, const std::string& digest, const std::string& body, const std::string& now);
[[nodiscard]] Result<std::optional<std::string>> find(SqlSession& sql, const std::string& digest);

}  // namespace assay::environments
