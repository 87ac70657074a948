#include "artifact/sklearn/training_data.hpp"

#include "tests/support/artifacts.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace assay::test {

TEST_CASE("a model of neighbours carries its training rows") {
    const Inspection found = inspect_artifact("1.9.1-neighbours.joblib");
    const auto rows = std::find_if(found.training_data.begin(), found.training_data.end(),
                                   [](const TrainingData& data) { return data.path == "_fit_X"; });
    REQUIRE(rows != found.training_data.end());
    CHECK(rows->level == "rows");
    CHECK(rows->rows > 0);
    CHECK(rows->estimator.ends_with("KNeighborsClassifier"));
}

TEST_CASE("an encoder carries values of single columns") {
    const Inspection found = inspect_artifact("1.9.1-encoder.joblib");
    CHECK(std::any_of(found.training_data.begin(), found.training_data.end(),
                      [](const TrainingData& data) { return data.level == "columns" && data.rows > 0; }));
}

TEST_CASE("scalers, linear models and trees carry none") {
    CHECK(inspect_artifact("1.9.1-pipeline.joblib").training_data.empty());
    CHECK(inspect_artifact("1.9.1-tree.joblib").training_data.empty());
}

}  // namespace assay::test
