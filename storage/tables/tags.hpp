#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

#include <map>

// The table `tags`; version 0 stands for the model itself.

namespace assay::tags {

[[nodiscard]] Result<std::vector<TagRow>> list(SqlSession& sql, const std::string& model, std::int64_t version);
/// The tags of the versions `first` to `last` of a model, by version.
[[nodiscard]] Result<std::map<std::int64_t, std::vector<TagRow>>> of_versions(SqlSession& sql, const std::string& model, std::int64_t first,
                                                                              std::int64_t last);
[[nodiscard]] Result<std::optional<std::string>> find(SqlSession& sql, const std::string& model, std::int64_t version,
                                                      const std::string& key);
[[nodiscard]] Result<void> set(SqlWrite& sql, const std::string& model, std::int64_t version, const TagRow& tag);
[[nodiscard]] Result<void> remove(SqlWrite& sql, const std::string& model, std::int64_t version, const std::string& key);

}  // namespace assay::tags
