#include "clients/cli/companion.hpp"

#include "base/text.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

const std::string sha(64, 'a');

Companion read(std::string_view text, const CompanionMap& map = {}) { return must(read_companion(must(parse_json(text)), map)); }

std::string refused(std::string_view text, const CompanionMap& map = {}) {
    const auto read = read_companion(must(parse_json(text)), map);
    REQUIRE(!read);
    return read.error().code;
}

}  // namespace

TEST_CASE("the usual companion gives all facts") {
    const Companion found = read(R"({"sklearn_version": "1.5.2", "dataset": "adult-2024-05", "dataset_hash": "sha256:)" + sha +
                                 R"(", "metrics": {"accuracy": 0.86}, "trained_at": "2024-05-01"})");
    CHECK(found.facts == Json{{"libraries", {{"scikit-learn", "1.5.2"}}},
                              {"uses", {"scikit-learn"}},
                              {"datasets", Json::array({{{"role", "training"}, {"name", "adult-2024-05"}, {"digest", "sha256:" + sha}}})},
                              {"metrics", Json::array({{{"name", "accuracy"}, {"value", 0.86}}})},
                              {"trained_at", "2024-05-01T00:00:00Z"}});
    CHECK(found.left.empty());
    CHECK(found.tags.empty());
}

TEST_CASE("libraries are understood as words before _version, as an object and as pins") {
    CHECK(read(R"json({"Python-Version": "3.11.7 (main, Dec 8 2023)", "xgb_version": "2.1.0", "model_version": "4"})json")
              .facts["libraries"] == Json{{"python", "3.11.7"}, {"xgboost", "2.1.0"}});
    CHECK(read(R"({"versions": {"sklearn": "1.4.2", "numpy_version": "1.26.4", "depth": 3}})").facts["libraries"] ==
          Json{{"scikit-learn", "1.4.2"}, {"numpy", "1.26.4"}});
    CHECK(read(R"({"requirements": ["scikit-learn==1.4.2", "numpy>=1"], "env": {"joblib": "1.4.0"}})").facts["libraries"] ==
          Json{{"scikit-learn", "1.4.2"}, {"joblib", "1.4.0"}});
}

TEST_CASE("a date is understood with a space, without a zone and as seconds") {
    for (const char* text : {R"("2024-05-01 12:30:00")", R"("2024-05-01T12:30:00")", R"("2024-05-01T14:30:00+02:00")", "1714566600",
                             "1714566600000", "1714566600.0"}) {
        CHECK(read(std::string(R"({"timestamp": )") + text + "}").facts["trained_at"] == "2024-05-01T12:30:00Z");
    }
    CHECK(read(R"({"trained_at": "last week", "date": "2024-05-01"})").facts["trained_at"] == "2024-05-01T00:00:00Z");
    CHECK(read(R"({"trained_at": "last week"})").left ==
          std::vector<std::string>{
              "'trained_at': \"last week\" is no date (such as 2024-05-01, 2024-05-01T12:30:00Z, or seconds since 1970)"});
}

TEST_CASE(
    "metrics within a word, and with one before them, are of the data of that name or role, and those of the training data are params") {
    const Companion found = read(
        R"({"test_data": {"name": "adult-test", "sha256": ")" + sha +
        R"(", "rows": 50}, "scores": {"test": {"auc": 0.9}, "train": {"auc": 0.99}, "val": {"auc": 0.8}, "bad": "x"}, "test_f1": 0.8, "train_f1": 1, "test_auc": 0.9})");
    CHECK(found.facts["datasets"] == Json::array({{{"role", "test"}, {"name", "adult-test"}, {"digest", "sha256:" + sha}, {"rows", 50}}}));
    CHECK(found.facts["metrics"] == Json::array({{{"name", "auc"}, {"value", 0.9}, {"dataset", "adult-test"}},
                                                 {{"name", "val_auc"}, {"value", 0.8}},
                                                 {{"name", "f1"}, {"value", 0.8}, {"dataset", "adult-test"}}}));
    CHECK(found.facts["params"] == Json{{"train_auc", "0.99"}, {"train_f1", "1"}});
    CHECK(found.left == std::vector<std::string>{"metric 'bad': no number"});
    CHECK(read(R"({"results": [{"name": "r2", "value": 0.5}]})").facts["metrics"] == Json::array({{{"name", "r2"}, {"value", 0.5}}}));
    CHECK(read(R"({"accuracy": 0.9, "metrics": {"accuracy": 0.9}})").facts["metrics"].size() == 1);
    CHECK(read(R"({"accuracy": 0.9, "metrics": {"accuracy": 0.8}})").left.size() == 1);
}

