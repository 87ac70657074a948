#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/interpolation.hpp"
#include "artifact/pipeline/estimators/linear.hpp"
#include "artifact/pipeline/estimators/meta.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>

// sklearn.calibration.CalibratedClassifierCV (sklearn/calibration.py): the probabilities of several pairs of a classifier and what makes
// its scores probabilities, averaged.

namespace assay::pipeline {

namespace {

struct Sigmoid {
    double a = 0;
    double b = 0;
    [[nodiscard]] double operator()(double score) const { return expit(-(a * score + b)); }
};

using Calibrator = std::variant<Sigmoid, Interpolation>;

struct CalibratedPair {
    std::unique_ptr<Step> step;
    std::vector<std::size_t> places;  ///< of the classes that the step has seen, among all
    std::vector<Calibrator> calibrators;
    std::optional<double> beta;  ///< instead of calibrators: one over the temperature

    /// scikit-learn: _get_response_values
    [[nodiscard]] Method method() const { return step->has(Method::decision_function) ? Method::decision_function : Method::predict_proba; }
    [[nodiscard]] bool is_exact() const {
        const bool looks_up =
            !beta && std::ranges::all_of(calibrators, [](const Calibrator& each) { return std::holds_alternative<Interpolation>(each); });
        return looks_up && step->is_exact(method());
    }
};

class Calibrated final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return std::ranges::all_of(pairs, &CalibratedPair::is_exact); }
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict || method == Method::predict_proba; }
    [[nodiscard]] std::size_t widest() const override {
        std::size_t most = 0;
        for (const CalibratedPair& pair : pairs) most = std::max(most, pair.step->widest());
        return input.width + most + 4 * count_of(classes);
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Scores means, scores(Method::predict_proba, std::move(rows)));
        return labels_at(classes, argmax(means.values));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (method != Method::predict_proba) return no_method(method);
        if (to_numbers) {
            TRY_ASSIGN(rows, numbers(std::move(rows), Missing::allow_infinite, Single::compares));
        }
        Matrix sum = Matrix::Zero(static_cast<Eigen::Index>(rows.rows), static_cast<Eigen::Index>(count_of(classes)));
        for (const CalibratedPair& pair : pairs) {
            TRY_ASSIGN(const Matrix one, probabilities_of(pair, rows));
            sum += one;
        }
        return Scores{Matrix(sum / static_cast<double>(pairs.size()))};
    }

    std::vector<CalibratedPair> pairs;
    SampleValues classes;
    bool to_numbers = false;  ///< until 0.24, rows are made numbers first

