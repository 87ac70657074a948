#include "storage/tables/search.hpp"

#include "tests/support/test_registry.hpp"

namespace assay::test {

TEST_CASE("what a version is found by replaces what it was found by") {
    TestRegistry registry;
    Database& database = registry.registry().database;
    const auto put = [&](const SearchableRow& row) {
        must(database.write([&](SqlWrite& sql) { return search_tables::replace(sql, "m", 1, row); }));
    };
    put({.created_at = 5,
         .trained_at = {},
         .platform = "",
         .metrics = {{"a", "", 2}, {"a", "x", 1}, {"b", "", 0}},
         .params = {{"p", "1"}},
         .libraries = {{"numpy", "odd", {}}},
         .datasets = {{"sha256:1", "training", "d"}}});
    CHECK(registry.ask("SELECT group_concat(name || lowest || highest, ' ') FROM (SELECT * FROM version_metrics ORDER BY name, dataset)") ==
          "a01 a10 b11");
    CHECK(registry.ask("SELECT platform IS NULL AND trained_at IS NULL AND created_at = 5 FROM version_attributes") == "1");
    CHECK(registry.ask("SELECT sort_key IS NULL FROM version_libraries") == "1");
    put({.created_at = 6, .trained_at = 7, .platform = "linux", .metrics = {}, .params = {}, .libraries = {}, .datasets = {}});
    CHECK(registry.ask("SELECT created_at || platform FROM version_attributes") == "6linux");
    for (const char* table : {"version_metrics", "version_params", "version_libraries", "version_datasets"})
        CHECK(registry.ask(std::string("SELECT count(*) FROM ") + table) == "0");
}

TEST_CASE("the way that filled the tables is remembered") {
    TestRegistry registry;
    Database& database = registry.registry().database;
    const auto generation = [&] { return must(database.read([](SqlSession& sql) { return search_tables::generation(sql); })); };
    for (const std::int64_t number : {3, 4}) {
        must(database.write([&](SqlWrite& sql) { return search_tables::set_generation(sql, number); }));
        CHECK(generation() == number);
    }
}

}  // namespace assay::test
