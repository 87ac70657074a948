#include "storage/tables/environments.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

TEST_CASE("an environment is kept once, with the body and the time it came with first") {
    TestDatabase database;
    const auto insert = [&](const std::string& digest, const std::string& body, const std::string& now) {
        return database.write([&](SqlWrite& sql) { return environments::insert(sql, digest, body, now); });
    };
    const auto find = [&](const std::string& digest) {
        return database.read([&](SqlSession& sql) { return environments::find(sql, digest); });
    };
    CHECK(!find("sha256:a"));
    CHECK(insert("sha256:a", "{\"a\":1}", "2026-01-01T00:00:00Z"));
    CHECK(!insert("sha256:a", "{\"a\":2}", "2026-01-02T00:00:00Z"));
    CHECK(insert("sha256:b", "{}", "2026-01-02T00:00:00Z"));
    CHECK(find("sha256:a") == "{\"a\":1}");
    CHECK(find("sha256:b") == "{}");
    CHECK(!find("sha256:c"));
    CHECK(database.ask("SELECT created_at FROM environments WHERE digest = 'sha256:a'") == "2026-01-01T00:00:00Z");
}

}  // namespace assay::test
