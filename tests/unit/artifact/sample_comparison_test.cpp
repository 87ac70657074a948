#include "artifact/sample_comparison.hpp"

#include "tests/support/result.hpp"

#include <cmath>
#include <limits>

namespace assay::test {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr SampleTolerance exact;

SampleArray column(std::vector<double> values) { return {{values.size()}, std::move(values), {}}; }

bool same(double expected, double actual, const SampleTolerance& tolerance = exact) {
    return !compare("predict", column({expected}), column({actual}), tolerance);
}

Sample sample_with(std::vector<double> predictions) {
    Sample sample;
    sample.rows = predictions.size();
    sample.input = SampleTexts{std::vector<std::string>(sample.rows, "row")};
    sample.outputs["predict"] = column(std::move(predictions));
    return sample;
}

}  // namespace

TEST_CASE("exact means the same bits, where every NaN equals every NaN and -0.0 is not 0.0") {
    CHECK(same(0.1, 0.1));
    CHECK(same(nan, -nan));
    CHECK(same(infinity, infinity));
    CHECK_FALSE(same(0.1, std::nextafter(0.1, 1)));
    CHECK_FALSE(same(0.0, -0.0));
    CHECK_FALSE(same(nan, 0));
    CHECK_FALSE(same(0, nan));
    CHECK_FALSE(same(infinity, -infinity));
}

TEST_CASE("close is abs + rel |expected| away from what is finite") {
    const SampleTolerance close{false, 0.5, 0.25};
    CHECK(same(2, 3, close));
    CHECK(same(2, 1, close));
    CHECK_FALSE(same(2, 3.0625, close));
    CHECK(same(0.0, -0.0, close));
    CHECK(same(nan, nan, close));
    CHECK(same(infinity, infinity, close));
    CHECK_FALSE(same(infinity, 1, close));
    CHECK_FALSE(same(1, infinity, close));
    CHECK_FALSE(same(1, nan, close));
}

TEST_CASE("texts, integers and booleans are equal or not, whatever the tolerance") {
    const SampleTolerance close{false, 10, 10};
    CHECK(compare("predict", {{1}, std::vector<std::int64_t>{1}, {}}, {{1}, std::vector<std::int64_t>{2}, {}}, close)->max_abs == 1);
    CHECK(
        std::isinf(compare("predict", {{1}, std::vector<std::string>{"a"}, {}}, {{1}, std::vector<std::string>{"b"}, {}}, close)->max_abs));
    CHECK_FALSE(compare("predict", {{1}, std::vector<std::uint8_t>{1}, {}}, {{1}, std::vector<std::uint8_t>{1}, {}}, exact));
}

TEST_CASE("a difference names its rows, and how far apart the values are at most") {
    const SampleArray expected{{3, 2}, std::vector<double>{1, 2, 3, 4, 5, 6}, {}};
    const SampleArray actual{{3, 2}, std::vector<double>{1, 2, 3, std::nextafter(4.0, 5), 5.5, 6}, {}};
    const auto difference = compare("predict_proba", expected, actual, exact);
    REQUIRE(difference);
    CHECK(difference->method == "predict_proba");
    CHECK(difference->rows == std::vector<std::size_t>{1, 2});
    CHECK(difference->max_abs == 0.5);
    CHECK(compare("p", column({4}), column({std::nextafter(4.0, 5)}), exact)->max_ulp == 1);
    CHECK(compare("p", column({std::numeric_limits<double>::denorm_min()}), column({-std::numeric_limits<double>::denorm_min()}), exact)
              ->max_ulp == 2);
    CHECK(compare("p", {{1}, std::vector<float>{1}, {}}, {{1}, std::vector<float>{std::nextafter(1.0F, 2.0F)}, {}}, exact)->max_ulp == 1);
    CHECK(std::isinf(compare("p", column({nan}), column({1}), exact)->max_abs));
}

