#include "artifact/pipeline/estimators/linear_classifier.hpp"

#include "artifact/pipeline/estimators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace assay::pipeline {

Result<Matrix> LinearClassifier::decisions(Data rows) const {
    TRY_ASSIGN(const Data given, sparse_numbers(std::move(rows), function.single ? Single::refuse : Single::allow));
    return function(given);
}

bool LinearClassifier::has(Method method) const {
    switch (method) {
        case Method::predict:
        case Method::decision_function: return true;
        case Method::predict_proba:
        case Method::predict_log_proba: return probabilities != Probabilities::none;
        default: return false;
    }
}

Result<SampleArray> LinearClassifier::predict(Data rows) const {
    TRY_ASSIGN(const Matrix scores, decisions(std::move(rows)));
    if (scores.cols() > 1) return labels_at(classes, argmax(scores));
    std::vector<std::size_t> places;
    for (Eigen::Index row = 0; row < scores.rows(); ++row) places.push_back(scores(row, 0) > 0 ? 1 : 0);
    return labels_at(classes, places);
}

namespace {

/// Each class against the others, then made to sum to 1. All of them zero: alike, since a release; NaN before.
void normalize(Matrix& scores, bool uniform_when_zero) {
    for (Eigen::Index row = 0; row < scores.rows(); ++row) {
        double sum = numpy_sum(scores.row(row).data(), static_cast<std::size_t>(scores.cols()));
        if (sum == 0 && uniform_when_zero) {
            scores.row(row).setOnes();
            sum = static_cast<double>(scores.cols());
        }
        for (Eigen::Index i = 0; i < scores.cols(); ++i) scores(row, i) /= sum;
    }
}

}  // namespace

Matrix LinearClassifier::probabilities_of(Matrix scores) const {
    switch (probabilities) {
        case Probabilities::none: break;
        case Probabilities::logistic:
            scores = scores.unaryExpr([](double value) { return expit(value); });
            if (scores.cols() == 1) return two_columns(scores);
            normalize(scores, uniform_when_zero);
            break;
        case Probabilities::softmax:
            if (scores.cols() == 1) {
                Matrix both(scores.rows(), 2);
                both.col(0) = -scores.col(0);
                both.col(1) = scores.col(0);
                scores = std::move(both);
            }
            softmax(scores);
            break;
        case Probabilities::modified_huber:
            scores = scores.unaryExpr([](double value) { return (std::clamp(value, -1.0, 1.0) + 1.0) / 2.0; });
            if (scores.cols() == 1) return two_columns(scores);
            normalize(scores, true);
            break;
    }
    return scores;
}

Result<Scores> LinearClassifier::scores(Method method, Data rows) const {
    if (!has(method) || method == Method::predict) return no_method(method);
    TRY_ASSIGN(Matrix found, decisions(std::move(rows)));
    if (method == Method::decision_function) {
        const bool flat = found.cols() == 1;
        return Scores{std::move(found), flat};
    }
    found = probabilities_of(std::move(found));
    if (method == Method::predict_log_proba) found = found.unaryExpr([](double value) { return std::log(value); });
    return Scores{std::move(found)};
}

void read_linear_classifier(StateReader& state, LinearClassifier& made) {
    bool flat = false;
    made.function = read_linear_function(state, flat);
    made.classes = state.labels("classes_");
    const std::size_t outputs = made.function.outputs();
    const std::size_t count = count_of(made.classes);
    if (count < 2 || (outputs != count && !(outputs == 1 && count == 2)))
        state.problem(fmt::format("attribute coef_ has {} rows for {} classes", outputs, count));
}