TEST_CASE("data that is known by a name or an MD5 only becomes a tag, and is told") {
    const Companion found = read(R"({"dataset": "adult", "dataset_hash": "md5:0123", "eval_dataset": "later"})");
    CHECK(found.facts["datasets"].empty());
    CHECK(found.tags == Json{{"dataset.training", "adult"}, {"dataset.training.hash", "md5:0123"}, {"dataset.evaluation", "later"}});
    CHECK(found.left.size() == 2);
    CHECK(read(R"({"dataset_hash": "ds1:sha256:)" + sha + "\"}").facts["datasets"][0]["table_digest"] == "ds1:sha256:" + sha);
    CHECK(read(R"({"data_sha256": ")" + std::string(64, 'A') + "\"}").facts["datasets"][0]["digest"] == "sha256:" + sha);
}

TEST_CASE("names, notes, params, commits and people have their places, and the rest is told") {
    const Companion found = read(
        R"({"model_name": "churn", "model_file": "m.pkl", "notes": "n", "best_params": {"depth": 8, "kind": "gini"}, "git_sha": "9f3", "author": "ann", "tags": ["a"], "model": "RandomForest", "x": {}})");
    CHECK(found.name == "churn");
    CHECK(found.file == "m.pkl");
    CHECK(found.description == "n");
    CHECK(found.facts["params"] == Json{{"depth", "8"}, {"kind", "gini"}});
    CHECK(found.facts["source"] == Json{{"git", "9f3"}});
    CHECK(found.tags == Json{{"author", "ann"}, {"a", ""}});
    CHECK(found.left == std::vector<std::string>{"'model': means nothing here", "'x': means nothing here"});
}

TEST_CASE("a map reads any place as a field") {
    const CompanionMap map = {{"trained_at", "meta.run.0"}, {"libraries.scikit-learn", "sk"}, {"name", "a.b"}};
    const Companion found =
        read(R"({"meta": {"run": ["2024-05-01"]}, "sk": "1.5.2", "numpy_version": "2.0.0", "a.b": "churn", "trained_at": "x"})", map);
    CHECK(found.facts["trained_at"] == "2024-05-01T00:00:00Z");
    CHECK(found.facts["libraries"] == Json{{"numpy", "2.0.0"}, {"scikit-learn", "1.5.2"}});
    CHECK(found.name == "churn");
    CHECK(found.left == std::vector<std::string>{"'meta': means nothing here"});
    CHECK(found.lacking.empty());
    CHECK(must(companion_map_option("evaluation_dataset_hash=a.b")).second == "a.b");
    CHECK(!companion_map_option("colour=a"));
    CHECK(!companion_map_option("name="));
    CHECK(!companion_map_option("libraries.=a"));
}

TEST_CASE("a path of a map where nothing is leaves the field to its usual names, and is named") {
    const Companion found = read(R"({"name": "churn", "meta": {"run": 1}})", {{"name", "meta.who"}, {"description", "meta.run.0"}});
    CHECK(found.name == "churn");
    CHECK(found.lacking == std::vector<std::string>{"meta.who", "meta.run.0"});
}

TEST_CASE("what Python writes for no number is null, and the same words in a text stay") {
    const Json json = must(parse_companion(R"({"NaN \"NaN": [NaN, -Infinity, Infinity], "a": "-Infinity", "b\\": NaN})"));
    CHECK(json == Json::parse(R"({"NaN \"NaN": [null, null, null], "a": "-Infinity", "b\\": null})"));
    CHECK(!parse_companion("{\"a\": NaN"));
    CHECK(!parse_companion("\"\\"));
    const Companion found = must(read_companion(must(parse_companion(R"({"metrics": {"auc": NaN, "accuracy": 0.5}})")), {}));
    CHECK(to_text(found.facts["metrics"]).find("accuracy") != std::string::npos);
    CHECK(to_text(found.facts["metrics"]).find("auc") == std::string::npos);
    CHECK(join(found.left, "; ").find("auc") != std::string::npos);
}

TEST_CASE("what is no object is no companion") {
    for (const char* text : {"[]", "1", "\"churn\"", "null"}) CHECK(refused(text) == "not-a-companion");
}

}  // namespace assay::test
