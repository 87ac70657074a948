#include "storage/tables/inspections.hpp"

#include "tests/support/test_registry.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

InspectionRow a_row(const std::string& verdict) {
    return {.digest = digest_text("model"),
            .inspection = R"({"format":"pickle"})",
            .verdict = verdict,
            .reasons = "[]",
            .lists = digest_text("lists"),
            .inspected_at = "2026-11-29T10:00:00Z"};
}

}  // namespace

TEST_CASE("an inspection is kept by the digest of its blob, and a later one takes its place") {
    TestRegistry registry;
    Database& database = registry.registry().database;
    const auto find = [&] { return must(database.read([](SqlSession& sql) { return inspections::find(sql, digest_text("model")); })); };
    CHECK(!find());
    must(database.write([](SqlWrite& sql) { return inspections::put(sql, a_row("model")); }));
    must(database.write([](SqlWrite& sql) { return inspections::put(sql, a_row("needs-trust")); }));
    const auto found = find();
    REQUIRE(found);
    CHECK(found->verdict == "needs-trust");
    CHECK(found->inspection == R"({"format":"pickle"})");
    CHECK(found->lists == digest_text("lists"));
}

TEST_CASE("a trust is kept for a version with who, why and when") {
    TestRegistry registry;
    registry.push(a_push());
    Database& database = registry.registry().database;
    const auto find = [&](std::int64_t version) {
        return must(database.read([&](SqlSession& sql) { return inspections::find_trust(sql, "churn", version); }));
    };
    CHECK(!find(1));
    must(
        database.write([](SqlWrite& sql) { return inspections::trust(sql, {"churn", 1, "reviewed", "ann@lab", "2026-11-29T10:00:00Z"}); }));
    const auto found = find(1);
    REQUIRE(found);
    CHECK(found->why == "reviewed");
    CHECK(found->actor == "ann@lab");
    CHECK(found->at == "2026-11-29T10:00:00Z");
    CHECK(!find(2));
}

}  // namespace assay::test
