#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/linear.hpp"

#include <array>
#include <cmath>

// Regressors that are a linear function of the features, and generalised linear models, which put a link behind it.

namespace assay::pipeline {

namespace {

class LinearRegressor final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict; }
    [[nodiscard]] bool takes_sparse() const override { return true; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Data given, sparse_numbers(std::move(rows), function.single ? Single::refuse : Single::allow));
        Matrix predicted = function(given);
        if (exponential) predicted = predicted.unaryExpr([](double value) { return std::exp(value); });
        return array_of(predicted, flat);
    }

    LinearFunction function;
    bool flat = true;  ///< the prediction has one dimension
    bool exponential = false;
};

Result<std::unique_ptr<Step>> linear(StateReader& state) {
    auto made = std::make_unique<LinearRegressor>();
    made->function = read_linear_function(state, made->flat);
    return state.finish(std::move(made));
}

/// The link is the identity or the logarithm. Releases before 1.1 name it in `link`, later ones in `_base_loss`.
Result<std::unique_ptr<Step>> generalised(StateReader& state) {
    auto made = std::make_unique<LinearRegressor>();
    made->function = read_linear_function(state, made->flat);
    made->exponential = true;
    if (state.cls().ends_with(".TweedieRegressor")) {
        const std::string link = state.text("link");
        const double power = state.number("power");
        state.require_that(link == "auto" || link == "identity" || link == "log", "attribute link is " + link);
        made->exponential = link == "log" || (link == "auto" && power > 0);
    } else if (const auto link = state.find("link"); link && link->as_text() != "log") {
        state.problem_of("link", "is " + link->describe());
    }
    return state.finish(std::move(made));
}

/// RANSAC fits a regressor to some of the rows and asks it.
class Delegate final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict && inner->has(method); }
    [[nodiscard]] bool is_exact(Method method) const override { return inner->is_exact(method); }
    [[nodiscard]] std::size_t widest() const override { return inner->widest(); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY(check_columns(rows));
        return inner->predict(std::move(rows));
    }
    std::unique_ptr<Step> inner;
};

