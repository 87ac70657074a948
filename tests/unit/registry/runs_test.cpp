#include "registry/runs.hpp"

#include "registry/experiments.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

TEST_CASE("a run is shown with its experiment, metrics, parameters and the versions it produced") {
    TestRegistry registry;
    const VersionView first = registry.push(a_push()
                                                .with("/run/name", "grid")
                                                .with("/run/experiment", "birds")
                                                .with("/run/params", {{"cv", "5"}})
                                                .with("/run/metrics", Json::array({{{"name", "score"}, {"value", 0.97}, {"step", 2}},
                                                                                   {{"name", "score"}, {"value", 0.5}, {"step", 1}}})));
    const VersionView second = registry.push(a_push("fraud").with_run(first.row.run));
    REQUIRE(second.row.run == first.row.run);
    const RunView run = must(show_run(registry, first.row.run));
    CHECK(run.row.id == first.row.run);
    CHECK(run.row.name == "grid");
    CHECK(run.row.experiment_name == "birds");
    CHECK(run.row.actor == "trainer@lab");
    CHECK(must(versions_of_run(registry, first.row.run)) == std::vector<std::string>{"churn@1", "fraud@1"});
    REQUIRE(run.params.size() == 1);
    CHECK(run.params[0].value == "5");
    std::vector<double> scores;
    for (const RunMetricRow& metric : must(run_points(registry, first.row.run))) {
        if (metric.name == "score") scores.push_back(metric.value);
    }
    CHECK(scores == std::vector<double>{0.5, 0.97});
}

TEST_CASE("a run that is not there is named, shortened and printable") {
    TestRegistry registry;
    const Error error = error_of(show_run(registry, "no\nsuch" + std::string(300, 'x')));
    CHECK(error.kind == ErrorKind::not_found);
    CHECK(error.code == "run-not-found");
    CHECK(error.message.find('\n') == std::string::npos);
    CHECK(error.message.size() < 200);
}

namespace {

/// A run that is going on, in experiment 0.
RunRow a_run(TestRegistry& registry) {
    must(ensure_default_experiment(registry));
    NewRun run;
    run.name = "grid";
    run.started_at = 5;
    run.actor = "ann@lab";
    return must(create_run(registry, run));
}

}  // namespace

TEST_CASE("params of a run are written once: the conflict names both values, and nothing of the change is kept") {
    TestRegistry registry;
    const std::string id = a_run(registry).id;
    RunChange change;
    change.params = {{"depth", "3"}, {"cv", "5"}};
    (void)must(change_run(registry, id, change));
    (void)must(change_run(registry, id, change));  // the same again is no change
    change.params = {{"fresh", "x"}, {"depth", "4"}};
    change.tags = {{"team", "birds"}};
    change.status = "finished";
    const Error error = error_of(change_run(registry, id, change));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "param-changed");
    REQUIRE(error.problems.size() == 1);
    CHECK(error.problems[0].field == "depth");
    CHECK(error.problems[0].message == "3");
    CHECK(error.problems[0].fix == "4");
    const RunView view = must(show_run(registry, id));
    CHECK(view.params.size() == 2);
    CHECK(view.tags.empty());
    CHECK(view.row.status == "running");
}

TEST_CASE("a run takes what is logged to it, with its data and models") {
    TestRegistry registry;
    const std::string id = a_run(registry).id;
    RunChange change;
    change.name = "new";
    change.status = "finished";
    change.ended_at = 9;
    change.metrics = {{{"loss", 1, 2, 0.5}, "", "", ""}, {{"loss", 2, 3, 0.25}, "", "", ""}};
    change.tags = {{"team", "birds"}};
    change.datasets = {{{"adult", "d1", "local", "here", std::nullopt, std::nullopt}, {{"mlflow.data.context", "training"}}}};
    change.inputs = {{"m-in", 0}};
    change.outputs = {{"m-out", 4}};
    (void)must(change_run(registry, id, change));
    const RunView view = must(show_run(registry, id));
    CHECK(view.row.name == "new");
    CHECK(view.row.ended_at == 9);
    CHECK(view.row.started_at == 5);
    REQUIRE(view.metrics.size() == 1);
    CHECK(view.metrics[0].value == 0.25);
    CHECK(must(run_points(registry, id)).size() == 2);
    REQUIRE(view.datasets.size() == 1);
    CHECK(view.datasets[0].tags.size() == 1);
    REQUIRE(view.inputs.size() == 1);
    CHECK(view.inputs[0].model == "m-in");
    REQUIRE(view.outputs.size() == 1);
    CHECK(view.outputs[0].step == 4);
    const auto first = must(metric_history(registry, id, "loss", std::nullopt, 1));
    REQUIRE(first.size() == 1);
    const auto second = must(metric_history(registry, id, "loss", first[0], 1));
    REQUIRE(second.size() == 1);
    CHECK(second[0].value == 0.25);
    CHECK(must(metric_history(registry, id, "none", std::nullopt, 1)).empty());
    CHECK(error_of(metric_history(registry, "none", "loss", std::nullopt, 1)).code == "run-not-found");
}

TEST_CASE("a metric cannot be measured on a logged model that is not there") {
    TestRegistry registry;
    const std::string id = a_run(registry).id;
    RunChange change;
    change.metrics = {{{"loss", 1, 2, 0.5}, "none", "", ""}};
    CHECK(error_of(change_run(registry, id, change)).code == "logged-model-not-found");
    CHECK(must(show_run(registry, id)).metrics.empty());
}

TEST_CASE("a deleted run is shown and takes nothing until it is restored") {
    TestRegistry registry;
    const std::string id = a_run(registry).id;
    must(delete_run(registry, id));
    CHECK(must(show_run(registry, id)).row.state == LifeState::deleted);
    CHECK(error_of(change_run(registry, id, {})).code == "run-deleted");
    must(restore_run(registry, id));
    RunChange change;
    change.tags = {{"team", "birds"}};
    (void)must(change_run(registry, id, change));
    must(delete_run_tag(registry, id, "team"));
    CHECK(error_of(delete_run_tag(registry, id, "team")).code == "tag-not-found");
    CHECK(error_of(delete_run(registry, "none")).code == "run-not-found");
}

}  // namespace assay::test
