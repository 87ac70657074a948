#include "storage/sql/sqlite_writer.hpp"

#include "base/log.hpp"
#include "storage/sql/session_scope.hpp"

#include <unistd.h>

#include <array>
#include <unordered_set>

namespace assay {
namespace {

constexpr std::uint64_t stuck_wal_bytes = std::uint64_t{64} << 20U;  // a reader that never ends holds the WAL

void log_and_exit(const Error& error) {
    log(LogLevel::error, "the disk failed under the database", {{"error", describe(error)}, {"exit", std::int64_t{75}}});
    ::_exit(75);
}

}  // namespace

/// What the bodies of one group write through.
class SqliteWriter::Session final : public SqlWrite {
public:
    explicit Session(SqliteConnection& connection) : connection_(connection) {}

    [[nodiscard]] Result<void> each(std::string_view sql, const SqlValues& values,
                                    const std::function<Result<void>(const Row&)>& visit) override {
        return connection_.each(sql, values, visit);
    }
    [[nodiscard]] Result<std::int64_t> run(std::string_view sql, const SqlValues& values) override { return connection_.run(sql, values); }
    void before_commit(const std::string& key, std::function<Result<void>()> action) override {
        asked_.push_back({key, std::move(action)});
    }

    /// What the current body asked for counts, or does not.
    void keep_actions() {
        for (Action& action : asked_) {
            if (keys_.insert(action.key).second) actions_.push_back(std::move(action));
        }
        asked_.clear();
    }
    void drop_actions() { asked_.clear(); }
    [[nodiscard]] Result<void> run_actions() {
        for (const Action& action : actions_) TRY(action.run());
        return {};
    }

private:
    struct Action {
        std::string key;
        std::function<Result<void>()> run;
    };

