#include "storage/tables/registrations.hpp"

#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

RegistrationRow a_registration(std::int64_t version, const std::string& stage = "None", const std::string& status = "ready") {
    RegistrationRow row;
    row.model = "churn";
    row.version = version;
    row.source = "runs:/r/model";
    row.location = "1/r/artifacts/model";
    row.run = "r";
    row.run_link = "link";
    row.logged_model = "m";
    row.stage = stage;
    row.status = status;
    row.message = "why";
    row.description = "what";
    row.created_at = 5;
    row.updated_at = 6;
    return row;
}

struct Registrations {
    TestDatabase database;

    explicit Registrations(const std::vector<RegistrationRow>& rows) {
        database.add_model("churn");
        for (const RegistrationRow& row : rows) database.write([&](SqlWrite& sql) { return registrations::insert(sql, row); });
    }
    std::optional<RegistrationRow> find(std::int64_t version) {
        return database.read([&](SqlSession& sql) { return registrations::find(sql, "churn", version); });
    }
};

std::string numbers(const std::vector<RegistrationRow>& rows) {
    std::string text;
    for (const RegistrationRow& row : rows) text += std::to_string(row.version);
    return text;
}

}  // namespace

TEST_CASE("a registration comes back as it was inserted, once for a version") {
    Registrations held({a_registration(1)});
    const auto found = held.find(1);
    REQUIRE(found);
    CHECK(found->source == "runs:/r/model");
    CHECK(found->location == "1/r/artifacts/model");
    CHECK(found->run == "r");
    CHECK(found->run_link == "link");
    CHECK(found->logged_model == "m");
    CHECK(found->stage == "None");
    CHECK(found->status == "ready");
    CHECK(found->message == "why");
    CHECK(found->description == "what");
    CHECK(found->created_at == 5);
    CHECK(found->updated_at == 6);
    CHECK(!held.find(2));
    CHECK(held.database.error_of_write([](SqlWrite& sql) { return registrations::insert(sql, a_registration(1)); }).code == "constraint");
}

TEST_CASE("stage, description, message and time of change are updated, and nothing else") {
    Registrations held({a_registration(1)});
    RegistrationRow row = a_registration(1, "Staging", "failed");
    row.description = row.message = row.source = "new";
    row.updated_at = 9;
    held.database.write([&](SqlWrite& sql) { return registrations::update(sql, row); });
    const auto found = held.find(1);
    REQUIRE(found);
    CHECK(found->stage == "Staging");
    CHECK(found->description == "new");
    CHECK(found->message == "new");
    CHECK(found->updated_at == 9);
    CHECK(found->status == "ready");
    CHECK(found->source == "runs:/r/model");
}

TEST_CASE("registrations are found by stage, by what is out of the ordinary, and by their folder") {
    Registrations held(
        {a_registration(4, "Staging"), a_registration(1), a_registration(3, "None", "failed"), a_registration(2, "Staging")});
    const auto in_stage = [&](const std::string& stage) {
        return numbers(held.database.read([&](SqlSession& sql) { return registrations::in_stage(sql, "churn", stage); }));
    };
    const auto from = [&](const std::string& location) {
        return numbers(held.database.read([&](SqlSession& sql) { return registrations::from_location(sql, location); }));
    };
    CHECK(in_stage("Staging") == "24");
    CHECK(in_stage("None") == "13");
    CHECK(in_stage("Production") == "");
    CHECK(numbers(held.database.read([](SqlSession& sql) { return registrations::out_of_the_ordinary(sql, "churn"); })) == "234");
    CHECK(from("1/r/artifacts/model") == "1234");
    CHECK(from("1/r/artifacts") == "");
}

TEST_CASE("registrations are removed one by one or with all of their model") {
    Registrations held({a_registration(1), a_registration(2), a_registration(3)});
    held.database.write([](SqlWrite& sql) { return registrations::remove(sql, "churn", 2); });
    CHECK(!held.find(2));
    CHECK(held.find(3));
    held.database.write([](SqlWrite& sql) { return registrations::remove_all(sql, "churn"); });
    CHECK(held.database.ask("SELECT count(*) FROM registrations") == "0");
}

}  // namespace assay::test
