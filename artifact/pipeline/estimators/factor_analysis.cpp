#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>

#include <array>
#include <cmath>

// sklearn.decomposition: FastICA, FactorAnalysis, SparsePCA and MiniBatchSparsePCA (sklearn/decomposition/_fastica.py, _factor_analysis.py,
// _sparse_pca.py, which solves a ridge regression by sklearn/linear_model/_ridge.py, _solve_cholesky).

namespace assay::pipeline {

namespace {

class Unmixing final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return 2 * input.width + static_cast<std::size_t>(components.rows()); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse));
        return data_of(mean ? centered_times_transposed(std::move(given), *mean, components) : times_transposed(given, components));
    }

    Matrix components;
    std::optional<Vector> mean;
};

/// Whether it whitens: True, or how since 1.1, of which 1.1 and 1.2 keep what is meant in `_whiten`.
Result<std::unique_ptr<Step>> fast_ica(StateReader& state) {
    auto made = std::make_unique<Unmixing>();
    made->components = double_matrix(state, "components_");
    const auto features = static_cast<std::size_t>(made->components.cols());
    state.fitted_with(features, "components_");
    must_be_finite(state, made->components, "components_");
    const auto whiten = state.require(state.has("_whiten") ? "_whiten" : "whiten");
    const bool whitens = whiten && (whiten->is(FittedKind::boolean) ? whiten->boolean() : whiten->as_text().has_value());
    if (whiten && !whiten->is(FittedKind::boolean) && !whiten->as_text()) state.problem_of("whiten", "is " + whiten->describe());
    if (whitens) made->mean = double_vector(state, "mean_", features);
    return state.finish(std::move(made));
}

class Factors final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform || method == Method::score_samples; }
    [[nodiscard]] std::size_t widest() const override { return 2 * input.width + static_cast<std::size_t>(2 * components.rows()); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse, Single::allow));
        return data_of(times_transposed(centered_times_transposed(std::move(given), mean, weights), inner.transpose()));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (method != Method::score_samples) return no_method(method);
        if (components.cols() > most_inverted) return not_replayable("score_samples inverts a matrix of too many features");
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse));
        given.rowwise() -= mean.transpose();
        return Scores{log_likelihoods(given, precision()), true};
    }

    Matrix components;  ///< factor × feature
    Vector mean;
    Vector noise;
    Matrix weights;  ///< components over noise
    Matrix inner;  ///< (1 + weights · componentsᵀ)⁻¹

private:
    [[nodiscard]] Matrix precision() const {
        if (components.rows() == components.cols()) {
            Matrix covariance = components.transpose() * components;
            covariance.diagonal() += noise;
            return covariance.inverse();
        }
        Matrix found = components.transpose() * inner * components;
        found.array().colwise() /= noise.array();
        found.array().rowwise() /= -noise.transpose().array();
        found.diagonal().array() += 1.0 / noise.array();
        return found;
    }
};

Result<std::unique_ptr<Step>> factor_analysis(StateReader& state) {
    auto made = std::make_unique<Factors>();
    made->components = double_matrix(state, "components_");
    const auto features = static_cast<std::size_t>(made->components.cols());
    state.fitted_with(features, "components_");
    made->mean = double_vector(state, "mean_", features);
    made->noise = double_vector(state, "noise_variance_", features);
    must_be_finite(state, made->components, "components_");
    must_be_positive(state, made->noise, "noise_variance_");
    state.require_that(made->components.rows() <= made->components.cols(), "attribute components_ has more factors than features");
    if (state.failed()) return state.finish(std::move(made));
    made->weights = made->components;
    made->weights.array().rowwise() /= made->noise.transpose().array();
    Matrix inner = times_transposed(made->weights, made->components);
    inner.diagonal().array() += 1.0;
    made->inner = inner.inverse();
    return state.finish(std::move(made));
}

