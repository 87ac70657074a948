#include "storage/tables/idempotency.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

void keep(TestDatabase& database, const std::string& key, const idempotency::Row& row, const std::string& now,
          const std::string& forget_before = "2000-01-01T00:00:00Z") {
    database.write([&](SqlWrite& sql) { return idempotency::insert(sql, key, row, now, forget_before); });
}

std::optional<idempotency::Row> found_request(TestDatabase& database, const std::string& key, const std::string& since) {
    return database.read([&](SqlSession& sql) { return idempotency::find(sql, key, since); });
}

}  // namespace

TEST_CASE("an idempotency key is found since the time it was used, that time included, and not before") {
    TestDatabase database;
    CHECK(!found_request(database, "k", "2000-01-01T00:00:00Z"));
    keep(database, "k", {"sha256:request", "churn", 3}, "2026-01-02T00:00:00Z");
    const auto row = found_request(database, "k", "2026-01-02T00:00:00Z");
    REQUIRE(row);
    CHECK(row->request == "sha256:request");
    CHECK(row->model == "churn");
    CHECK(row->version == 3);
    CHECK(!found_request(database, "k", "2026-01-02T00:00:01Z"));
    CHECK(!found_request(database, "K", "2026-01-01T00:00:00Z"));
}

TEST_CASE("a key used again is that of its latest use") {
    TestDatabase database;
    keep(database, "k", {"sha256:one", "churn", 1}, "2026-01-01T00:00:00Z");
    keep(database, "k", {"sha256:two", "fraud", 2}, "2026-01-03T00:00:00Z");
    const auto row = found_request(database, "k", "2026-01-02T00:00:00Z");
    REQUIRE(row);
    CHECK(row->request == "sha256:two");
    CHECK(row->model == "fraud");
    CHECK(row->version == 2);
    CHECK(database.ask("SELECT count(*) FROM idempotency_keys") == "1");
}

TEST_CASE("keeping a key forgets those used before the time given, and no others") {
    TestDatabase database;
    keep(database, "old", {"r", "m", 1}, "2026-01-01T00:00:00Z");
    keep(database, "edge", {"r", "m", 2}, "2026-01-02T00:00:00Z");
    keep(database, "new", {"r", "m", 3}, "2026-01-03T00:00:00Z", "2026-01-02T00:00:00Z");
    CHECK(!found_request(database, "old", "2000-01-01T00:00:00Z"));
    CHECK(found_request(database, "edge", "2000-01-01T00:00:00Z"));
    CHECK(found_request(database, "new", "2000-01-01T00:00:00Z"));
}

}  // namespace assay::test
