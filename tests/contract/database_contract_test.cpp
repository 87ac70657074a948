#include "tests/contract/database_contract.hpp"

#include "storage/sql/forwarding_database.hpp"
#include "storage/sql/sqlite.hpp"
#include "tests/support/result.hpp"
#include "tests/support/temp_dir.hpp"

#include <atomic>
#include <barrier>
#include <limits>
#include <stdexcept>
#include <thread>

namespace assay::test {
namespace {

constexpr const char* insert = "INSERT INTO item (name, number) VALUES ($1, $2)";

template <class T>
void succeed(const Result<T>& result) {
    if (!result) FAIL(describe(result.error()));
}

std::unique_ptr<Database> opened_with_items(const OpenDatabase& open) {
    auto database = open();
    succeed(database->write([](SqlWrite& session) {
        return session.run(
            "CREATE TABLE item (name TEXT NOT NULL PRIMARY KEY, number BIGINT, "
            "parent TEXT REFERENCES item (name) DEFERRABLE INITIALLY DEFERRED)",
            {});
    }));
    return database;
}

Result<std::int64_t> add(Database& database, const std::string& name, std::int64_t number = 0) {
    return database.write([&](SqlWrite& session) { return session.run(insert, {name, number}); });
}

Result<std::int64_t> count(SqlSession& session) {
    auto found = session.first("SELECT count(*) FROM item", {}, [](const Row& row) { return row.integer(0); });
    if (!found) return fail(std::move(found).error());
    return **found;
}
std::int64_t count(Database& database) {
    return must(database.read([](SqlSession& session) { return count(session); }));
}

void check_values(Database& database) {
    succeed(database.write(
        [](SqlWrite& session) { return session.run("CREATE TABLE kept (id BIGINT, i BIGINT, r DOUBLE PRECISION, t TEXT, b BLOB)", {}); }));
    const std::string text = std::string("nul \0 inside, \xC3\xA9t\xC3\xA9 \xF0\x9F\x90\xA7", 25);
    const std::string bytes = std::string("\x00\xFF\xFE'\"\n", 6);
    const auto store = [&](std::int64_t id, SqlValue i, SqlValue r, SqlValue t, SqlValue b) {
        succeed(database.write([&](SqlWrite& session) {
            return session.run("INSERT INTO kept (id, i, r, t, b) VALUES ($1, $2, $3, $4, $5)", {id, i, r, t, b});
        }));
    };
    using integers = std::numeric_limits<std::int64_t>;
    using reals = std::numeric_limits<double>;
    store(1, integers::min(), reals::denorm_min(), text, SqlBlob{bytes});
    store(2, integers::max(), -reals::infinity(), "", SqlBlob{});
    store(3, nullptr, nullptr, nullptr, nullptr);
    store(4, 0, 0.1, std::string_view("'; DROP TABLE kept; --"), std::optional<std::string>());
    const auto check = [&](std::int64_t id, const std::function<void(const Row&)>& look) {
        int rows = 0;
        succeed(database.read_with([&](SqlSession& session) {
            return session.each("SELECT i, r, t, b FROM kept WHERE id = $1", {id}, [&](const Row& row) -> Result<void> {
                ++rows;
                look(row);
                return {};
            });
        }));
        CHECK(rows == 1);
    };
    check(1, [&](const Row& row) {
        CHECK(row.integer(0) == integers::min());
        CHECK(row.real(1) == reals::denorm_min());
        CHECK(row.text(2) == text);
        CHECK(row.text(3) == bytes);
    });
    check(2, [&](const Row& row) {
        CHECK(row.integer(0) == integers::max());
        CHECK(row.real(1) == -reals::infinity());
        CHECK_FALSE(row.is_null(2));
        CHECK(row.text(2).empty());
        CHECK_FALSE(row.is_null(3));
        CHECK(row.text(3).empty());
    });
    check(3, [&](const Row& row) {
        for (int column = 0; column < 4; ++column) CHECK(row.is_null(column));
        CHECK(row.integer(0) == 0);
        CHECK(row.real(1) == 0.0);
        CHECK(row.text(2).empty());
        CHECK_FALSE(row.optional_text(2).has_value());
        CHECK_FALSE(row.optional_integer(0).has_value());
    });
    check(4, [&](const Row& row) {
        CHECK_FALSE(row.is_null(0));
        CHECK(row.real(1) == 0.1);
        CHECK(row.text(2) == "'; DROP TABLE kept; --");
        CHECK(row.is_null(3));
    });
    const Error refused = error_of(database.write([](SqlWrite& session) {
        return session.run("INSERT INTO kept (id, r) VALUES (5, $1)", {std::numeric_limits<double>::quiet_NaN()});
    }));
    CHECK(refused.kind == ErrorKind::invalid);
}

/// Many writes at once, some of which fail: exactly the acknowledged ones are there, also after a reopen.
void check_time_limit(Database& database) {
    constexpr const char* long_one =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT count(*) FROM n";
    const auto ask = [&](std::optional<std::chrono::milliseconds> time) {
        return database.read([&](SqlSession& session) {
            if (time) session.limit_time(*time);
            return session.first(long_one, {}, [](const Row& row) { return row.integer(0); });
        });
    };
    const Error error = error_of(ask(std::chrono::milliseconds(0)));
    CHECK(error.kind == ErrorKind::too_large);
    CHECK(error.code == "query-too-long");
    CHECK(*must(ask({})) == 100'000);  // the next has all the time
    CHECK(*must(ask(std::chrono::hours(1))) == 100'000);
}

void check_group_commit(const OpenDatabase& open) {
    constexpr int threads = 32;
    constexpr int writes = 20;
    std::atomic<int> acknowledged = 0;
    std::atomic<int> refused = 0;
    {
        const auto database = opened_with_items(open);
        std::barrier start(threads);
        std::vector<std::thread> running;
        for (int t = 0; t < threads; ++t) {
            running.emplace_back([&, t] {
                start.arrive_and_wait();
                for (int i = 0; i < writes; ++i) {
                    // Every fourth write breaks a constraint in its second statement: its first must go, too.
                    const bool bad = i % 4 == 3;
                    const auto done = database->write([&](SqlWrite& session) -> Result<void> {
                        const std::string name = std::to_string(t) + "/" + std::to_string(i);
                        TRY(session.run(insert, {name, bad ? -1 : i}));
                        if (bad) TRY(session.run(insert, {name, -1}));
                        return {};
                    });
                    done ? ++acknowledged : ++refused;
                }
            });
        }
        for (std::thread& thread : running) thread.join();
        CHECK(acknowledged == threads * writes * 3 / 4);
        CHECK(refused == threads * writes / 4);
    }
    const auto again = open();
    CHECK(count(*again) == acknowledged);
    CHECK(must(again->read([](SqlSession& session) {
              return session.all("SELECT name FROM item WHERE number < 0", {}, [](const Row& row) { return row.text(0); });
          })).empty());
}

/// Begins all the writes at the same moment, each on a thread of its own.
std::vector<Result<void>> write_together(Database& database, const std::vector<std::function<Result<void>(SqlWrite&)>>& bodies) {
    std::vector<Result<void>> results(bodies.size());
    std::vector<std::thread> running;
    std::barrier start(static_cast<std::ptrdiff_t>(bodies.size()));
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        running.emplace_back([&, i] {
            start.arrive_and_wait();
            results[i] = database.write_with(bodies[i]);
        });
    }
    for (std::thread& thread : running) thread.join();
    return results;
}

}  // namespace

void check_database_contract(const OpenDatabase& open) {
    SUBCASE("a read is given up when its time is over, and the next one is not") { check_time_limit(*open()); }
    SUBCASE("every value comes back as it was bound") { check_values(*open()); }

    SUBCASE("parameters are bound by name, in any order and more than once") {
        const auto database = open();
        const auto found = must(database->read([](SqlSession& session) {
            return session.first("SELECT $2 || $1 || $2", {"a", "b"}, [](const Row& row) { return row.text(0); });
        }));
        CHECK(found == "bab");
    }

    SUBCASE("a statement given too few or too many values is refused") {
        const auto database = opened_with_items(open);
        CHECK_FALSE(database->write([](SqlWrite& session) { return session.run(insert, {"a"}); }));
        CHECK_FALSE(database->write([](SqlWrite& session) { return session.run(insert, {"a", 1, 2}); }));
        CHECK(count(*database) == 0);
    }

    SUBCASE("run tells how many rows it changed") {
        const auto database = opened_with_items(open);
        succeed(add(*database, "a"));
        succeed(add(*database, "b"));
        succeed(database->write([](SqlWrite& session) -> Result<void> {
            CHECK(session.run("UPDATE item SET number = 7", {}) == 2);
            CHECK(session.run("UPDATE item SET number = 7 WHERE name = 'c'", {}) == 0);
            CHECK(session.run("CREATE TABLE other (a BIGINT)", {}) == 0);
            CHECK(session.run("DELETE FROM item WHERE name = $1", {"a"}) == 1);
            return {};
        }));
    }

    SUBCASE("a write sees its own rows and returns a value") {
        const auto database = opened_with_items(open);
        const auto seen = must(database->write([](SqlWrite& session) -> Result<std::string> {
            TRY(session.run(insert, {"a", 1}));
            TRY_ASSIGN(const auto name, session.first("INSERT INTO item (name) VALUES ('b') RETURNING name", {},
                                                      [](const Row& row) { return row.text(0); }));
            TRY_ASSIGN(const auto rows, count(session));
            return *name + std::to_string(rows);
        }));
        CHECK(seen == "b2");
    }

    SUBCASE("of many concurrent writes exactly the acknowledged ones are kept") { check_group_commit(open); }

    SUBCASE("a body that fails undoes only itself, and its error comes back as it was") {
        const auto database = opened_with_items(open);
        succeed(add(*database, "before"));
        const Error error = error_of(database->write([](SqlWrite& session) -> Result<void> {
            TRY(session.run(insert, {"undone", 1}));
            return fail(ErrorKind::precondition, "mine", "changed my mind");
        }));
        CHECK(error.kind == ErrorKind::precondition);
        CHECK(error.code == "mine");
        succeed(add(*database, "after"));
        CHECK(count(*database) == 2);
    }

    SUBCASE("what a body throws reaches the caller, and nothing of it is kept") {
        const auto database = opened_with_items(open);
        const auto throwing = [](SqlWrite& session) -> Result<void> {
            TRY(session.run(insert, {"undone", 1}));
            throw std::logic_error("a mistake");
        };
        CHECK_THROWS_AS((void)database->write(throwing), std::logic_error);
        CHECK_THROWS_AS((void)database->read([](SqlSession&) -> Result<void> { throw std::logic_error("a mistake"); }), std::logic_error);
        CHECK(count(*database) == 0);
        succeed(add(*database, "after"));
    }

    SUBCASE("a broken constraint is a conflict that names the statement") {
        const auto database = opened_with_items(open);
        succeed(add(*database, "a"));
        const Error error = error_of(add(*database, "a"));
        CHECK(error.kind == ErrorKind::conflict);
        CHECK(error.code == "constraint");
        CHECK(describe(error).find("INSERT INTO item") != std::string::npos);
    }

    SUBCASE("a write may go on after a constraint it expected") {
        const auto database = opened_with_items(open);
        succeed(add(*database, "a"));
        succeed(database->write([](SqlWrite& session) -> Result<void> {
            if (session.run(insert, {"a", 1})) return fail(ErrorKind::internal, "test", "it should have been refused");
            TRY(session.run(insert, {"b", 1}));
            return {};
        }));
        CHECK(count(*database) == 2);
    }

    SUBCASE("a deferred constraint fails its own write and no other") {
        const auto database = opened_with_items(open);
        const auto orphan = [](SqlWrite& session) -> Result<void> {
            TRY(session.run("INSERT INTO item (name, parent) VALUES ('orphan', 'nobody')", {}));
            return {};
        };
        std::vector<std::function<Result<void>(SqlWrite&)>> bodies;
        for (int i = 0; i < 16; ++i) {
            bodies.emplace_back(orphan);
            bodies.emplace_back([i](SqlWrite& session) -> Result<void> {
                const std::string parent = "late" + std::to_string(i);
                TRY(session.run("INSERT INTO item (name, parent) VALUES ($1 || '/child', $1)", {parent}));
                TRY(session.run("INSERT INTO item (name) VALUES ($1)", {parent}));
                return {};
            });
        }
        const auto results = write_together(*database, bodies);
        for (std::size_t i = 0; i < results.size(); i += 2) {
            CHECK(error_of(results[i]).kind == ErrorKind::conflict);
            CHECK(results[i + 1].has_value());
        }
        CHECK(count(*database) == 32);
    }

    SUBCASE("a wrong statement is an error that names it") {
        const auto database = open();
        const Error error = error_of(database->read_with([](SqlSession& session) {
            return session.each("SELECT nothing FROM nowhere", {}, [](const Row&) -> Result<void> { return {}; });
        }));
        CHECK(error.kind == ErrorKind::internal);
        CHECK(describe(error).find("SELECT nothing FROM nowhere") != std::string::npos);
        CHECK(describe(error).find("nowhere") != std::string::npos);
    }

    SUBCASE("a read cannot change anything") {
        const auto database = opened_with_items(open);
        CHECK_FALSE(database->read([](SqlSession& session) { return session.run(insert, {"a", 1}); }));
        CHECK(count(*database) == 0);
    }

    SUBCASE("a statement cannot end the transaction it is in") {
        const auto database = opened_with_items(open);
        for (const char* statement : {"COMMIT", "ROLLBACK", "BEGIN", "SAVEPOINT mine"}) {
            CHECK_FALSE(database->write([&](SqlWrite& session) -> Result<void> {
                TRY(session.run(insert, {"a", 1}));
                TRY(session.run(statement, {}));
                return {};
            }));
        }
        CHECK(count(*database) == 0);
    }

    SUBCASE("a read sees one snapshot while writes go on beside it") {
        const auto database = opened_with_items(open);
        succeed(add(*database, "a"));
        succeed(database->read([&](SqlSession& session) -> Result<void> {
            CHECK(count(session) == 1);
            std::thread writer([&] { succeed(add(*database, "b")); });
            writer.join();  // the write is durable: the read did not hold it up
            CHECK(count(session) == 1);
            return {};
        }));
        CHECK(count(*database) == 2);
    }

    SUBCASE("a read inside a write or a read joins it") {
        const auto database = opened_with_items(open);
        succeed(database->write([&](SqlWrite& session) -> Result<void> {
            TRY(session.run(insert, {"a", 1}));
            CHECK(count(*database) == 1);
            return {};
        }));
        succeed(database->read([&](SqlSession&) -> Result<void> {
            std::thread([&] { succeed(add(*database, "b")); }).join();
            return database->read([](SqlSession& inner) -> Result<void> {
                CHECK(count(inner) == 2);  // the outer one had read nothing yet: its snapshot begins here
                return {};
            });
        }));
    }

    SUBCASE("the visitor's error stops the rows and comes back") {
        const auto database = opened_with_items(open);
        succeed(add(*database, "a"));
        succeed(add(*database, "b"));
        int seen = 0;
        const Error error = error_of(database->read_with([&](SqlSession& session) {
            return session.each("SELECT name FROM item", {}, [&](const Row&) -> Result<void> {
                ++seen;
                return fail(ErrorKind::too_large, "enough", "enough");
            });
        }));
        CHECK(error.code == "enough");
        CHECK(seen == 1);
    }

    SUBCASE("the same statement may run inside itself") {
        const auto database = opened_with_items(open);
        for (const char* name : {"a", "b", "c"}) succeed(add(*database, name));
        int pairs = 0;
        succeed(database->read_with([&](SqlSession& session) {
            const auto visit = [&](const Row&) -> Result<void> {
                return session.each("SELECT name FROM item", {}, [&](const Row&) -> Result<void> {
                    ++pairs;
                    return {};
                });
            };
            return session.each("SELECT name FROM item", {}, visit);
        }));
        CHECK(pairs == 9);
    }

    SUBCASE("more texts than are cached all run, again and again") {
        const auto database = open();
        for (int round = 0; round < 2; ++round) {
            succeed(database->read([](SqlSession& session) -> Result<void> {
                for (int i = 0; i < 600; ++i) {
                    TRY_ASSIGN(const auto found,
                               session.first("SELECT " + std::to_string(i), {}, [](const Row& row) { return row.integer(0); }));
                    CHECK(found == i);
                }
                return {};
            }));
        }
    }

    SUBCASE("an action before the commit runs once per key") {
        const auto database = opened_with_items(open);
        int runs = 0;
        succeed(database->write([&](SqlWrite& session) -> Result<void> {
            for (int i = 0; i < 3; ++i) {
                session.before_commit("directory", [&]() -> Result<void> {
                    ++runs;
                    return {};
                });
            }
            TRY(session.run(insert, {"a", 1}));
            CHECK(runs == 0);
            return {};
        }));
        CHECK(runs == 1);
    }

    SUBCASE("an action asked for by a write that failed does not run") {
        const auto database = opened_with_items(open);
        bool ran = false;
        CHECK_FALSE(database->write([&](SqlWrite& session) -> Result<void> {
            session.before_commit("directory", [&]() -> Result<void> {
                ran = true;
                return {};
            });
            return fail(ErrorKind::invalid, "mine", "no");
        }));
        succeed(add(*database, "a"));
        CHECK_FALSE(ran);
    }

    SUBCASE("an action that fails keeps the write from being committed, and the next one is free") {
        const auto database = opened_with_items(open);
        const Error error = error_of(database->write([](SqlWrite& session) -> Result<void> {
            TRY(session.run(insert, {"undone", 1}));
            session.before_commit("directory", [] { return Result<void>(fail(ErrorKind::no_space, "full", "no space")); });
            return {};
        }));
        CHECK(error.code == "full");
        CHECK(count(*database) == 0);
        succeed(add(*database, "a"));
        CHECK(count(*database) == 1);
    }

    SUBCASE("more readers than connections all get their turn") {
        const auto database = opened_with_items(open);
        succeed(add(*database, "a"));
        std::atomic<int> right = 0;
        std::vector<std::thread> readers;
        for (int t = 0; t < 40; ++t) {
            readers.emplace_back([&] {
                if (count(*database) == 1) ++right;
            });
        }
        for (std::thread& reader : readers) reader.join();
        CHECK(right == 40);
    }
}

TEST_CASE("SQLite is a database") {
    const TempDir place;
    check_database_contract([&] { return must(open_sqlite(place / "assay.db")); });
}

TEST_CASE("SQLite with its writer on the caller's thread is a database") {
    const TempDir place;
    check_database_contract([&] { return must(open_sqlite(place / "assay.db", {.writer_inline = true})); });
}

TEST_CASE("a forwarding database is a database") {
    struct Owning final : ForwardingDatabase {
        explicit Owning(std::unique_ptr<Database> inner) : ForwardingDatabase(*inner), held(std::move(inner)) {}
        std::unique_ptr<Database> held;
    };
    const TempDir place;
    check_database_contract([&] { return std::make_unique<Owning>(must(open_sqlite(place / "assay.db"))); });
}

}  // namespace assay::test
