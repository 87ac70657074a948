#pragma once

#include "storage/sql/sqlite.hpp"

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace assay {

/// One SQLite connection with its prepared statements. One thread at a time.
class SqliteConnection {
public:
    enum class Role { writer, reader };
    enum class Checkpoint {
        passive,   ///< what no reader still needs, without waiting
        truncate,  ///< everything, and empty the WAL; gives up at once when a reader is in the way
    };

    [[nodiscard]] static Result<std::unique_ptr<SqliteConnection>> open(const std::string& path, const SqliteOptions& options, Role role);
    ~SqliteConnection();
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;

    [[nodiscard]] Result<void> each(std::string_view sql, const SqlValues& values, const std::function<Result<void>(const Row&)>& visit);
    [[nodiscard]] Result<std::int64_t> run(std::string_view sql, const SqlValues& values);

    /// Runs what statements from outside may not: BEGIN, SAVEPOINT, COMMIT …
    [[nodiscard]] Result<void> control(std::string_view sql);
    [[nodiscard]] bool in_transaction() const;
    /// True when a deferred foreign key would fail the commit as things stand.
    [[nodiscard]] bool has_open_foreign_keys() const;

    /// Statements fail with "query-too-long" from then on; without a time they do not.
    void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline);

    /// Moves the WAL into the database; true when all of it was moved. Writer only.
    [[nodiscard]] Result<bool> checkpoint(Checkpoint mode);
    /// Bytes in the WAL after the last commit; 0 when it was emptied since.
    [[nodiscard]] std::uint64_t wal_bytes() const;

    /// The first error since forget_trouble() after which the whole transaction is in doubt: disk full, disk
    /// failed, memory, interruption. A statement's own mistakes (constraint, syntax) are none.
    [[nodiscard]] const std::optional<Error>& trouble() const { return trouble_; }
    [[nodiscard]] bool disk_failed() const { return disk_failed_; }
    void forget_trouble() { trouble_.reset(); }

private:
    struct Statement {
        std::string sql;
        sqlite3_stmt* handle = nullptr;
        std::vector<int> positions;  ///< where $1, $2 … are bound
        bool busy = false;
        bool control = false;  ///< prepared for control(), and denied to everybody else
    };
    class Use;
    class Columns;

    SqliteConnection(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
    [[nodiscard]] Result<void> configure(const SqliteOptions& options, Role role);
    [[nodiscard]] Result<void> claim();
    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    [[nodiscard]] Result<void> acquire(std::string_view sql, Use& use);
    [[nodiscard]] Result<void> bind(const Statement& statement, const SqlValues& values);
    [[nodiscard]] Error error(int code, std::string_view sql);
    void evict();

    std::string path_;
    sqlite3* handle_;
    std::list<Statement> statements_;  ///< least recently used last
    std::unordered_map<std::string_view, std::list<Statement>::iterator> by_text_;
    std::optional<Error> trouble_;
    std::uint64_t page_bytes_ = 4096;
    std::uint64_t wal_pages_ = 1;  ///< unknown at the start: assume there is something to move
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    int busy_timeout_ = 0;
    bool disk_failed_ = false;
    bool controlling_ = false;
};

}  // namespace assay
