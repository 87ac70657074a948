#include "storage/tables/experiments.hpp"

#include "storage/tables/collected.hpp"
#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

std::int64_t ensure(TestDatabase& database, const std::string& name) {
    return database.write([&](SqlWrite& sql) { return experiments::ensure(sql, name, 5); });
}

std::optional<ExperimentRow> find(TestDatabase& database, std::int64_t id) {
    return database.read([&](SqlSession& sql) { return experiments::find(sql, id); });
}

}  // namespace

TEST_CASE("an experiment is made once under its name, keeps its number, and 0 is Default's") {
    TestDatabase database;
    CHECK(ensure(database, "birds") == 1);
    CHECK(ensure(database, "Default") == 0);
    CHECK(ensure(database, "birds") == 1);
    CHECK(ensure(database, "fish") == 2);
    CHECK(database.read([](SqlSession& sql) { return experiments::next_id(sql); }) == 3);
    const auto found = find(database, 2);
    REQUIRE(found);
    CHECK(found->name == "fish");
    CHECK(found->location == "2");
    CHECK(found->state == LifeState::active);
    CHECK(found->created_at == 5);
    CHECK(found->updated_at == 5);
    CHECK(!find(database, 3));
}

TEST_CASE("the name of a deleted experiment stays taken") {
    TestDatabase database;
    const std::int64_t id = ensure(database, "birds");
    database.write([&](SqlWrite& sql) { return experiments::set_state(sql, id, LifeState::deleted, 7); });
    CHECK(find(database, id)->state == LifeState::deleted);
    CHECK(find(database, id)->updated_at == 7);
    CHECK(database.read([](SqlSession& sql) { return experiments::find_by_name(sql, "birds"); })->id == id);
    CHECK(
        database.error_of_write([](SqlWrite& sql) { return experiments::insert(sql, {9, "birds", LifeState::active, "9", 0, 0}); }).code ==
        "constraint");
}

TEST_CASE("an experiment that is renamed is found by its new name only") {
    TestDatabase database;
    const std::int64_t id = ensure(database, "birds");
    database.write([&](SqlWrite& sql) { return experiments::rename(sql, id, "fish", 8); });
    CHECK(!database.read([](SqlSession& sql) { return experiments::find_by_name(sql, "birds"); }));
    CHECK(database.read([](SqlSession& sql) { return experiments::find_by_name(sql, "fish"); })->updated_at == 8);
    database.write([&](SqlWrite& sql) { return experiments::set_updated(sql, id, 9); });
    CHECK(find(database, id)->updated_at == 9);
}

TEST_CASE("a tag of an experiment is replaced, and removed once") {
    TestDatabase database;
    const std::int64_t id = ensure(database, "birds");
    for (const char* value : {"a", "b"}) {
        database.write([&](SqlWrite& sql) { return experiments::set_tag(sql, id, {"team", value}); });
    }
    const auto tags = database.read([&](SqlSession& sql) { return experiments::tags(sql, id); });
    REQUIRE(tags.size() == 1);
    CHECK(tags[0].value == "b");
    const auto remove = [&] { return database.write([&](SqlWrite& sql) { return experiments::remove_tag(sql, id, "team"); }); };
    CHECK(remove());
    CHECK(!remove());
}

TEST_CASE("the number of an experiment that went for good is not given out again") {
    TestDatabase database;
    const std::int64_t id = ensure(database, "birds");
    database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(experiments::set_tag(sql, id, {"team", "birds"}));
        TRY(collected::add(sql, {"experiment", std::to_string(id), "birds", 7, "ann@lab"}));
        return experiments::remove(sql, id);
    });
    CHECK(!find(database, id));
    CHECK(ensure(database, "birds") == id + 1);
    CHECK(database.read([&](SqlSession& sql) { return experiments::tags(sql, id + 1); }).empty());
}

TEST_CASE("deleted experiments come by the time of their deletion, and another is found by a folder that holds its own") {
    TestDatabase database;
    const std::int64_t id = ensure(database, "birds");
    database.write([](SqlWrite& sql) { return experiments::insert(sql, {7, "within", LifeState::active, "1/r/artifacts", 0, 0}); });
    database.write([&](SqlWrite& sql) { return experiments::set_state(sql, id, LifeState::deleted, 7); });
    CHECK(database.read([](SqlSession& sql) { return experiments::deleted(sql, 6); }).empty());
    CHECK(database.read([](SqlSession& sql) { return experiments::deleted(sql, 7); }).size() == 1);
    const auto within = [&](const std::string& folder) {
        const auto found = database.read([&](SqlSession& sql) { return experiments::another_within(sql, id, folder); });
        return found ? found->id : 0;
    };
    CHECK(within("1") == 7);
    CHECK(within("1/r/artifacts") == 7);
    CHECK(within("1/r/art") == 0);
    CHECK(within("1/r/artifacts/more") == 0);
}

}  // namespace assay::test
