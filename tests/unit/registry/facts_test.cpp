#include "registry/facts.hpp"

#include "tests/support/result.hpp"

#include <algorithm>

namespace assay::test {

namespace {

Json complete() {
    const std::string digest = "sha256:" + std::string(64, 'a');
    return {{"uses", {"Scikit_Learn", "numpy", "numpy", "python"}},
            {"libraries", {{"python", "3.11.7"}, {"scikit-learn", "1.7.2"}, {"numpy", "2.3.1"}, {"pandas", "2.2"}}},
            {"platform", "linux-x86_64"},
            {"trained_at", "2026-11-22T23:14:03+02:00"},
            {"datasets",
             {{{"role", "training"}, {"name", "adult"}, {"digest", digest}, {"rows", 32561}},
              {{"role", "test"}, {"name", "held out"}, {"table_digest", "ds1:" + digest}}}},
            {"metrics", {{{"name", "accuracy"}, {"value", 1}, {"dataset", "held out"}}}},
            {"params", {{"max_depth", "8"}}},
            {"source", {{"git", "9f31c0e"}}},
            {"parents", {{{"relation", "retrained_from"}, {"version", "churn@2"}}}},
            {"origin", {{"libraries.numpy", "declared"}}}};
}

std::vector<std::string> problems_of(const Json& facts, bool from_manifest = false) {
    Problems problems;
    (void)read_facts(facts, "facts", from_manifest, problems);
    std::vector<std::string> lines;
    for (const FieldProblem& problem : problems) lines.push_back(problem.field + ": " + problem.message);
    return lines;
}

/// The one problem of the facts after `pointer` was set to `value`.
std::string problem_with(const std::string& pointer, const Json& value) {
    Json facts = complete();
    facts[Json::json_pointer(pointer)] = value;
    const auto lines = problems_of(facts);
    CHECK_MESSAGE(lines.size() == 1, pointer);
    return lines.empty() ? "none" : lines[0];
}

}  // namespace

TEST_CASE("facts are read whole, with package names normalised and times in UTC") {
    Problems problems;
    const Facts facts = read_facts(complete(), "facts", false, problems);
    CHECK(problems.empty());
    CHECK(facts.uses == std::vector<std::string>{"scikit-learn", "numpy"});
    CHECK(facts.libraries.at("scikit-learn") == "1.7.2");
    CHECK(facts.trained_at->to_string() == "2026-11-22T21:14:03Z");
    REQUIRE(facts.datasets.size() == 2);
    CHECK(facts.datasets[0].rows == 32561);
    CHECK(facts.datasets[1].digests() == std::vector<std::string>{"ds1:sha256:" + std::string(64, 'a')});
    CHECK(facts.metrics[0].value == 1.0);
    CHECK(facts.parents[0].name() == "churn@2");
}

TEST_CASE("facts written to a manifest and read back are the same") {
    Problems problems;
    Facts facts = read_facts(complete(), "facts", false, problems);
    facts.parents[0].digest = "sha256:" + std::string(64, 'b');
    facts.missing = {"metrics"};
    facts.run = std::string(32, '1');
    const Json json = to_json(facts);
    const Facts again = read_facts(json, "facts", true, problems);
    CHECK(problems.empty());
    CHECK(to_json(again) == json);
}

TEST_CASE("an unknown fact is refused, and so is what the registry fills in") {
    for (const char* member : {"mood", "missing", "run"}) {
        Json facts = complete();
        facts[member] = "x";
        CHECK(problems_of(facts).at(0).starts_with(std::string("facts.") + member + ": is not a known field"));
    }
}

TEST_CASE("a used package needs a release") {
    CHECK(problem_with("/uses", {"numpy", "torch"}).starts_with("facts.uses: names 'torch', but libraries does not say which release"));
    CHECK(problem_with("/uses", {"bad name!"}).starts_with("facts.uses: 'bad name!' is not the name of a package"));
    CHECK(problem_with("/libraries/pandas", "").starts_with("facts.libraries.pandas: is empty"));
    CHECK(problem_with("/libraries/Pandas", "2.1").find("is listed twice") != std::string::npos);
    CHECK(problem_with("/libraries/pandas", 2) == "facts.libraries.pandas: must be a string, not an integer");
}

TEST_CASE("a data set needs a name, a known role and a digest") {
    CHECK(problem_with("/datasets/0/digest", nullptr).starts_with("facts.datasets[0].digest: is missing: a dataset is known by digest"));
    CHECK(problem_with("/datasets/0/digest", "sha256:AA").starts_with("facts.datasets[0].digest: must be 'sha256:'"));
    CHECK(problem_with("/datasets/1/table_digest", "sha256:" + std::string(64, 'a'))
              .starts_with("facts.datasets[1].table_digest: must be 'ds1:sha256:'"));
    CHECK(problem_with("/datasets/0/role", "train").starts_with("facts.datasets[0].role: must be training, evaluation"));
    CHECK(problem_with("/datasets/0/rows", -1) == "facts.datasets[0].rows: cannot be negative");
    CHECK(problem_with("/datasets/0/rows", 1.5) == "facts.datasets[0].rows: must be an integer, not a number");
    CHECK(problem_with("/datasets/0/name", "held out") == "facts.datasets[1].name: 'held out' is used by another dataset of this version");
    CHECK(problem_with("/datasets/0/colour", "x").starts_with("facts.datasets[0].colour: is not a known field"));
    CHECK(problem_with("/datasets/0/name", "a\nb").starts_with("facts.datasets[0].name: must be printable text"));
}

TEST_CASE("a metric is a finite number on a data set of this version, once") {
    CHECK(problem_with("/metrics/0/value", "0.9") == "facts.metrics[0].value: must be a number, not a string");
    CHECK(problem_with("/metrics/0/value", nullptr) == "facts.metrics[0].value: is required and missing");
    CHECK(problem_with("/metrics/0/dataset", "elsewhere") ==
          "facts.metrics[0].dataset: 'elsewhere' is not the name of a dataset of this version");
    CHECK(problem_with("/metrics/1", {{"name", "accuracy"}, {"value", 2}, {"dataset", "held out"}}) ==
          "facts.metrics[1].name: is given twice for the same dataset");
    CHECK(error_of(parse_json(R"({"value":NaN})")).code == "invalid-json");
    CHECK(error_of(parse_json(R"({"value":1e999})")).code == "invalid-json");
}

TEST_CASE("a parent is a name and a number") {
    for (const char* version : {"churn", "churn@", "churn@0", "churn@-1", "churn@production", "@3", "a/b@3"}) {
        CHECK_MESSAGE(problem_with("/parents/0/version", version).starts_with("facts.parents[0].version: must be NAME@NUMBER"), version);
    }
}

TEST_CASE("a time before 1970, a day that is none and a leap second are refused with the reason") {
    CHECK(problem_with("/trained_at", "1969-12-31T23:59:59Z").find("before 1970") != std::string::npos);
    CHECK(problem_with("/trained_at", "2026-02-30T00:00:00Z").find("no such day") != std::string::npos);
    CHECK(problem_with("/trained_at", "2016-12-31T23:59:60Z").starts_with("facts.trained_at"));
    CHECK(problem_with("/trained_at", 3) == "facts.trained_at: must be a string, not an integer");
}

TEST_CASE("lists and texts beyond their limits are refused with the limit") {
    Json params = Json::object();
    for (int i = 0; i <= 5000; ++i) params["p" + std::to_string(i)] = "1";
    CHECK(problem_with("/params", params) == "facts.params: has 5001 entries, at most 5000 are accepted");
    CHECK(problem_with("/params/long", std::string(100'001, 'x')) == "facts.params.long: is longer than 100000 bytes");
    CHECK(problem_with("/platform", std::string(1001, 'x')).starts_with("facts.platform: must be printable text of at most 1000 bytes"));
}

}  // namespace assay::test
