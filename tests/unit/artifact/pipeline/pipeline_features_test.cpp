#include "artifact/inspect.hpp"
#include "artifact/pipeline/pipeline.hpp"
#include "tests/support/inspected.hpp"
#include "tests/support/models.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cstring>
#include <limits>

// Transformers that make, bend and select features, whose state contradicts itself: the bytes of real ones, changed where it hurts.

namespace assay::test::feature_models {

namespace {

std::string refused_with(std::string_view bytes) {
    MemoryBytes memory(bytes);
    const auto pipeline = Pipeline::decode(memory);
    if (pipeline) return "decoded";
    CHECK(pipeline.error().code == "not-decodable");
    return pipeline.error().because;
}

/// The model with one element of an array changed.
template <class Number>
std::string with_element(const std::string& name, std::string_view array, std::size_t element, Number value) {
    std::string bytes = model_pickle(name);
    const Inspection inspection = inspected(bytes, "model.joblib");
    for (const ArrayFact& fact : inspection.arrays) {
        if (fact.path.find(array) == std::string::npos) continue;
        const auto at = static_cast<std::size_t>(fact.offset) + element * sizeof value;
        REQUIRE(at + sizeof value <= bytes.size());
        std::memcpy(bytes.data() + at, &value, sizeof value);
        return refused_with(bytes);
    }
    FAIL("there is no such array");
    return {};
}

/// The model with another small integer, in one byte, behind the name of an attribute.
std::string with_integer(const std::string& name, std::string_view attribute, std::uint8_t value) {
    std::string bytes = model_pickle(name);
    const std::size_t at = bytes.find(attribute);
    REQUIRE(at != std::string::npos);
    const std::size_t number = bytes.find('K', at + attribute.size());
    REQUIRE(number <= at + attribute.size() + 3);
    bytes[number + 1] = std::bit_cast<char>(value);
    return refused_with(bytes);
}

/// The model with one text in the place of another of the same length.
std::string with_text(const std::string& name, std::string_view from, std::string_view to) {
    REQUIRE(from.size() == to.size());
    std::string bytes = model_pickle(name);
    const std::size_t at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    bytes.replace(at, from.size(), to);
    return refused_with(bytes);
}

bool says(const std::string& text, std::string_view part) {
    const bool found = text.find(part) != std::string::npos;
    if (!found) MESSAGE(text);
    return found;
}

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("a polynomial of another degree or width than its output is refused, and one of too many products") {
    CHECK(refused_with(model_pickle("1.9.1-polynomial")) == "decoded");
    CHECK(says(with_integer("1.9.1-polynomial", "degree", 2), "attributes _min_degree and _max_degree contradict degree"));
    CHECK(says(with_integer("1.9.1-polynomial", "n_output_features_", 99), "attribute n_output_features_ contradicts the degree"));
    CHECK(says(with_integer("1.9.1-polynomial", "n_features_in_", 200), "attribute feature_names_in_ has not n_features_in_ names"));
    CHECK(says(with_integer("0.24.2-polynomial", "degree", 2), "attribute n_output_features_ contradicts the degree"));
    CHECK(says(with_integer("0.24.2-polynomial", "n_input_features_", 0), "attribute n_input_features_ is no number of features"));
}

TEST_CASE("a polynomial of more products than are computed with is refused before they are listed") {
    std::string bytes = model_pickle("0.20.4-polynomial");
    const auto set = [&](std::string_view attribute, std::uint8_t value) {
        const std::size_t number = bytes.find('K', bytes.find(attribute) + attribute.size());
        REQUIRE(number != std::string::npos);
        bytes[number + 1] = std::bit_cast<char>(value);
    };
    set("degree", 9);
    set("n_input_features_", 200);
    CHECK(says(refused_with(bytes), "it makes more products of a row than are computed with"));
}

TEST_CASE("a norm, an encoding and a distribution that are none are refused with the attribute") {
    CHECK(says(with_text("1.9.1-normalizer", "l2", "l9"), "attribute norm is l9"));
    CHECK(says(with_text("1.9.1-power-transformer", "yeo-johnson", "yeo-jackson"), "attribute method is yeo-jackson"));
    CHECK(says(with_text("1.9.1-spline-transformer", "linear", "lineal"), "attribute extrapolation is lineal"));
    CHECK(says(with_text("1.9.1-target-encoder", "multiclass", "multiglass"), "attribute target_type_ is multiglass"));
    CHECK(says(with_text("1.9.1-bins", "onehot", "onecat"), "attribute encode is onecat"));
}

TEST_CASE("scores and variances of other features than those that it was fitted with are refused") {
    CHECK(refused_with(model_pickle("0.24.2-variance-threshold")) == "decoded");
    CHECK(says(with_integer("0.24.2-variance-threshold", "n_features_in_", 9),
               "attribute variances_ is of 4 columns, and n_features_in_ is 9"));
    CHECK(says(with_integer("0.24.2-select-k-best", "n_features_in_", 9), "attribute scores_ is of 4 columns, and n_features_in_ is 9"));
    CHECK(says(with_integer("1.9.1-select-percentile", "percentile", 200), "its percentile is not between 0 and 100"));
    CHECK(says(with_text("1.9.1-select-k-best", "scores_", "sports_"), "attribute scores_ is not there"));
}

TEST_CASE("a selection by a model is refused when the model cannot be read, or holds what is no number") {
    CHECK(refused_with(model_pickle("1.9.1-select-from-forest")) == "decoded");
    CHECK(says(with_element("1.9.1-select-from-forest", "tree_.nodes", 0, std::int64_t{1'000'000}), "a tree that is no sound one"));
    CHECK(says(with_element("1.9.1-select-from-logistic", "coef_", 1, nan), "it holds NaN or infinite numbers"));
    CHECK(says(with_text("1.9.1-select-from-logistic", "coef_", "soul_"), "what its estimator finds important is not computed here"));
    CHECK(says(with_text("1.9.1-select-from-forest", "median", "medium"), "attribute threshold is medium"));
}

TEST_CASE("an elimination whose mask does not fit its estimator is refused") {
    CHECK(refused_with(model_pickle("1.9.1-rfe")) == "decoded");
    for (std::size_t place = 0; place < 4; ++place) {
        const std::string all = with_element("1.9.1-rfe", "support_", place, std::uint8_t{1});
        const bool fits = all == "decoded" || all == "attribute estimator_ was not fitted with the features of support_";
        CHECK(fits);
    }
    CHECK(says(with_text("1.9.1-rfe", "support_", "suppress"), "attribute support_ is not there"));
    CHECK(says(with_integer("0.24.2-rfe", "n_features_in_", 9), "is of"));
}

TEST_CASE("bins whose edges are not sorted, not numbers or too few are refused") {
    CHECK(refused_with(model_pickle("1.9.1-bins")) == "decoded");
    CHECK(says(with_element("1.9.1-bins", "bin_edges_[4][0]", 0, 1e9), "attribute bin_edges_[0] holds no edges of n_bins_ bins"));
    CHECK(says(with_element("1.9.1-bins", "bin_edges_[4][2]", 1, nan), "attribute bin_edges_[2] holds no edges of n_bins_ bins"));
    CHECK(says(with_element("1.9.1-bins", "n_bins_", 1, std::int64_t{-3}), "attribute bin_edges_[1] holds no edges of n_bins_ bins"));
}

TEST_CASE("exponents, quantiles and thresholds that are not sorted or no numbers are refused") {
    CHECK(says(with_element("1.9.1-power-transformer", "lambdas_", 0, nan), "attribute lambdas_ holds NaN"));
    CHECK(refused_with(model_pickle("1.9.1-quantile-transformer")) == "decoded");
    CHECK(says(with_element("1.9.1-quantile-transformer", "references_", 0, 2.0), "attribute references_ is not sorted"));
    CHECK(says(with_element("1.9.1-quantile-transformer", "quantiles_", 0, 1e9), "attribute quantiles_ is not sorted"));
    CHECK(says(with_element("1.9.1-quantile-transformer", "quantiles_", 5, nan), "attribute quantiles_ is not sorted"));
    CHECK(refused_with(model_pickle("1.9.1-isotonic")) == "decoded");
    CHECK(says(with_element("1.9.1-isotonic", "X_thresholds_", 0, 1e9), "attribute X_thresholds_ is not sorted"));
    CHECK(says(with_element("1.9.1-isotonic", "y_thresholds_", 0, nan), "attribute X_thresholds_ is not sorted, or not of finite numbers"));
}

TEST_CASE("splines whose knots or coefficients are not those of scikit-learn's are refused") {
    CHECK(refused_with(model_pickle("1.9.1-spline-transformer")) == "decoded");
    CHECK(says(with_element("1.9.1-spline-transformer", "bsplines_[0]._t", 3, 1e9), "attribute bsplines_ holds knots"));
    CHECK(says(with_element("1.9.1-spline-transformer", "bsplines_[3]._t", 0, nan), "attribute bsplines_ holds knots"));
    CHECK(says(with_element("1.9.1-spline-transformer", "bsplines_[1]._c", 0, 0.5), "other coefficients than those of its splines"));
    CHECK(says(with_integer("1.9.1-spline-transformer", "degree", 2), "attribute bsplines_ holds knots that do not fit the degree"));
    CHECK(says(with_integer("1.9.1-spline-transformer", "degree", 200), "attribute degree is no degree that is computed with"));
    CHECK(says(with_integer("1.9.1-spline-transformer", "n_features_out_", 3), "attribute n_features_out_ contradicts the splines"));
}

TEST_CASE("an imputation by columns that are not there, or by an estimator of others, is refused") {
    CHECK(refused_with(model_pickle("1.9.1-iterative-imputer")) == "decoded");
    const std::string neighbours = "imputation_sequence_[0].args[1]";
    CHECK(says(with_element("1.9.1-iterative-imputer", neighbours, 0, std::int64_t{1'000'000}),
               "attribute imputation_sequence_[0] names no column that is there"));
    CHECK(says(with_element("1.9.1-iterative-imputer", neighbours, 0, std::int64_t{-1}),
               "attribute imputation_sequence_[0] names no column that is there"));
    CHECK(says(with_text("1.9.1-iterative-imputer", "_max_value", "_mix_value"), "attribute _max_value is not there"));
}

TEST_CASE("an encoder of labels without classes, or with none, is refused") {
    const auto text = [](const std::string& value) {
        return std::string("X") + static_cast<char>(value.size()) + std::string(3, '\0') + value;
    };
    const std::string head =
        "\x80\x02"
        "csklearn.preprocessing._label\nLabelEncoder\n)\x81}(" +
        text("_sklearn_version") + text("1.9.1");
    CHECK(says(refused_with(head + "ub."), "attribute classes_ is not there"));
    CHECK(says(refused_with(head + text("classes_") + "]ub."), "an array of one dimension is expected"));
}

}  // namespace assay::test::feature_models
