#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/linear_classifier.hpp"

#include <array>

// sklearn.linear_model.LogisticRegression and LogisticRegressionCV (sklearn/linear_model/_logistic.py).

namespace assay::pipeline {

namespace {

/// Which of its two formulas predict_proba takes, by the release that wrote it: one class against the rest, or all together.
bool is_one_against_rest(StateReader& state, std::size_t classes) {
    if (!state.has("multi_class")) return classes <= 2;  // since 1.8
    const std::string how = state.text("multi_class");
    const std::string solver = state.text("solver");
    if (how == "ovr" || how == "warn") return true;
    if (how == "multinomial") return false;
    if (how != "auto" && how != "deprecated") state.problem_of("multi_class", "is " + how);
    const bool newton_cholesky = solver == "newton-cholesky" && state.writer().before(1, 6);
    return classes <= 2 || solver == "liblinear" || newton_cholesky;
}

Result<std::unique_ptr<Step>> logistic(StateReader& state) {
    auto made = std::make_unique<LinearClassifier>();
    read_linear_classifier(state, *made);
    made->probabilities = is_one_against_rest(state, count_of(made->classes)) ? LinearClassifier::Probabilities::logistic
                                                                              : LinearClassifier::Probabilities::softmax;
    made->uniform_when_zero = divides_zero_evenly(state.writer());
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> logistic_regression_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.linear_model._logistic.LogisticRegression", logistic,
         "C class_weight dual fit_intercept intercept_scaling l1_ratio max_iter n_iter_ n_jobs penalty random_state solver tol verbose "
         "warm_start",
         "sklearn.linear_model.logistic.LogisticRegression"},
        {"sklearn.linear_model._logistic.LogisticRegressionCV", logistic,
         "C_ Cs Cs_ class_weight coefs_paths_ cv dual fit_intercept intercept_scaling l1_ratio_ l1_ratios l1_ratios_ max_iter n_iter_ "
         "n_jobs penalty random_state refit scores_ scoring solver tol use_legacy_attributes verbose",
         "sklearn.linear_model.logistic.LogisticRegressionCV"},
    });
    return classes;
}

}  // namespace assay::pipeline