private:
    [[nodiscard]] Result<Matrix> probabilities_of(const CalibratedPair& pair, const Data& rows) const {
        const Method method = pair.method();
        TRY_ASSIGN(Scores given, pair.step->scores(method, rows));
        const std::size_t count = count_of(classes);
        if (method == Method::predict_proba && count == 2 && given.values.cols() == 2) given.values = Matrix(given.values.rightCols(1));
        Matrix found = pair.beta ? at_temperature(pair, method, std::move(given.values)) : Matrix();
        if (!pair.beta) {
            if (static_cast<std::size_t>(given.values.cols()) != pair.calibrators.size())
                return not_replayable(
                    fmt::format("a classifier gives {} scores for {} calibrators", given.values.cols(), pair.calibrators.size()));
            found = calibrated(pair, given.values);
        }
        if (static_cast<std::size_t>(found.cols()) != count) return not_replayable("a classifier gives scores of other numbers of classes");
        double* const all = found.data();
        for (Eigen::Index i = 0; i < found.size(); ++i) {
            if (all[i] > 1.0 && all[i] <= 1.0 + 1e-5) all[i] = 1.0;
        }
        return found;
    }
    [[nodiscard]] Matrix calibrated(const CalibratedPair& pair, const Matrix& given) const {
        const std::size_t count = count_of(classes);
        Matrix found = Matrix::Zero(given.rows(), static_cast<Eigen::Index>(count));
        for (std::size_t i = 0; i < pair.calibrators.size(); ++i) {
            const auto column = static_cast<Eigen::Index>(count == 2 ? 1 : pair.places[i]);
            for (Eigen::Index row = 0; row < given.rows(); ++row) {
                const double score = given(row, static_cast<Eigen::Index>(i));
                const double value = std::visit([&](const auto& calibrator) { return calibrator(score); }, pair.calibrators[i]);
                const bool looked_up = std::holds_alternative<Interpolation>(pair.calibrators[i]);
                found(row, column) = looked_up ? value : rounded_worst(value, std::abs(value), 4, static_cast<std::size_t>(column));
            }
        }
        for (Eigen::Index row = 0; row < found.rows(); ++row) {
            if (count == 2) {
                found(row, 0) = 1.0 - found(row, 1);
                continue;
            }
            const double sum = numpy_sum(found.row(row).data(), count);
            for (Eigen::Index k = 0; k < found.cols(); ++k)
                found(row, k) = sum == 0 ? 1.0 / static_cast<double>(count) : found(row, k) / sum;
        }
        return found;
    }
    /// scikit-learn: _TemperatureScaling.predict
    [[nodiscard]] static Matrix at_temperature(const CalibratedPair& pair, Method method, Matrix given) {
        if (given.cols() == 1) {
            Matrix both(given.rows(), 2);
            both.col(0) = method == Method::predict_proba ? Matrix(1.0 - given.col(0).array()) : Matrix(-given.col(0));
            both.col(1) = given.col(0);
            given = std::move(both);
            // Two columns of a decision are no probabilities, whatever they are: they stay.
            if (method == Method::decision_function) return scaled(pair, std::move(given));
        }
        const auto is_probability = [&](Eigen::Index row) {
            const double sum = numpy_sum(given.row(row).data(), static_cast<std::size_t>(given.cols()));
            return (given.row(row).array() >= 0).all() && (given.row(row).array() <= 1).all() && std::abs(sum - 1.0) <= 1e-8 + 1e-5;
        };
        bool all = true;
        for (Eigen::Index row = 0; row < given.rows(); ++row) all = all && is_probability(row);
        if (all) given = given.unaryExpr([](double value) { return std::log(value + 1e-12); });
        return scaled(pair, std::move(given));
    }
    [[nodiscard]] static Matrix scaled(const CalibratedPair& pair, Matrix given) {
        given *= *pair.beta;
        softmax(given);
        for (Eigen::Index k = 0; k < given.cols(); ++k) {
            for (Eigen::Index row = 0; row < given.rows(); ++row)
                given(row, k) = rounded_worst(given(row, k), given(row, k), 4, static_cast<std::size_t>(k));
        }
        return given;
    }
};

/// An attribute that is one number: Python's, or an array without dimensions.
double scalar(StateReader& state, std::string_view key) {
    const auto value = state.require(key);
    if (!value) return 0;
    if (const auto number = scalar_of(*value)) return *number;
    state.problem_of(key, "is no number: " + value->describe());
    return 0;
}

Calibrator read_isotonic(StateReader& state) {
    Interpolation line;
    state.known("_X_ _y_ increasing increasing_ y_max y_min");
    const bool old = !state.has("X_thresholds_");  // until 0.23
    if (!old) state.known("_necessary_X_ _necessary_y_");
    const Vector x = state.vector(old ? "_necessary_X_" : "X_thresholds_");
    const Vector y = state.vector(old ? "_necessary_y_" : "y_thresholds_", static_cast<std::size_t>(x.size()));
    const double lowest = scalar(state, "X_min_");
    const double highest = scalar(state, "X_max_");
    if (state.failed()) return line;
    if (state.text("out_of_bounds") != "clip") state.problem_of("out_of_bounds", "is not clip");
    state.require_that(x.size() > 0 && x.allFinite() && y.allFinite(), "its thresholds are no finite numbers");
    for (Eigen::Index i = 1; i < x.size(); ++i) state.require_that(x[i - 1] <= x[i], "attribute X_thresholds_ is not sorted");
    if (state.failed()) return line;
    state.require_that(lowest == x[0] && highest == x[x.size() - 1], "attributes X_min_ and X_max_ are not the ends of X_thresholds_");
    line.x.assign(x.data(), x.data() + x.size());
    line.y.assign(y.data(), y.data() + y.size());
    return line;
}

