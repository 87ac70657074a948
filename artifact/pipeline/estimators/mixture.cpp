#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

// sklearn.mixture.GaussianMixture and BayesianGaussianMixture (sklearn/mixture/_base.py, _gaussian_mixture.py, _bayesian_mixture.py).

namespace assay::pipeline {

namespace {

class Mixture final : public Step {
public:
    enum class Covariance : std::uint8_t { full, diagonal, spherical };  ///< tied: full, with the same matrix for all

    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || method == Method::predict_proba || method == Method::score_samples;
    }
    [[nodiscard]] std::size_t widest() const override { return 4 * input.width + static_cast<std::size_t>(3 * means.rows()); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, weighted_log_probabilities(std::move(rows)));
        const std::vector<std::size_t> places = argmax(found);
        return integer_labels(std::vector<std::int64_t>(places.begin(), places.end()));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, weighted_log_probabilities(std::move(rows)));
        const Vector sums = log_sums(found);
        if (method == Method::score_samples) return Scores{Matrix(sums), true};
        found.colwise() -= sums;
        return Scores{Matrix(found.unaryExpr([](double value) { return std::exp(value); }))};
    }

    Covariance covariance = Covariance::full;
    Matrix means;                  ///< component × feature
    std::vector<Matrix> roots;     ///< of the precisions, transposed: of each component, or one for all
    std::vector<Matrix> centers;   ///< the means, multiplied by them: one row each
    Matrix precisions;             ///< of diagonal and spherical ones: component × feature, component × 1
    Matrix weighted_means;
    Vector mean_terms;
    Vector log_determinants;
    Vector before_half;  ///< what is added to -½ distance beside the determinant
    Vector log_weights;

private:
    [[nodiscard]] Result<Matrix> weighted_log_probabilities(Data rows) const;
    [[nodiscard]] Matrix distances(const Matrix& given) const;
};

bool is_small(const Data& rows) {
    const auto small = [](NumberType type) { return type == NumberType::small_integer || type == NumberType::boolean; };
    if (const auto* columns = std::get_if<std::vector<Column>>(&rows.values))
        return std::ranges::all_of(*columns, [&](const Column& column) { return !column.objects && small(column.type); });
    return small(rows.type);
}

Matrix Mixture::distances(const Matrix& given) const {
    Matrix found(given.rows(), means.rows());
    if (covariance == Covariance::full) {
        for (Eigen::Index k = 0; k < means.rows(); ++k) {
            Matrix rotated = times_transposed(given, roots.size() == 1 ? roots.front() : roots[static_cast<std::size_t>(k)]);
            rotated.rowwise() -= centers[static_cast<std::size_t>(k)].row(0);
            const Matrix squared = rotated.cwiseAbs2();
            for (Eigen::Index row = 0; row < given.rows(); ++row)
                found(row, k) = numpy_sum(squared.row(row).data(), static_cast<std::size_t>(squared.cols()));
        }
        return found;
    }
    const Matrix products = times_transposed(given, weighted_means);
    const Matrix squares = given.cwiseAbs2();
    const Matrix norms = times_transposed(squares, covariance == Covariance::diagonal ? precisions : Matrix(Matrix::Ones(1, given.cols())));
    for (Eigen::Index row = 0; row < given.rows(); ++row) {
        for (Eigen::Index k = 0; k < means.rows(); ++k) {
            const double norm = covariance == Covariance::diagonal ? norms(row, k) : norms(row, 0) * precisions(k, 0);
            found(row, k) = mean_terms[k] - 2.0 * products(row, k) + norm;
        }
    }
    return found;
}

Result<Matrix> Mixture::weighted_log_probabilities(Data rows) const {
    if (covariance != Covariance::full && is_small(rows))
        return not_replayable("the input is of small integers or booleans, of which squares overflow: give float64");
    TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
    Matrix found = distances(given);
    const double constant = static_cast<double>(means.cols()) * std::log(2.0 * std::numbers::pi);
    for (Eigen::Index row = 0; row < found.rows(); ++row) {
        for (Eigen::Index k = 0; k < found.cols(); ++k) {
            const double distance = found(row, k);
            const double value = -0.5 * (constant + distance) + log_determinants[k] + before_half[k] + log_weights[k];
            const double magnitude = constant + std::abs(distance) + std::abs(log_determinants[k]) + std::abs(before_half[k]);
            found(row, k) = rounded_worst(value, magnitude, static_cast<double>(means.cols()) + 4, static_cast<std::size_t>(k));
        }
    }
    return found;
}

