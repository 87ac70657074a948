#include "registry/registrations.hpp"

#include "base/json.hpp"
#include "base/stream.hpp"
#include "registry/aliases.hpp"
#include "registry/experiments.hpp"
#include "registry/find_tracked.hpp"
#include "registry/logged_files.hpp"
#include "registry/runs.hpp"
#include "registry/tags.hpp"
#include "registry/version_files.hpp"
#include "tests/support/artifacts.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

/// A run that has logged a model of two files below `location`, a metric and a param; and an empty model "churn".
struct Logged {
    TestRegistry registry;
    std::string run;
    std::string location;

    Logged() {
        must(ensure_default_experiment(registry));
        NewRun wanted;
        wanted.started_at = 1'000;
        run = must(create_run(registry, wanted)).id;
        location = "0/" + run + "/artifacts/model";
        RunChange change;
        change.metrics = {{{"loss", 1, 1, 0.25}, "", "", ""}};
        change.params = {{"depth", "3"}};
        (void)must(change_run(registry, run, change));
        log("model.joblib", "the bytes of a model");
        log("notes/readme.txt", "read me");
        (void)must(create_model(registry, "churn", "who leaves", {{"team", "birds"}}, "ann@lab"));
    }
    void log(const std::string& path, std::string_view bytes) {
        MemorySource source(bytes);
        (void)must(log_file(registry, location + "/" + path, source, std::nullopt));
    }
    NewRegistration wanted(const std::string& model = "churn") const {
        NewRegistration one;
        one.model = model;
        one.source = "runs:/" + run + "/model";
        one.location = location;
        one.run = run;
        one.description = "first";
        one.tags = {{"kind", "grid"}};
        one.actor = "ann@lab";
        return one;
    }
    RegistrationView add() { return must(register_folder(registry, wanted())); }
    RegistrationView fail_to_add() {
        NewRegistration one = wanted();
        one.location = "nowhere";
        return must(register_folder(registry, one));
    }
    RegistrationView show(std::int64_t version) { return must(show_registered_version(registry, "churn", version)); }
    void stage(std::int64_t version, const std::string& stage, bool archive_others = false) {
        (void)must(set_stage(registry, "churn", version, stage, archive_others, "ann@lab"));
    }
    /// "1=None 2=Staging"
    std::string latest() {
        std::string text;
        for (const RegistrationView& one : must(latest_by_stage(registry, "churn")))
            text += (text.empty() ? "" : " ") + std::to_string(one.registration.version) + "=" + one.registration.stage;
        return text;
    }
};

}  // namespace

TEST_CASE("registering a folder makes a version with the files, metrics and params of the run") {
    Logged logged;
    const RegistrationView made = logged.add();
    CHECK(made.registration.version == 1);
    CHECK(made.registration.status == "ready");
    CHECK(made.registration.stage == "None");
    CHECK(made.registration.location == logged.location);
    REQUIRE(made.version);
    CHECK(made.version->row.run == logged.run);
    CHECK(made.version->row.description == "first");
    REQUIRE(made.version->tags.size() == 1);
    CHECK(made.version->tags[0].value == "grid");
    const Json manifest = must(parse_json(made.version->row.manifest));
    REQUIRE(manifest.at("facts").at("metrics").size() == 1);
    CHECK(manifest.at("facts").at("metrics")[0].at("name") == "loss");
    CHECK(manifest.at("facts").at("metrics")[0].at("value") == 0.25);
    CHECK(manifest.at("facts").at("params") == Json{{"depth", "3"}});
    const auto entries = must(version_entries(logged.registry, made.version->row, ""));
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].name == "model.joblib");
    CHECK(entries[1].name == "notes");
    CHECK(must(version_of_digest(logged.registry, made.version->row.digest)).version == 1);
}

