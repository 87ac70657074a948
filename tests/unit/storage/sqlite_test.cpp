#include "storage/sql/sqlite.hpp"

#include "storage/sql/integrity.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

namespace assay::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* insert = "INSERT INTO item (name, bytes) VALUES ($1, $2)";

Result<std::int64_t> execute(Database& database, const std::string& sql, const SqlValues& values = {}) {
    return database.write([&](SqlWrite& session) { return session.run(sql, values); });
}
std::unique_ptr<Database> opened(const std::string& path, const SqliteOptions& options = {}) {
    auto database = must(open_sqlite(path, options));
    (void)must(execute(*database, "CREATE TABLE IF NOT EXISTS item (name TEXT NOT NULL PRIMARY KEY, bytes BLOB)"));
    return database;
}
std::string ask(Database& database, const std::string& sql) {
    return must(database.read([&](SqlSession& session) { return session.first(sql, {}, [](const Row& row) { return row.text(0); }); }))
        .value_or("no row");
}
/// What the writing connection answers.
std::string ask_writer(Database& database, const std::string& sql) {
    return must(database.write([&](SqlWrite& session) { return session.first(sql, {}, [](const Row& row) { return row.text(0); }); }))
        .value_or("no row");
}

/// The descriptor under which this process has `path` open, by the kernel's own list.
int descriptor_of(const std::string& path) {
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        if (fs::read_symlink(entry.path(), gone) == path) return std::stoi(entry.path().filename());
    }
    FAIL("not open: ", path);
    return -1;
}

/// While it lives, the open file `path` behaves as another one does: /dev/full has no space, a file opened for
/// reading only fails every write.
class SwappedFile {
public:
    SwappedFile(const std::string& path, const char* other, int flags) : descriptor_(descriptor_of(path)), kept_(::dup(descriptor_)) {
        const int opened = ::open(other, flags | O_CLOEXEC);
        REQUIRE(opened >= 0);
        REQUIRE(::dup2(opened, descriptor_) == descriptor_);
        ::close(opened);
    }
    ~SwappedFile() {
        ::dup2(kept_, descriptor_);
        ::close(kept_);
    }
    SwappedFile(const SwappedFile&) = delete;
    SwappedFile& operator=(const SwappedFile&) = delete;

private:
    int descriptor_;
    int kept_;
};

/// Runs `body` in a child process, before which this one must not have opened a database, and gives its wait status.
int in_child(const std::function<void()>& body) {
    std::fflush(nullptr);  // or the child would print it again
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);  // doctest's handler would report a failed test
        if (std::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(1);
        body();
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return status;
}

using Bodies = std::vector<std::function<Result<void>(SqlWrite&)>>;

/// Holds the writer in one write until the threads of all `bodies` have set out to write theirs.
std::vector<Result<void>> behind_a_slow_write(Database& database, const Bodies& bodies) {
    std::vector<Result<void>> results(bodies.size());
    std::vector<std::thread> running;
    std::barrier start(static_cast<std::ptrdiff_t>(bodies.size() + 1));
    std::thread slow([&] {
        (void)must(database.write([&](SqlWrite&) -> Result<int> {
            start.arrive_and_wait();
            for (int i = 0; i < 100; ++i) std::this_thread::yield();
            return 0;
        }));
    });
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        running.emplace_back([&, i] {
            start.arrive_and_wait();
            results[i] = database.write_with(bodies[i]);
        });
    }
    for (std::thread& thread : running) thread.join();
    slow.join();
    return results;
}

Result<void> nothing(SqlWrite&) { return {}; }

}  // namespace

