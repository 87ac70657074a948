#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"

#include <Eigen/LU>

#include <array>
#include <cmath>
#include <limits>

// sklearn.decomposition.PCA, IncrementalPCA and TruncatedSVD (sklearn/decomposition/_base.py, _pca.py, _truncated_svd.py).

namespace assay::pipeline {

namespace {

class PrincipalComponents final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::transform || (method == Method::score_samples && has_density);
    }
    [[nodiscard]] std::size_t widest() const override { return input.width + static_cast<std::size_t>(2 * components.rows()); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Data given, numbers(std::move(rows), Missing::refuse, Single::allow));
        Matrix values = std::get<Matrix>(std::move(given.values));
        const bool project_first = centers_last || (given.sparse && sparse_centers_last);
        Matrix projected;
        if (mean && project_first) {
            projected = times_transposed(values, components);
            projected.rowwise() -= projected_mean.transpose();
        } else {
            projected = mean ? centered_times_transposed(std::move(values), *mean, components) : times_transposed(values, components);
        }
        if (scale.size() != 0) projected.array().rowwise() /= scale.transpose().array();
        return data_of(std::move(projected));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::transform) return no_method(method);
        if (components.cols() > most_inverted) return not_replayable("score_samples inverts a matrix of too many features");
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse, Single::allow));
        given.rowwise() -= mean->transpose();
        const Matrix precision = precision_matrix();
        return Scores{log_likelihoods(given, precision), true};
    }

    Matrix components;  ///< component × feature
    std::optional<Vector> mean;
    Vector projected_mean;
    Vector scale;  ///< of what is whitened
    bool centers_last = false;  ///< since 1.5 the projected mean is taken from what is projected
    bool sparse_centers_last = false;
    bool has_density = false;
    bool whiten = false;
    Vector variance;
    double noise = 0;

private:
    [[nodiscard]] Matrix precision_matrix() const;
};

Matrix PrincipalComponents::precision_matrix() const {
    const Eigen::Index features = components.cols();
    if (components.rows() == 0) return Matrix::Identity(features, features) / noise;
    Matrix scaled = components;
    if (whiten) scaled.array().colwise() *= variance.array().sqrt();
    const Vector above = (variance.array() - noise).cwiseMax(0.0);
    if (noise == 0 || components.rows() == features) {
        Matrix covariance = scaled.transpose() * above.asDiagonal() * scaled;
        covariance.diagonal().array() += noise;
        return covariance.inverse();
    }
    Matrix inner = (scaled * scaled.transpose()) / noise;
    inner.diagonal().array() += 1.0 / above.array();
    Matrix precision = scaled.transpose() * inner.inverse() * scaled;
    precision /= -(noise * noise);
    precision.diagonal().array() += 1.0 / noise;
    return precision;
}

/// `mean_` is None for an IncrementalPCA of some releases that saw nothing; PCA always has one.
Result<std::unique_ptr<Step>> principal(StateReader& state) {
    auto made = std::make_unique<PrincipalComponents>();
    made->components = double_matrix(state, "components_");
    const auto count = static_cast<std::size_t>(made->components.rows());
    const auto features = static_cast<std::size_t>(made->components.cols());
    state.fitted_with(features, "components_");
    if (const auto mean = state.require("mean_"); mean && !mean->is_none()) made->mean = double_vector(state, "mean_", features);
    made->whiten = state.flag("whiten");
    made->has_density = state.cls().ends_with(".PCA");
    made->centers_last = !state.writer().before(1, 5);
    made->sparse_centers_last = !state.writer().before(1, 4) && state.cls().ends_with(".PCA");
    state.require_that(made->mean.has_value() || (!made->centers_last && !made->has_density), "attribute mean_ is None");
    if (state.failed()) return state.finish(std::move(made));
    must_be_finite(state, made->components, "components_");
    if (made->mean) {
        must_be_finite(state, *made->mean, "mean_");
        const Matrix mean = made->mean->transpose();
        made->projected_mean = times_transposed(mean, made->components).row(0).transpose();
    }
    if (made->whiten || made->has_density) made->variance = double_vector(state, "explained_variance_", count);
    if (made->has_density) made->noise = state.number("noise_variance_");
    if (made->whiten) {
        made->scale = made->variance.array().sqrt();
        if (made->centers_last) made->scale = made->scale.cwiseMax(std::numeric_limits<double>::epsilon());
    }
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> truncated(StateReader& state) {
    auto made = std::make_unique<PrincipalComponents>();
    made->components = double_matrix(state, "components_");
    state.fitted_with(static_cast<std::size_t>(made->components.cols()), "components_");
    must_be_finite(state, made->components, "components_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> pca_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.decomposition._pca.PCA", principal,
         "_fit_svd_solver copy explained_variance_ explained_variance_ratio_ iterated_power n_components n_components_ n_features_ "
         "n_oversamples n_samples_ noise_variance_ power_iteration_normalizer random_state singular_values_ svd_solver tol",
         "sklearn.decomposition.pca.PCA"},
        {"sklearn.decomposition._incremental_pca.IncrementalPCA", principal,
         "batch_size batch_size_ copy explained_variance_ explained_variance_ratio_ n_components n_components_ n_samples_seen_ "
         "noise_variance_ singular_values_ var_",
         "sklearn.decomposition.incremental_pca.IncrementalPCA"},
        {"sklearn.decomposition._truncated_svd.TruncatedSVD", truncated,
         "algorithm explained_variance_ explained_variance_ratio_ n_components n_iter n_oversamples power_iteration_normalizer "
         "random_state singular_values_ tol",
         "sklearn.decomposition.truncated_svd.TruncatedSVD"},
    });
    return classes;
}

}  // namespace assay::pipeline