    SqliteConnection& connection_;
    std::vector<Action> asked_;
    std::vector<Action> actions_;
    std::unordered_set<std::string> keys_;
};

SqliteWriter::SqliteWriter(const Database* database, std::unique_ptr<SqliteConnection> connection, const SqliteOptions& options)
    : database_(database), connection_(std::move(connection)), options_(options) {
    if (!options_.on_fatal) options_.on_fatal = log_and_exit;
    if (!options_.writer_inline) thread_ = std::thread([this] { work(); });
}

SqliteWriter::~SqliteWriter() {
    if (thread_.joinable()) {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }
    empty_wal();
}

Result<void> SqliteWriter::write(const Body& body) {
    Job job{.body = &body, .result = {}, .thrown = nullptr, .kept = false};
    if (options_.writer_inline) {
        const std::lock_guard lock(mutex_);
        const std::array<Job*, 1> alone{&job};
        commit_together(alone);
        checkpoint_if_grown();
    } else {
        std::shared_ptr<Group> group;
        {
            const std::lock_guard lock(mutex_);
            group = waiting_;
            group->jobs.push_back(&job);
        }
        wake_.notify_one();
        std::unique_lock lock(group->mutex);
        group->done.wait(lock, [&] { return group->is_done; });
    }
    if (job.thrown) std::rethrow_exception(job.thrown);
    return std::move(job.result);
}

void SqliteWriter::work() {
    std::unique_lock lock(mutex_);
    const auto something = [this] { return stopping_ || !waiting_->jobs.empty(); };
    for (;;) {
        if (connection_->wal_bytes() == 0 || dead_) {
            wake_.wait(lock, something);
        } else if (!wake_.wait_for(lock, options_.truncate_after, something)) {
            lock.unlock();
            empty_wal();
            lock.lock();
            continue;
        }
        if (waiting_->jobs.empty()) return;
        const auto group = std::exchange(waiting_, std::make_shared<Group>());
        lock.unlock();
        commit_together(group->jobs);
        {
            const std::lock_guard done(group->mutex);
            group->is_done = true;
        }
        group->done.notify_all();
        checkpoint_if_grown();
        lock.lock();
    }
}

void SqliteWriter::commit_together(std::span<Job* const> jobs) {
    if (dead_) {
        for (Job* job : jobs) job->result = fail(*dead_);
        return;
    }
    Result<void> done;
    std::exception_ptr thrown;
    try {
        done = attempt(jobs);
    } catch (...) {  // from a before_commit action; those of bodies were caught one by one
        thrown = std::current_exception();
    }
    if (connection_->in_transaction()) {
        // Undone at the latest when the connection closes; the jobs get the error that led here.
        if (auto undone = connection_->control("ROLLBACK"); !undone) {
            log(LogLevel::error, "rollback failed", {{"error", describe(undone.error())}});
        }
    }
    for (Job* job : jobs) {
        if (!job->kept) continue;
        if (!done) job->result = fail(done.error());
        if (thrown) job->thrown = thrown;
    }
    if (connection_->disk_failed()) die(connection_->trouble().value_or(done ? Error() : done.error()));
    connection_->forget_trouble();
}

Result<void> SqliteWriter::attempt(std::span<Job* const> jobs) {
    for (Job* job : jobs) job->kept = true;  // until it fails alone, an error is everybody's
    TRY(connection_->control("BEGIN IMMEDIATE"));
    Session session(*connection_);
    const SessionScope scope(database_, session, true);
    bool any = false;
    for (Job* job : jobs) {
        TRY(jobs.size() > 1 ? run_apart(*job, session) : run_body(*job, session));
        any = any || job->kept;
    }
    if (!any) return {};
    TRY(session.run_actions());
    return connection_->control("COMMIT");
}

/// Runs one body in a savepoint, so that what it leaves undone is no matter of the others.
Result<void> SqliteWriter::run_apart(Job& job, Session& session) {
    TRY(connection_->control("SAVEPOINT one_write"));
    TRY(run_body(job, session));
    if (!job.kept) TRY(connection_->control("ROLLBACK TO one_write"));
    return connection_->control("RELEASE one_write");
}

/// An error of the body is its own (Job::kept becomes false, and what it wrote is to be undone); the error returned is one that ended the
/// transaction, and everybody's.
Result<void> SqliteWriter::run_body(Job& job, Session& session) {
    try {
        job.result = (*job.body)(session);
    } catch (...) {
        job.thrown = std::current_exception();
    }
    // Asked of the connection, since a body may have swallowed the error.
    if (connection_->trouble()) return fail(*connection_->trouble());
    if (!connection_->in_transaction()) {
        return fail(job.result ? Error(ErrorKind::internal, "sql", "a statement ended the transaction") : job.result.error());
    }
    if (job.result && !job.thrown && connection_->has_open_foreign_keys()) {
        // Left alone, it would fail the COMMIT, and with it the writes of others.
        job.result = fail(ErrorKind::conflict, "constraint", "the database says: FOREIGN KEY constraint failed");
    }
    job.kept = job.result && !job.thrown;
    if (job.kept)
        session.keep_actions();
    else
        session.drop_actions();
    return {};
}

void SqliteWriter::checkpoint_if_grown() {
    const std::uint64_t bytes = connection_->wal_bytes();
    if (bytes < checkpointed_at_) checkpointed_at_ = warned_at_ = 0;  // it started again from its beginning
    if (dead_ || bytes < checkpointed_at_ + options_.checkpoint_bytes) return;
    checkpointed_at_ = bytes;
    const auto complete = connection_->checkpoint(SqliteConnection::Checkpoint::passive);
    if (!complete) {
        if (connection_->disk_failed()) return die(complete.error());
        log(LogLevel::error, "checkpoint failed", {{"error", describe(complete.error())}});
        connection_->forget_trouble();
    } else if (!*complete && bytes >= warned_at_ + stuck_wal_bytes) {
        warned_at_ = bytes;
        log(LogLevel::warning, "the write-ahead log grows: a read does not end", {{"bytes", static_cast<std::int64_t>(bytes)}});
    }
}

void SqliteWriter::empty_wal() {
    if (dead_ || connection_->wal_bytes() == 0) return;
    const auto complete = connection_->checkpoint(SqliteConnection::Checkpoint::truncate);
    if (!complete) {
        if (connection_->disk_failed()) return die(complete.error());
        log(LogLevel::error, "checkpoint failed", {{"error", describe(complete.error())}});
        connection_->forget_trouble();
    } else if (connection_->wal_bytes() == 0) {
        checkpointed_at_ = warned_at_ = 0;
    }
}

void SqliteWriter::die(const Error& error) {
    dead_ = error;
    options_.on_fatal(error);
}

}  // namespace assay