TEST_CASE("a SQLite database has the settings that durability and safety need") {
    const TempDir place;
    const auto database = opened(place / "assay.db");
    CHECK(ask_writer(*database, "PRAGMA journal_mode") == "wal");
    CHECK(ask_writer(*database, "PRAGMA synchronous") == "2");
    CHECK(ask_writer(*database, "PRAGMA foreign_keys") == "1");
    CHECK(ask_writer(*database, "PRAGMA application_id") == std::to_string(0x41535359));
    for (auto* const asked : {&ask, &ask_writer}) {
        CHECK(asked(*database, "PRAGMA trusted_schema") == "0");
        CHECK(asked(*database, "PRAGMA cell_size_check") == "1");
        CHECK(asked(*database, "PRAGMA mmap_size") == "0");
        CHECK(asked(*database, "PRAGMA wal_autocheckpoint") == "0");
    }
    CHECK(ask(*database, "PRAGMA query_only") == "1");
    const auto quoted = database->read(
        [](SqlSession& session) { return session.first("SELECT \"no such column\"", {}, [](const Row& row) { return row.text(0); }); });
    CHECK_FALSE(quoted);
    CHECK_FALSE(execute(*database, "UPDATE sqlite_schema SET sql = 'broken'"));
    CHECK_FALSE(execute(*database, "ATTACH 'other.db' AS other"));
}

TEST_CASE("only the crash simulation's mutant commits without waiting for the disk") {
    const TempDir place;
    CHECK(ask_writer(*opened(place / "a.db", {.synchronous = Synchronous::normal}), "PRAGMA synchronous") == "1");
}

TEST_CASE("a file that is not an Assay database is refused and left as it was") {
    const TempDir place;
    const std::string path = place / "assay.db";
    SUBCASE("somebody else's SQLite database") {
        {
            const auto database = opened(path);
            (void)must(execute(*database, "PRAGMA application_id = 252006673"));
        }
        CHECK(error_of(open_sqlite(path)).code == "not-a-database");
    }
    SUBCASE("a SQLite database without an application id, with tables") {
        {
            const auto database = opened(path);
            (void)must(execute(*database, "PRAGMA application_id = 0"));
        }
        CHECK(error_of(open_sqlite(path)).code == "not-a-database");
    }
    SUBCASE("a text") {
        const std::string text(5000, 'x');
        std::ofstream(path) << text;
        const Error error = error_of(open_sqlite(path));
        CHECK(error.code == "not-a-database");
        CHECK(error.kind == ErrorKind::integrity);
        CHECK(describe(error).find(path) != std::string::npos);
        CHECK(fs::file_size(path) == text.size());
    }
    SUBCASE("a directory that does not exist") {
        CHECK(error_of(open_sqlite(place / "none/assay.db")).code == "database-open");
        CHECK_FALSE(fs::exists(place / "none"));
    }
}

TEST_CASE("writes that wait at the same time share one commit, and an action asked for by several runs once") {
    const TempDir place;
    const auto database = opened(place / "assay.db");
    for (int round = 0;; ++round) {
        REQUIRE_MESSAGE(round < 10000, "writes were never committed together");
        std::atomic<int> runs = 0;
        const auto asking = [&](SqlWrite& session) -> Result<void> {
            session.before_commit("directory", [&]() -> Result<void> {
                ++runs;
                return {};
            });
            return {};
        };
        for (const auto& result : behind_a_slow_write(*database, Bodies(8, asking))) REQUIRE(result);
        REQUIRE(runs >= 1);
        REQUIRE(runs <= 8);
        if (runs < 8) break;
    }
}

TEST_CASE("an action that fails before the commit fails every write of the group, and none of them is kept") {
    const TempDir place;
    const auto database = opened(place / "assay.db");
    for (int round = 0;; ++round) {
        REQUIRE_MESSAGE(round < 10000, "writes were never committed together");
        const std::string name = std::to_string(round);
        const auto failing = [](SqlWrite& session) -> Result<void> {
            session.before_commit("directory", [] { return Result<void>(fail(ErrorKind::internal, "sync", "fsync failed")); });
            return {};
        };
        const auto innocent = [&](SqlWrite& session) -> Result<void> {
            TRY(session.run(insert, {name, nullptr}));
            return {};
        };
        const auto results = behind_a_slow_write(*database, {failing, innocent});
        REQUIRE(error_of(results[0]).code == "sync");
        REQUIRE(ask(*database, "SELECT count(*) FROM item WHERE name = '" + name + "'") == (results[1] ? "1" : "0"));
        if (results[1]) continue;
        CHECK(results[1].error().code == "sync");
        break;
    }
    REQUIRE(database->write_with(nothing));
}