double sum_of_logs(const Vector& values) {
    const Vector logs = values.array().log();
    return numpy_sum(logs.data(), static_cast<std::size_t>(logs.size()));
}

/// `given`: the Cholesky factors of the precisions, feature × feature.
void read_full(StateReader& state, Mixture& made, std::vector<Matrix> given, std::size_t count) {
    const Eigen::Index features = made.means.cols();
    state.require_that(given.size() == count, "attribute precisions_cholesky_ is not of each component");
    for (Matrix& root : given) {
        if (root.rows() != features || root.cols() != features)
            state.problem_of("precisions_cholesky_",
                             fmt::format("has the shape ({}, {}) for {} features", root.rows(), root.cols(), features));
        if (state.failed()) return;
        must_be_positive(state, root.diagonal(), "precisions_cholesky_");
        made.roots.emplace_back(root.transpose());
    }
    for (Eigen::Index k = 0; k < made.means.rows() && !state.failed(); ++k) {
        const std::size_t at = count == 1 ? 0 : static_cast<std::size_t>(k);
        made.centers.push_back(times_transposed(made.means.row(k), made.roots[at]));
        made.log_determinants[k] = sum_of_logs(given[at].diagonal());
    }
}

void read_precisions(StateReader& state, Mixture& made) {
    const std::string kind = state.text("covariance_type");
    const auto components = static_cast<std::size_t>(made.means.rows());
    const auto features = static_cast<std::size_t>(made.means.cols());
    made.log_determinants = Vector::Zero(made.means.rows());
    if (kind == "full") return read_full(state, made, double_matrices(state, "precisions_cholesky_"), components);
    if (kind == "tied") return read_full(state, made, {double_matrix(state, "precisions_cholesky_")}, 1);
    Matrix root;
    if (kind == "diag") {
        made.covariance = Mixture::Covariance::diagonal;
        root = double_matrix(state, "precisions_cholesky_", components, features);
    } else if (kind == "spherical") {
        made.covariance = Mixture::Covariance::spherical;
        root = double_vector(state, "precisions_cholesky_", components);
    } else {
        state.problem_of("covariance_type", "is " + kind);
    }
    if (state.failed()) return;
    made.precisions = root.cwiseAbs2();
    made.mean_terms.resize(made.means.rows());
    made.weighted_means = made.means;
    for (Eigen::Index k = 0; k < made.means.rows(); ++k) {
        const Vector row = root.row(k).transpose();
        must_be_positive(state, row, "precisions_cholesky_");
        Vector terms = made.means.row(k).cwiseAbs2().transpose();
        if (kind == "diag") {
            terms.array() *= made.precisions.row(k).transpose().array();
            made.weighted_means.row(k).array() *= made.precisions.row(k).array();
            made.log_determinants[k] = sum_of_logs(row);
        } else {
            made.weighted_means.row(k) *= made.precisions(k, 0);
            made.log_determinants[k] = static_cast<double>(features) * std::log(row[0]);
        }
        made.mean_terms[k] = numpy_sum(terms.data(), features);
        if (kind == "spherical") made.mean_terms[k] *= made.precisions(k, 0);
    }
}

std::unique_ptr<Mixture> read_mixture(StateReader& state) {
    auto made = std::make_unique<Mixture>();
    made->means = double_matrix(state, "means_");
    state.fitted_with(static_cast<std::size_t>(made->means.cols()), "means_");
    state.require_that(made->means.rows() > 0, "attribute means_ is empty");
    must_be_finite(state, made->means, "means_");
    if (!state.failed()) read_precisions(state, *made);
    return made;
}

Result<std::unique_ptr<Step>> gaussian_mixture(StateReader& state) {
    auto made = read_mixture(state);
    const Vector weights = double_vector(state, "weights_", static_cast<std::size_t>(made->means.rows()));
    made->log_weights = weights.array().log();
    made->before_half = Vector::Zero(made->means.rows());
    return state.finish(std::move(made));
}

