#include "storage/tables/logged_files.hpp"

namespace assay::logged_files {

namespace {

LoggedFileRow make(const Row& row) { return {row.text(0), row.text(1), row.integer(2), row.integer(3)}; }

/// Paths below a folder are those from its first bound up to the second: '0' follows '/'. The root has no end but what no path begins with.
std::string first_below(const std::string& folder) { return folder.empty() ? "" : folder + "/"; }
std::string end_below(const std::string& folder) { return folder.empty() ? "\xf8" : folder + "0"; }

}  // namespace

Result<std::optional<LoggedFileRow>> find(SqlSession& sql, const std::string& path) {
    return sql.first("SELECT path, digest, size, logged_at FROM logged_files WHERE path = $1", {path}, make);
}

Result<void> put(SqlWrite& sql, const LoggedFileRow& file) {
    TRY(sql.run(
        "INSERT INTO logged_files (path, digest, size, logged_at) VALUES ($1, $2, $3, $4) ON CONFLICT (path) DO UPDATE SET digest = "
        "excluded.digest, size = excluded.size, logged_at = excluded.logged_at",
        {file.path, file.digest, file.size, file.logged_at}));
    return {};
}

Result<std::vector<Entry>> list(SqlSession& sql, const std::string& folder, std::int64_t limit) {
    const std::string first = first_below(folder);
    const std::string end = end_below(folder);
    std::vector<Entry> entries;
    // From entry to entry: what lies deep in a folder is jumped over.
    for (std::string from = first; static_cast<std::int64_t>(entries.size()) < limit;) {
        TRY_ASSIGN(const auto next, sql.first("SELECT path, size FROM logged_files WHERE path >= $1 AND path < $2 ORDER BY path LIMIT 1",
                                              {from, end}, [](const Row& row) { return std::pair(row.text(0), row.integer(1)); }));
        if (!next) break;
        const std::string name = next->first.substr(first.size());
        const std::size_t slash = name.find('/');
        if (slash == std::string::npos) {
            entries.push_back({name, next->second});
            from = next->first + '\x01';  // no path holds a control character
        } else {
            entries.push_back({name.substr(0, slash), std::nullopt});
            from = end_below(first + name.substr(0, slash));
        }
    }
    return entries;
}

Result<std::vector<LoggedFileRow>> below(SqlSession& sql, const std::string& folder, std::int64_t limit) {
    return sql.all("SELECT path, digest, size, logged_at FROM logged_files WHERE path >= $1 AND path < $2 ORDER BY path LIMIT $3",
                   {first_below(folder), end_below(folder), limit}, make);
}

Result<std::int64_t> remove(SqlWrite& sql, const std::string& path) {
    return sql.run("DELETE FROM logged_files WHERE path = $1 OR (path >= $2 AND path < $3)", {path, first_below(path), end_below(path)});
}

Result<Size> size_below(SqlSession& sql, const std::string& folder) {
    TRY_ASSIGN(const auto size,
               sql.first("SELECT count(*), coalesce(sum(size), 0) FROM logged_files WHERE path >= $1 AND path < $2",
                         {first_below(folder), end_below(folder)}, [](const Row& row) { return Size{row.integer(0), row.integer(1)}; }));
    return size.value_or(Size{});
}

Result<std::int64_t> remove_below(SqlWrite& sql, const std::string& folder, std::int64_t limit) {
    TRY_ASSIGN(const auto stays, sql.first("SELECT path FROM logged_files WHERE path >= $1 AND path < $2 ORDER BY path LIMIT 1 OFFSET $3",
                                           {first_below(folder), end_below(folder), limit}, [](const Row& row) { return row.text(0); }));
    return sql.run("DELETE FROM logged_files WHERE path >= $1 AND path < $2", {first_below(folder), stays.value_or(end_below(folder))});
}

}  // namespace assay::logged_files
