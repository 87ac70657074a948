#include "registry/facts_of_run.hpp"

#include "registry/experiments.hpp"
#include "registry/logged_models.hpp"
#include "registry/runs.hpp"
#include "tests/support/test_registry.hpp"

#include <fmt/format.h>

#include <limits>

namespace assay::test {

namespace {

struct Tracked {
    TestRegistry registry;
    std::string run;

    Tracked() {
        must(ensure_default_experiment(registry));
        NewRun wanted;
        wanted.started_at = 1'000;
        run = must(create_run(registry, wanted)).id;
    }
    void change(const RunChange& change) { (void)must(change_run(registry, run, change)); }
    RunFacts facts(const std::string& logged_model = "") { return must(facts_of_run(registry, run, logged_model)); }
    void add_model() {
        LoggedModelRow row;
        row.id = "m";
        row.status = "ready";
        (void)must(create_logged_model(registry, row, {{"depth", "4"}}, {}));
    }
};

RunDatasetRow a_dataset(const std::string& name, const std::string& context) {
    std::vector<TagRow> tags;
    if (!context.empty()) tags.push_back({"mlflow.data.context", context});
    return {{name, "of a few rows", "local", "here", std::nullopt, std::nullopt}, tags};
}

}  // namespace

TEST_CASE("what is unknown says nothing") {
    TestRegistry registry;
    const RunFacts found = must(facts_of_run(registry, "none", "none either"));
    CHECK(found.run.empty());
    CHECK(found.facts.metrics.empty());
    CHECK(!found.facts.trained_at);
}

TEST_CASE("the latest of each metric, params, the end and the source are facts, and what is not a number is none") {
    Tracked tracked;
    CHECK(tracked.facts().facts.trained_at == time_of_milliseconds(1'000));
    RunChange change;
    change.ended_at = 2'000;
    change.metrics = {{{"loss", 1, 1, 0.5}, "", "", ""},
                      {{"loss", 2, 1, 0.25}, "", "", ""},
                      {{"bad", 1, 1, std::numeric_limits<double>::quiet_NaN()}, "", "", ""}};
    change.params = {{"depth", "3"}};
    change.tags = {{"mlflow.source.git.commit", "abc"}, {"mlflow.source.name", "train.py"}};
    tracked.change(change);
    const RunFacts found = tracked.facts();
    CHECK(found.run == tracked.run);
    REQUIRE(found.facts.metrics.size() == 1);
    CHECK(found.facts.metrics[0].value == 0.25);
    CHECK(!found.facts.metrics[0].dataset);
    CHECK(found.facts.params.at("depth") == "3");
    CHECK(found.facts.trained_at == time_of_milliseconds(2'000));
    CHECK(found.facts.source.at("git") == "abc");
    CHECK(found.facts.source.at("entry_point") == "train.py");
}

TEST_CASE("data is a fact when a tag gives its hash, in the role of its context") {
    Tracked tracked;
    const std::string table = "ds1:" + digest_text("table");
    RunChange change;
    change.datasets = {a_dataset("adult", ""), a_dataset("held", "eval"), a_dataset("odd", "elsewhere"), a_dataset("unknown", "training")};
    change.tags = {{"assay.dataset.adult", digest_text("adult")},
                   {"assay.dataset.held", table},
                   {"assay.dataset.odd", digest_text("odd")},
                   {"assay.dataset.unknown", "no digest"}};
    tracked.change(change);
    const std::vector<DatasetFact> found = tracked.facts().facts.datasets;
    REQUIRE(found.size() == 3);
    CHECK(found[0].name == "adult");
    CHECK(found[0].role == "training");
    CHECK(found[0].digest == digest_text("adult"));
    CHECK(found[1].role == "evaluation");
    CHECK(found[1].table_digest == table);
    CHECK(!found[1].digest);
    CHECK(found[2].role == "other");
}

TEST_CASE("two datasets of one name keep their own hashes, and are told apart by their roles") {
    Tracked tracked;
    tracked.add_model();
    RunChange change;
    change.datasets = {a_dataset("adult", "training"), a_dataset("adult", "evaluation")};
    change.datasets[0].dataset.digest = "aaaa";
    change.datasets[1].dataset.digest = "bbbb";
    change.tags = {{"assay.dataset.adult.aaaa", digest_text("training")}, {"assay.dataset.adult.bbbb", digest_text("evaluation")}};
    change.metrics = {{{"loss", 1, 1, 0.5}, "m", "adult", "bbbb"}, {{"train_loss", 1, 1, 0.25}, "m", "adult", "aaaa"}};
    tracked.change(change);
    const Facts facts = tracked.facts("m").facts;
    REQUIRE(facts.datasets.size() == 2);
    CHECK(facts.datasets[0].name == "adult");
    CHECK(facts.datasets[0].digest == digest_text("training"));
    CHECK(facts.datasets[1].name == "adult (evaluation)");
    CHECK(facts.datasets[1].digest == digest_text("evaluation"));
    REQUIRE(facts.metrics.size() == 2);
    CHECK(facts.metrics[0].dataset == "adult (evaluation)");
    CHECK(facts.metrics[1].dataset == "adult");
}

TEST_CASE("a hash that names only a dataset says nothing of two of that name") {
    Tracked tracked;
    RunChange change;
    change.datasets = {a_dataset("adult", "training"), a_dataset("adult", "evaluation")};
    change.datasets[1].dataset.digest = "bbbb";
    change.tags = {{"assay.dataset.adult", digest_text("which?")}};
    tracked.change(change);
    CHECK(tracked.facts().facts.datasets.empty());
}

TEST_CASE("what a version cannot have is left with the run, and the rest can be read again") {
    Tracked tracked;
    RunChange change;
    change.datasets = {a_dataset("a\nb", "training")};
    change.tags = {
        {"assay.dataset.a\nb", digest_text("odd")}, {"mlflow.source.name", std::string(1'001, 'x')}, {"mlflow.source.git.commit", "a\x01"}};
    change.metrics = {{{"inf", 1, 1, std::numeric_limits<double>::max()}, "", "", ""},
                      {{"-inf", 1, 1, std::numeric_limits<double>::lowest()}, "", "", ""}};
    for (int i = 0; i < 5'001; ++i) {
        change.metrics.push_back({{fmt::format("m{:04}", i), 1, 1, 0.5}, "", "", ""});
        change.params.push_back({fmt::format("p{:04}", i), "1"});
    }
    tracked.change(change);
    const Facts facts = tracked.facts().facts;
    CHECK(facts.datasets.empty());
    CHECK(facts.source.empty());
    CHECK(facts.metrics.size() == 5'000);
    CHECK(facts.metrics.back().name == "m4999");
    CHECK(facts.params.size() == 5'000);
    CHECK(facts.origin.at("metrics") == "the run, of whose 5001 the first 5000 are kept");
    Problems problems;
    (void)read_facts(to_json(facts), "facts", true, problems);
    CHECK(problems.empty());
}

TEST_CASE("what was measured on the logged model stands for what the run measured, with its data where that is known") {
    Tracked tracked;
    tracked.add_model();
    RunChange change;
    change.params = {{"depth", "3"}, {"cv", "5"}};
    change.datasets = {a_dataset("held", "eval")};
    change.tags = {{"assay.dataset.held", digest_text("held")}};
    change.metrics = {
        {{"run only", 1, 1, 9}, "", "", ""}, {{"loss", 1, 1, 0.5}, "m", "held", "d"}, {{"score", 1, 1, 0.75}, "m", "nobody knows", "d"}};
    tracked.change(change);
    const Facts facts = tracked.facts("m").facts;
    CHECK(facts.params.at("depth") == "4");
    CHECK(facts.params.at("cv") == "5");
    REQUIRE(facts.metrics.size() == 2);
    CHECK(facts.metrics[0].name == "loss");
    CHECK(facts.metrics[0].dataset == "held");
    CHECK(facts.metrics[1].name == "score");
    CHECK(!facts.metrics[1].dataset);
}

TEST_CASE("a logged model without a run was trained when it was made") {
    Tracked tracked;
    tracked.add_model();
    const RunFacts found = must(facts_of_run(tracked.registry, "", "m"));
    CHECK(found.run.empty());
    CHECK(found.facts.trained_at == tracked.registry.registry().clock.now());
    CHECK(found.facts.params.at("depth") == "4");
}

}  // namespace assay::test
