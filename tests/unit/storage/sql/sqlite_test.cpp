#include "storage/sql/sqlite.hpp"

#include "storage/sql/integrity.hpp"
#include "tests/support/result.hpp"
#include "tests/support/sqlite_items.hpp"
#include "tests/support/temp_dir.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

namespace assay::test {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

TEST_CASE("a SQLite database has the settings that durability and safety need") {
    const TempDir place;
    const auto database = opened_with_items(place / "assay.db");
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
    CHECK(ask_writer(*opened_with_items(place / "a.db", {.synchronous = Synchronous::normal}), "PRAGMA synchronous") == "1");
}

TEST_CASE("a file that is not an Assay database is refused and left as it was") {
    const TempDir place;
    const std::string path = place / "assay.db";
    SUBCASE("somebody else's SQLite database") {
        {
            const auto database = opened_with_items(path);
            (void)must(execute(*database, "PRAGMA application_id = 252006673"));
        }
        CHECK(error_of(open_sqlite(path)).code == "not-a-database");
    }
    SUBCASE("a SQLite database without an application id, with tables") {
        {
            const auto database = opened_with_items(path);
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

TEST_CASE("what was acknowledged is there after the process was killed") {
    const TempDir place;
    const TempDir copy;
    const auto database = opened_with_items(place / "assay.db", {.writer_inline = true});
    for (int i = 0; i < 100; ++i) (void)must(execute(*database, insert_item, {std::to_string(i), SqlBlob{std::string(1000, 'b')}}));
    // What a kill leaves behind is the two files as they are: the database is still open, nothing was checkpointed.
    for (const char* name : {"/assay.db", "/assay.db-wal"}) fs::copy_file(place.path() + name, copy.path() + name);
    const auto again = must(open_sqlite(copy / "assay.db"));
    CHECK(ask(*again, "SELECT count(*) FROM item") == "100");
    REQUIRE(check_integrity(*again));
}

TEST_CASE("closing leaves everything in the database file") {
    const TempDir place;
    auto database = opened_with_items(place / "assay.db");
    (void)must(execute(*database, insert_item, {"a", nullptr}));
    CHECK(ask(*database, "SELECT count(*) FROM item") == "1");  // a reader that was open must not be in the way
    database.reset();
    CHECK(fs::file_size(place / "assay.db-wal") == 0);
    fs::remove(place / "assay.db-wal");
    CHECK(ask(*must(open_sqlite(place / "assay.db")), "SELECT count(*) FROM item") == "1");
}

TEST_CASE("a full disk fails the write in words, and writing goes on when there is space again") {
    const TempDir place;
    bool fatal = false;
    const auto database = opened_with_items(place / "assay.db", {.writer_inline = true, .on_fatal = [&](const Error&) { fatal = true; }});
    (void)must(execute(*database, insert_item, {"before", nullptr}));
    SUBCASE("found when the transaction is committed") {
        {
            const SwappedFile full(place / "assay.db-wal", "/dev/full", O_RDWR);
            const Error error = error_of(execute(*database, insert_item, {"refused", nullptr}));
            CHECK(error.kind == ErrorKind::no_space);
            CHECK(error.code == "no-space");
        }
    }
    SUBCASE("found by a statement, even if the body takes no notice") {
        (void)must(execute(*database, "PRAGMA max_page_count = 10"));
        const auto careless = [](SqlWrite& session) -> Result<void> {
            (void)session.run(insert_item, {"refused", SqlBlob{std::string(100000, 'b')}});
            return {};
        };
        CHECK(error_of(database->write(careless)).kind == ErrorKind::no_space);
        (void)must(execute(*database, "PRAGMA max_page_count = 1000000"));
    }
    (void)must(execute(*database, insert_item, {"after", nullptr}));
    CHECK(ask(*database, "SELECT group_concat(name) FROM (SELECT name FROM item ORDER BY name)") == "after,before");
    CHECK_FALSE(fatal);
    REQUIRE(check_integrity(*database));
}

TEST_CASE("a disk that fails under a commit is fatal, and nothing is acknowledged after it") {
    const TempDir place;
    std::vector<Error> fatal;
    const std::string wal = place / "assay.db-wal";
    const auto remember = [&](const Error& error) { fatal.push_back(error); };
    const auto database = opened_with_items(place / "assay.db", {.writer_inline = true, .on_fatal = remember});
    (void)must(execute(*database, insert_item, {"before", nullptr}));
    {
        const SwappedFile broken(wal, wal.c_str(), O_RDONLY);
        const Error error = error_of(execute(*database, insert_item, {"lost", nullptr}));
        CHECK(error.kind == ErrorKind::internal);
        CHECK(error.code == "database-io");
        CHECK(describe(error).find(place / "assay.db") != std::string::npos);
    }
    REQUIRE(fatal.size() == 1);
    CHECK(fatal[0].code == "database-io");
    CHECK(error_of(execute(*database, insert_item, {"after", nullptr})).code == "database-io");
    CHECK(ask(*database, "SELECT group_concat(name) FROM item") == "before");
}

TEST_CASE("without another instruction, a disk that fails ends the process with 75") {
    const TempDir place;
    const int status = in_child([&] {
        const auto database = opened_with_items(place / "assay.db");
        const std::string wal = place / "assay.db-wal";
        const SwappedFile broken(wal, wal.c_str(), O_RDONLY);
        (void)execute(*database, insert_item, {"lost", nullptr});
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
        const auto database = opened_with_items(place / "assay.db", {.writer_inline = writer_inline});
        (void)database->write([&](SqlWrite&) { return execute(*database, insert_item, {"a", nullptr}); });
    });
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("the release of SQLite is the one that the database itself tells") {
    const TempDir place;
    const auto database = opened_with_items(place / "assay.db");
    const auto told = must(database->read(
        [](SqlSession& sql) { return sql.first("SELECT sqlite_version()", {}, [](const Row& row) { return std::string(row.text(0)); }); }));
    CHECK(told == sqlite_release());
}

}  // namespace assay::test
