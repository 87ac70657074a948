#include "storage/tables/runs.hpp"

#include "storage/tables/experiments.hpp"
#include "tests/support/test_database.hpp"

#include <vector>

namespace assay::test {

namespace {

constexpr std::int64_t now = 1'767'225'600'000;

/// A run in an experiment of that name.
void add_run(TestDatabase& database, const RunRow& row, const std::string& experiment = "Default") {
    database.write([&](SqlWrite& sql) -> Result<void> {
        RunRow copy = row;
        TRY_ASSIGN(copy.experiment, experiments::ensure(sql, experiment, now));
        return runs::insert(sql, copy);
    });
}

RunRow a_run(const std::string& id = "r") { return {id, 0, "grid", "finished", LifeState::active, now, std::nullopt, "ann@lab"}; }

std::optional<RunRow> find(TestDatabase& database, const std::string& id) {
    return database.read([&](SqlSession& sql) { return runs::find(sql, id); });
}

}  // namespace

TEST_CASE("a run is found with the name and folder of its experiment, and with or without a start and an end") {
    TestDatabase database;
    CHECK(!find(database, "r"));
    RunRow ended = a_run("ended");
    ended.started_at = std::nullopt;
    ended.ended_at = now + 1;
    for (const RunRow& row : {a_run(), ended}) {
        add_run(database, row, "birds");
        const auto found = find(database, row.id);
        REQUIRE(found);
        CHECK(found->experiment == 1);
        CHECK(found->experiment_name == "birds");
        CHECK(found->location == "1");
        CHECK(found->name == "grid");
        CHECK(found->status == "finished");
        CHECK(found->state == LifeState::active);
        CHECK(found->started_at == row.started_at);
        CHECK(found->ended_at == row.ended_at);
        CHECK(found->actor == "ann@lab");
    }
}

TEST_CASE("a run's id is taken once, and its experiment must exist") {
    TestDatabase database;
    add_run(database, a_run());
    CHECK(database.error_of_write([&](SqlWrite& sql) { return runs::insert(sql, a_run()); }).code == "constraint");
    RunRow row = a_run("other");
    row.experiment = 9;
    CHECK(database.error_of_write([&](SqlWrite& sql) { return runs::insert(sql, row); }).code == "constraint");
}

TEST_CASE("a run's name, status and times change, and nothing else does") {
    TestDatabase database;
    add_run(database, a_run());
    add_run(database, a_run("other"));
    RunRow row = a_run();
    row.name = "new";
    row.status = "failed";
    row.ended_at = now + 5;
    row.actor = "bob@lab";
    database.write([&](SqlWrite& sql) { return runs::update(sql, row); });
    const auto found = find(database, "r");
    REQUIRE(found);
    CHECK(found->name == "new");
    CHECK(found->status == "failed");
    CHECK(found->ended_at == now + 5);
    CHECK(found->actor == "ann@lab");
    CHECK(find(database, "other")->name == "grid");
}

TEST_CASE("runs are deleted one by one or with all of their experiment") {
    TestDatabase database;
    add_run(database, a_run("a"));
    add_run(database, a_run("b"));
    add_run(database, a_run("c"), "birds");
    const auto deleted = [&] {
        std::string ids;
        for (const char* id : {"a", "b", "c"}) {
            if (find(database, id)->state == LifeState::deleted) ids += id;
        }
        return ids;
    };
    database.write([](SqlWrite& sql) { return runs::set_state(sql, "a", LifeState::deleted, 1); });
    CHECK(deleted() == "a");
    database.write([](SqlWrite& sql) { return runs::set_state_in(sql, 0, LifeState::deleted, 2); });
    CHECK(deleted() == "ab");
    database.write([](SqlWrite& sql) { return runs::set_state_in(sql, 0, LifeState::active, 3); });
    CHECK(deleted().empty());
}

TEST_CASE("a parameter of a run has one value, the first one, and parameters come by name") {
    TestDatabase database;
    add_run(database, a_run());
    std::vector<bool> added;
    for (const auto& [name, value] : {std::pair{"depth", "3"}, {"cv", "5"}, {"depth", "4"}}) {
        added.push_back(database.write([&, n = name, v = value](SqlWrite& sql) { return runs::add_param(sql, "r", {n, v}); }));
    }
    CHECK(added == std::vector<bool>{true, true, false});
    const auto params = database.read([](SqlSession& sql) { return runs::params(sql, "r"); });
    REQUIRE(params.size() == 2);
    CHECK(params[0].name + "=" + params[0].value == "cv=5");
    CHECK(params[1].name + "=" + params[1].value == "depth=3");
    CHECK(database.read([](SqlSession& sql) { return runs::find_param(sql, "r", "cv"); }) == "5");
    CHECK(!database.read([](SqlSession& sql) { return runs::find_param(sql, "r", "none"); }));
}

TEST_CASE("a tag of a run is replaced, and removed once") {
    TestDatabase database;
    add_run(database, a_run());
    for (const char* value : {"a", "b"}) {
        database.write([&](SqlWrite& sql) { return runs::set_tag(sql, "r", {"team", value}); });
    }
    CHECK(database.read([](SqlSession& sql) { return runs::tags(sql, "r"); }).size() == 1);
    CHECK(database.read([](SqlSession& sql) { return runs::find_tag(sql, "r", "team"); }) == "b");
    const auto remove = [&] { return database.write([](SqlWrite& sql) { return runs::remove_tag(sql, "r", "team"); }); };
    CHECK(remove());
    CHECK(!remove());
}

TEST_CASE("parameters and tags belong to a run that exists") {
    TestDatabase database;
    CHECK(database.error_of_write([](SqlWrite& sql) { return runs::add_param(sql, "none", {"depth", "3"}); }).code == "constraint");
    CHECK(database.error_of_write([](SqlWrite& sql) { return runs::set_tag(sql, "none", {"team", "a"}); }).code == "constraint");
}

TEST_CASE("a run was deleted when it was deleted first, until it is restored") {
    TestDatabase database;
    for (const char* id : {"a", "b", "c"}) add_run(database, a_run(id));
    const auto set = [&](const std::string& id, LifeState state, std::int64_t at) {
        database.write([&](SqlWrite& sql) { return runs::set_state(sql, id, state, at); });
    };
    const auto deleted = [&](std::int64_t until) {
        std::string ids;
        for (const runs::Ending& run : database.read([&](SqlSession& sql) { return runs::deleted(sql, until); })) ids += run.id;
        return ids;
    };
    set("b", LifeState::deleted, 1);
    set("b", LifeState::deleted, 9);
    database.write([](SqlWrite& sql) { return runs::set_state_in(sql, 0, LifeState::deleted, 5); });
    CHECK(deleted(4) == "b");
    CHECK(deleted(5) == "bac");
    set("b", LifeState::active, 6);
    CHECK(deleted(9) == "ac");
    const auto ending = database.read([](SqlSession& sql) { return runs::find_ending(sql, "b"); });
    REQUIRE(ending);
    CHECK(!ending->deleted_at);
    CHECK(ending->location == "0");
    CHECK(database.read([](SqlSession& sql) { return runs::in_experiment(sql, 0, 2); }).size() == 2);
}

TEST_CASE("a deletion of which nobody knows when is dated once") {
    TestDatabase database;
    RunRow row = a_run();
    row.state = LifeState::deleted;
    add_run(database, row);
    CHECK(database.read([](SqlSession& sql) { return runs::has_undated_deletions(sql); }));
    for (const std::int64_t at : {3, 4}) database.write([&](SqlWrite& sql) { return runs::date_deletions(sql, at); });
    CHECK(!database.read([](SqlSession& sql) { return runs::has_undated_deletions(sql); }));
    CHECK(database.ask("SELECT deleted_at FROM runs") == "3");
}

TEST_CASE("a run that is removed takes its params and tags with it") {
    TestDatabase database;
    add_run(database, a_run());
    add_run(database, a_run("other"));
    database.write([](SqlWrite& sql) -> Result<void> {
        for (const char* id : {"r", "other"}) {
            TRY(runs::add_param(sql, id, {"depth", "3"}));
            TRY(runs::set_tag(sql, id, {"team", "birds"}));
        }
        return {};
    });
    CHECK(database.write([](SqlWrite& sql) { return runs::remove(sql, "r"); }) == 3);
    CHECK(!find(database, "r"));
    CHECK(database.read([](SqlSession& sql) { return runs::params(sql, "other"); }).size() == 1);
}

}  // namespace assay::test