/// The expected logarithms of the weights, of a Dirichlet process or distribution.
void read_concentration(StateReader& state, Mixture& made) {
    const Eigen::Index count = made.means.rows();
    const std::string kind = state.text("weight_concentration_prior_type");
    const auto value = state.require("weight_concentration_");
    made.log_weights = Vector::Zero(count);
    if (state.failed()) return;
    if (kind == "dirichlet_distribution") {
        const Vector all = double_vector(state, "weight_concentration_", static_cast<std::size_t>(count));
        must_be_positive(state, all, "weight_concentration_");
        if (state.failed()) return;
        const double total = digamma(numpy_sum(all.data(), static_cast<std::size_t>(count)));
        for (Eigen::Index k = 0; k < count; ++k) made.log_weights[k] = digamma(all[k]) - total;
        return;
    }
    state.require_that(kind == "dirichlet_process", "attribute weight_concentration_prior_type is " + kind);
    const std::vector<Fitted> both = state.items_of(*value, "attribute weight_concentration_");
    state.require_that(both.size() == 2, "attribute weight_concentration_ is no pair");
    if (state.failed()) return;
    const Vector first = state.vector_of(both[0], "attribute weight_concentration_[0]", static_cast<std::size_t>(count));
    const Vector second = state.vector_of(both[1], "attribute weight_concentration_[1]", static_cast<std::size_t>(count));
    must_be_positive(state, first, "weight_concentration_");
    must_be_positive(state, second, "weight_concentration_");
    if (state.failed()) return;
    double rest = 0;
    for (Eigen::Index k = 0; k < count; ++k) {
        const double sum = digamma(first[k] + second[k]);
        made.log_weights[k] = digamma(first[k]) - sum + rest;
        rest += digamma(second[k]) - sum;
    }
}

Result<std::unique_ptr<Step>> bayesian_mixture(StateReader& state) {
    auto made = read_mixture(state);
    const auto count = static_cast<std::size_t>(made->means.rows());
    const auto features = static_cast<double>(made->means.cols());
    const auto given = state.require("degrees_of_freedom_");  // one number when the covariance is tied
    const auto one = given ? given->as_number() : std::nullopt;
    const Vector freedom = one ? Vector::Constant(made->means.rows(), *one) : double_vector(state, "degrees_of_freedom_", count);
    const Vector mean_precision = double_vector(state, "mean_precision_", count);
    if (state.failed()) return state.finish(std::move(made));
    read_concentration(state, *made);
    must_be_positive(state, Vector(freedom.array() - (features - 1)), "degrees_of_freedom_");
    must_be_positive(state, mean_precision, "mean_precision_");
    made->before_half = Vector::Zero(made->means.rows());
    for (Eigen::Index k = 0; k < made->means.rows() && !state.failed(); ++k) {
        double sum = 0;
        for (Eigen::Index i = 0; i < made->means.cols(); ++i) sum += digamma(0.5 * (freedom[k] - static_cast<double>(i)));
        const double log_lambda = features * std::log(2.0) + sum;
        made->before_half[k] = -0.5 * features * std::log(freedom[k]) + 0.5 * (log_lambda - features / mean_precision[k]);
    }
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> mixture_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.mixture._gaussian_mixture.GaussianMixture", gaussian_mixture,
         "_init_prev_time _iter_prev_time converged_ covariances_ init_params lower_bound_ lower_bounds_ max_iter means_init "
         "n_components n_init n_iter_ precisions_ precisions_init random_state reg_covar tol verbose verbose_interval warm_start "
         "weights_init",
         "sklearn.mixture.gaussian_mixture.GaussianMixture"},
        {"sklearn.mixture._bayesian_mixture.BayesianGaussianMixture", bayesian_mixture,
         "_init_prev_time _iter_prev_time converged_ covariance_prior covariance_prior_ covariances_ degrees_of_freedom_prior "
         "degrees_of_freedom_prior_ init_params lower_bound_ lower_bounds_ max_iter mean_precision_prior mean_precision_prior_ "
         "mean_prior mean_prior_ n_components n_init n_iter_ precisions_ random_state reg_covar tol verbose verbose_interval warm_start "
         "weight_concentration_prior weight_concentration_prior_ weights_",
         "sklearn.mixture.bayesian_mixture.BayesianGaussianMixture"},
    });
    return classes;
}

}  // namespace assay::pipeline
