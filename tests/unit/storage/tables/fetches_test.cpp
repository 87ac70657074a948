#include "storage/tables/fetches.hpp"

#include "tests/support/test_registry.hpp"

namespace assay::test {

TEST_CASE("a fetch is counted per consumer, environment and verdict, with its first and last time") {
    TestRegistry registry;
    (void)registry.push(a_push());
    Database& database = registry.registry().database;
    const auto record = [&](const std::string& consumer, const std::string& verdict, const std::string& now) {
        must(database.write([&](SqlWrite& sql) { return fetches::record(sql, {"churn", 1, consumer, "", verdict, "", "", 0}, now); }));
    };
    record("a@x", "allow", "2026-01-01T00:00:00Z");
    record("a@x", "allow", "2026-01-02T00:00:00Z");
    record("a@x", "refuse", "2026-01-03T00:00:00Z");
    record("b@x", "allow", "2026-01-04T00:00:00Z");
    const auto rows = must(database.read([](SqlSession& sql) { return fetches::of_version(sql, "churn", 1, 10); }));
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].consumer == "b@x");
    CHECK(rows[2].verdict == "allow");
    CHECK(rows[2].count == 2);
    CHECK(rows[2].first_at == "2026-01-01T00:00:00Z");
    CHECK(rows[2].last_at == "2026-01-02T00:00:00Z");
    CHECK(must(database.read([](SqlSession& sql) { return fetches::of_version(sql, "churn", 1, 2); })).size() == 2);
}

TEST_CASE("a fetch was recorded since a time, that time included") {
    TestRegistry registry;
    (void)registry.push(a_push());
    Database& database = registry.registry().database;
    const FetchRow fetch{"churn", 1, "a@x", "", "allow", "", "", 0};
    must(database.write([&](SqlWrite& sql) { return fetches::record(sql, fetch, "2026-01-02T00:00:00Z"); }));
    const auto since = [&](const FetchRow& row, const std::string& time) {
        return must(database.read([&](SqlSession& sql) { return fetches::recorded_since(sql, row, time); }));
    };
    CHECK(since(fetch, "2026-01-02T00:00:00Z"));
    CHECK(!since(fetch, "2026-01-02T00:00:01Z"));
    FetchRow other = fetch;
    other.verdict = "refuse";
    CHECK(!since(other, "2026-01-01T00:00:00Z"));
}

}  // namespace assay::test