Result<std::unique_ptr<Step>> ransac(StateReader& state) {
    auto made = std::make_unique<Delegate>();
    if (const auto inner = state.require("estimator_")) made->inner = state.estimator(*inner, "estimator_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> linear_regressor_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.linear_model._base.LinearRegression", linear,
         "_residues copy_X fit_intercept n_jobs normalize positive rank_ singular_ tol", "sklearn.linear_model.base.LinearRegression"},
        {"sklearn.linear_model._ridge.Ridge", linear,
         "_normalize alpha copy_X fit_intercept max_iter n_iter_ normalize positive random_state solver solver_ tol",
         "sklearn.linear_model.ridge.Ridge"},
        {"sklearn.linear_model._ridge.RidgeCV", linear,
         "_store_cv_results alpha_ alpha_per_target alphas best_score_ cv fit_intercept gcv_mode normalize scoring store_cv_results "
         "store_cv_values",
         "sklearn.linear_model.ridge.RidgeCV"},
        {"sklearn.linear_model._coordinate_descent.Lasso", linear,
         "alpha copy_X dual_gap_ fit_intercept l1_ratio max_iter n_iter_ normalize positive precompute random_state selection tol "
         "warm_start",
         "sklearn.linear_model.coordinate_descent.Lasso"},
        {"sklearn.linear_model._coordinate_descent.LassoCV", linear,
         "_alphas alpha_ alphas alphas_ copy_X cv dual_gap_ eps fit_intercept max_iter mse_path_ n_alphas n_iter_ n_jobs normalize "
         "positive precompute random_state selection tol verbose",
         "sklearn.linear_model.coordinate_descent.LassoCV"},
        {"sklearn.linear_model._coordinate_descent.ElasticNet", linear,
         "alpha copy_X dual_gap_ fit_intercept l1_ratio max_iter n_iter_ normalize positive precompute random_state selection tol "
         "warm_start",
         "sklearn.linear_model.coordinate_descent.ElasticNet"},
        {"sklearn.linear_model._coordinate_descent.ElasticNetCV", linear,
         "_alphas alpha_ alphas alphas_ copy_X cv dual_gap_ eps fit_intercept l1_ratio l1_ratio_ max_iter mse_path_ n_alphas n_iter_ "
         "n_jobs normalize positive precompute random_state selection tol verbose",
         "sklearn.linear_model.coordinate_descent.ElasticNetCV"},
        {"sklearn.linear_model._coordinate_descent.MultiTaskLasso", linear,
         "alpha copy_X dual_gap_ eps_ fit_intercept l1_ratio max_iter n_iter_ normalize random_state selection tol warm_start",
         "sklearn.linear_model.coordinate_descent.MultiTaskLasso"},
        {"sklearn.linear_model._coordinate_descent.MultiTaskLassoCV", linear,
         "_alphas alpha_ alphas alphas_ copy_X cv dual_gap_ eps fit_intercept max_iter mse_path_ n_alphas n_iter_ n_jobs normalize "
         "positive precompute random_state selection tol verbose",
         "sklearn.linear_model.coordinate_descent.MultiTaskLassoCV"},
        {"sklearn.linear_model._coordinate_descent.MultiTaskElasticNet", linear,
         "alpha copy_X dual_gap_ eps_ fit_intercept l1_ratio max_iter n_iter_ normalize random_state selection tol warm_start",
         "sklearn.linear_model.coordinate_descent.MultiTaskElasticNet"},
        {"sklearn.linear_model._coordinate_descent.MultiTaskElasticNetCV", linear,
         "_alphas alpha_ alphas alphas_ copy_X cv dual_gap_ eps fit_intercept l1_ratio l1_ratio_ max_iter mse_path_ n_alphas n_iter_ "
         "n_jobs normalize random_state selection tol verbose",
         "sklearn.linear_model.coordinate_descent.MultiTaskElasticNetCV"},
        {"sklearn.linear_model._least_angle.Lars", linear,
         "active_ alphas_ coef_path_ copy_X eps fit_intercept fit_path jitter n_iter_ n_nonzero_coefs normalize positive precompute "
         "random_state verbose",
         "sklearn.linear_model.least_angle.Lars"},
        {"sklearn.linear_model._least_angle.LarsCV", linear,
         "active_ alpha_ alphas_ coef_path_ copy_X cv cv_alphas_ eps fit_intercept fit_path jitter max_iter max_n_alphas mse_path_ n_iter_ "
         "n_jobs n_nonzero_coefs normalize positive precompute random_state verbose",
         "sklearn.linear_model.least_angle.LarsCV"},
        {"sklearn.linear_model._least_angle.LassoLars", linear,
         "active_ alpha alphas_ coef_path_ copy_X eps fit_intercept fit_path jitter max_iter n_iter_ normalize positive precompute "
         "random_state verbose",
         "sklearn.linear_model.least_angle.LassoLars"},
        {"sklearn.linear_model._least_angle.LassoLarsCV", linear,
         "active_ alpha_ alphas_ coef_path_ copy_X cv cv_alphas_ eps fit_intercept max_iter max_n_alphas mse_path_ n_iter_ n_jobs "
         "normalize positive precompute verbose",
         "sklearn.linear_model.least_angle.LassoLarsCV"},
        {"sklearn.linear_model._least_angle.LassoLarsIC", linear,
         "alpha_ alphas_ copy_X criterion criterion_ eps fit_intercept fit_path max_iter n_iter_ noise_variance noise_variance_ normalize "
         "positive precompute verbose",
         "sklearn.linear_model.least_angle.LassoLarsIC"},
        {"sklearn.linear_model._omp.OrthogonalMatchingPursuit", linear,
         "fit_intercept n_iter_ n_nonzero_coefs n_nonzero_coefs_ normalize precompute tol",
         "sklearn.linear_model.omp.OrthogonalMatchingPursuit"},
        {"sklearn.linear_model._omp.OrthogonalMatchingPursuitCV", linear,
         "copy cv fit_intercept max_iter n_iter_ n_jobs n_nonzero_coefs_ normalize verbose",
         "sklearn.linear_model.omp.OrthogonalMatchingPursuitCV"},
        {"sklearn.linear_model._huber.HuberRegressor", linear,
         "alpha epsilon fit_intercept max_iter n_iter_ outliers_ scale_ tol warm_start", "sklearn.linear_model.huber.HuberRegressor"},
        {"sklearn.linear_model._bayes.BayesianRidge", linear,
         "X_offset_ X_scale_ _normalize alpha_ alpha_1 alpha_2 alpha_init compute_score copy_X fit_intercept lambda_ lambda_1 lambda_2 "
         "lambda_init max_iter n_iter n_iter_ normalize scores_ sigma_ tol verbose",
         "sklearn.linear_model.bayes.BayesianRidge"},
        {"sklearn.linear_model._bayes.ARDRegression", linear,
         "X_offset_ X_scale_ _normalize alpha_ alpha_1 alpha_2 compute_score copy_X fit_intercept lambda_ lambda_1 lambda_2 max_iter "
         "n_iter n_iter_ normalize scores_ sigma_ threshold_lambda tol verbose",
         "sklearn.linear_model.bayes.ARDRegression"},
        {"sklearn.linear_model._theil_sen.TheilSenRegressor", linear,
         "_max_subpopulation breakdown_ copy_X fit_intercept max_iter max_subpopulation n_iter_ n_jobs n_subpopulation_ n_subsamples "
         "random_state tol verbose",
         "sklearn.linear_model.theil_sen.TheilSenRegressor"},
        {"sklearn.linear_model._quantile.QuantileRegressor", linear, "alpha fit_intercept n_iter_ quantile solver solver_options"},
        {"sklearn.linear_model._stochastic_gradient.SGDRegressor", linear,
         "standard_coef_ standard_intercept_ average_coef_ average_intercept_ _standard_coef _standard_intercept _average_coef "
         "_average_intercept C _max_iter _tol alpha average early_stopping epsilon eta0 fit_intercept l1_ratio learning_rate loss max_iter "
         "n_iter n_iter_ n_iter_no_change penalty power_t random_state shuffle t_ tol validation_fraction verbose warm_start",
         "sklearn.linear_model.stochastic_gradient.SGDRegressor"},
        {"sklearn.linear_model._passive_aggressive.PassiveAggressiveRegressor", linear,
         "standard_coef_ standard_intercept_ average_coef_ average_intercept_ _standard_coef _standard_intercept _average_coef "
         "_average_intercept C _max_iter _tol alpha average early_stopping epsilon eta0 fit_intercept l1_ratio learning_rate loss max_iter "
         "n_iter n_iter_ n_iter_no_change penalty power_t random_state shuffle t_ tol validation_fraction verbose warm_start",
         "sklearn.linear_model.passive_aggressive.PassiveAggressiveRegressor"},
        {"sklearn.svm._classes.LinearSVR", linear,
         "C dual epsilon fit_intercept intercept_scaling loss max_iter n_iter_ random_state tol verbose", "sklearn.svm.classes.LinearSVR"},
        {"sklearn.linear_model._glm.glm.PoissonRegressor", generalised,
         "_base_loss _family_instance _link_instance alpha fit_intercept max_iter n_iter_ solver tol verbose warm_start"},
        {"sklearn.linear_model._glm.glm.GammaRegressor", generalised,
         "_base_loss _family_instance _link_instance alpha fit_intercept max_iter n_iter_ solver tol verbose warm_start"},
        {"sklearn.linear_model._glm.glm.TweedieRegressor", generalised,
         "_base_loss _family_instance _link_instance alpha fit_intercept max_iter n_iter_ solver tol verbose warm_start"},
        {"sklearn.linear_model._ransac.RANSACRegressor", ransac,
         "base_estimator estimator inlier_mask_ is_data_valid is_model_valid loss max_skips max_trials min_samples n_skips_invalid_data_ "
         "n_skips_invalid_model_ n_skips_no_inliers_ n_trials_ random_state residual_threshold stop_n_inliers stop_probability stop_score",
         "sklearn.linear_model.ransac.RANSACRegressor"},
    });
    return classes;
}

}  // namespace assay::pipeline
