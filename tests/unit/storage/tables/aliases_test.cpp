#include "storage/tables/aliases.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

std::optional<AliasRow> found(TestDatabase& database, const std::string& model, const std::string& alias) {
    return database.read([&](SqlSession& sql) { return aliases::find(sql, model, alias); });
}

void set(TestDatabase& database, const std::string& model, const AliasRow& row) {
    database.write([&](SqlWrite& sql) { return aliases::set(sql, model, row); });
}

}  // namespace

TEST_CASE("an alias keeps where it points, since when and by whom, and moving it replaces all three") {
    TestDatabase database;
    database.add_model("churn", 2);
    CHECK(!found(database, "churn", "production"));
    for (const AliasRow& row :
         {AliasRow{"production", 1, "2026-01-01T00:00:00Z", "ann@lab"}, AliasRow{"production", 2, "2026-01-02T00:00:00Z", "bob@lab"}}) {
        set(database, "churn", row);
        const auto now = found(database, "churn", "production");
        REQUIRE(now);
        CHECK(now->version == row.version);
        CHECK(now->since == row.since);
        CHECK(now->actor == row.actor);
    }
    CHECK(database.ask("SELECT count(*) FROM aliases") == "1");
}

TEST_CASE("aliases are those of their model and version, by name") {
    TestDatabase database;
    database.add_model("churn", 2);
    database.add_model("fraud", 1);
    for (const auto& [model, alias, version] :
         {std::tuple{"churn", "staging", 1}, {"churn", "production", 1}, {"churn", "next", 2}, {"fraud", "production", 1}}) {
        set(database, model, {alias, version, "2026-01-01T00:00:00Z", "ann@lab"});
    }
    const auto names = [&](const std::string& model, std::int64_t version) {
        return database.read([&](SqlSession& sql) { return aliases::of_version(sql, model, version); });
    };
    using Names = std::vector<std::string>;
    CHECK(names("churn", 1) == Names{"production", "staging"});
    CHECK(names("churn", 2) == Names{"next"});
    CHECK(names("fraud", 2) == Names{});
    Names of_model;
    for (const AliasRow& row : database.read([](SqlSession& sql) { return aliases::of_model(sql, "churn"); }))
        of_model.push_back(row.alias);
    CHECK(of_model == Names{"next", "production", "staging"});
}

TEST_CASE("an alias is removed from its model only, and removing one that is not there changes nothing") {
    TestDatabase database;
    database.add_model("churn", 1);
    database.add_model("fraud", 1);
    for (const char* model : {"churn", "fraud"}) set(database, model, {"production", 1, "2026-01-01T00:00:00Z", "ann@lab"});
    for (int twice = 0; twice < 2; ++twice) {
        database.write([](SqlWrite& sql) { return aliases::remove(sql, "churn", "production"); });
        CHECK(!found(database, "churn", "production"));
        CHECK(found(database, "fraud", "production"));
    }
}

TEST_CASE("an alias cannot point to a version that does not exist") {
    TestDatabase database;
    database.add_model("churn", 1);
    const Error error = database.error_of_write(
        [](SqlWrite& sql) { return aliases::set(sql, "churn", {"production", 2, "2026-01-01T00:00:00Z", "ann@lab"}); });
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "constraint");
    CHECK(!found(database, "churn", "production"));
}

}  // namespace assay::test
