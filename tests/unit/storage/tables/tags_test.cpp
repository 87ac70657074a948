#include "storage/tables/tags.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

void set(TestDatabase& database, const std::string& model, std::int64_t version, const std::string& key, const std::string& value) {
    database.write([&](SqlWrite& sql) { return tags::set(sql, model, version, {key, value}); });
}

std::string listed(TestDatabase& database, const std::string& model, std::int64_t version) {
    std::string text;
    for (const TagRow& tag : database.read([&](SqlSession& sql) { return tags::list(sql, model, version); })) {
        text += tag.key + "=" + tag.value + " ";
    }
    return text;
}

}  // namespace

TEST_CASE("tags of a model and of each of its versions are kept apart, by key") {
    TestDatabase database;
    database.add_model("churn");
    database.add_model("fraud");
    set(database, "churn", 0, "team", "birds");
    set(database, "churn", 1, "stage", "b");
    set(database, "churn", 1, "area", "a");
    set(database, "fraud", 1, "area", "x");
    CHECK(listed(database, "churn", 0) == "team=birds ");
    CHECK(listed(database, "churn", 1) == "area=a stage=b ");
    CHECK(listed(database, "churn", 2).empty());
    CHECK(listed(database, "fraud", 1) == "area=x ");
}

TEST_CASE("a tag set again has its new value, an empty one too, and is found by its key") {
    TestDatabase database;
    database.add_model("churn");
    const auto found = [&](const std::string& key) {
        return database.read([&](SqlSession& sql) { return tags::find(sql, "churn", 1, key); });
    };
    CHECK(!found("team"));
    for (const char* value : {"birds", "fish", ""}) {
        set(database, "churn", 1, "team", value);
        CHECK(found("team") == value);
    }
    CHECK(!found("Team"));
}

TEST_CASE("a tag is removed from its version only") {
    TestDatabase database;
    database.add_model("churn");
    for (const std::int64_t version : {0, 1}) set(database, "churn", version, "team", "birds");
    for (int twice = 0; twice < 2; ++twice) database.write([](SqlWrite& sql) { return tags::remove(sql, "churn", 1, "team"); });
    CHECK(listed(database, "churn", 1).empty());
    CHECK(listed(database, "churn", 0) == "team=birds ");
}

TEST_CASE("the tags of a range of versions come by version, without those outside it and those that have none") {
    TestDatabase database;
    database.add_model("churn");
    database.add_model("fraud");
    for (const std::int64_t version : {0, 1, 2, 4, 5}) set(database, "churn", version, "n", std::to_string(version));
    set(database, "churn", 2, "a", "x");
    set(database, "fraud", 3, "n", "3");
    const auto found = database.read([](SqlSession& sql) { return tags::of_versions(sql, "churn", 2, 4); });
    REQUIRE(found.size() == 2);
    REQUIRE(found.at(2).size() == 2);
    CHECK(found.at(2)[0].key == "a");
    CHECK(found.at(2)[1].value == "2");
    CHECK(found.at(4).at(0).value == "4");
}

TEST_CASE("a tag needs its model") {
    TestDatabase database;
    CHECK(database.error_of_write([](SqlWrite& sql) { return tags::set(sql, "none", 0, {"team", "birds"}); }).code == "constraint");
}

}  // namespace assay::test
