#include "storage/sql/sqlite_writer.hpp"

#include "tests/support/sqlite_items.hpp"
#include "tests/support/temp_dir.hpp"

#include <atomic>
#include <barrier>
#include <filesystem>
#include <thread>

namespace assay::test {
namespace {

namespace fs = std::filesystem;

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

TEST_CASE("writes that wait at the same time share one commit, and an action asked for by several runs once") {
    const TempDir place;
    const auto database = opened_with_items(place / "assay.db");
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
    const auto database = opened_with_items(place / "assay.db");
    for (int round = 0;; ++round) {
        REQUIRE_MESSAGE(round < 10000, "writes were never committed together");
        const std::string name = std::to_string(round);
        const auto failing = [](SqlWrite& session) -> Result<void> {
            session.before_commit("directory", [] { return Result<void>(fail(ErrorKind::internal, "sync", "fsync failed")); });
            return {};
        };
        const auto innocent = [&](SqlWrite& session) -> Result<void> {
            TRY(session.run(insert_item, {name, nullptr}));
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

TEST_CASE("checkpoints keep the write-ahead log small, with and without a thread") {
    const TempDir place;
    bool writer_inline = false;
    SUBCASE("on a thread") { writer_inline = false; }
    SUBCASE("inline") { writer_inline = true; }
    const auto database = opened_with_items(place / "assay.db", {.writer_inline = writer_inline, .checkpoint_bytes = 256 << 10U});
    for (int i = 0; i < 200; ++i) (void)must(execute(*database, insert_item, {std::to_string(i), SqlBlob{std::string(20000, 'b')}}));
    CHECK(fs::file_size(place / "assay.db-wal") < 1U << 20U);  // of 4 MB written
}

TEST_CASE("an idle writer empties the write-ahead log") {
    const TempDir place;
    const auto database = opened_with_items(place / "assay.db", {.truncate_after = std::chrono::milliseconds(0)});
    (void)must(execute(*database, insert_item, {"a", nullptr}));
    while (fs::file_size(place / "assay.db-wal") != 0) std::this_thread::yield();
    CHECK(ask(*database, "SELECT count(*) FROM item") == "1");
}

}  // namespace assay::test
