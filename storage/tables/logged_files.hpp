#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The table `logged_files`: folders of files that may be written again, unlike those of a version.

namespace assay::logged_files {

[[nodiscard]] Result<std::optional<LoggedFileRow>> find(SqlSession& sql, const std::string& path);
[[nodiscard]] Result<void> put(SqlWrite& sql, const LoggedFileRow& file);

struct Entry {
    std::string name;  ///< within the folder
    std::optional<std::int64_t> size;  ///< absent: it is a folder
};
/// What lies directly in a folder ("" is the root), by name, at most `limit`; nothing when there is no such folder.
[[nodiscard]] Result<std::vector<Entry>> list(SqlSession& sql, const std::string& folder, std::int64_t limit);
/// Every file below a folder, by path.
[[nodiscard]] Result<std::vector<LoggedFileRow>> below(SqlSession& sql, const std::string& folder, std::int64_t limit);
/// The file of that path and all below it; how many there were.
[[nodiscard]] Result<std::int64_t> remove(SqlWrite& sql, const std::string& path);

struct Size {
    std::int64_t files = 0;
    std::int64_t bytes = 0;
};
/// Of every file below a folder.
[[nodiscard]] Result<Size> size_below(SqlSession& sql, const std::string& folder);
/// Up to `limit` files below a folder, the first by path; how many there were.
[[nodiscard]] Result<std::int64_t> remove_below(SqlWrite& sql, const std::string& folder, std::int64_t limit);

}  // namespace assay::logged_files