TEST_CASE("a version keeps its bytes when the path is logged again") {
    Logged logged;
    const VersionRow version = logged.add().version->row;
    logged.log("notes/readme.txt", "something else");
    const OpenedVersionFile file = must(open_version_file(logged.registry, version, "notes/readme.txt"));
    RangeSource source(*file.reader);
    CHECK(must(read_all(source, 100)) == "read me");
}

TEST_CASE("a folder without files is a failed registration that takes its number and says why") {
    Logged logged;
    const RegistrationView failed = logged.fail_to_add();
    CHECK(failed.registration.version == 1);
    CHECK(failed.registration.status == "failed");
    CHECK(failed.registration.message.find("there are no files") != std::string::npos);
    CHECK(failed.registration.description == "first");
    CHECK(!failed.version);
    CHECK(!logged.show(1).version);
    CHECK(logged.add().registration.version == 2);
    must(delete_registered_version(logged.registry, "churn", 1, "ann@lab"));
    CHECK(error_of(show_registered_version(logged.registry, "churn", 1)).code == "version-not-found");
}

TEST_CASE("where facts are required, what lacks them is a failed registration") {
    Logged logged;
    NewRegistration one = logged.wanted();
    one.require_facts = true;
    const RegistrationView failed = must(register_folder(logged.registry, one));
    CHECK(failed.registration.status == "failed");
    CHECK(failed.registration.message.find("facts.datasets") != std::string::npos);
    CHECK(failed.registration.message.find("fix: assay.mlflow.log_dataset(") != std::string::npos);
    CHECK(failed.registration.message.find("mlflow.log_metric(") == std::string::npos);  // the run has a metric
}

TEST_CASE("a registration of dangerous bytes failed as such, and what was tried from their folder is known") {
    Logged logged;
    logged.log("model.pkl", "cposix\nsystem\n(Vecho hello\ntR.");
    CHECK(logged.add().registration.status == "dangerous");
    CHECK(!logged.show(1).version);
    CHECK(must(registered_from(logged.registry, logged.location + "/model.pkl")).empty());
    CHECK(must(tried_from(logged.registry, logged.location + "/model.pkl")).size() == 1);
}

TEST_CASE("a release that the bytes contradict fails a registration, and is a warning for what is taken over from elsewhere") {
    Logged logged;
    logged.log("model.pkl", artifact_bytes("1.9.1-protocol5.pkl"));
    logged.log("requirements.txt", "scikit-learn==1.2.2\n");
    const RegistrationView failed = logged.add();
    CHECK(failed.registration.status == "failed");
    CHECK(failed.registration.message.find("says scikit-learn 1.2.2, but model.pkl was written by 1.9.1") != std::string::npos);
    NewRegistration past = logged.wanted();
    past.past.emplace();
    past.past->version = 7;
    CHECK(must(register_folder(logged.registry, past)).version);
}

TEST_CASE("a model that is not there takes no registration") {
    Logged logged;
    const Error error = error_of(register_folder(logged.registry, logged.wanted("none")));
    CHECK(error.kind == ErrorKind::not_found);
    CHECK(error.code == "model-not-found");
}

TEST_CASE("a version is copied to another model with its files and facts, and names where it came from") {
    Logged logged;
    NewRegistration copy = logged.wanted("other");
    copy.location = "";
    copy.copied_from = logged.add().version->row;
    (void)must(create_model(logged.registry, "other", "", {}, "ann@lab"));
    const RegistrationView made = must(register_folder(logged.registry, copy));
    REQUIRE(made.version);
    const Json manifest = must(parse_json(made.version->row.manifest));
    CHECK(manifest.at("facts").at("params") == Json{{"depth", "3"}});
    REQUIRE(manifest.at("facts").at("parents").size() == 1);
    CHECK(manifest.at("facts").at("parents")[0].at("relation") == "copied_from");
    CHECK(manifest.at("facts").at("parents")[0].at("version") == "churn@1");
    CHECK(must(version_entries(logged.registry, made.version->row, "")).size() == 2);
}

