#include "registry/experiments.hpp"

#include "registry/runs.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

std::int64_t create(TestRegistry& registry, const std::string& name, const std::string& location = "") {
    return must(create_experiment(registry, name, location, {{"team", "a"}}));
}

RunRow run_in(TestRegistry& registry, std::int64_t experiment) {
    NewRun run;
    run.experiment = experiment;
    return must(create_run(registry, run));
}

}  // namespace

TEST_CASE("experiment 0 is Default, made once, and others count from 1 with a folder of their own") {
    TestRegistry registry;
    for (int twice = 0; twice < 2; ++twice) must(ensure_default_experiment(registry));
    CHECK(must(show_experiment(registry, 0)).row.name == "Default");
    CHECK(create(registry, "birds") == 1);
    CHECK(create(registry, "fish", "elsewhere") == 2);
    CHECK(must(show_experiment(registry, 1)).row.location == "1");
    const ExperimentView fish = must(find_experiment(registry, "fish"));
    CHECK(fish.row.location == "elsewhere");
    CHECK(fish.row.created_at == registry.registry().now_milliseconds());
    REQUIRE(fish.tags.size() == 1);
    CHECK(fish.tags[0].value == "a");
    CHECK(error_of(show_experiment(registry, 3)).code == "experiment-not-found");
    CHECK(error_of(find_experiment(registry, "none")).code == "experiment-not-found");
}

TEST_CASE("the name of a deleted experiment stays taken") {
    TestRegistry registry;
    const std::int64_t birds = create(registry, "birds");
    const std::int64_t fish = create(registry, "fish");
    CHECK(error_of(create_experiment(registry, "birds", "", {})).code == "experiment-exists");
    must(delete_experiment(registry, birds));
    CHECK(must(find_experiment(registry, "birds")).row.state == LifeState::deleted);
    CHECK(error_of(create_experiment(registry, "birds", "", {})).code == "experiment-exists");
    CHECK(error_of(rename_experiment(registry, fish, "birds")).code == "experiment-exists");
    CHECK(must(find_experiment(registry, "fish")).row.id == fish);
}

TEST_CASE("deleting an experiment deletes its runs, and restoring it restores them") {
    TestRegistry registry;
    const std::int64_t birds = create(registry, "birds");
    const std::string run = run_in(registry, birds).id;
    const std::string other = run_in(registry, create(registry, "fish")).id;
    must(delete_experiment(registry, birds));
    CHECK(must(show_run(registry, run)).row.state == LifeState::deleted);
    CHECK(must(show_run(registry, other)).row.state == LifeState::active);
    CHECK(error_of(delete_experiment(registry, birds)).code == "experiment-not-found");
    NewRun late;
    late.experiment = birds;
    CHECK(error_of(create_run(registry, late)).code == "experiment-deleted");
    must(restore_experiment(registry, birds));
    CHECK(must(show_run(registry, run)).row.state == LifeState::active);
    CHECK(error_of(restore_experiment(registry, birds)).code == "experiment-not-found");
}

TEST_CASE("an experiment is renamed and tagged while it is there, and a change moves its time") {
    TestRegistry registry;
    const std::int64_t id = create(registry, "birds");
    registry.clock.advance_seconds(2);
    must(rename_experiment(registry, id, "fish"));
    must(rename_experiment(registry, id, "fish"));
    const ExperimentRow row = must(find_experiment(registry, "fish")).row;
    CHECK(row.updated_at == row.created_at + 2'000);
    must(set_experiment_tag(registry, id, {"team", "b"}));
    CHECK(must(show_experiment(registry, id)).tags.at(0).value == "b");
    must(delete_experiment_tag(registry, id, "team"));
    CHECK(error_of(delete_experiment_tag(registry, id, "team")).code == "tag-not-found");
    must(delete_experiment(registry, id));
    CHECK(error_of(rename_experiment(registry, id, "x")).code == "experiment-deleted");
    CHECK(error_of(set_experiment_tag(registry, id, {"team", "b"})).code == "experiment-deleted");
}

}  // namespace assay::test
