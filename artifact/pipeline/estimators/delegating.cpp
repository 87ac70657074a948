#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/meta.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// What predicts as the estimator in it does: sklearn.frozen, sklearn.semi_supervised.SelfTrainingClassifier, sklearn.linear_model.
// RANSACRegressor, and the classifiers of sklearn.model_selection that decide at another threshold.

namespace assay::pipeline {

namespace {

class Delegating : public Step {
public:
    [[nodiscard]] bool is_exact(Method method) const override { return inner->is_exact(method); }
    [[nodiscard]] bool has(Method method) const override {
        return std::ranges::find(methods, method) != methods.end() && inner->has(method);
    }
    [[nodiscard]] std::size_t widest() const override { return inner->widest() + 2 * input.width; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(rows, prepared(std::move(rows)));
        return inner->predict(std::move(rows));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method)) return no_method(method);
        TRY_ASSIGN(rows, prepared(std::move(rows)));
        return inner->scores(method, std::move(rows));
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (!has(Method::transform)) return no_method(Method::transform);
        return inner->transform(std::move(rows));
    }
    [[nodiscard]] bool inverts() const override { return has(Method::transform) && inner->inverts(); }
    [[nodiscard]] Result<Data> inverse_transform(Data rows) const override { return inner->inverse_transform(std::move(rows)); }

    std::unique_ptr<Step> inner;
    std::span<const Method> methods;
    bool makes_array = false;  ///< of the rows, whose columns then have no names

protected:
    [[nodiscard]] Result<Data> prepared(Data rows) const {
        if (!makes_array) return rows;
        TRY(check_columns(rows));
        return as_array(std::move(rows));
    }
};

/// Of two classes, by a score at a threshold.
class Threshold final : public Delegating {
public:
    [[nodiscard]] bool is_exact(Method method) const override { return inner->is_exact(method == Method::predict ? asked : method); }
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict || Delegating::has(method); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Scores found, inner->scores(asked, std::move(rows)));
        const Eigen::Index expected = asked == Method::predict_proba ? 2 : 1;
        if (found.values.cols() != expected) return not_replayable("its estimator was not fitted on two classes");
        std::vector<std::size_t> places;
        places.reserve(static_cast<std::size_t>(found.values.rows()));
        for (Eigen::Index row = 0; row < found.values.rows(); ++row) {
            const double score = asked == Method::predict_proba ? found.values(row, static_cast<Eigen::Index>(positive))
                                 : positive == 0                ? -found.values(row, 0)
                                                                : found.values(row, 0);
            places.push_back(score >= threshold ? positive : 1 - positive);
        }
        return labels_at(classes, places);
    }

    Method asked = Method::predict_proba;
    double threshold = 0.5;
    std::size_t positive = 1;  ///< the place of the class that is scored
    SampleValues classes;
};

constexpr auto every_method = std::to_array<Method>({Method::predict, Method::predict_proba, Method::predict_log_proba,
                                                     Method::decision_function, Method::transform, Method::score_samples});
constexpr std::span<const Method> of_classifiers = std::span(every_method).first(4);
constexpr std::span<const Method> predict_alone = std::span(every_method).first(1);