TEST_CASE("a model's name is taken once, and a model is shown with its tags") {
    Logged logged;
    CHECK(error_of(create_model(logged.registry, "churn", "", {}, "ann@lab")).code == "model-exists");
    const RegisteredModel model = must(show_registered_model(logged.registry, "churn"));
    CHECK(model.row.description == "who leaves");
    REQUIRE(model.tags.size() == 1);
    CHECK(model.tags[0].value == "birds");
    CHECK(model.aliases.empty());
}

TEST_CASE("deleting a model frees its name and not its numbers") {
    Logged logged;
    logged.add();
    logged.fail_to_add();
    logged.registry.alias("churn", "best", 1);
    const std::string created_at = must(show_registered_model(logged.registry, "churn")).row.created_at;
    must(delete_model(logged.registry, "churn", "ann@lab"));
    CHECK(error_of(show_registered_model(logged.registry, "churn")).code == "model-not-found");
    CHECK(error_of(delete_model(logged.registry, "churn", "ann@lab")).code == "model-not-found");
    CHECK(error_of(register_folder(logged.registry, logged.wanted())).code == "model-not-found");
    logged.registry.clock.advance_seconds(60);
    const RegisteredModel again = must(create_model(logged.registry, "churn", "", {}, "ann@lab"));
    CHECK(again.row.created_at != created_at);
    CHECK(again.row.description.empty());
    CHECK(again.tags.empty());
    CHECK(again.aliases.empty());
    CHECK(error_of(show_registered_version(logged.registry, "churn", 1)).code == "version-not-found");
    CHECK(error_of(show_registered_version(logged.registry, "churn", 2)).code == "version-not-found");
    CHECK(logged.add().registration.version == 3);
}

TEST_CASE("a version that enters a stage archives the others when that is wanted") {
    Logged logged;
    for (int i = 0; i < 3; ++i) logged.add();
    logged.stage(1, "Production");
    logged.stage(2, "Production");
    CHECK(logged.show(1).registration.stage == "Production");
    CHECK(logged.latest() == "3=None 2=Production");
    logged.stage(3, "Production", true);
    CHECK(logged.latest() == "3=Production 2=Archived");
    CHECK(logged.show(1).registration.stage == "Archived");
    CHECK(logged.registry.ask("SELECT count(*) FROM history WHERE kind = 'stage'") == "5");
}

TEST_CASE("a registration that failed enters no stage that is used, and pushes nobody out of it") {
    Logged logged;
    logged.add();
    logged.stage(1, "Production");
    logged.fail_to_add();
    CHECK(error_of(set_stage(logged.registry, "churn", 2, "Production", true, "ann@lab")).code == "version-failed");
    CHECK(logged.show(1).registration.stage == "Production");
    logged.stage(2, "Archived");
    CHECK(logged.show(2).registration.stage == "Archived");
}

TEST_CASE("a version that was pushed has a stage and a description too") {
    Logged logged;
    logged.registry.push(a_push());
    CHECK(logged.show(1).registration.stage == "None");
    logged.stage(1, "Staging");
    CHECK(logged.show(1).registration.stage == "Staging");
    CHECK(must(describe_registered_version(logged.registry, "churn", 1, "new", "ann@lab")).version->row.description == "new");
    CHECK(logged.show(1).registration.stage == "Staging");
}

TEST_CASE("the description of a failed registration changes too") {
    Logged logged;
    logged.fail_to_add();
    (void)must(describe_registered_version(logged.registry, "churn", 1, "new", "ann@lab"));
    CHECK(logged.show(1).registration.description == "new");
}

