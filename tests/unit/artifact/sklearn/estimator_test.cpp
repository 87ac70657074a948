#include "artifact/sklearn/estimator.hpp"

#include "tests/support/artifacts.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("a pipeline is a tree of its steps with hyperparameters, fitted attributes and the release of each") {
    const Json tree = inspect_artifact("1.9.1-pipeline.joblib").tree;
    CHECK(tree["class"] == "sklearn.pipeline.Pipeline");
    CHECK(tree["release"] == "1.9.1");
    REQUIRE(tree["children"].size() == 2);
    const Json& scaler = tree["children"][0];
    CHECK(scaler["class"] == "sklearn.preprocessing._data.StandardScaler");
    CHECK(scaler["params"]["with_mean"] == true);
    CHECK(scaler["fitted"]["mean_"]["array"] == "float64");
    CHECK(scaler["path"] == "steps[0][1]");
    CHECK(!scaler["name"].get<std::string>().empty());
}

TEST_CASE("of a forest the first trees stand in the tree, and the others are counted") {
    const Json tree = inspect_artifact("1.9.1-forest.joblib").tree;
    std::size_t shown = 0;
    for (const Json& child : tree["children"]) shown += child["name"] == "estimators_" ? 1U : 0U;
    CHECK(shown >= 1);
    CHECK(shown <= 5);
}

TEST_CASE("feature names and classes are those of the model, within a pipeline too") {
    const Inspection encoder = inspect_artifact("1.9.1-encoder.joblib");
    CHECK(!encoder.feature_names.empty());
    const Inspection pipeline = inspect_artifact("1.9.1-pipeline.joblib");
    CHECK(pipeline.classes.is_array());
    CHECK(pipeline.classes.size() >= 2);
}

TEST_CASE("old releases have trees as well") {
    for (const char* name : {"0.20.4-pipeline.joblib", "0.24.2-pipeline.joblib", "1.2.2-pipeline.joblib", "1.9.1-protocol0.pkl"}) {
        CAPTURE(name);
        CHECK(inspect_artifact(name).tree.is_object());
    }
}

}  // namespace assay::test
