#include "registry/contents.hpp"

#include "tests/support/artifacts.hpp"
#include "tests/support/test_registry.hpp"

#include <filesystem>

namespace assay::test {

namespace {

std::map<std::string, Json> contents(TestRegistry& registry, const std::string& artifact, std::uint64_t may_read = max_compared_bytes) {
    const auto release = artifact.substr(0, artifact.find('-'));
    const VersionView version = registry.push(
        a_push().with_artifact(artifact_bytes(artifact)).with_library("scikit-learn", release).with_library("numpy", "2.3.1"));
    return must(contents_of(registry.registry(), version.row, may_read));
}

}  // namespace

TEST_CASE("parameters, attributes and arrays stand by the names of steps") {
    TestRegistry registry;
    const auto rows = contents(registry, "1.9.1-pipeline.joblib");
    CHECK(rows.at("class") == "sklearn.pipeline.Pipeline");
    CHECK(rows.at("model.class") == "sklearn.linear_model._logistic.LogisticRegression");
    CHECK(rows.at("model.C") == 1.0);
    CHECK(rows.at("scale.mean_").at("array") == "<f8");
    CHECK(rows.at("scale.mean_").at("shape") == Json::array({2}));
    CHECK(rows.at("scale.mean_").at("sha256").get<std::string>().size() == 64);
}

TEST_CASE("the same arrays have the same digest however the file is compressed") {
    TestRegistry registry;
    CHECK(contents(registry, "1.9.1-pipeline.xz") == contents(registry, "1.9.1-pipeline.joblib"));
}

TEST_CASE("arrays that differ in indices only are one row") {
    TestRegistry registry;
    const auto rows = contents(registry, "1.9.1-forest.joblib");
    CHECK(rows.at("estimators_[*].tree_.nodes").at("arrays") == 3);
    CHECK(rows.at("estimators_[*].tree_.nodes").at("sha256").get<std::string>().size() == 64);
    CHECK(!rows.contains("estimators_[0].tree_.nodes"));
    CHECK(rows.at("estimators_[0].class") == "sklearn.tree._classes.DecisionTreeClassifier");
}

TEST_CASE("what may not be read has no digest and equals only the same file's") {
    TestRegistry registry;
    const auto rows = contents(registry, "1.9.1-pipeline.joblib", 10);
    CHECK(!rows.at("scale.mean_").contains("sha256"));
    CHECK(rows.at("scale.mean_").contains("not_read"));
    CHECK(rows.at("model.C") == 1.0);
}

}  // namespace assay::test
