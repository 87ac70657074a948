#include "storage/tables/models.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

std::optional<ModelRow> found(TestDatabase& database, const std::string& name) {
    return database.read([&](SqlSession& sql) { return models::find(sql, name); });
}

}  // namespace

TEST_CASE("a model is made once, starts at version 1 and keeps its first day") {
    TestDatabase database;
    CHECK(!found(database, "churn"));
    for (const char* now : {"2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"}) {
        database.write([&](SqlWrite& sql) { return models::ensure(sql, "churn", now); });
    }
    const auto model = found(database, "churn");
    REQUIRE(model);
    CHECK(model->name == "churn");
    CHECK(model->description.empty());
    CHECK(model->created_at == "2026-01-01T00:00:00Z");
    CHECK(model->next_version == 1);
    CHECK(!found(database, "Churn"));
}

TEST_CASE("the next version of a model only grows, and only of that model") {
    TestDatabase database;
    database.add_model("churn");
    database.add_model("fraud");
    for (const auto& [asked, next] : {std::pair{5, 5}, {3, 5}, {5, 5}, {6, 6}}) {
        database.write([&, raised = asked](SqlWrite& sql) { return models::raise_next_version(sql, "churn", raised); });
        CHECK(found(database, "churn")->next_version == next);
    }
    CHECK(found(database, "fraud")->next_version == 1);
}

TEST_CASE("a description is set on its model only") {
    TestDatabase database;
    database.add_model("churn");
    database.add_model("fraud");
    database.write([](SqlWrite& sql) { return models::set_description(sql, "churn", "who leaves"); });
    CHECK(found(database, "churn")->description == "who leaves");
    CHECK(found(database, "fraud")->description.empty());
}

TEST_CASE("models are listed by name, after a name, up to a limit, and by a part of the name taken literally") {
    TestDatabase database;
    for (const char* name : {"b", "a%b", "a_b", "aXb", "a\\b", "c"}) database.add_model(name);
    using Names = std::vector<std::string>;
    struct Case {
        const char* after;
        const char* contains;
        std::int64_t limit;
        Names expected;
    };
    for (const Case& one : {Case{"", "", 100, {"a%b", "aXb", "a\\b", "a_b", "b", "c"}},
                            {"", "", 2, {"a%b", "aXb"}},
                            {"aXb", "", 2, {"a\\b", "a_b"}},
                            {"c", "", 2, {}},
                            {"", "%", 100, {"a%b"}},
                            {"", "_", 100, {"a_b"}},
                            {"", "\\", 100, {"a\\b"}},
                            {"", "xB", 100, {"aXb"}},
                            {"aXb", "b", 100, {"a\\b", "a_b", "b"}},
                            {"", "none", 100, {}}}) {
        CAPTURE(one.contains);
        CAPTURE(one.after);
        Names names;
        for (const ModelRow& row : database.read([&](SqlSession& sql) { return models::list(sql, one.after, one.contains, one.limit); })) {
            names.push_back(row.name);
        }
        CHECK(names == one.expected);
    }
}

}  // namespace assay::test