void read_calibrator(StateReader& outer, const Fitted& value, CalibratedPair& pair) {
    if (!value.is(FittedKind::object)) return outer.problem("it holds a calibrator that is " + value.describe());
    StateReader state(value, outer.place(), outer.budget());
    const std::string& cls = state.cls();
    if (cls == "sklearn.calibration._SigmoidCalibration") {
        pair.calibrators.emplace_back(Sigmoid{scalar(state, "a_"), scalar(state, "b_")});
    } else if (cls == "sklearn.isotonic.IsotonicRegression") {
        pair.calibrators.push_back(read_isotonic(state));
    } else if (cls == "sklearn.calibration._TemperatureScaling") {
        pair.beta = scalar(state, "beta_");
    } else {
        state.problem("it is no calibrator that is known");
    }
    if (const auto read = state.finish(); !read) outer.problem(fmt::format("calibrator `{}`: {}", cls, read.error().because));
}

/// Where the classes that a classifier has seen stand among all of them.
std::vector<std::size_t> read_places(StateReader& state, const Fitted& estimator, const SampleValues& classes) {
    const auto own = classes_within(estimator);
    if (!own) {
        state.problem("it calibrates an estimator whose classes_ are not known");
        return {};
    }
    const SampleValues labels = state.labels_of(*own, "attribute classes_ of its estimator");
    if (state.failed()) return {};
    const auto places = places_of({.shape = {count_of(labels)}, .values = labels, .missing = {}}, classes);
    if (!places || std::ranges::any_of(*places, [&](std::size_t place) { return place >= count_of(classes); }))
        state.problem("it calibrates an estimator of other classes");
    return places.value_or(std::vector<std::size_t>());
}

void read_pair(StateReader& outer, const Fitted& value, Calibrated& made) {
    if (value.class_name() != "sklearn.calibration._CalibratedClassifier")
        return outer.problem("calibrated_classifiers_ holds something else");
    StateReader state(value, outer.place(), outer.budget());
    CalibratedPair pair;
    pair.step = read_step(state, "estimator", "base_estimator");  // until 1.1
    const bool old = !state.has("calibrators");  // until 0.23
    const SampleValues classes = state.labels(old ? "classes_" : "classes");
    state.known("classes label_encoder_ method _sklearn_version");
    state.require_that(state.failed() || classes == made.classes, "attribute classes contradicts classes_");
    const auto calibrators = state.require(old ? "calibrators_" : "calibrators");
    const auto estimator = state.find(state.has("estimator") ? "estimator" : "base_estimator");
    if (calibrators && estimator && !state.failed()) {
        for (const Fitted& each : state.items_of(*calibrators, "attribute calibrators")) read_calibrator(state, each, pair);
        // Before a temperature, texts are numbered.
        if (!pair.beta) pair.places = read_places(state, *estimator, classes);
        const bool alone = pair.beta.has_value();
        const std::size_t needed = count_of(classes) == 2 ? 1 : pair.places.size();
        state.require_that(alone ? pair.calibrators.empty() : pair.calibrators.size() == needed,
                           "attribute calibrators has not one calibrator per class");
    }
    if (pair.step && !pair.step->has(pair.method())) state.problem("its estimator has neither decision_function nor predict_proba");
    if (auto read = state.finish(); !read) return outer.problem(read.error().because);
    made.pairs.push_back(std::move(pair));
}

Result<std::unique_ptr<Step>> calibrated(StateReader& state) {
    auto made = std::make_unique<Calibrated>();
    made->classes = state.labels("classes_");
    state.require_that(state.failed() || count_of(made->classes) >= 2, "it was fitted on one class");
    made->to_numbers = state.writer().before(1, 0);
    const auto pairs = state.require("calibrated_classifiers_");
    for (const Fitted& each : pairs ? state.items_of(*pairs, "attribute calibrated_classifiers_") : std::vector<Fitted>()) {
        if (state.failed()) break;
        read_pair(state, each, *made);
    }
    state.require_that(!made->pairs.empty(), "attribute calibrated_classifiers_ is empty");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> calibrated_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.calibration.CalibratedClassifierCV", calibrated, "base_estimator cv ensemble estimator label_encoder_ method n_jobs"},
    });
    return classes;
}

}  // namespace assay::pipeline
