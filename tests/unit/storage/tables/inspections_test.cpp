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

TEST_CASE("terms and releases are found by version, and a later inspection's take their place") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push());
    InspectionRow row = a_row("model");
    row.digest = digest_text("the bytes of a model");
    const auto put = [&] { must(registry.registry().database.write([&](SqlWrite& sql) { return inspections::put(sql, row); })); };
    const auto find = [&](const std::string& query) {
        return must(registry.registry().database.read([&](SqlSession& sql) {
            return sql.all(query, {}, [](const Row& found) { return found.text(0) + "@" + std::to_string(found.integer(1)); });
        }));
    };
    row.terms = {{"estimator", "Ridge"}, {"estimator", "Ridge"}, {"format", "joblib"}};
    row.releases = {{"scikit-learn", "1.2.2", "01.02"}, {"ours", "x y", std::nullopt}};
    put();
    CHECK(find("SELECT model, version FROM version_terms WHERE kind = 'estimator' AND value = 'Ridge'") ==
          std::vector<std::string>{"churn@1"});
    CHECK(find("SELECT model, version FROM version_releases WHERE package = 'scikit-learn' AND sort_key < '02'").size() == 1);
    row.terms = {{"estimator", "Lasso"}};
    row.releases = {};
    put();
    CHECK(find("SELECT model, version FROM version_terms WHERE value = 'Ridge'").empty());
    CHECK(find("SELECT model, version FROM version_releases").empty());
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
