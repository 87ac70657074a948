#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <array>
#include <cmath>

// sklearn.covariance.EllipticEnvelope (sklearn/covariance/_elliptic_envelope.py) and sklearn.linear_model.SGDOneClassSVM
// (sklearn/linear_model/_stochastic_gradient.py): 1 for what lies within, -1 without.

namespace assay::pipeline {

namespace {

class Border : public Step {
public:
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || method == Method::decision_function || method == Method::score_samples;
    }
    [[nodiscard]] std::size_t widest() const override { return 2 * input.width + 2; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Scores found, scores(Method::decision_function, std::move(rows)));
        std::vector<std::int64_t> labels;
        for (Eigen::Index row = 0; row < found.values.rows(); ++row) labels.push_back(found.values(row, 0) >= 0 ? 1 : -1);
        return integer_labels(std::move(labels));
    }

    double offset = 0;
};

class Envelope final : public Border {
public:
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse));
        given.rowwise() -= location.transpose();
        Matrix found(given.rows(), 1);
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            double sum = 0;
            double magnitude = 0;
            for (Eigen::Index i = 0; i < given.cols(); ++i) {
                double product = 0;
                for (Eigen::Index k = 0; k < given.cols(); ++k) {
                    product += given(row, k) * precision(i, k);
                    if (WorstRounding::is_on()) magnitude += std::abs(given(row, i) * given(row, k) * precision(i, k));
                }
                sum += given(row, i) * product;
            }
            const double distance = std::sqrt(sum);
            const double score = -(distance * distance);
            const double value = method == Method::decision_function ? score - offset : score;
            found(row, 0) = rounded_worst(value, magnitude + std::abs(offset), 2 * static_cast<double>(given.cols()) + 4, 0);
        }
        return Scores{std::move(found), true};
    }

    Vector location;
    Matrix precision;
};

class OneClass final : public Border {
public:
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse, Single::allow));
        Matrix found = times_transposed(given, weights);
        found.array() -= offset;
        if (method == Method::score_samples) found.array() += offset;
        return Scores{std::move(found), true};
    }

    Matrix weights;  ///< 1 × feature
};

Result<std::unique_ptr<Step>> envelope(StateReader& state) {
    auto made = std::make_unique<Envelope>();
    made->location = double_vector(state, "location_");
    const auto features = static_cast<std::size_t>(made->location.size());
    state.fitted_with(features, "location_");
    state.require_that(state.flag("store_precision"), "attribute store_precision is False: the inverse of covariance_ is not re-created");
    if (state.failed()) return state.finish(std::move(made));
    made->precision = double_matrix(state, "precision_", features, features);
    made->offset = state.number("offset_");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> one_class(StateReader& state) {
    auto made = std::make_unique<OneClass>();
    const Vector coef = double_vector(state, "coef_");
    made->weights = coef.transpose();
    state.fitted_with(static_cast<std::size_t>(coef.size()), "coef_");
    const Vector offset = double_vector(state, "offset_", 1);
    if (offset.size() == 1) made->offset = offset[0];
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> outlier_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.covariance._elliptic_envelope.EllipticEnvelope", envelope,
         "assume_centered contamination covariance_ dist_ random_state raw_covariance_ raw_location_ raw_support_ support_ "
         "support_fraction",
         "sklearn.covariance.elliptic_envelope.EllipticEnvelope"},
        {"sklearn.linear_model._stochastic_gradient.SGDOneClassSVM", one_class,
         "C _average_coef _average_intercept _loss_function_ _standard_coef _standard_intercept alpha average coef_init early_stopping "
         "epsilon eta0 fit_intercept l1_ratio learning_rate loss loss_function_ max_iter n_iter_ n_iter_no_change nu offset_init "
         "penalty power_t random_state shuffle t_ tol validation_fraction verbose warm_start"},
    });
    return classes;
}

}  // namespace assay::pipeline
