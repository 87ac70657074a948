#pragma once

#include "storage/sql/database.hpp"

// The table `rules`: rules that replaced the built-in ones.

namespace assay::rules_table {

/// The body of the rules imported last; absent when none ever were.
[[nodiscard]] Result<std::optional<std::string>> newest(SqlSession& sql);
[[nodiscard]] Result<void> append(SqlWrite& sql, const std::string& body, const std::string& digest, const std::string& now,
                                  const std::string& actor);

}  // namespace assay::rules_table
