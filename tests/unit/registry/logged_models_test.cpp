#include "registry/logged_models.hpp"

#include "registry/experiments.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

LoggedModelRow a_model(const std::string& id = "m-1") {
    LoggedModelRow row;
    row.id = id;
    row.name = "grid";
    row.status = "pending";
    return row;
}

struct Models {
    TestRegistry registry;

    Models() { must(ensure_default_experiment(registry)); }
    LoggedModelView create(const LoggedModelRow& row = a_model()) {
        return must(create_logged_model(registry, row, {{"depth", "3"}}, {{"team", "a"}}));
    }
};

}  // namespace

TEST_CASE("a logged model is made with params, tags and a folder of its own") {
    Models models;
    const LoggedModelView made = models.create();
    CHECK(made.row.location == "0/models/m-1/artifacts");
    CHECK(made.row.created_at == models.registry.registry().now_milliseconds());
    const LoggedModelView shown = must(show_logged_model(models.registry, "m-1"));
    CHECK(shown.row.status == "pending");
    REQUIRE(shown.params.size() == 1);
    CHECK(shown.params[0].value == "3");
    REQUIRE(shown.tags.size() == 1);
    CHECK(shown.metrics.empty());
    LoggedModelRow elsewhere = a_model("m-2");
    elsewhere.location = "x/y";
    CHECK(models.create(elsewhere).row.location == "x/y");
    CHECK(error_of(show_logged_model(models.registry, "none")).code == "logged-model-not-found");
}

TEST_CASE("a logged model needs an experiment that is there") {
    Models models;
    LoggedModelRow row = a_model();
    row.experiment = 9;
    CHECK(error_of(create_logged_model(models.registry, row, {}, {})).code == "experiment-not-found");
    row.experiment = must(create_experiment(models.registry, "birds", "", {}));
    must(delete_experiment(models.registry, row.experiment));
    CHECK(error_of(create_logged_model(models.registry, row, {}, {})).code == "experiment-deleted");
}

TEST_CASE("params of a logged model are written once, all or none") {
    Models models;
    models.create();
    CHECK(error_of(add_logged_model_params(models.registry, "m-1", {{"cv", "5"}, {"depth", "3"}})).code == "param-changed");
    CHECK(must(show_logged_model(models.registry, "m-1")).params.size() == 1);
    must(add_logged_model_params(models.registry, "m-1", {{"cv", "5"}}));
    CHECK(must(show_logged_model(models.registry, "m-1")).params.size() == 2);
    CHECK(error_of(create_logged_model(models.registry, a_model("m-2"), {{"a", "1"}, {"a", "1"}}, {})).code == "param-changed");
    CHECK(error_of(show_logged_model(models.registry, "m-2")).code == "logged-model-not-found");
}

TEST_CASE("a logged model becomes ready or fails, and is tagged") {
    Models models;
    models.create();
    models.registry.clock.advance_seconds(1);
    const LoggedModelView ready = must(finish_logged_model(models.registry, "m-1", "ready"));
    CHECK(ready.row.status == "ready");
    CHECK(ready.row.updated_at == ready.row.created_at + 1'000);
    CHECK(must(set_logged_model_tags(models.registry, "m-1", {{"team", "b"}, {"x", "y"}})).tags.size() == 2);
    must(delete_logged_model_tag(models.registry, "m-1", "x"));
    CHECK(error_of(delete_logged_model_tag(models.registry, "m-1", "x")).code == "tag-not-found");
}

TEST_CASE("a deleted logged model is found by those who ask for deleted ones only") {
    Models models;
    models.create();
    must(delete_logged_model(models.registry, "m-1"));
    CHECK(error_of(show_logged_model(models.registry, "m-1")).code == "logged-model-not-found");
    CHECK(must(show_logged_model(models.registry, "m-1", WithDeleted::yes)).row.state == LifeState::deleted);
    CHECK(error_of(finish_logged_model(models.registry, "m-1", "ready")).code == "logged-model-not-found");
    CHECK(error_of(delete_logged_model(models.registry, "m-1")).code == "logged-model-not-found");
}

}  // namespace assay::test
