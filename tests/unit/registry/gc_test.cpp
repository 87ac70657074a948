#include "registry/gc.hpp"

#include "base/stream.hpp"
#include "registry/experiments.hpp"
#include "registry/logged_files.hpp"
#include "registry/logged_models.hpp"
#include "registry/registrations.hpp"
#include "registry/runs.hpp"
#include "registry/versions.hpp"
#include "tests/support/test_registry.hpp"

#include <algorithm>
#include <limits>

namespace assay::test {

namespace {

/// Experiments with runs, files and logged models, to be deleted.
struct Tracked {
    TestRegistry registry;

    Tracked() { must(ensure_default_experiment(registry)); }

    std::int64_t experiment(const std::string& name, const std::string& location = "") {
        return must(create_experiment(registry, name, location, {{"team", "birds"}}));
    }
    /// With a param, tags, data, two metrics of `points` points each, and a file.
    std::string run(std::int64_t experiment, int points = 3) {
        NewRun wanted;
        wanted.experiment = experiment;
        wanted.name = "grid";
        wanted.tags = {{"kind", "grid"}};
        const std::string id = must(create_run(registry, wanted)).id;
        RunChange change;
        change.params = {{"depth", "3"}};
        for (int step = 0; step < points; ++step) {
            for (const char* name : {"loss", "score"}) change.metrics.push_back({{name, step, step, 0.5}, "", "", ""});
        }
        change.datasets = {{{"adult", "abc", "local", "{}", std::nullopt, std::nullopt}, {{"context", "training"}}}};
        change.outputs = {{"m-" + std::string(32, '0'), 1}};
        (void)must(change_run(registry, id, change));
        log(artifact_folder(must(run_row(registry, id))) + "/model/model.joblib");
        return id;
    }
    void log(const std::string& path) {
        MemorySource source("the bytes of a model");
        (void)must(log_file(registry, path, source, std::nullopt));
    }
    std::string model(std::int64_t experiment, char digit, const std::string& run = "") {
        LoggedModelRow row;
        row.id = "m-" + std::string(32, digit);
        row.experiment = experiment;
        row.name = "forest";
        row.run = run;
        row.status = "ready";
        const LoggedModelView made = must(create_logged_model(registry, row, {{"depth", "3"}}, {{"kind", "grid"}}));
        log(made.row.location + "/model.joblib");
        return row.id;
    }
    void measure(const std::string& run, const std::string& model, int points) {
        RunChange change;
        for (int step = 0; step < points; ++step) change.metrics.push_back({{"accuracy", step, step, 0.5}, model, "adult", "abc"});
        (void)must(change_run(registry, run, change));
    }
    std::int64_t register_from(const std::string& location, const std::string& run, const std::string& logged_model = "") {
        if (!show_registered_model(registry, "churn")) (void)must(create_model(registry, "churn", "", {}, "ann@lab"));
        NewRegistration one;
        one.model = "churn";
        one.source = location;
        one.location = location;
        one.run = run;
        one.logged_model = logged_model;
        one.actor = "ann@lab";
        const RegistrationView made = must(register_folder(registry, one));
        REQUIRE(made.version);
        return made.registration.version;
    }
    [[nodiscard]] GcRequest all() { return {.until = registry.registry().now_milliseconds()}; }
    GcReport collect(const GcRequest& request) { return must(assay::collect(registry, request, "ann@lab")); }
    GcReport collect() { return collect(all()); }
    std::string count(const std::string& table) { return registry.ask("SELECT count(*) FROM " + table); }
};

/// "experiment run run", sorted
std::string kinds(const GcReport& report) {
    std::vector<std::string> words;
    for (const GcItem& item : report.gone) words.emplace_back(to_string(item.kind));
    std::ranges::sort(words);
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string reason(const GcReport& report, const std::string& id) {
    const auto found = std::ranges::find_if(report.kept, [&](const GcKept& kept) { return kept.item.id == id; });
    return found == report.kept.end() ? "" : found->because;
}

constexpr const char* tracked_tables[] = {"run_metrics",       "metric_points",        "run_params",    "run_tags",
                                          "run_datasets",      "run_dataset_tags",     "run_models",    "logged_datasets",
                                          "logged_files",      "experiment_tags",      "logged_models", "logged_model_params",
                                          "logged_model_tags", "logged_model_metrics", "unswept"};

}  // namespace

TEST_CASE("what was deleted goes with every row, its name is free, and its number is not given out again") {
    Tracked tracked;
    const std::int64_t birds = tracked.experiment("birds");
    const std::string run = tracked.run(birds);
    const std::string model = tracked.model(birds, 'a', run);
    tracked.measure(run, model, 2);
    tracked.log(std::to_string(birds) + "/notes.txt");
    must(delete_experiment(tracked.registry, birds));
    CHECK(error_of(create_experiment(tracked.registry, "birds", "", {})).code == "experiment-exists");

    const GcReport preview = must(preview_gc(tracked.registry, tracked.all()));
    CHECK(kinds(preview) == "experiment logged-model run");
    CHECK(preview.files == 3);
    CHECK(must(show_run(tracked.registry, run)).params.size() == 1);

    const GcReport report = tracked.collect();
    CHECK(report.done);
    CHECK(kinds(report) == kinds(preview));
    CHECK(report.files == preview.files);
    CHECK(report.bytes == preview.bytes);
    CHECK(report.kept.empty());
    for (const char* table : tracked_tables) {
        CAPTURE(table);
        CHECK(tracked.count(table) == "0");
    }
    CHECK(tracked.count("runs") == "0");
    CHECK(tracked.count("experiments") == "1");
    CHECK(tracked.experiment("birds") == birds + 1);
    const Error gone = error_of(show_run(tracked.registry, run));
    CHECK(gone.code == "run-not-found");
    CHECK(gone.because == "ann@lab deleted it for good at " + tracked.registry.registry().now());
    CHECK(error_of(show_experiment(tracked.registry, birds)).because.starts_with("ann@lab"));
    CHECK(error_of(show_logged_model(tracked.registry, model)).because.starts_with("ann@lab"));
    CHECK(tracked.collect().gone.empty());
}

TEST_CASE("what is not deleted is not touched, neither beside nor within what is") {
    Tracked tracked;
    const std::int64_t birds = tracked.experiment("birds");
    const std::string stays = tracked.run(birds);
    const std::string goes = tracked.run(birds);
    const std::string model = tracked.model(birds, 'a', goes);
    tracked.measure(goes, model, 2);
    must(delete_run(tracked.registry, goes));
    CHECK(kinds(tracked.collect()) == "run");
    const RunView view = must(show_run(tracked.registry, stays));
    CHECK(view.params.size() == 1);
    CHECK(view.metrics.size() == 2);
    CHECK(view.datasets.size() == 1);
    CHECK(view.outputs.size() == 1);
    CHECK(must(run_points(tracked.registry, stays)).size() == 6);
    CHECK(must(open_logged_file(tracked.registry, artifact_folder(view.row) + "/model/model.joblib")).row.size == 20);
    CHECK(must(show_logged_model(tracked.registry, model)).metrics.size() == 2);  // measured by a run that is gone

    must(delete_experiment(tracked.registry, birds));
    must(restore_run(tracked.registry, stays));
    const GcReport report = tracked.collect();
    CHECK(kinds(report) == "logged-model");
    CHECK(reason(report, stays) == "it is not deleted");
    CHECK(reason(report, std::to_string(birds)) == "1 run of it stays");
    CHECK(must(show_run(tracked.registry, stays)).metrics.size() == 2);
}

TEST_CASE("a run that made a version stays, deleted or not, and its experiment gives the name free") {
    Tracked tracked;
    const std::int64_t birds = tracked.experiment("birds");
    const std::string made = tracked.run(birds);
    const std::string idle = tracked.run(birds);
    const std::int64_t version = tracked.register_from(artifact_folder(must(run_row(tracked.registry, made))) + "/model", made);
    must(delete_experiment(tracked.registry, birds));
    const GcReport report = tracked.collect();
    CHECK(report.done);
    REQUIRE(report.gone.size() == 1);
    CHECK(report.gone[0].id == idle);
    CHECK(reason(report, made) == "churn@1 was made by it");
    const auto kept = std::ranges::find(report.kept, std::to_string(birds), [](const GcKept& one) { return one.item.id; });
    REQUIRE(kept != report.kept.end());
    CHECK(kept->renamed == "birds (deleted, 1)");
    CHECK(must(show_experiment(tracked.registry, birds)).row.name == "birds (deleted, 1)");
    (void)tracked.experiment("birds");

    must(delete_version(tracked.registry, "churn", VersionRef{VersionRef::Number{version}}, WithAliases::refuse, "ann@lab"));
    const GcReport again = tracked.collect();
    CHECK(again.gone.empty());
    CHECK(reason(again, made) == "churn@1 was made by it");
    CHECK(std::ranges::all_of(again.kept, [](const GcKept& one) { return one.renamed.empty(); }));
    (void)must(undelete_version(tracked.registry, "churn", VersionRef{VersionRef::Number{version}}, "ann@lab"));
    CHECK(must(tracked.registry.try_read("churn", "1")) == "the bytes of a model");
    must(restore_experiment(tracked.registry, birds));
    CHECK(must(show_run(tracked.registry, made)).row.experiment_name == "birds (deleted, 1)");
}

TEST_CASE("an experiment that stays gets a name that nobody has") {
    Tracked tracked;
    const std::int64_t birds = tracked.experiment("birds");
    (void)tracked.experiment("birds (deleted, 1)");
    const std::string run = tracked.run(birds);
    must(delete_experiment(tracked.registry, birds));
    must(restore_run(tracked.registry, run));
    (void)tracked.collect();
    CHECK(must(show_experiment(tracked.registry, birds)).row.name == "birds (deleted, 1) (deleted, 1)");
    CHECK(tracked.collect().kept.size() == 2);
    CHECK(must(show_experiment(tracked.registry, birds)).row.name == "birds (deleted, 1) (deleted, 1)");
}

TEST_CASE("a logged model that a version was registered from stays, also by its files alone") {
    Tracked tracked;
    const std::string by_id = tracked.model(0, 'a');
    const std::string by_files = tracked.model(0, 'b');
    const std::string idle = tracked.model(0, 'c');
    const auto location = [&](const std::string& id) { return must(show_logged_model(tracked.registry, id)).row.location; };
    (void)tracked.register_from(location(by_id), "", by_id);
    (void)tracked.register_from(location(by_files), "");
    for (const std::string& id : {by_id, by_files, idle}) must(delete_logged_model(tracked.registry, id));
    const GcReport report = tracked.collect();
    REQUIRE(report.gone.size() == 1);
    CHECK(report.gone[0].id == idle);
    CHECK(reason(report, by_id) == "churn@1 was registered from it");
    CHECK(reason(report, by_files) == "churn@2 was registered from its files");
    CHECK(must(show_logged_model(tracked.registry, by_id, WithDeleted::yes)).params.size() == 1);
}

TEST_CASE("a run in whose folder another experiment keeps its files stays") {
    Tracked tracked;
    const std::string run = tracked.run(0);
    const std::int64_t within = tracked.experiment("within", artifact_folder(must(run_row(tracked.registry, run))) + "/more");
    (void)tracked.run(within);
    must(delete_run(tracked.registry, run));
    const GcReport report = tracked.collect();
    CHECK(report.gone.empty());
    CHECK(reason(report, run) == "the experiment 'within' keeps its files among those of the run");
}

TEST_CASE("the folder of an experiment that goes is left alone when another shares it") {
    Tracked tracked;
    const std::int64_t birds = tracked.experiment("birds");
    const std::int64_t within = tracked.experiment("within", std::to_string(birds) + "/more");
    (void)tracked.run(within);
    tracked.log(std::to_string(birds) + "/notes.txt");
    must(delete_experiment(tracked.registry, birds));
    CHECK(kinds(tracked.collect()) == "experiment");
    CHECK(tracked.count("logged_files") == "2");
}

TEST_CASE("the age counts from the deletion, and begins anew with each") {
    Tracked tracked;
    const std::string early = tracked.run(0);
    const std::string late = tracked.run(0);
    must(delete_run(tracked.registry, early));
    must(delete_run(tracked.registry, late));
    tracked.registry.clock.advance_seconds(100);
    must(delete_run(tracked.registry, early));  // once more: it has been deleted all the time
    must(restore_run(tracked.registry, late));
    must(delete_run(tracked.registry, late));
    GcRequest request = tracked.all();
    request.until -= 50'000;
    const GcReport report = tracked.collect(request);
    REQUIRE(report.gone.size() == 1);
    CHECK(report.gone[0].id == early);
    request.runs = {late};
    const Error error = error_of(collect(tracked.registry, request, "ann@lab"));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "not-old-enough");
}

TEST_CASE("deletions from before their time was kept count from the first start that keeps it") {
    Tracked tracked;
    const std::string run = tracked.run(0);
    must(delete_run(tracked.registry, run));
    tracked.registry.execute("UPDATE runs SET deleted_at = NULL");
    CHECK(tracked.collect().gone.empty());
    for (int twice = 0; twice < 2; ++twice) {
        must(date_old_deletions(tracked.registry));
        tracked.registry.clock.advance_seconds(100);
    }
    GcRequest request = tracked.all();
    request.until -= 250'000;
    CHECK(kinds(tracked.collect(request)) == "");
    request.until += 100'000;
    CHECK(kinds(tracked.collect(request)) == "run");
}

TEST_CASE("naming takes what is named alone, and refuses what is not deleted or not there before anything goes") {
    Tracked tracked;
    const std::int64_t birds = tracked.experiment("birds");
    const std::int64_t fish = tracked.experiment("fish");
    const std::string of_birds = tracked.run(birds);
    const std::string run = tracked.run(0);
    const std::string living = tracked.run(0);
    const std::string model = tracked.model(0, 'a');
    must(delete_experiment(tracked.registry, birds));
    must(delete_run(tracked.registry, run));
    const auto refusal = [&](GcRequest request) {
        request.until = tracked.all().until;
        request.runs.push_back(run);
        return error_of(collect(tracked.registry, request, "ann@lab")).code;
    };
    CHECK(refusal({.runs = {living}}) == "not-deleted");
    CHECK(refusal({.experiments = {"fish"}}) == "not-deleted");
    CHECK(refusal({.logged_models = {model}}) == "not-deleted");
    CHECK(refusal({.runs = {"nothing"}}) == "run-not-found");
    CHECK(refusal({.experiments = {"nothing"}}) == "experiment-not-found");
    CHECK(refusal({.experiments = {"77"}}) == "experiment-not-found");
    CHECK(refusal({.logged_models = {"m-nothing"}}) == "logged-model-not-found");
    CHECK(tracked.count("runs") == "3");

    GcRequest request = tracked.all();
    request.experiments = {"birds", std::to_string(birds)};
    CHECK(kinds(tracked.collect(request)) == "experiment run");
    CHECK(tracked.count("runs") == "2");
    const GcReport again = tracked.collect(request);
    CHECK(again.gone.empty());
    REQUIRE(again.gone_before.size() == 2);
    CHECK(again.gone_before[0].because.starts_with("ann@lab deleted it for good at "));
    CHECK(must(show_experiment(tracked.registry, fish)).row.state == LifeState::active);
    CHECK(!show_run(tracked.registry, of_birds));
}

TEST_CASE("the work goes on where its patience ended, and every run is there as a whole or gone") {
    Tracked tracked;
    const std::int64_t birds = tracked.experiment("birds");
    std::vector<std::string> runs;
    for (int i = 0; i < 3; ++i) runs.push_back(tracked.run(birds, 10));
    const std::string model = tracked.model(birds, 'a', runs[0]);
    tracked.measure(runs[0], model, 25);
    must(delete_experiment(tracked.registry, birds));
    const GcRequest request = tracked.all();
    int calls = 0;
    std::size_t gone = 0;
    for (bool done = false; !done; ++calls) {
        REQUIRE(calls < 200);
        const GcReport report = must(collect(tracked.registry, request, "ann@lab", std::chrono::milliseconds(0), 10));
        done = report.done;
        gone += report.gone.size();
        for (const std::string& id : runs) {
            const auto view = show_run(tracked.registry, id);
            if (!view) continue;
            CHECK(view->params.size() == 1);
            CHECK(must(run_points(tracked.registry, id)).size() >= 20);
        }
        if (calls == 2) tracked.registry.restart();
        if (!done && report.gone.empty() && tracked.count("run_metrics") == "0")
            (void)tracked.run(0);  // whose points get no number that is in use
    }
    CHECK(gone == 5);
    CHECK(calls > 10);
    CHECK(tracked.count("unswept") == "0");
    CHECK(tracked.registry.ask("SELECT count(*) FROM metric_points WHERE metric NOT IN (SELECT id FROM run_metrics)") == "0");
    CHECK(tracked.registry.ask("SELECT count(*) FROM run_metrics WHERE id NOT IN (SELECT metric FROM metric_points)") == "0");
}

TEST_CASE("files of a run that an import brings again before they are swept are the run's") {
    Tracked tracked;
    const std::string run = tracked.run(0);
    must(delete_run(tracked.registry, run));
    const GcReport report = must(collect(tracked.registry, tracked.all(), "ann@lab", std::chrono::milliseconds(0)));
    CHECK(!report.done);
    tracked.registry.execute("INSERT INTO runs (id, experiment, name, status, state, actor) VALUES ($1, 0, '', 'finished', 'active', '')",
                             {run});
    CHECK(tracked.collect().done);
    CHECK(tracked.count("logged_files") == "1");
}

TEST_CASE("Default, when it goes, begins anew at once") {
    Tracked tracked;
    (void)tracked.run(0);
    must(delete_experiment(tracked.registry, 0));
    CHECK(kinds(tracked.collect()) == "experiment run");
    CHECK(must(show_experiment(tracked.registry, 0)).row.name == "Default");
    CHECK(must(show_experiment(tracked.registry, 0)).row.state == LifeState::active);
    CHECK(tracked.collect().gone.empty());
}

}  // namespace assay::test
