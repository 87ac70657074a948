#include "storage/sql/sqlite_connection.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cmath>

namespace assay {
namespace {

constexpr std::size_t max_cached_statements = 256;
constexpr std::size_t max_shown_sql = 400;
constexpr std::int64_t application_id = 0x41535359;  // "ASSY" in the file's header: tells `file` and us what it is
constexpr std::uint64_t wal_frame_header = 24;

int deny_transactions(void* controlling, int action, const char*, const char*, const char*, const char*) {
    switch (action) {
        case SQLITE_TRANSACTION:
        case SQLITE_SAVEPOINT:
        case SQLITE_ATTACH:
        case SQLITE_DETACH: return *static_cast<const bool*>(controlling) ? SQLITE_OK : SQLITE_DENY;
        default: return SQLITE_OK;
    }
}

/// A full disk shows as ENOSPC or EDQUOT of a write. From fsync the same codes mean that writes the kernel had
/// accepted are lost, which is another matter.
bool is_full(int extended, int system_error) {
    if ((extended & 0xff) == SQLITE_FULL) return true;
    if ((extended & 0xff) != SQLITE_IOERR || extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC) return false;
    return system_error == ENOSPC || system_error == EDQUOT;
}

}  // namespace

/// A prepared statement in use: reset and unbound at the end of its scope, also when a visitor throws.
class SqliteConnection::Use {
public:
    Use() = default;
    ~Use() {
        if (statement == nullptr) return;
        sqlite3_reset(statement->handle);  // repeats the error of the last step, which was reported
        sqlite3_clear_bindings(statement->handle);
        statement->busy = false;
        if (own) sqlite3_finalize(own->handle);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

    Statement* statement = nullptr;
    std::unique_ptr<Statement> own;  ///< not in the cache: the cached one of this text is running, or not for this caller
};

class SqliteConnection::Columns final : public Row {
public:
    explicit Columns(sqlite3_stmt* handle) : handle_(handle) {}

