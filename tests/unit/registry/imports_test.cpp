#include "registry/imports.hpp"

#include "registry/experiments.hpp"
#include "registry/logged_files.hpp"
#include "registry/logged_models.hpp"
#include "registry/runs.hpp"
#include "tests/support/test_registry.hpp"

#include <limits>

namespace assay::test {

namespace {

const std::string run_id = std::string(31, '0') + "1";

ImportedExperiment experiment(std::int64_t id, const std::string& name) {
    return {{id, name, LifeState::active, "", 5, 6}, {{"team", "a"}}};
}

ImportedRun run_of(std::int64_t here) {
    ImportedRun run;
    run.row = {.id = run_id, .experiment = here, .name = "r", .status = "finished", .started_at = 7, .ended_at = 9, .actor = "ann"};
    run.params = {{"depth", "3"}};
    run.tags = {{"k", "v"}};
    run.metrics["loss"] = {{"loss", 1, 10, 0.5}, {"loss", 0, 11, 0.7}, {"loss", 2, 12, std::numeric_limits<double>::quiet_NaN()}};
    return run;
}

}  // namespace

TEST_CASE("an experiment keeps its number where it is free, and is the one of its name") {
    TestRegistry registry;
    must(ensure_default_experiment(registry));
    const auto places = must(import_experiments(registry, {experiment(7, "birds"), experiment(7, "bees"), experiment(0, "Default")}));
    REQUIRE(places.size() == 3);
    CHECK(must(places[0]).experiment == 7);
    CHECK(must(places[0]).added);
    CHECK(must(places[1]).experiment == 8);
    CHECK(must(places[2]).experiment == 0);
    CHECK_FALSE(must(places[2]).added);
    const auto shown = must(show_experiment(registry, 7));
    CHECK(shown.row.created_at == 5);
    CHECK(shown.row.updated_at == 6);
    const auto again = must(import_experiments(registry, {experiment(9, "birds")}));
    CHECK(must(again[0]).experiment == 7);
    CHECK_FALSE(must(again[0]).added);
}

TEST_CASE("a run comes with its id, its times and every point, and again changes nothing") {
    TestRegistry registry;
    const std::int64_t here = must(must(import_experiments(registry, {experiment(7, "birds")}))[0]).experiment;
    for (const bool first : {true, false}) {
        const auto places = must(import_runs(registry, {run_of(here)}));
        CHECK(must(places[0]).added == first);
        CHECK(must(places[0]).location == "7/" + run_id + "/artifacts");
        const RunView view = must(show_run(registry, run_id));
        CHECK(view.row.started_at == 7);
        CHECK(view.row.ended_at == 9);
        CHECK(view.row.status == "finished");
        CHECK(view.params.size() == 1);
        REQUIRE(view.metrics.size() == 1);
        CHECK(view.metrics[0].step == 2);
        CHECK(must(metric_history(registry, run_id, "loss", std::nullopt, 100)).size() == 3);
    }
}

TEST_CASE("what was deleted here stays deleted when it is imported again, and its experiment does not grow younger") {
    TestRegistry registry;
    (void)must(import_experiments(registry, {experiment(7, "birds")}));
    (void)must(import_runs(registry, {run_of(7)}));
    must(delete_run(registry, run_id));
    must(delete_experiment(registry, 7));
    const std::int64_t changed = must(show_experiment(registry, 7)).row.updated_at;
    (void)must(import_experiments(registry, {experiment(7, "birds")}));
    (void)must(import_runs(registry, {run_of(7)}));
    CHECK(must(show_experiment(registry, 7)).row.state == LifeState::deleted);
    CHECK(must(show_experiment(registry, 7)).row.updated_at == changed);
    CHECK(must(show_run(registry, run_id)).row.state == LifeState::deleted);
}

TEST_CASE("what was exported from here is not taken over a second time") {
    TestRegistry registry;
    (void)must(import_experiments(registry, {experiment(7, "birds"), experiment(8, "bees")}));
    (void)must(import_runs(registry, {run_of(7)}));
    ImportedRun copy = run_of(8);
    copy.row.id = std::string(32, 'c');
    copy.tags = {{"assay.run", run_id}};
    const auto came = must(import_runs(registry, {copy}));
    CHECK_FALSE(must(came[0]).added);
    CHECK(must(came[0]).location == "7/" + run_id + "/artifacts");
    CHECK(error_of(show_run(registry, copy.row.id)).code == "run-not-found");
}

TEST_CASE("what cannot be imported is told, and keeps the rest of its batch back from nothing") {
    TestRegistry registry;
    const auto experiments = must(import_experiments(registry, {experiment(7, "birds"), experiment(8, "bees")}));
    (void)must(import_runs(registry, {run_of(7)}));
    ImportedRun elsewhere = run_of(8);
    ImportedRun changed = run_of(7);
    changed.params = {{"depth", "4"}};
    changed.tags = {{"k", "other"}};
    ImportedRun lost = run_of(99);
    lost.row.id = std::string(32, 'b');
    ImportedRun good = run_of(8);
    good.row.id = std::string(32, 'a');
    const auto came = must(import_runs(registry, {elsewhere, changed, lost, good}));
    CHECK(error_of(came[0]).code == "id-taken");
    CHECK(error_of(came[1]).code == "param-changed");
    CHECK(error_of(came[2]).code == "experiment-not-found");
    CHECK(must(came[3]).added);
    CHECK(must(show_run(registry, run_id)).tags[0].value == "v");
}

TEST_CASE("a file needs its blob, and a version gets the number that it had or none") {
    TestRegistry registry;
    (void)must(import_experiments(registry, {experiment(7, "birds")}));
    (void)must(import_runs(registry, {run_of(7)}));
    const std::string folder = "7/" + run_id + "/artifacts/model";
    const auto none = must(import_files(registry, {{folder + "/a.txt", Digest{Digest::Bytes{}}}}));
    CHECK(error_of(none[0]).code == "blob-missing");

    MemorySource bytes("hello");
    const LoggedFileRow stored = must(log_file(registry, "x", bytes, 5));
    const auto files = must(import_files(registry, {{folder + "/a.txt", must(Digest::parse(stored.digest))}}));
    CHECK(must(files[0]) == folder + "/a.txt");

    CHECK(must(import_model(registry, {"churn", "text", {{"a", "b"}}, 50}, "ann")));
    CHECK_FALSE(must(import_model(registry, {"churn", "text", {}, 50}, "ann")));
    NewRegistration wanted;
    wanted.model = "churn";
    wanted.source = "runs:/" + run_id + "/model";
    wanted.location = folder;
    wanted.run = run_id;
    wanted.actor = "ann";
    wanted.past = {.version = 5, .stage = "Production", .created_at = 100, .updated_at = 200};
    const auto made = must(import_version(registry, wanted));
    CHECK(made.added);
    CHECK(made.version.registration.version == 5);
    CHECK(made.version.registration.stage == "Production");
    CHECK(made.version.registration.created_at == 100);
    CHECK_FALSE(must(import_version(registry, wanted)).added);

    MemorySource others("other");
    const LoggedFileRow changed = must(log_file(registry, "y", others, 5));
    const auto again = must(import_files(registry, {{folder + "/a.txt", must(Digest::parse(stored.digest))},
                                                    {folder + "/a.txt", must(Digest::parse(changed.digest))},
                                                    {folder + "/b.txt", must(Digest::parse(changed.digest))}}));
    CHECK(must(again[0]) == folder + "/a.txt");
    CHECK(error_of(again[1]).code == "registered");
    CHECK(error_of(again[2]).code == "registered");
    wanted.source = "runs:/" + run_id + "/other";
    CHECK(error_of(import_version(registry, wanted)).code == "number-taken");
    wanted.past->version = 3;
    CHECK(error_of(import_version(registry, wanted)).code == "number-taken");
}

TEST_CASE("a logged model comes with its metrics and its files' folder") {
    TestRegistry registry;
    (void)must(import_experiments(registry, {experiment(7, "birds")}));
    ImportedLoggedModel model;
    model.row.id = "m-" + std::string(32, 'c');
    model.row.experiment = 7;
    model.row.name = "model";
    model.row.run = run_id;
    model.row.status = "ready";
    model.row.created_at = 3;
    model.row.updated_at = 4;
    model.params = {{"depth", "3"}};
    model.metrics = {{{"acc", 1, 2, 0.5}, run_id, "rows", "d1"}};
    const auto places = must(import_logged_models(registry, {model, model}));
    CHECK(must(places[0]).added);
    CHECK_FALSE(must(places[1]).added);
    const auto shown = must(show_logged_model(registry, model.row.id));
    CHECK(shown.row.location == "7/models/" + model.row.id + "/artifacts");
    CHECK(shown.row.updated_at == 4);
    CHECK(shown.metrics.size() == 1);
}

}  // namespace assay::test
