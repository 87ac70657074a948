#pragma once

#include "base/result.hpp"
#include "storage/sql/database.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace assay {

/// What a commit waits for.
enum class Synchronous {
    full,    ///< the WAL is on the disk before write() returns
    normal,  ///< it may not be, and a power cut loses acknowledged writes. Exists only so that the crash
             ///< simulation can show that it catches exactly this; never for a server
};

struct SqliteOptions {
    std::string vfs = {};  ///< a registered SQLite VFS; empty for the platform's own
    Synchronous synchronous = Synchronous::full;
    /// Runs each write, and the checkpoints, on the caller's thread, one at a time: for a deterministic simulation.
    bool writer_inline = false;
    int max_readers = 16;                              ///< read connections, opened on demand; a read waits when all are taken
    std::chrono::milliseconds busy_timeout{5000};      ///< how long to wait for another process that holds a lock
    std::chrono::milliseconds truncate_after{1000};    ///< idle this long, the writer empties the WAL
    std::uint64_t checkpoint_bytes = 4U << 20U;        ///< the WAL grew by this much: checkpoint after the commit
    /// Called on the writing thread when the disk failed under the WAL or the database. The kernel forgets
    /// failed writes, so nothing that this process reads later can be trusted: every later write fails with
    /// the same error. Empty: log the error and _exit(75), to come back through recovery.
    std::function<void(const Error&)> on_fatal = {};
};

/// Opens (creates, if absent) a SQLite database in an existing directory, in WAL mode, and keeps it for itself:
/// one read-write connection, on one thread that also checkpoints (SQLite before 3.51.3 can corrupt a database
/// when two connections do); all others read only. No other program may write or checkpoint it meanwhile.
/// The destructor finishes the writes that wait, and empties the WAL.
///
/// Errors of statements: a broken constraint is `conflict`, code "constraint"; a full disk `no_space`, for
/// every write of the group; damage `integrity`, code "database-corrupt"; a disk that fails `internal`, code
/// "database-io"; a value or row beyond SQLite's limits `too_large`; all others `internal`, code "sql". Each says
/// while running which statement in which file; bound values are never shown. NaN cannot be stored (SQLite would
/// keep NULL): `invalid`, code "sql-nan". Transactions belong to the database: BEGIN, COMMIT, SAVEPOINT, ATTACH
/// and the like fail.
///
/// A read begun inside a read or write of the same database on the same thread joins it and sees what it sees.
/// A write begun inside a write is a mistake in the program and ends it.
///
/// `integrity`, code "not-a-database", for a file that is not an Assay database.
[[nodiscard]] Result<std::unique_ptr<Database>> open_sqlite(const std::string& path, const SqliteOptions& options = {});

/// A SQLite database of another program, read only. Errors of statements as above; `not_found` when there is no such file.
[[nodiscard]] Result<std::unique_ptr<SqlSession>> open_foreign_sqlite(const std::string& path);

/// The release of SQLite that runs: "3.40.1".
[[nodiscard]] std::string sqlite_release();

}  // namespace assay
