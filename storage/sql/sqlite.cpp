#include "storage/sql/sqlite.hpp"

#include "base/log.hpp"
#include "storage/sql/session_scope.hpp"
#include "storage/sql/sqlite_connection.hpp"
#include "storage/sql/sqlite_writer.hpp"

#include <sqlite3.h>

#include <condition_variable>
#include <exception>
#include <filesystem>
#include <mutex>
#include <utility>

namespace assay {
namespace {

class ReadSession : public SqlSession {
public:
    explicit ReadSession(SqliteConnection& connection) : connection_(connection) {}
    [[nodiscard]] Result<void> each(std::string_view sql, const SqlValues& values,
                                    const std::function<Result<void>(const Row&)>& visit) override {
        return connection_.each(sql, values, visit);
    }
    [[nodiscard]] Result<std::int64_t> run(std::string_view sql, const SqlValues& values) override { return connection_.run(sql, values); }
    void limit_time(std::chrono::milliseconds time) override { connection_.set_deadline(std::chrono::steady_clock::now() + time); }

private:
    SqliteConnection& connection_;
};

/// A session over a connection of its own.
class ForeignSession final : public ReadSession {
public:
    explicit ForeignSession(std::unique_ptr<SqliteConnection> connection) : ReadSession(*connection), connection_(std::move(connection)) {}

private:
    std::unique_ptr<SqliteConnection> connection_;
};

/// Read-only connections, opened when first needed and kept.
class ReaderPool {
public:
    ReaderPool(std::string path, const SqliteOptions& options) : path_(std::move(path)), options_(options) {}

    /// Runs `body` in a transaction of a connection that nobody else uses.
    [[nodiscard]] Result<void> with_snapshot(const Database* database, const std::function<Result<void>(SqlSession&)>& body) {
        Lease lease(*this);
        if (!lease.connection) {
            TRY_ASSIGN(lease.connection, SqliteConnection::open(path_, options_, SqliteConnection::Role::reader));
        }
        TRY(lease.connection->control("BEGIN"));
        ReadSession session(*lease.connection);
        const SessionScope scope(database, session, false);
        auto done = body(session);
        lease.connection->set_deadline({});
        // What was read was read, however the snapshot ends; a connection that cannot end it is closed.
        (void)lease.connection->control("COMMIT");  // NOLINT(bugprone-unused-return-value)
        return done;
    }

private:
    /// A place among the connections; a connection that is not clean at the end is closed, not reused.
    struct Lease {
        explicit Lease(ReaderPool& from) : pool(from) {
            std::unique_lock lock(pool.mutex_);
            pool.free_.wait(lock, [&] { return !pool.idle_.empty() || pool.taken_ < pool.options_.max_readers; });
            ++pool.taken_;
            if (pool.idle_.empty()) return;
            connection = std::move(pool.idle_.back());
            pool.idle_.pop_back();
        }
        ~Lease() {
            const bool clean = connection && !connection->in_transaction() && !connection->trouble();
            if (!clean) connection.reset();
            {
                const std::lock_guard lock(pool.mutex_);
                --pool.taken_;
                if (clean) pool.idle_.push_back(std::move(connection));
            }
            pool.free_.notify_one();
        }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;

        ReaderPool& pool;
        std::unique_ptr<SqliteConnection> connection;
    };

    std::string path_;
    SqliteOptions options_;
    std::mutex mutex_;
    std::condition_variable free_;
    std::vector<std::unique_ptr<SqliteConnection>> idle_;
    int taken_ = 0;
};

class SqliteDatabase final : public Database {
public:
    SqliteDatabase(const std::string& path, const SqliteOptions& options, std::unique_ptr<SqliteConnection> connection)
        : writer_(this, std::move(connection), options), readers_(path, options) {}

    [[nodiscard]] Result<void> read_with(const std::function<Result<void>(SqlSession&)>& body) override {
        if (SqlSession* session = SessionScope::session(this)) return body(*session);
        return readers_.with_snapshot(this, body);
    }
    [[nodiscard]] Result<void> write_with(const std::function<Result<void>(SqlWrite&)>& body) override {
        if (SessionScope::writing(this)) {
            log(LogLevel::error, "a database write was begun inside another one: it would wait for itself");
            std::terminate();
        }
        return writer_.write(body);
    }

private:
    SqliteWriter writer_;
    ReaderPool readers_;  ///< closed first, so that the writer can empty the WAL
};

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, const SqliteOptions& options) {
    if (options.max_readers < 1) return fail(ErrorKind::invalid, "invalid-option", "a database needs at least one reader");
    TRY_ASSIGN(auto connection, SqliteConnection::open(path, options, SqliteConnection::Role::writer));
    return std::make_unique<SqliteDatabase>(path, options, std::move(connection));
}

Result<std::unique_ptr<SqlSession>> open_foreign_sqlite(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return fail(ErrorKind::not_found, "file-not-found", "there is no file " + path);
    TRY_ASSIGN(auto connection, SqliteConnection::open(path, {}, SqliteConnection::Role::reader));
    return std::make_unique<ForeignSession>(std::move(connection));
}

std::string sqlite_release() { return ::sqlite3_libversion(); }

}  // namespace assay