Result<std::unique_ptr<Step>> frozen(StateReader& state) {
    auto made = std::make_unique<Delegating>();
    made->inner = read_step(state, "estimator");
    made->methods = every_method;
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> self_training(StateReader& state) {
    auto made = std::make_unique<Delegating>();
    made->inner = read_step(state, "estimator_", "base_estimator_");
    made->methods = of_classifiers;
    made->makes_array = true;
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> ransac(StateReader& state) {
    auto made = std::make_unique<Delegating>();
    made->inner = read_step(state, "estimator_");
    made->methods = predict_alone;
    made->makes_array = true;
    return state.finish(std::move(made));
}

/// The place of `pos_label` among two classes; of None the second.
std::size_t place_of_label(StateReader& state, const std::optional<Fitted>& label, const SampleValues& classes) {
    if (!label || label->is_none() || state.failed()) return 1;
    for (std::size_t i = 0; i < 2; ++i) {
        const bool same = std::visit(
            [&](const auto& all) {
                if constexpr (std::is_arithmetic_v<typename std::decay_t<decltype(all)>::value_type>) {
                    return label->as_number() == static_cast<double>(all[i]);
                } else {
                    return label->as_text() == std::string_view(all[i]);
                }
            },
            classes);
        if (same) return i;
    }
    state.problem("attribute pos_label is none of the classes");
    return 1;
}

/// What the estimator is asked for, its classes.
void read_threshold(StateReader& state, std::string_view key, Threshold& made) {
    made.inner = read_step(state, key);
    made.methods = of_classifiers;
    const auto estimator = state.find(key);
    const auto classes = estimator ? classes_within(*estimator) : std::nullopt;
    if (!classes) return state.problem("the classes_ of its estimator are not known");
    made.classes = state.labels_of(*classes, "attribute classes_ of its estimator");
    state.require_that(count_of(made.classes) == 2, "its estimator was not fitted on two classes");
    const std::string method = state.text("response_method");
    if (state.failed()) return;
    const bool decides = method == "decision_function" || (method == "auto" && !made.inner->has(Method::predict_proba));
    made.asked = decides ? Method::decision_function : Method::predict_proba;
    state.require_that(decides || method == "auto" || method == "predict_proba", "attribute response_method is " + method);
    state.require_that(made.inner->has(made.asked), "its estimator has not the method that it is asked for");
}

Result<std::unique_ptr<Step>> fixed_threshold(StateReader& state) {
    auto made = std::make_unique<Threshold>();
    read_threshold(state, state.has("estimator_") ? "estimator_" : "estimator", *made);
    if (state.has("estimator_")) state.known("estimator");
    made->positive = place_of_label(state, state.find("pos_label"), made->classes);
    const auto threshold = state.require("threshold");
    if (threshold && threshold->as_text() == "auto") {
        made->threshold = made->asked == Method::predict_proba ? 0.5 : 0.0;
    } else {
        made->threshold = state.number("threshold");
    }
    return state.finish(std::move(made));
}

/// Which class is scored, by the metric that the threshold was chosen with.
std::size_t read_positive(StateReader& outer, const Fitted& scorer, const SampleValues& classes) {
    const std::string cls = scorer.class_name();  // the second is 1.5's
    if (cls != "sklearn.metrics._scorer._CurveScorer" && cls != "sklearn.model_selection._classification_threshold._CurveScorer") {
        outer.problem_of("_curve_scorer", "is " + scorer.describe());
        return 1;
    }
    StateReader state(scorer, outer.place(), outer.budget());
    state.known("_sign _response_method _thresholds _sklearn_version");
    const auto keywords = state.find("_kwargs");
    const auto function = state.require("_score_func");
    std::size_t positive = 1;
    const auto named = keywords && keywords->is(FittedKind::dict) ? keywords->find("pos_label") : std::nullopt;
    const std::string name = function && function->is(FittedKind::name) ? function->name() : std::string();
    const std::string_view last = std::string_view(name).substr(name.rfind('.') == std::string::npos ? 0 : name.rfind('.') + 1);
    constexpr auto of_both =
        std::to_array<std::string_view>({"accuracy_score", "balanced_accuracy_score", "matthews_corrcoef", "cohen_kappa_score"});
    constexpr auto of_one =
        std::to_array<std::string_view>({"f1_score", "fbeta_score", "precision_score", "recall_score", "jaccard_score"});
    if (named) {
        positive = place_of_label(state, named, classes);
    } else if (std::ranges::find(of_one, last) != of_one.end()) {  // pos_label=1
        const auto places = std::visit(
            [](const auto& all) -> std::size_t {
                if constexpr (std::is_arithmetic_v<typename std::decay_t<decltype(all)>::value_type>) {
                    for (std::size_t i = 0; i < all.size(); ++i) {
                        if (static_cast<double>(all[i]) == 1.0) return i;
                    }
                }
                return 2;
            },
            classes);
        state.require_that(places < 2, "attribute _score_func scores the class 1, and there is none");
        positive = std::min<std::size_t>(places, 1);
    } else if (std::ranges::find(of_both, last) == of_both.end()) {
        state.problem("attribute _score_func is no metric whose positive class is known");
    }
    if (const auto read = state.finish(); !read) outer.problem("attribute _curve_scorer: " + read.error().because);
    return positive;
}

Result<std::unique_ptr<Step>> tuned_threshold(StateReader& state) {
    auto made = std::make_unique<Threshold>();
    read_threshold(state, "estimator_", *made);
    made->threshold = state.number("best_threshold_");
    if (const auto scorer = state.require("_curve_scorer"); scorer && !state.failed())
        made->positive = read_positive(state, *scorer, made->classes);
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> delegating_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.frozen._frozen.FrozenEstimator", frozen},
        {"sklearn.semi_supervised._self_training.SelfTrainingClassifier", self_training,
         "base_estimator classes_ criterion estimator k_best labeled_iter_ max_iter n_iter_ termination_condition_ threshold transduction_ "
         "verbose"},
        {"sklearn.linear_model._ransac.RANSACRegressor", ransac,
         "base_estimator estimator inlier_mask_ is_data_valid is_model_valid loss max_skips max_trials min_samples n_skips_inliers_ "
         "n_skips_invalid_data_ n_skips_invalid_model_ n_skips_no_inliers_ n_trials_ random_state residual_threshold stop_n_inliers "
         "stop_probability stop_score",
         "sklearn.linear_model.ransac.RANSACRegressor"},
        {"sklearn.model_selection._classification_threshold.FixedThresholdClassifier", fixed_threshold},
        {"sklearn.model_selection._classification_threshold.TunedThresholdClassifierCV", tuned_threshold,
         "best_score_ cv cv_results_ estimator n_jobs random_state refit scoring store_cv_results thresholds"},
    });
    return classes;
}

}  // namespace assay::pipeline
