#pragma once

#include "storage/sql/sqlite.hpp"
#include "tests/support/result.hpp"

#include <memory>
#include <string>

namespace assay::test {

/// Inserts into the table of opened_with_items(): a name and bytes.
inline constexpr const char* insert_item = "INSERT INTO item (name, bytes) VALUES ($1, $2)";

[[nodiscard]] inline Result<std::int64_t> execute(Database& database, const std::string& sql, const SqlValues& values = {}) {
    return database.write([&](SqlWrite& session) { return session.run(sql, values); });
}

/// A SQLite database with a table `item` (name, bytes); made when it is not there.
[[nodiscard]] inline std::unique_ptr<Database> opened_with_items(const std::string& path, const SqliteOptions& options = {}) {
    auto database = must(open_sqlite(path, options));
    (void)must(execute(*database, "CREATE TABLE IF NOT EXISTS item (name TEXT NOT NULL PRIMARY KEY, bytes BLOB)"));
    return database;
}

/// The first column of the first row, as a reader sees it.
[[nodiscard]] inline std::string ask(Database& database, const std::string& sql) {
    return must(database.read([&](SqlSession& session) { return session.first(sql, {}, [](const Row& row) { return row.text(0); }); }))
        .value_or("no row");
}

}  // namespace assay::test