TEST_CASE("a failed registration keeps its tags, and can have others until it is deleted") {
    Logged logged;
    const RegistrationView failed = logged.fail_to_add();
    REQUIRE(failed.tags.size() == 1);
    CHECK(failed.tags[0].value == "grid");
    must(set_tag(logged.registry, "churn", version_ref("1"), "seen", "yes", "ann@lab"));
    must(remove_tag(logged.registry, "churn", version_ref("1"), "kind", "ann@lab"));
    REQUIRE(logged.show(1).tags.size() == 1);
    CHECK(logged.show(1).tags[0].key == "seen");
    CHECK(error_of(set_tag(logged.registry, "churn", version_ref("2"), "seen", "yes", "ann@lab")).code == "version-not-found");
    must(delete_registered_version(logged.registry, "churn", 1, "ann@lab"));
    CHECK(logged.registry.ask("SELECT count(*) FROM tags WHERE version = 1") == "0");
}

TEST_CASE("a search finds failed registrations in their place among the versions, page by page") {
    Logged logged;
    for (int i = 0; i < 7; ++i) {
        logged.registry.clock.advance_seconds(1);
        if (i % 2 == 0) {
            logged.fail_to_add();
        } else {
            logged.add();
        }
    }
    const auto numbers = [&](TrackingQuery query) {
        std::string text;
        for (;;) {
            const auto page = must(find_versions(logged.registry, query));
            for (const RegistrationView& one : page.views) text += std::to_string(one.registration.version) + (one.version ? " " : "! ");
            if (std::ssize(page.places) < query.limit) return text;
            query.after = page.places[page.views.size() - 1];
        }
    };
    for (const std::int64_t limit : {3, 4, 100}) {
        TrackingQuery query;
        query.what = Searched::versions;
        query.limit = limit;
        CHECK(numbers(query) == "7! 6 5! 4 3! 2 1! ");
        query.order = {{TermKind::attribute, "version", false}};
        CHECK(numbers(query) == "1! 2 3! 4 5! 6 7! ");
        query.order = {{TermKind::attribute, "source", false}, {TermKind::attribute, "created_at", false}};
        CHECK(numbers(query) == "1! 2 3! 4 5! 6 7! ");
        query.terms = {{TermKind::attribute, "version", FilterOperator::greater, {4}}};
        CHECK(numbers(query) == "5! 6 7! ");
        query.terms = {{TermKind::tag, "kind", FilterOperator::equal, {"other"}}};
        CHECK(numbers(query) == "");
    }
}

TEST_CASE("who asks for a failed registration as for a version is told that it failed, and why") {
    Logged logged;
    logged.fail_to_add();
    for (const Error& error : {error_of(show_version(logged.registry, "churn", version_ref("1"))),
                               error_of(set_alias(logged.registry, "churn", "best", version_ref("1"), {}, "ann@lab"))}) {
        CHECK(error.code == "version-failed");
        CHECK(error.message == "churn@1 was not registered: it has no files, and its number stays taken");
        CHECK(error.because.starts_with("there are no files at "));
        CHECK(error.because.find('\n') == std::string::npos);
    }
}

TEST_CASE("the versions of a folder are found by each path in it, and by none beside it") {
    Logged logged;
    logged.add();
    logged.add();
    const auto count = [&](const std::string& path) { return must(registered_from(logged.registry, path)).size(); };
    CHECK(count(logged.location) == 2);
    CHECK(count(logged.location + "/notes/readme.txt") == 2);
    CHECK(count(logged.location + "-2") == 0);
    CHECK(count("0/" + logged.run) == 0);
    logged.fail_to_add();
    CHECK(count("nowhere") == 0);
}

TEST_CASE("a deleted version is neither shown nor found by its digest, and its aliases go") {
    Logged logged;
    const std::string digest = logged.add().version->row.digest;
    logged.registry.alias("churn", "best", 1);
    must(delete_registered_version(logged.registry, "churn", 1, "ann@lab"));
    CHECK(error_of(show_registered_version(logged.registry, "churn", 1)).code == "version-not-found");
    CHECK(error_of(version_of_digest(logged.registry, digest)).code == "version-not-found");
    CHECK(must(show_registered_model(logged.registry, "churn")).aliases.empty());
    CHECK(logged.latest() == "");
}

}  // namespace assay::test
