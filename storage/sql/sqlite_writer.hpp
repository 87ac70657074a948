#pragma once

#include "storage/sql/sqlite.hpp"
#include "storage/sql/sqlite_connection.hpp"

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

namespace assay {

/// The one place that writes: owns the read-write connection, commits waiting writes together, checkpoints.
///
/// No timer gathers a group: while one group waits for its fsync, the next one gathers by itself.
class SqliteWriter {
public:
    using Body = std::function<Result<void>(SqlWrite&)>;

    /// `database` is what bodies know the connection by (SessionScope); it is only compared.
    SqliteWriter(const Database* database, std::unique_ptr<SqliteConnection> connection, const SqliteOptions& options);
    /// Finishes the waiting writes and empties the WAL.
    ~SqliteWriter();
    SqliteWriter(const SqliteWriter&) = delete;
    SqliteWriter& operator=(const SqliteWriter&) = delete;

    /// Returns when `body` is durable, or failed; rethrows what it threw.
    [[nodiscard]] Result<void> write(const Body& body);

private:
    struct Job {
        const Body* body = nullptr;
        Result<void> result;
        std::exception_ptr thrown;
        bool kept = false;  ///< its savepoint was released: it shares the fate of the group
    };
    /// Writes that wait for one commit. Shared with the waiting threads, which may outlive the writer.
    struct Group {
        std::vector<Job*> jobs;
        std::mutex mutex;
        std::condition_variable done;
        bool is_done = false;
    };
    class Session;

    void work();
    void commit_together(std::span<Job* const> jobs);
    [[nodiscard]] Result<void> attempt(std::span<Job* const> jobs);
    [[nodiscard]] Result<void> run_apart(Job& job, Session& session);
    [[nodiscard]] Result<void> run_body(Job& job, Session& session);
    void checkpoint_if_grown();
    void empty_wal();
    void die(const Error& error);

    const Database* database_;
    std::unique_ptr<SqliteConnection> connection_;
    SqliteOptions options_;
    std::optional<Error> dead_;           ///< why nothing is written any more
    std::uint64_t checkpointed_at_ = 0;   ///< bytes of WAL at the last checkpoint
    std::uint64_t warned_at_ = 0;         ///< bytes of WAL at the last warning

    std::mutex mutex_;  ///< of what follows; inline, of everything
    std::condition_variable wake_;
    std::shared_ptr<Group> waiting_ = std::make_shared<Group>();
    bool stopping_ = false;
    std::thread thread_;  ///< last: starts when everything else is there
};

}  // namespace assay
