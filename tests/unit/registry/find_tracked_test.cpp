#include "registry/find_tracked.hpp"

#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

TrackingQuery query(Searched what, std::int64_t limit) {
    TrackingQuery one;
    one.what = what;
    one.experiments = {0};
    one.limit = limit;
    return one;
}

struct TrackedWithArtifacts {
    TestRegistry registry;

    TrackedWithArtifacts() {
        must(ensure_default_experiment(registry));
        for (int i = 1; i <= 3; ++i) {
            NewRun wanted;
            wanted.name = "run " + std::to_string(i);
            wanted.started_at = i;
            wanted.tags = {{"n", std::to_string(i)}};
            (void)must(create_run(registry, wanted));
        }
    }
};

}  // namespace

TEST_CASE("runs are found whole, and the one behind the page is only a place") {
    TrackedWithArtifacts tracked;
    const auto page = must(find_runs(tracked.registry, query(Searched::runs, 3)));
    REQUIRE(page.views.size() == 2);
    CHECK(page.places.size() == 3);
    CHECK(page.views[0].row.name == "run 3");
    CHECK(page.views[1].tags.at(0).value == "2");
    const auto last = must(find_runs(tracked.registry, query(Searched::runs, 4)));
    CHECK(last.views.size() == 3);
    CHECK(last.places.size() == 3);
}

TEST_CASE("the next page begins behind the last run of the page before") {
    TrackedWithArtifacts tracked;
    TrackingQuery wanted = query(Searched::runs, 3);
    wanted.after = must(find_runs(tracked.registry, wanted)).places.at(1);
    const auto page = must(find_runs(tracked.registry, wanted));
    REQUIRE(page.views.size() == 1);
    CHECK(page.views[0].row.name == "run 1");
    CHECK(page.places.size() == 1);
}

TEST_CASE("experiments and logged models are found whole") {
    TrackedWithArtifacts tracked;
    (void)must(create_experiment(tracked.registry, "birds", "", {{"team", "a"}}));
    const auto experiments = must(find_experiments(tracked.registry, query(Searched::experiments, 10)));
    REQUIRE(experiments.views.size() == 2);
    CHECK(experiments.views[0].row.name == "birds");
    CHECK(experiments.views[0].tags.size() == 1);
    LoggedModelRow row;
    row.id = "m";
    row.status = "ready";
    (void)must(create_logged_model(tracked.registry, row, {{"depth", "3"}}, {}));
    const auto models = must(find_logged_models(tracked.registry, query(Searched::logged_models, 10)));
    REQUIRE(models.views.size() == 1);
    CHECK(models.views[0].params.at(0).value == "3");
}

TEST_CASE("models are found with the latest version of each stage, versions with their registration") {
    TrackedWithArtifacts tracked;
    for (int i = 0; i < 2; ++i) (void)tracked.registry.push(a_push());
    (void)must(set_stage(tracked.registry, "churn", 1, "Production", false, "ann@lab"));
    (void)must(create_model(tracked.registry, "empty", "", {}, "ann@lab"));
    const auto models = must(find_models(tracked.registry, query(Searched::models, 10)));
    REQUIRE(models.views.size() == 2);
    CHECK(models.views[0].model.row.name == "churn");
    REQUIRE(models.views[0].latest.size() == 2);
    CHECK(models.views[0].latest[0].registration.version == 2);
    CHECK(models.views[0].latest[1].registration.stage == "Production");
    CHECK(models.views[1].latest.empty());
    const auto versions = must(find_versions(tracked.registry, query(Searched::versions, 10)));
    REQUIRE(versions.views.size() == 2);
    CHECK(versions.views[0].registration.version == 2);
    CHECK(versions.views[1].registration.stage == "Production");
}

TEST_CASE("a search that cannot be put fails as it is") {
    TrackedWithArtifacts tracked;
    TrackingQuery wanted = query(Searched::runs, 10);
    wanted.terms = {{TermKind::attribute, "color", FilterOperator::equal, {"red"}}};
    CHECK(error_of(find_runs(tracked.registry, wanted)).code == "unknown-key");
}

}  // namespace assay::test