namespace {

Result<std::unique_ptr<Step>> plain(StateReader& state) {
    auto made = std::make_unique<LinearClassifier>();
    read_linear_classifier(state, *made);
    return state.finish(std::move(made));
}

/// The classes of a RidgeClassifier are those of its LabelBinarizer until 1.0.
Result<std::unique_ptr<Step>> ridge(StateReader& state) {
    auto made = std::make_unique<LinearClassifier>();
    bool flat = false;
    made->function = read_linear_function(state, flat);
    const auto binarizer = state.require("_label_binarizer");
    if (binarizer && binarizer->is(FittedKind::object)) {
        StateReader inner(*binarizer, state.place(), state.budget());
        made->classes = inner.labels("classes_");
        inner.require_that(!inner.text("y_type_").starts_with("multilabel"), "its target has several labels per row");
        inner.known("neg_label pos_label sparse_output sparse_input_");
        if (const auto read = inner.finish(); !read) state.problem("its _label_binarizer: " + read.error().because);
    } else if (binarizer) {
        state.problem("attribute _label_binarizer is no LabelBinarizer");
    }
    const std::size_t outputs = made->function.outputs();
    const std::size_t count = count_of(made->classes);
    if (count < 2 || (outputs != count && !(outputs == 1 && count == 2)))
        state.problem(fmt::format("attribute coef_ has {} rows for {} classes", outputs, count));
    state.known({"classes_"});
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> gradient_descent(StateReader& state) {
    auto made = std::make_unique<LinearClassifier>();
    read_linear_classifier(state, *made);
    const std::string loss = state.text("loss");
    if (loss == "log" || loss == "log_loss") made->probabilities = LinearClassifier::Probabilities::logistic;
    if (loss == "modified_huber") made->probabilities = LinearClassifier::Probabilities::modified_huber;
    made->uniform_when_zero = divides_zero_evenly(state.writer());
    return state.finish(std::move(made));
}

}  // namespace

bool divides_zero_evenly(const Writer& writer) { return !writer.before(1, 9); }

std::span<const EstimatorClass> linear_classifier_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.linear_model._ridge.RidgeClassifier", ridge,
         "_normalize alpha class_weight copy_X fit_intercept max_iter n_iter_ normalize positive random_state solver solver_ tol",
         "sklearn.linear_model.ridge.RidgeClassifier"},
        {"sklearn.linear_model._ridge.RidgeClassifierCV", ridge,
         "_store_cv_results alpha_ alpha_per_target alphas best_score_ class_weight cv fit_intercept gcv_mode normalize scoring "
         "store_cv_results store_cv_values",
         "sklearn.linear_model.ridge.RidgeClassifierCV"},
        {"sklearn.linear_model._perceptron.Perceptron", plain,
         "standard_coef_ standard_intercept_ average_coef_ average_intercept_ _standard_coef _standard_intercept _average_coef "
         "_average_intercept loss C _expanded_class_weight _loss_function_ _max_iter _tol alpha average class_weight early_stopping "
         "epsilon eta0 fit_intercept l1_ratio learning_rate loss_function_ max_iter n_iter n_iter_ n_iter_no_change n_jobs penalty power_t "
         "random_state shuffle t_ tol validation_fraction verbose warm_start",
         "sklearn.linear_model.perceptron.Perceptron"},
        {"sklearn.linear_model._passive_aggressive.PassiveAggressiveClassifier", plain,
         "standard_coef_ standard_intercept_ average_coef_ average_intercept_ _standard_coef _standard_intercept _average_coef "
         "_average_intercept loss C _expanded_class_weight _loss_function_ _max_iter _tol alpha average class_weight early_stopping "
         "epsilon eta0 fit_intercept l1_ratio learning_rate loss_function_ max_iter n_iter n_iter_ n_iter_no_change n_jobs penalty power_t "
         "random_state shuffle t_ tol validation_fraction verbose warm_start",
         "sklearn.linear_model.passive_aggressive.PassiveAggressiveClassifier"},
        {"sklearn.linear_model._stochastic_gradient.SGDClassifier", gradient_descent,
         "standard_coef_ standard_intercept_ average_coef_ average_intercept_ _standard_coef _standard_intercept _average_coef "
         "_average_intercept C _expanded_class_weight _loss_function_ _max_iter _tol alpha average class_weight early_stopping epsilon "
         "eta0 fit_intercept l1_ratio learning_rate loss_function_ max_iter n_iter n_iter_ n_iter_no_change n_jobs penalty power_t "
         "random_state shuffle t_ tol validation_fraction verbose warm_start",
         "sklearn.linear_model.stochastic_gradient.SGDClassifier"},
        {"sklearn.svm._classes.LinearSVC", plain,
         "loss C class_weight dual fit_intercept intercept_scaling max_iter multi_class n_iter_ penalty random_state tol verbose",
         "sklearn.svm.classes.LinearSVC"},
    });
    return classes;
}

}  // namespace assay::pipeline