TEST_CASE("what was acknowledged is there after the process was killed") {
    const TempDir place;
    const TempDir copy;
    const auto database = opened(place / "assay.db", {.writer_inline = true});
    for (int i = 0; i < 100; ++i) (void)must(execute(*database, insert, {std::to_string(i), SqlBlob{std::string(1000, 'b')}}));
    // What a kill leaves behind is the two files as they are: the database is still open, nothing was checkpointed.
    for (const char* name : {"/assay.db", "/assay.db-wal"}) fs::copy_file(place.path() + name, copy.path() + name);
    const auto again = must(open_sqlite(copy / "assay.db"));
    CHECK(ask(*again, "SELECT count(*) FROM item") == "100");
    REQUIRE(check_integrity(*again));
}

TEST_CASE("closing leaves everything in the database file") {
    const TempDir place;
    auto database = opened(place / "assay.db");
    (void)must(execute(*database, insert, {"a", nullptr}));
    CHECK(ask(*database, "SELECT count(*) FROM item") == "1");  // a reader that was open must not be in the way
    database.reset();
    CHECK(fs::file_size(place / "assay.db-wal") == 0);
    fs::remove(place / "assay.db-wal");
    CHECK(ask(*must(open_sqlite(place / "assay.db")), "SELECT count(*) FROM item") == "1");
}

TEST_CASE("checkpoints keep the write-ahead log small, with and without a thread") {
    const TempDir place;
    bool writer_inline = false;
    SUBCASE("on a thread") { writer_inline = false; }
    SUBCASE("inline") { writer_inline = true; }
    const auto database = opened(place / "assay.db", {.writer_inline = writer_inline, .checkpoint_bytes = 256 << 10U});
    for (int i = 0; i < 200; ++i) (void)must(execute(*database, insert, {std::to_string(i), SqlBlob{std::string(20000, 'b')}}));
    CHECK(fs::file_size(place / "assay.db-wal") < 1U << 20U);  // of 4 MB written
}

TEST_CASE("an idle writer empties the write-ahead log") {
    const TempDir place;
    const auto database = opened(place / "assay.db", {.truncate_after = std::chrono::milliseconds(0)});
    (void)must(execute(*database, insert, {"a", nullptr}));
    while (fs::file_size(place / "assay.db-wal") != 0) std::this_thread::yield();
    CHECK(ask(*database, "SELECT count(*) FROM item") == "1");
}

TEST_CASE("a full disk fails the write in words, and writing goes on when there is space again") {
    const TempDir place;
    bool fatal = false;
    const auto database = opened(place / "assay.db", {.writer_inline = true, .on_fatal = [&](const Error&) { fatal = true; }});
    (void)must(execute(*database, insert, {"before", nullptr}));
    SUBCASE("found when the transaction is committed") {
        {
            const SwappedFile full(place / "assay.db-wal", "/dev/full", O_RDWR);
            const Error error = error_of(execute(*database, insert, {"refused", nullptr}));
            CHECK(error.kind == ErrorKind::no_space);
            CHECK(error.code == "no-space");
        }
    }
    SUBCASE("found by a statement, even if the body takes no notice") {
        (void)must(execute(*database, "PRAGMA max_page_count = 10"));
        const auto careless = [](SqlWrite& session) -> Result<void> {
            (void)session.run(insert, {"refused", SqlBlob{std::string(100000, 'b')}});
            return {};
        };
        CHECK(error_of(database->write(careless)).kind == ErrorKind::no_space);
        (void)must(execute(*database, "PRAGMA max_page_count = 1000000"));
    }
    (void)must(execute(*database, insert, {"after", nullptr}));
    CHECK(ask(*database, "SELECT group_concat(name) FROM (SELECT name FROM item ORDER BY name)") == "after,before");
    CHECK_FALSE(fatal);
    REQUIRE(check_integrity(*database));
}