class SparseComponents final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return 3 * input.width + static_cast<std::size_t>(3 * components.rows()); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (unit_columns) TRY(want_all_rows());
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse));
        if (!unit_columns) given.rowwise() -= mean.transpose();
        Matrix found;
        if (components.rows() > components.cols()) {
            const Matrix dual = factors.solve(given.transpose()).transpose();
            found = times_transposed(dual, components);
        } else {
            const Matrix products = times_transposed(given, components);
            found = factors.solve(products.transpose()).transpose();
        }
        if (WorstRounding::is_on()) {
            for (Eigen::Index row = 0; row < found.rows(); ++row) {
                const double magnitude = found.row(row).cwiseAbs().sum();
                for (Eigen::Index k = 0; k < found.cols(); ++k)
                    found(row, k) =
                        rounded_worst(found(row, k), magnitude, 4.0 * static_cast<double>(found.cols()), static_cast<std::size_t>(k));
            }
        }
        for (Eigen::Index k = 0; unit_columns && k < found.cols(); ++k) {
            const double length = std::sqrt(found.col(k).squaredNorm());
            if (length != 0) found.col(k) /= length;
        }
        return data_of(std::move(found));
    }

    Matrix components;  ///< component × feature
    Vector mean;
    bool unit_columns = false;  ///< instead of centering: the columns of all rows together have the length 1
    Eigen::LLT<Eigen::MatrixXd> factors;  ///< of the smaller of both products of the components, and the penalty
};

/// Until 0.21 it does not center unless it is told to.
Result<std::unique_ptr<Step>> sparse_components(StateReader& state) {
    auto made = std::make_unique<SparseComponents>();
    made->components = double_matrix(state, "components_");
    const auto features = static_cast<std::size_t>(made->components.cols());
    state.fitted_with(features, "components_");
    must_be_finite(state, made->components, "components_");
    made->unit_columns = state.writer().before(0, 22) && !state.flag("normalize_components");
    const double penalty = state.number("ridge_alpha");
    state.require_that(penalty > 0 && std::isfinite(penalty), "attribute ridge_alpha is not above 0");
    state.require_that(made->components.rows() > 0, "attribute components_ is empty");
    if (state.failed()) return state.finish(std::move(made));
    if (!made->unit_columns) made->mean = double_vector(state, "mean_", features);
    const Matrix transposed = made->components.transpose();
    const bool kernel = made->components.rows() > made->components.cols();
    Matrix gram = kernel ? times_transposed(transposed, transposed) : times_transposed(made->components, made->components);
    gram.diagonal().array() += penalty;
    made->factors.compute(gram);
    state.require_that(made->factors.info() == Eigen::Success, "attribute components_ makes a system that has no solution");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> factor_analysis_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.decomposition._fastica.FastICA", fast_ica,
         "_FastICA__sources _unmixing algorithm fun fun_args max_iter mean_ mixing_ n_components n_iter_ random_state tol w_init whiten "
         "whiten_solver whitening_",
         "sklearn.decomposition.fastica_.FastICA"},
        {"sklearn.decomposition._factor_analysis.FactorAnalysis", factor_analysis,
         "copy iterated_power loglike_ max_iter n_components n_iter_ noise_variance_init random_state rotation svd_method tol",
         "sklearn.decomposition.factor_analysis.FactorAnalysis"},
        {"sklearn.decomposition._sparse_pca.SparsePCA", sparse_components,
         "U_init V_init alpha error_ max_iter mean_ method n_components n_components_ n_iter_ n_jobs normalize_components random_state "
         "tol verbose",
         "sklearn.decomposition.sparse_pca.SparsePCA"},
        {"sklearn.decomposition._sparse_pca.MiniBatchSparsePCA", sparse_components,
         "U_init V_init alpha batch_size callback error_ max_iter max_no_improvement mean_ method n_components n_components_ n_iter "
         "n_iter_ n_jobs normalize_components random_state shuffle tol verbose",
         "sklearn.decomposition.sparse_pca.MiniBatchSparsePCA"},
    });
    return classes;
}

}  // namespace assay::pipeline
