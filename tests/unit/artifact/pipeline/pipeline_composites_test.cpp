#include "artifact/inspect.hpp"
#include "artifact/pipeline/estimators/interpolation.hpp"
#include "artifact/pipeline/pipeline.hpp"
#include "tests/support/inspected.hpp"
#include "tests/support/models.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>

// Estimators of estimators whose states contradict themselves.

namespace assay::test::composites {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The refusal when the first element of the first array with such a path is another.
template <class Number>
std::string refused_with(const std::string& name, std::string_view path, Number value, std::size_t place = 0) {
    std::string bytes = model_pickle(name);
    CHECK(why_not_decoded(bytes) == "decoded");
    const Inspection inspection = inspected(bytes, "model.joblib");
    for (const ArrayFact& array : inspection.arrays) {
        if (array.path.find(path) == std::string::npos) continue;
        std::memcpy(bytes.data() + array.offset + place * sizeof value, &value, sizeof value);
        return why_not_decoded(bytes);
    }
    FAIL("there is no array " << path);
    return {};
}

/// The refusal when the first of such texts in the pickle is another of the same length.
std::string refused_instead(const std::string& name, std::string_view from, std::string_view to) {
    REQUIRE(from.size() == to.size());
    std::string bytes = model_pickle(name);
    const std::size_t at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    bytes.replace(at, from.size(), to);
    return why_not_decoded(bytes);
}

bool says(const std::string& text, std::string_view part) {
    INFO(text);
    const bool found = text.find(part) != std::string::npos;
    CHECK(found);
    return found;
}

}  // namespace

TEST_CASE("votes of estimators are refused with the attribute that contradicts them") {
    says(refused_instead("1.9.1-voting-hard", "hard", "herd"), "attribute voting is neither hard nor soft");
    says(refused_instead("1.9.1-voting-hard", "LabelEncoder", "LabelEncodes"), "attribute le_ is no LabelEncoder");
    says(refused_instead("1.9.1-voting-hard", "estimators_", "estimatorz_"), "attribute estimators_ is not there");
    says(refused_with("1.9.1-ada-boost-votes", "estimator_weights_", not_a_number), "attribute estimator_weights_ holds what is no weight");
    says(refused_with("0.24.2-ada-boost", "estimator_weights_", -1.0), "attribute estimator_weights_ holds what is no weight");
    says(refused_instead("0.24.2-ada-boost", "SAMME.R", "SAMME.Q"), "attribute algorithm is not known");
    says(refused_instead("1.9.1-stacking", "predict_proba", "predict_probe"), "attribute stack_method_ holds predict_probe");
    says(refused_instead("1.9.1-stacking", "final_estimator_", "final_estimates_"), "attribute final_estimator_ is not there");
}

TEST_CASE("a bag that names a column which is not there is refused with the column") {
    for (const std::int64_t column : {std::int64_t{-1}, std::int64_t{4}, std::numeric_limits<std::int64_t>::min()}) {
        says(refused_with("1.9.1-bagging", "estimators_features_", column), fmt::format("names the column {} of 4", column));
        says(refused_with("1.9.1-isolation-forest", "estimators_features_", column), fmt::format("names the column {} of 4", column));
    }
}

TEST_CASE("calibrators whose thresholds are no line are refused") {
    says(refused_with("1.9.1-calibrated-isotonic", "X_thresholds_", 1e300), "attribute X_thresholds_ is not sorted");
    says(refused_with("1.9.1-calibrated-isotonic", "X_thresholds_", -1e300), "are not the ends of X_thresholds_");
    says(refused_with("1.9.1-calibrated-isotonic", "y_thresholds_", not_a_number), "its thresholds are no finite numbers");
    says(refused_instead("1.9.1-calibrated-isotonic", "clip", "flip"), "attribute out_of_bounds is not clip");
    says(refused_instead("1.9.1-calibrated-sigmoid", "_SigmoidCalibration", "_SigmoidCalculation"), "no calibrator that is known");
}

TEST_CASE("a line through points goes on level beyond its ends, and hits its points exactly") {
    const pipeline::Interpolation line{.x = {1, 2, 2, 4}, .y = {0, 0.3, 0.5, 1}};
    CHECK(line(-7) == 0);
    CHECK(line(2) == 0.5);  // of two points at the same place the later one
    CHECK(line(3) == 0.75);
    CHECK(line(4) == 1);
    CHECK(line(1e300) == 1);
    CHECK(std::isnan(line(not_a_number)));
    CHECK(pipeline::Interpolation{.x = {5}, .y = {0.25}}(-1) == 0.25);
}

TEST_CASE("classes and outputs by estimators of their own are refused where these do not fit") {
    says(refused_instead("1.9.1-one-vs-rest", "label_binarizer_", "label_minarizer_"), "attribute label_binarizer_ is not there");
    says(refused_with("1.9.1-output-code", "code_book_", not_a_number), "attribute code_book_ holds what is no finite number");
    says(refused_instead("1.9.1-chain",
                         std::string_view("K\x01K\x00"
                                          "e",
                                          5),
                         std::string_view("K\x01K\x01"
                                          "e",
                                          5)),
         "attribute order_");
    says(refused_instead("1.9.1-tuned-threshold", "auto", "ruto"), "attribute response_method is ruto");
    says(refused_instead("1.9.1-tuned-threshold", "balanced_accuracy_score", "balanced_accuracy_sc0re"),
         "attribute _score_func is no metric whose positive class is known");
    says(refused_instead("1.9.1-transformed-target", "_training_dim", "_training_rim"), "attribute _training_dim is not there");
}

}  // namespace assay::test::composites
