#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/linear.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <array>
#include <cmath>
#include <numbers>

// sklearn.naive_bayes.GaussianNB (sklearn/naive_bayes.py).

namespace assay::pipeline {

namespace {

class GaussianNB final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || method == Method::predict_proba || method == Method::predict_log_proba;
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix likelihoods, joint_log_likelihoods(std::move(rows)));
        return labels_at(classes, argmax(likelihoods));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, joint_log_likelihoods(std::move(rows)));
        subtract_log_sums(found);
        if (method == Method::predict_proba) found = found.unaryExpr([](double value) { return std::exp(value); });
        return Scores{std::move(found)};
    }

    SampleValues classes;
    Vector prior;
    Matrix mean;  ///< class × feature
    Matrix variance;
    bool single = false;  ///< fitted in float32

private:
    [[nodiscard]] Result<Matrix> joint_log_likelihoods(Data rows) const {
        if (single) return not_replayable("it was fitted in float32, and scikit-learn computes in float32 then: fit it on float64");
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse, Single::allow));
        const auto width = static_cast<std::size_t>(mean.cols());
        Matrix found(given.rows(), mean.rows());
        std::vector<double> terms(width);
        for (Eigen::Index k = 0; k < mean.rows(); ++k) {
            for (std::size_t i = 0; i < width; ++i) terms[i] = std::log(2.0 * std::numbers::pi * variance(k, static_cast<Eigen::Index>(i)));
            const double constant = -0.5 * numpy_sum(terms.data(), width);
            for (Eigen::Index row = 0; row < given.rows(); ++row) {
                for (std::size_t i = 0; i < width; ++i) {
                    const auto at = static_cast<Eigen::Index>(i);
                    const double distance = given(row, at) - mean(k, at);
                    terms[i] = distance * distance / variance(k, at);
                }
                const double likelihood = std::log(prior[k]) + (constant - 0.5 * numpy_sum(terms.data(), width));
                found(row, k) = rounded_worst(likelihood, std::abs(likelihood) + std::abs(constant), 4, static_cast<std::size_t>(k));
            }
        }
        return found;
    }
};

Result<std::unique_ptr<Step>> gaussian(StateReader& state) {
    auto made = std::make_unique<GaussianNB>();
    made->classes = state.labels("classes_");
    const std::size_t count = count_of(made->classes);
    made->prior = state.vector("class_prior_", count);
    made->mean = state.matrix("theta_", count);
    state.fitted_with(static_cast<std::size_t>(made->mean.cols()), "theta_");
    if (const auto mean = state.find("theta_")) made->single = mean->is(FittedKind::array) && mean->array().dtype.itemsize < 8;
    // sigma_ until 0.24.
    made->variance = state.matrix(state.has("var_") ? "var_" : "sigma_", count, static_cast<std::size_t>(made->mean.cols()));
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> gaussian_nb_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.naive_bayes.GaussianNB", gaussian, "class_count_ epsilon_ priors var_smoothing sigma_"},
    });
    return classes;
}

}  // namespace assay::pipeline
