#include "storage/sql/migrate.hpp"

#include "storage/sql/sqlite.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <vector>

namespace assay::test {
namespace {

using Files = std::vector<EmbeddedFile>;

const EmbeddedFile first{"0001_shelf.sql",
                         "-- shelves\nCREATE TABLE shelf (name TEXT PRIMARY KEY);\n"
                         "CREATE TABLE book (title TEXT, shelf TEXT REFERENCES shelf (name));\n"};
const EmbeddedFile second{"0002_reader.sql",
                          "CREATE TABLE reader (name TEXT);\n"
                          "CREATE TRIGGER welcome AFTER INSERT ON reader BEGIN\n"
                          "  INSERT INTO book (title) VALUES (CASE new.name WHEN ';' THEN 'a;b' ELSE 'c' END);\n"
                          "  INSERT INTO shelf (name) VALUES ('for; ' || new.name);\n"
                          "END;\n"};
const EmbeddedFile third{"0003_note.sql", "CREATE TABLE note (body TEXT) /* without a semicolon */"};

std::unique_ptr<Database> opened(const TempDir& place) { return must(open_sqlite(place / "assay.db")); }

std::vector<std::string> texts(Database& database, const std::string& sql) {
    return must(database.read([&](SqlSession& session) { return session.all(sql, {}, [](const Row& row) { return row.text(0); }); }));
}
std::vector<std::string> tables(Database& database) {
    return texts(database, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
}
void execute_now(Database& database, const std::string& sql) {
    (void)must(database.write([&](SqlWrite& session) { return session.run(sql, {}); }));
}

class FixedClock final : public Clock {
public:
    [[nodiscard]] Timestamp now() const override { return must(Timestamp::parse("2026-11-23T10:00:00Z")); }
};

}  // namespace

TEST_CASE("migrations run in order, each once, and are recorded") {
    const TempDir place;
    const auto database = opened(place);
    CHECK(must(migrate(*database, Files{}, FixedClock())) == 0);
    CHECK(must(migrate(*database, Files{first}, FixedClock())) == 1);
    CHECK(must(migrate(*database, Files{first, second, third}, FixedClock())) == 3);
    CHECK(tables(*database) == std::vector<std::string>{"book", "note", "reader", "schema_migrations", "shelf"});
    CHECK(texts(*database, "SELECT number || ' ' || name || ' ' || applied_at FROM schema_migrations ORDER BY number") ==
          std::vector<std::string>{"1 0001_shelf.sql 2026-11-23T10:00:00Z", "2 0002_reader.sql 2026-11-23T10:00:00Z",
                                   "3 0003_note.sql 2026-11-23T10:00:00Z"});
    CHECK(texts(*database, "PRAGMA user_version") == std::vector<std::string>{"3"});
    execute_now(*database, "INSERT INTO reader (name) VALUES (';')");
    CHECK(texts(*database, "SELECT title FROM book") == std::vector<std::string>{"a;b"});
}

TEST_CASE("a second run changes nothing, also after a reopen") {
    const TempDir place;
    const Files files{first, second};
    CHECK(must(migrate(*opened(place), files)) == 2);
    const auto database = opened(place);
    execute_now(*database, "INSERT INTO shelf (name) VALUES ('kept')");
    const auto recorded = texts(*database, "SELECT applied_at FROM schema_migrations");
    CHECK(must(migrate(*database, files, FixedClock())) == 2);
    CHECK(texts(*database, "SELECT applied_at FROM schema_migrations") == recorded);
    CHECK(texts(*database, "SELECT name FROM shelf") == std::vector<std::string>{"kept"});
}

TEST_CASE("a database from a newer assay is refused in words and not touched") {
    const TempDir place;
    const auto database = opened(place);
    (void)must(migrate(*database, Files{first, second, third}));
    const Error error = error_of(migrate(*database, Files{first, second}));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "schema-newer");
    CHECK(error.message == "the database's current schema is 3, this assay knows 2");
    CHECK(error.fixes.size() == 2);
    CHECK(tables(*database).size() == 5);
}

TEST_CASE("a migration whose text is not the recorded one is refused before anything else runs") {
    const TempDir place;
    const auto database = opened(place);
    (void)must(migrate(*database, Files{first, second}));
    const EmbeddedFile edited{second.name, "CREATE TABLE reader (name TEXT, age BIGINT);\n"};
    const Error error = error_of(migrate(*database, Files{first, edited, third}));
    CHECK(error.kind == ErrorKind::integrity);
    CHECK(error.code == "migration-edited");
    CHECK(error.message.find("0002_reader.sql") != std::string::npos);
    CHECK(tables(*database) == std::vector<std::string>{"book", "reader", "schema_migrations", "shelf"});
}

TEST_CASE("a record with a gap is refused") {
    const TempDir place;
    const auto database = opened(place);
    (void)must(migrate(*database, Files{first, second}));
    execute_now(*database, "DELETE FROM schema_migrations WHERE number = 1");
    CHECK(error_of(migrate(*database, Files{first, second})).code == "migration-missing");
}

TEST_CASE("a migration that fails leaves the schema of the one before it, and a corrected one goes on from there") {
    const TempDir place;
    const auto database = opened(place);
    (void)must(migrate(*database, Files{first}));
    const EmbeddedFile broken{"0002_reader.sql", "CREATE TABLE reader (name TEXT); INSERT INTO nowhere VALUES (1);"};
    const Error error = error_of(migrate(*database, Files{first, broken, third}));
    CHECK(describe(error).find("0002_reader.sql") != std::string::npos);
    CHECK(describe(error).find("INSERT INTO nowhere") != std::string::npos);
    CHECK(tables(*database) == std::vector<std::string>{"book", "schema_migrations", "shelf"});
    CHECK(texts(*database, "PRAGMA user_version") == std::vector<std::string>{"1"});
    CHECK(must(migrate(*database, Files{first, second, third})) == 3);
}

TEST_CASE("a new database gets all migrations or none") {
    const TempDir place;
    const auto database = opened(place);
    CHECK(!migrate(*database, Files{first, {"0002_reader.sql", "INSERT INTO nowhere VALUES (1);"}}));
    CHECK(tables(*database) == std::vector<std::string>{"schema_migrations"});
    CHECK(texts(*database, "PRAGMA user_version") == std::vector<std::string>{"0"});
    CHECK(must(migrate(*database, Files{first, second})) == 2);
}

TEST_CASE("a migration cannot leave its transaction") {
    for (const char* text : {"CREATE TABLE a (b TEXT); COMMIT; CREATE TABLE c (d TEXT);", "/* */ BEGIN; SELECT 1;", "vacuum"}) {
        const TempDir place;
        const auto database = opened(place);
        CHECK(error_of(migrate(*database, Files{{"0001_a.sql", text}})).code == "migration-list");
        CHECK(tables(*database) == std::vector<std::string>{"schema_migrations"});
    }
}

TEST_CASE("migrations must be numbered from 0001 without a gap") {
    const TempDir place;
    const auto database = opened(place);
    const EmbeddedFile short_number{"1_a.sql", ""};
    const EmbeddedFile no_sql{"0001_a.txt", ""};
    for (const Files& files : {Files{second}, Files{first, third}, Files{first, first}, Files{short_number}, Files{no_sql}}) {
        CHECK(error_of(migrate(*database, files)).code == "migration-list");
    }
    CHECK(tables(*database).empty());
}

TEST_CASE("the migrations in this binary make a database from nothing") {
    const TempDir place;
    const auto database = opened(place);
    CHECK(must(migrate(*database, embedded_migrations())) == static_cast<int>(embedded_migrations().size()));
}

}  // namespace assay::test