    [[nodiscard]] bool is_null(int column) const override { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
    [[nodiscard]] std::int64_t integer(int column) const override { return sqlite3_column_int64(handle_, column); }
    [[nodiscard]] double real(int column) const override { return sqlite3_column_double(handle_, column); }
    [[nodiscard]] std::string text(int column) const override {
        const void* bytes = sqlite3_column_type(handle_, column) == SQLITE_BLOB
                                ? sqlite3_column_blob(handle_, column)
                                : static_cast<const void*>(sqlite3_column_text(handle_, column));
        if (bytes == nullptr) return {};
        return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
    }

private:
    sqlite3_stmt* handle_;
};

namespace {

/// Of the whole process, and only before its first database; where a program opened one by itself, its own choices stay.
void tune_library() {
    static const bool done = [] {
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // its count takes one lock for all threads
        // What a group of writes would restore of one that fails stays in memory: 64 KiB, and it goes to a file each time.
        constexpr int rollback_bytes = 8 << 20;
        sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, rollback_bytes);
        return true;
    }();
    (void)done;
}

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path, const SqliteOptions& options, Role role) {
    tune_library();
    sqlite3* handle = nullptr;
    const int access = role == Role::writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    const int code = sqlite3_open_v2(path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                                     options.vfs.empty() ? nullptr : options.vfs.c_str());
    if (handle == nullptr) throw std::bad_alloc();
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(path, handle));
    if (code != SQLITE_OK) return fail(connection->error(code, "open"));
    TRY_WHILE(connection->configure(options, role), "opening the database " + path);
    return connection;
}

SqliteConnection::~SqliteConnection() {
    for (const Statement& statement : statements_) sqlite3_finalize(statement.handle);
    sqlite3_close_v2(handle_);
}

Result<void> SqliteConnection::configure(const SqliteOptions& options, Role role) {
    busy_timeout_ = static_cast<int>(options.busy_timeout.count());
    sqlite3_busy_timeout(handle_, busy_timeout_);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    // "text" in double quotes is a name, as in PostgreSQL, and never silently a string.
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_set_authorizer(handle_, deny_transactions, &controlling_);

    const auto set = [&](const char* pragma) { return control(pragma); };
    TRY(set("PRAGMA cell_size_check = ON"));
    TRY(set("PRAGMA mmap_size = 0"));  // an I/O error stays an error, instead of SIGBUS
    TRY(set("PRAGMA wal_autocheckpoint = 0"));
    TRY(set("PRAGMA case_sensitive_like = ON"));  // as in PostgreSQL
    if (role == Role::reader) {
        TRY(set("PRAGMA cache_size = -16384"));  // KiB: the upper levels of the indexes of a million versions, and a search's rows
        return set("PRAGMA query_only = ON");
    }

    TRY(claim());
    std::string mode;
    TRY(each("PRAGMA journal_mode = WAL", {}, [&](const Row& row) -> Result<void> {
        mode = row.text(0);
        return {};
    }));
    if (mode != "wal") {
        return fail(ErrorKind::internal, "database-wal",
                    "the database " + path_ + " cannot use a write-ahead log (it stays at '" + mode + "')");
    }
    TRY(set(options.synchronous == Synchronous::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
    TRY(set("PRAGMA foreign_keys = ON"));
    TRY(set("PRAGMA cache_size = -65536"));  // KiB
    TRY(each("PRAGMA page_size", {}, [&](const Row& row) -> Result<void> {
        page_bytes_ = static_cast<std::uint64_t>(row.integer(0));
        return {};
    }));
    sqlite3_wal_hook(
        handle_,
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<SqliteConnection*>(self)->wal_pages_ = static_cast<std::uint64_t>(pages);
            return SQLITE_OK;
        },
        this);
    return {};
}

/// Marks a fresh database as ours; refuses somebody else's.
Result<void> SqliteConnection::claim() {
    std::int64_t found = 0;
    bool empty = true;
    TRY(each("PRAGMA application_id", {}, [&](const Row& row) -> Result<void> {
        found = row.integer(0);
        return {};
    }));
    if (found == application_id) return {};
    TRY(each("SELECT 1 FROM sqlite_schema LIMIT 1", {}, [&](const Row&) -> Result<void> {
        empty = false;
        return {};
    }));
    if (found != 0 || !empty) {
        return fail(ErrorKind::integrity, "not-a-database", path_ + " is a SQLite database, but not one of Assay's");
    }
    return control(fmt::format("PRAGMA application_id = {}", application_id));
}

namespace {

// Of SQLite's virtual machine: a few rows. One of them may take long, where a long text is held against a pattern.
constexpr int steps_between_looks = 50;

bool is_over(std::chrono::steady_clock::time_point deadline) { return std::chrono::steady_clock::now() >= deadline; }

}  // namespace

Error SqliteConnection::error(int code, std::string_view sql) {
    const int system_error = sqlite3_system_errno(handle_);
    ErrorKind kind = ErrorKind::internal;
    std::string name = "sql";
    bool whole_transaction = false;
    if (is_full(code, system_error)) {
        kind = ErrorKind::no_space;
        name = "no-space";
        whole_transaction = true;
    } else {
        switch (code & 0xff) {
            case SQLITE_CONSTRAINT:
                kind = ErrorKind::conflict;
                name = "constraint";
                break;
            case SQLITE_IOERR:
                name = "database-io";
                whole_transaction = disk_failed_ = true;
                break;
            case SQLITE_CORRUPT:
                kind = ErrorKind::integrity;
                name = "database-corrupt";
                whole_transaction = true;
                break;
            case SQLITE_NOTADB:
                kind = ErrorKind::integrity;
                name = "not-a-database";
                break;
            case SQLITE_BUSY:
            case SQLITE_LOCKED:
                kind = ErrorKind::unavailable;
                name = "database-busy";
                break;
            case SQLITE_INTERRUPT:
                if (deadline_ && is_over(*deadline_)) {
                    return Error(ErrorKind::too_large, "query-too-long", "the database was given no more time for this question");
                }
                [[fallthrough]];
            case SQLITE_NOMEM:
                kind = ErrorKind::unavailable;
                name = "database-interrupted";
                whole_transaction = true;
                break;
            case SQLITE_TOOBIG:
                kind = ErrorKind::too_large;
                name = "too-large";
                break;
            case SQLITE_CANTOPEN: name = "database-open"; break;
            default: break;
        }
    }
    std::string because = fmt::format("{} (SQLite code {})", sqlite3_errstr(code), code);
    if (system_error != 0 && ((code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN)) {
        because += "; " + posix_error("the system says", system_error).message;
    }
    Error made = Error(kind, std::move(name), fmt::format("the database says: {}", sqlite3_errmsg(handle_)))
                     .with_because(std::move(because))
                     .with_context(fmt::format("running '{}' in {}", printable(trim(sql), max_shown_sql), path_));
    if (whole_transaction && !trouble_) trouble_ = made;
    return made;
}

Result<SqliteConnection::Statement> SqliteConnection::prepare(std::string_view sql) {
    Statement statement{.sql = std::string(sql), .handle = nullptr, .positions = {}, .busy = false, .control = controlling_};
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(handle_, statement.sql.c_str(), static_cast<int>(statement.sql.size() + 1),
                                        SQLITE_PREPARE_PERSISTENT, &statement.handle, &rest);
    if (code != SQLITE_OK) return fail(error(code, sql));
    std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> guard(statement.handle, sqlite3_finalize);
    const auto mistake = [&](std::string what) {
        return fail(Error(ErrorKind::internal, "sql", std::move(what))
                        .with_context(fmt::format("preparing '{}' in {}", printable(trim(sql), max_shown_sql), path_)));
    };
    if (statement.handle == nullptr) return mistake("there is no SQL statement here");
    if (!trim(rest).empty()) return mistake("more than one SQL statement where one is expected");
    // SQLite numbers "$2, $1" by first appearance, PostgreSQL by name: go by name.
    const int count = sqlite3_bind_parameter_count(statement.handle);
    for (int i = 1; i <= count; ++i) {
        const int position = sqlite3_bind_parameter_index(statement.handle, fmt::format("${}", i).c_str());
        if (position == 0) return mistake(fmt::format("the parameters must be $1 to ${}", count));
        statement.positions.push_back(position);
    }
    statement.handle = guard.release();
    return statement;
}

Result<void> SqliteConnection::acquire(std::string_view sql, Use& use) {
    const auto found = by_text_.find(sql);
    if (found != by_text_.end() && (found->second->busy || found->second->control != controlling_)) {
        TRY_ASSIGN(Statement statement, prepare(sql));
        use.own = std::make_unique<Statement>(std::move(statement));
        use.statement = use.own.get();
    } else if (found != by_text_.end()) {
        statements_.splice(statements_.begin(), statements_, found->second);
        use.statement = &*found->second;
    } else {
        TRY_ASSIGN(Statement statement, prepare(sql));
        statements_.push_front(std::move(statement));
        by_text_.emplace(statements_.front().sql, statements_.begin());
        use.statement = &statements_.front();
    }
    use.statement->busy = true;
    evict();
    return {};
}

void SqliteConnection::evict() {
    for (auto at = statements_.end(); statements_.size() > max_cached_statements && at != statements_.begin();) {
        --at;
        if (at->busy) continue;
        by_text_.erase(at->sql);
        sqlite3_finalize(at->handle);
        at = statements_.erase(at);
    }
}

Result<void> SqliteConnection::bind(const Statement& statement, const SqlValues& values) {
    if (values.size() != statement.positions.size()) {
        return fail(Error(ErrorKind::internal, "sql",
                          fmt::format("a statement with {} parameters was given {} values", statement.positions.size(), values.size()))
                        .with_context(fmt::format("running '{}' in {}", printable(trim(statement.sql), max_shown_sql), path_)));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const int position = statement.positions[i];
        sqlite3_stmt* handle = statement.handle;
        int code = SQLITE_OK;
        const auto& held = values[i].held;
        if (const auto* integer = std::get_if<std::int64_t>(&held)) {
            code = sqlite3_bind_int64(handle, position, *integer);
        } else if (const auto* real = std::get_if<double>(&held)) {
            if (std::isnan(*real)) {
                return fail(Error(ErrorKind::invalid, "sql-nan", "NaN cannot be stored as a number")
                                .with_context(fmt::format("running '{}' in {}", printable(trim(statement.sql), max_shown_sql), path_)));
            }
            code = sqlite3_bind_double(handle, position, *real);
        } else if (const auto* text = std::get_if<std::string>(&held)) {
            code = sqlite3_bind_text64(handle, position, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
        } else if (const auto* blob = std::get_if<SqlBlob>(&held)) {
            code = sqlite3_bind_blob64(handle, position, blob->bytes.data(), blob->bytes.size(), SQLITE_STATIC);
        } else {
            code = sqlite3_bind_null(handle, position);
        }
        if (code != SQLITE_OK) return fail(error(code, statement.sql));
    }
    return {};
}

Result<void> SqliteConnection::each(std::string_view sql, const SqlValues& values, const std::function<Result<void>(const Row&)>& visit) {
    Use use;
    TRY(acquire(sql, use));
    TRY(bind(*use.statement, values));
    const Columns row(use.statement->handle);
    for (;;) {
        const int code = sqlite3_step(use.statement->handle);
        if (code == SQLITE_DONE) return {};
        if (code != SQLITE_ROW) return fail(error(code, sql));
        TRY(visit(row));
    }
}

Result<std::int64_t> SqliteConnection::run(std::string_view sql, const SqlValues& values) {
    // sqlite3_changes keeps the count of the last INSERT, UPDATE or DELETE; only the total tells whether there was one.
    const auto before = sqlite3_total_changes64(handle_);
    TRY(each(sql, values, [](const Row&) -> Result<void> { return {}; }));
    return sqlite3_total_changes64(handle_) == before ? 0 : sqlite3_changes64(handle_);
}

Result<void> SqliteConnection::control(std::string_view sql) {
    controlling_ = true;
    auto done = each(sql, {}, [](const Row&) -> Result<void> { return {}; });
    controlling_ = false;
    return done;
}

void SqliteConnection::set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) {
    deadline_ = deadline;
    const auto ask = [](void* time) { return is_over(*static_cast<const std::chrono::steady_clock::time_point*>(time)) ? 1 : 0; };
    sqlite3_progress_handler(handle_, deadline ? steps_between_looks : 0, deadline ? +ask : nullptr, deadline ? &*deadline_ : nullptr);
}

bool SqliteConnection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

bool SqliteConnection::has_open_foreign_keys() const {
    int open = 0;
    int unused = 0;
    sqlite3_db_status(handle_, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &unused, 0);
    return open != 0;
}

Result<bool> SqliteConnection::checkpoint(Checkpoint mode) {
    int in_log = 0;
    int moved = 0;
    const bool truncate = mode == Checkpoint::truncate;
    if (truncate) sqlite3_busy_timeout(handle_, 0);  // a long read must not stop the writer
    const int code =
        sqlite3_wal_checkpoint_v2(handle_, "main", truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
    if (truncate) sqlite3_busy_timeout(handle_, busy_timeout_);
    if ((code & 0xff) == SQLITE_BUSY) return false;
    if (code != SQLITE_OK) return fail(error(code, "checkpoint"));
    if (truncate) wal_pages_ = 0;
    return in_log == moved;
}

std::uint64_t SqliteConnection::wal_bytes() const { return wal_pages_ * (page_bytes_ + wal_frame_header); }

}  // namespace assay
