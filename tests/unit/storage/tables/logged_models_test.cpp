#include "storage/tables/logged_models.hpp"

#include "storage/tables/experiments.hpp"
#include "tests/support/test_database.hpp"

#include <cmath>
#include <limits>

namespace assay::test {

namespace {

LoggedModelRow a_model() { return {"m", 0, "grid", "sklearn", "r", "pending", LifeState::active, "0/models/m/artifacts", 5, 6}; }

struct Models {
    TestDatabase database;

    Models() {
        database.write([](SqlWrite& sql) -> Result<void> {
            TRY(experiments::ensure(sql, "Default", 0));
            return logged_models::insert(sql, a_model());
        });
    }
    std::optional<LoggedModelRow> find(const std::string& id = "m") {
        return database.read([&](SqlSession& sql) { return logged_models::find(sql, id); });
    }
};

}  // namespace

TEST_CASE("a logged model comes back as it was inserted, and status and state change") {
    Models models;
    auto found = models.find();
    REQUIRE(found);
    CHECK(found->experiment == 0);
    CHECK(found->name == "grid");
    CHECK(found->type == "sklearn");
    CHECK(found->run == "r");
    CHECK(found->status == "pending");
    CHECK(found->state == LifeState::active);
    CHECK(found->location == "0/models/m/artifacts");
    CHECK(found->created_at == 5);
    CHECK(found->updated_at == 6);
    found->status = "ready";
    found->state = LifeState::deleted;
    found->updated_at = 7;
    models.database.write([&](SqlWrite& sql) { return logged_models::update(sql, *found); });
    found = models.find();
    REQUIRE(found);
    CHECK(found->status == "ready");
    CHECK(found->state == LifeState::deleted);
    CHECK(found->updated_at == 7);
    CHECK(!models.find("none"));
}

TEST_CASE("a param of a logged model is written once") {
    Models models;
    for (const char* name : {"depth", "cv"})
        models.database.write([&](SqlWrite& sql) { return logged_models::add_param(sql, "m", {name, "3"}); });
    CHECK(models.database.error_of_write([](SqlWrite& sql) { return logged_models::add_param(sql, "m", {"depth", "4"}); }).code ==
          "constraint");
    const auto params = models.database.read([](SqlSession& sql) { return logged_models::params(sql, "m"); });
    REQUIRE(params.size() == 2);
    CHECK(params[0].name == "cv");
    CHECK(params[1].value == "3");
}

TEST_CASE("a tag of a logged model is replaced, and removed once") {
    Models models;
    for (const char* value : {"a", "b"})
        models.database.write([&](SqlWrite& sql) { return logged_models::set_tag(sql, "m", {"team", value}); });
    const auto tags = models.database.read([](SqlSession& sql) { return logged_models::tags(sql, "m"); });
    REQUIRE(tags.size() == 1);
    CHECK(tags[0].value == "b");
    const auto remove = [&] { return models.database.write([](SqlWrite& sql) { return logged_models::remove_tag(sql, "m", "team"); }); };
    CHECK(remove());
    CHECK(!remove());
}

TEST_CASE("metrics of a logged model come by name, time and step with their data, the same point once, NaN as NaN") {
    Models models;
    const double not_a_number = std::numeric_limits<double>::quiet_NaN();
    for (int twice = 0; twice < 2; ++twice) {
        for (const LoggedModelMetricRow& metric :
             {LoggedModelMetricRow{{"loss", 1, 9, not_a_number}, "r", "", ""},
              LoggedModelMetricRow{{"loss", 2, 8, 0.5}, "r", "adult", "d1"}, LoggedModelMetricRow{{"accuracy", 0, 10, 0.1}, "r", "", ""}})
            models.database.write([&](SqlWrite& sql) { return logged_models::add_metric(sql, "m", metric); });
    }
    const auto found = models.database.read([](SqlSession& sql) { return logged_models::metrics(sql, "m"); });
    REQUIRE(found.size() == 3);
    CHECK(found[0].point.name == "accuracy");
    CHECK(found[1].point.value == 0.5);
    CHECK(found[1].point.step == 2);
    CHECK(found[1].point.at == 8);
    CHECK(found[1].run == "r");
    CHECK(found[1].dataset_name == "adult");
    CHECK(found[1].dataset_digest == "d1");
    CHECK(std::isnan(found[2].point.value));
}

TEST_CASE("metrics of a logged model go in parts, and the model with its params and tags after them") {
    Models models;
    models.database.write([](SqlWrite& sql) -> Result<void> {
        for (int step = 0; step < 5; ++step) TRY(logged_models::add_metric(sql, "m", {{"accuracy", step, step, 0.5}, "r", "", ""}));
        TRY(logged_models::add_param(sql, "m", {"depth", "3"}));
        return logged_models::set_tag(sql, "m", {"team", "birds"});
    });
    const auto remove = [&] { return models.database.write([](SqlWrite& sql) { return logged_models::remove_metrics(sql, "m", 3); }); };
    CHECK(models.database.error_of_write([](SqlWrite& sql) { return logged_models::remove(sql, "m"); }).code == "constraint");
    CHECK(remove() == 3);
    CHECK(models.database.ask("SELECT min(step) FROM logged_model_metrics") == "3");
    CHECK(remove() == 2);
    CHECK(models.database.write([](SqlWrite& sql) { return logged_models::remove(sql, "m"); }) == 3);
    CHECK(!models.find());
}

TEST_CASE("deleted logged models come by the time of their deletion, and those of an experiment whatever they are") {
    Models models;
    const auto deleted = [&](std::int64_t until) {
        return models.database.read([&](SqlSession& sql) { return logged_models::deleted(sql, until); }).size();
    };
    CHECK(deleted(99) == 0);
    CHECK(models.database.read([](SqlSession& sql) { return logged_models::in_experiment(sql, 0, 9); }).size() == 1);
    auto row = models.find();
    row->state = LifeState::deleted;
    row->updated_at = 7;
    models.database.write([&](SqlWrite& sql) { return logged_models::update(sql, *row); });
    CHECK(deleted(6) == 0);
    CHECK(deleted(7) == 1);
    CHECK(models.database.read([](SqlSession& sql) { return logged_models::in_experiment(sql, 0, 9); }).size() == 1);
}

}  // namespace assay::test
