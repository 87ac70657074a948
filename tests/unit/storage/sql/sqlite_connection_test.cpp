#include "storage/sql/sqlite_connection.hpp"

#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <cmath>
#include <filesystem>
#include <limits>

namespace assay::test {

namespace {

using Role = SqliteConnection::Role;
using Checkpoint = SqliteConnection::Checkpoint;

struct Opened {
    TempDir place;
    std::unique_ptr<SqliteConnection> writer = must(SqliteConnection::open(place / "assay.db", {}, Role::writer));

    Opened() { (void)must(writer->run("CREATE TABLE item (name TEXT NOT NULL PRIMARY KEY, number REAL)", {})); }
    [[nodiscard]] std::unique_ptr<SqliteConnection> reader() const {
        return must(SqliteConnection::open(place / "assay.db", {}, Role::reader));
    }
    [[nodiscard]] std::uintmax_t wal_size() const { return std::filesystem::file_size(place / "assay.db-wal"); }
};

std::int64_t count(SqliteConnection& connection) {
    std::int64_t found = -1;
    must(connection.each("SELECT count(*) FROM item", {}, [&](const Row& row) -> Result<void> {
        found = row.integer(0);
        return {};
    }));
    return found;
}

constexpr const char* insert_number = "INSERT INTO item (name, number) VALUES ($1, $2)";

}  // namespace

TEST_CASE("only control() begins and ends transactions, also with the same words") {
    Opened opened;
    SqliteConnection& writer = *opened.writer;
    CHECK(!writer.in_transaction());
    for (const char* word : {"BEGIN", "SAVEPOINT a"}) {
        CHECK(error_of(writer.run(word, {})).code == "sql");
        must(writer.control(word));
        CHECK(writer.in_transaction());
        (void)must(writer.run("INSERT INTO item (name) VALUES ($1)", {word}));
        const std::string end = std::string(word) == "BEGIN" ? "ROLLBACK" : "RELEASE a";
        CHECK(error_of(writer.run(end, {})).code == "sql");
        CHECK(writer.in_transaction());
        must(writer.control(end));
        CHECK(!writer.in_transaction());
    }
    CHECK(count(writer) == 1);  // the savepoint's row; the other was rolled back
}

TEST_CASE("a reading connection cannot write, and sees what was committed") {
    Opened opened;
    const auto reader = opened.reader();
    CHECK(count(*reader) == 0);
    (void)must(opened.writer->run(insert_number, {"a", 1.5}));
    CHECK(count(*reader) == 1);
    CHECK(!reader->run(insert_number, {"b", 2.5}));
    CHECK(count(*opened.writer) == 1);
}

TEST_CASE("a statement's own mistakes leave no doubt about the transaction") {
    Opened opened;
    SqliteConnection& writer = *opened.writer;
    (void)must(writer.run(insert_number, {"a", 1.0}));
    CHECK(error_of(writer.run(insert_number, {"a", 1.0})).code == "constraint");
    CHECK(error_of(writer.run("SELEKT", {})).code == "sql");
    CHECK(error_of(writer.run(insert_number, {"a"})).code == "sql");
    CHECK(!writer.trouble());
    CHECK(!writer.disk_failed());
}

TEST_CASE("a full database is trouble until it is forgotten, but no failed disk") {
    Opened opened;
    SqliteConnection& writer = *opened.writer;
    must(writer.each("PRAGMA max_page_count = 3", {}, [](const Row&) -> Result<void> { return {}; }));
    CHECK(error_of(writer.run(insert_number, {std::string(100'000, 'x'), nullptr})).kind == ErrorKind::no_space);
    REQUIRE(writer.trouble());
    CHECK(writer.trouble()->kind == ErrorKind::no_space);
    CHECK(!writer.disk_failed());
    writer.forget_trouble();
    CHECK(!writer.trouble());
}

TEST_CASE("NaN is refused, infinities and every other double come back as they were") {
    Opened opened;
    const Error error = error_of(opened.writer->run(insert_number, {"nan", std::nan("")}));
    CHECK(error.kind == ErrorKind::invalid);
    CHECK(error.code == "sql-nan");
    using reals = std::numeric_limits<double>;
    int number = 0;
    for (const double value : {reals::infinity(), -reals::infinity(), reals::denorm_min(), reals::lowest(), 0.1}) {
        const std::string name = std::to_string(++number);
        (void)must(opened.writer->run(insert_number, {name, value}));
        must(opened.writer->each("SELECT number FROM item WHERE name = $1", {name}, [&](const Row& row) -> Result<void> {
            CHECK(row.real(0) == value);
            return {};
        }));
    }
    CHECK(count(*opened.writer) == 5);
}

TEST_CASE("an open foreign key is seen before the commit that it would fail") {
    Opened opened;
    SqliteConnection& writer = *opened.writer;
    (void)must(writer.run("CREATE TABLE child (parent TEXT REFERENCES item (name) DEFERRABLE INITIALLY DEFERRED)", {}));
    must(writer.control("BEGIN"));
    CHECK(!writer.has_open_foreign_keys());
    (void)must(writer.run("INSERT INTO child VALUES ('a')", {}));
    CHECK(writer.has_open_foreign_keys());
    (void)must(writer.run("INSERT INTO item (name) VALUES ('a')", {}));
    CHECK(!writer.has_open_foreign_keys());
    must(writer.control("COMMIT"));
}

TEST_CASE("a truncating checkpoint empties the log, gives up while a reader needs it, and says which") {
    Opened opened;
    SqliteConnection& writer = *opened.writer;
    const auto reader = opened.reader();
    must(reader->control("BEGIN"));
    CHECK(count(*reader) == 0);  // holds its snapshot from here on
    (void)must(writer.run(insert_number, {"a", 1.0}));
    CHECK(writer.wal_bytes() > 0);
    CHECK(!must(writer.checkpoint(Checkpoint::truncate)));
    CHECK(opened.wal_size() > 0);
    must(reader->control("COMMIT"));
    CHECK(must(writer.checkpoint(Checkpoint::truncate)));
    CHECK(opened.wal_size() == 0);
    CHECK(writer.wal_bytes() == 0);
    CHECK(count(*reader) == 1);
}

}  // namespace assay::test
