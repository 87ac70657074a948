#include "storage/tables/collected.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

TEST_CASE("what went for good is found by its id, an experiment by its last name too, and the last time counts") {
    TestDatabase database;
    CHECK(database.read([](SqlSession& sql) { return collected::highest_experiment(sql); }) == 0);
    const auto add = [&](const std::string& kind, const std::string& id, const std::string& name, std::int64_t at) {
        database.write([&](SqlWrite& sql) { return collected::add(sql, {kind, id, name, at, "ann@lab"}); });
    };
    const auto at_of = [&](const std::string& kind, const std::string& id) {
        const auto row = database.read([&](SqlSession& sql) { return collected::find(sql, kind, id); });
        return row ? row->id + " " + std::to_string(row->at) : "none";
    };
    add("experiment", "9", "birds", 1);
    add("experiment", "10", "birds", 2);
    add("run", "r", "grid", 3);
    add("run", "r", "grid", 4);
    CHECK(at_of("experiment", "9") == "9 1");
    CHECK(at_of("experiment", "birds") == "10 2");
    CHECK(at_of("run", "r") == "r 4");
    CHECK(at_of("run", "grid") == "none");
    CHECK(at_of("logged-model", "r") == "none");
    CHECK(database.read([](SqlSession& sql) { return collected::highest_experiment(sql); }) == 10);
}

}  // namespace assay::test