TEST_CASE("another shape or type differs in every row") {
    const auto shape = compare("predict", column({1, 2}), {{2, 1}, std::vector<double>{1, 2}, {}}, exact);
    CHECK(shape->rows == std::vector<std::size_t>{0, 1});
    CHECK(shape->because == "it gives float64 values in the shape (2, 1), the sample has float64 values in the shape (2)");
    CHECK(compare("predict", column({1}), {{1}, std::vector<float>{1}, {}}, exact)->because.starts_with("it gives float32 values"));
}

TEST_CASE("an answer with other values than its shape says, or with other ones missing, differs") {
    const SampleArray expected{{2, 2}, std::vector<double>{1, 2, 3, 4}, {}};
    const auto less = compare("predict", expected, {{2, 2}, std::vector<double>{1, 2, 3}, {}}, exact);
    CHECK(less->rows == std::vector<std::size_t>{0, 1});
    CHECK(less->because == "it gives 3 values in the shape (2, 2)");
    CHECK(std::isinf(less->max_abs));
    CHECK(compare("predict", expected, {{2, 2}, std::vector<double>{1, 2, 3, 4, 5}, {}}, exact));
    CHECK(compare("predict", expected, {{2, 2}, std::vector<double>{1, 2, 3, 4}, {0, 0, 0, 1}}, exact)->because ==
          "other values are missing");
    CHECK_FALSE(compare("predict", expected, {{2, 2}, std::vector<double>{1, 2, 3, 4}, {0, 0, 0, 0}}, exact));
}

TEST_CASE("a model that answers as recorded passes its smoke test, and no other") {
    must(check_predictions(sample_with({1, 2}), {{"predict", column({1, 2})}, {"transform", column({7, 7})}}));
    const Error wrong = error_of(check_predictions(sample_with({1, 2, 3, 4, 5, 6, 7}), {{"predict", column({1, 0, 0, 0, 0, 0, 0})}}));
    CHECK(wrong.kind == ErrorKind::prediction_differs);
    CHECK(wrong.message ==
          "the model predicts otherwise than when it was pushed: predict in 6 of 7 rows, by at most 7 (4619567317775286272 ulp)");
    CHECK(wrong.because == "predict differs first in rows 1, 2, 3, 4, 5, … of the sample");
    CHECK(wrong.fixes.size() == 1);
    const Error silent = error_of(check_predictions(sample_with({1}), {}));
    CHECK(silent.because == "predict: it was not answered");
    const Error rounded = error_of(check_predictions(sample_with({1}), {{"predict", column({1 + 1e-15})}}));
    CHECK(rounded.because == "predict differs first in row 0 of the sample");
    CHECK(rounded.fixes.size() == 2);
}

TEST_CASE("a replay is equal bit for bit, close within the sample's tolerance, or different, and says which methods it held against") {
    Sample sample = sample_with({1, 2});
    const Replay equal = replay(sample, {{"predict", column({1, 2})}});
    CHECK(equal.outcome == Replay::Outcome::equal);
    CHECK(equal.rows == 2);
    CHECK(equal.methods == std::vector<std::string>{"predict"});
    CHECK(replay(sample, {{"predict", column({1, 2 + 1e-12})}}).outcome == Replay::Outcome::different);
    sample.tolerance = {false, 0, 1e-9};
    CHECK(replay(sample, {{"predict", column({1, 2 + 1e-12})}}).outcome == Replay::Outcome::close);
    CHECK(replay(sample, {{"predict", column({1, 2})}}).outcome == Replay::Outcome::equal);
    const Replay different = replay(sample, {{"predict", column({1, 3})}});
    CHECK(different.outcome == Replay::Outcome::different);
    CHECK(different.differences.at(0).rows == std::vector<std::size_t>{1});
}

TEST_CASE("a model that could not be asked is an error with what it said") {
    const Error load = error_of(check({.outcome = Replay::Outcome::load_error, .message = "no such schema"}));
    CHECK(load.code == "model-failed");
    CHECK(load.message == "the model cannot be loaded");
    CHECK(load.because == "no such schema");
    CHECK(error_of(check({.outcome = Replay::Outcome::predict_error, .message = "x"})).message == "the model cannot predict");
}

}  // namespace assay::test