TEST_CASE("a disk that fails under a commit is fatal, and nothing is acknowledged after it") {
    const TempDir place;
    std::vector<Error> fatal;
    const std::string wal = place / "assay.db-wal";
    const auto remember = [&](const Error& error) { fatal.push_back(error); };
    const auto database = opened(place / "assay.db", {.writer_inline = true, .on_fatal = remember});
    (void)must(execute(*database, insert, {"before", nullptr}));
    {
        const SwappedFile broken(wal, wal.c_str(), O_RDONLY);
        const Error error = error_of(execute(*database, insert, {"lost", nullptr}));
        CHECK(error.kind == ErrorKind::internal);
        CHECK(error.code == "database-io");
        CHECK(describe(error).find(place / "assay.db") != std::string::npos);
    }
    REQUIRE(fatal.size() == 1);
    CHECK(fatal[0].code == "database-io");
    CHECK(error_of(execute(*database, insert, {"after", nullptr})).code == "database-io");
    CHECK(ask(*database, "SELECT group_concat(name) FROM item") == "before");
}

TEST_CASE("without another instruction, a disk that fails ends the process with 75") {
    const TempDir place;
    const int status = in_child([&] {
        const auto database = opened(place / "assay.db");
        const std::string wal = place / "assay.db-wal";
        const SwappedFile broken(wal, wal.c_str(), O_RDONLY);
        (void)execute(*database, insert, {"lost", nullptr});
    });
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 75);
}

TEST_CASE("a write inside a write ends the program instead of waiting for itself") {
    const TempDir place;
    bool writer_inline = false;
    SUBCASE("on a thread") { writer_inline = false; }
    SUBCASE("inline") { writer_inline = true; }
    const int status = in_child([&] {
        const auto database = opened(place / "assay.db", {.writer_inline = writer_inline});
        (void)database->write([&](SqlWrite&) { return execute(*database, insert, {"a", nullptr}); });
    });
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("the integrity check finds damage and rows without their parents") {
    const TempDir place;
    const std::string path = place / "assay.db";
    {
        const auto database = opened(path);
        for (int i = 0; i < 500; ++i) (void)must(execute(*database, insert, {std::to_string(i), SqlBlob{std::string(100, 'b')}}));
        REQUIRE(check_integrity(*database, IntegrityCheck::quick));
        REQUIRE(check_integrity(*database, IntegrityCheck::full));
    }
    SUBCASE("a row without its parent") {
        {
            const auto database = opened(path);
            (void)must(execute(*database, "CREATE TABLE child (note TEXT, parent TEXT REFERENCES item (name))"));
            (void)must(execute(*database, insert, {"parent", nullptr}));
            (void)must(execute(*database, "INSERT INTO child VALUES ('child of ', 'parent')"));
        }
        // No statement makes an orphan; the two texts lie side by side in the file, the parent's own does not.
        std::string bytes;
        {
            std::ifstream file(path, std::ios::binary);
            bytes.assign(std::istreambuf_iterator<char>(file), {});
        }
        const std::size_t at = bytes.find("child of parent");
        REQUIRE(at != std::string::npos);
        bytes.replace(at, 15, "child of nobody");
        std::ofstream(path, std::ios::binary) << bytes;
        const auto database = must(open_sqlite(path));
        REQUIRE(check_integrity(*database, IntegrityCheck::quick));
        const Error error = error_of(check_integrity(*database, IntegrityCheck::full));
        CHECK(error.kind == ErrorKind::integrity);
        REQUIRE(error.problems.size() == 1);
        CHECK(error.problems[0].field == "child");
    }
    SUBCASE("a page of rubbish") {
        {
            std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(4 * 4096);
            file << std::string(4096, '\x5A');
        }
        const auto database = must(open_sqlite(path));
        const Error error = error_of(check_integrity(*database, IntegrityCheck::quick));
        CHECK(error.kind == ErrorKind::integrity);
        CHECK(error.code == "database-corrupt");
        CHECK_MESSAGE(!error.problems.empty(), describe(error));
    }
}

}  // namespace assay::test
