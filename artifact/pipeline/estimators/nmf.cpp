#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// sklearn.decomposition.NMF and MiniBatchNMF (sklearn/decomposition/_nmf.py, _cdnmf_fast.pyx): the shares W of the components H in rows X,
// as the iteration has them when it stops. When it stops depends on all rows.

namespace assay::pipeline {

namespace {

constexpr double tiny = 1.1920928955078125e-07;  // NumPy's eps of float32
constexpr double most_steps = 2e11;              // rows × features × components × iterations

double power(double value, double exponent) {
    if (exponent == -1) return 1.0 / value;
    if (exponent == 1) return value;
    if (exponent == 2) return value * value;
    if (exponent == 0.5) return std::sqrt(value);
    return std::pow(value, exponent);
}

class Factorization final : public Step {
public:
    enum class Solver : std::uint8_t { descent, updates, batches };

    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return 4 * input.width + static_cast<std::size_t>(4 * components.rows()); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY(want_all_rows());
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        if (given.size() != 0) {
            const double least = given.minCoeff();
            if (least < 0 && solver != Solver::batches) return refuse_input("it holds a negative number");
            if (least == 0 && beta <= 0 && solver != Solver::batches) return refuse_input("it holds 0, and its beta_loss is not above 0");
            if (least < 0) return not_replayable("it holds a negative number, of which it makes NaN");
        }
        const auto size = static_cast<double>(given.rows()) * static_cast<double>(components.size());
        if (size * static_cast<double>(iterations) > most_steps) return not_replayable("it would take more steps than are computed");
        Matrix found = solver == Solver::descent ? descend(given) : solver == Solver::updates ? update(given) : update_batch(given);
        if (WorstRounding::is_on()) {
            for (Eigen::Index row = 0; row < found.rows(); ++row) {
                const double magnitude = found.row(row).cwiseAbs().sum();
                for (Eigen::Index k = 0; k < found.cols(); ++k)
                    found(row, k) =
                        rounded_worst(found(row, k), magnitude, 8.0 * static_cast<double>(components.cols()), static_cast<std::size_t>(k));
            }
        }
        return data_of(std::move(found));
    }

    Matrix components;  ///< component × feature
    Solver solver = Solver::descent;
    double beta = 2;
    double tolerance = 0;
    std::int64_t iterations = 0;
    double l1 = 0;
    double l2 = 0;
    bool floor_all = false;         ///< since 1.3, what is below `tiny` is made that; before, only what is 0
    bool error_not_negative = false;  ///< since 1.1

private:
    [[nodiscard]] Matrix descend(const Matrix& given) const;
    [[nodiscard]] Matrix update(const Matrix& given) const;
    [[nodiscard]] Matrix update_batch(const Matrix& given) const;
    void update_once(const Matrix& given, Matrix& shares, Vector& sums) const;
    [[nodiscard]] double divergence(const Matrix& given, const Matrix& shares) const;
    [[nodiscard]] Matrix mean_shares(const Matrix& given) const {
        const double mean = numpy_sum(given.data(), static_cast<std::size_t>(given.size())) / static_cast<double>(given.size());
        return Matrix::Constant(given.rows(), components.rows(), std::sqrt(mean / static_cast<double>(components.rows())));
    }
    [[nodiscard]] double floored(double value) const { return (floor_all ? value < tiny : value == 0) ? tiny : value; }
    [[nodiscard]] double exponent() const { return beta < 1 ? 1.0 / (2.0 - beta) : beta > 2 ? 1.0 / (beta - 1.0) : 1.0; }
};

Matrix Factorization::descend(const Matrix& given) const {
    Matrix hessian = times_transposed(components, components);
    hessian.diagonal().array() += l2;
    Matrix products = times_transposed(given, components);
    products.array() -= l1;
    Matrix shares = Matrix::Zero(given.rows(), components.rows());
    double first = 0;
    for (std::int64_t step = 1; step <= iterations; ++step) {
        double violation = 0;
        for (Eigen::Index k = 0; k < shares.cols(); ++k) {
            const double curvature = hessian(k, k);
            for (Eigen::Index row = 0; row < shares.rows(); ++row) {
                double gradient = -products(row, k);
                for (Eigen::Index other = 0; other < shares.cols(); ++other) gradient += hessian(k, other) * shares(row, other);
                const double projected = shares(row, k) == 0 ? std::min(0.0, gradient) : gradient;
                violation += std::abs(projected);
                if (curvature != 0) shares(row, k) = std::max(shares(row, k) - gradient / curvature, 0.0);
            }
        }
        if (step == 1) first = violation;
        if (first == 0 || violation / first <= tolerance) break;
    }
    return shares;
}

/// One multiplicative update. `sums`: of the components, to which NMF adds the penalty again each time, as they are the same array there;
/// empty: to be made.
void Factorization::update_once(const Matrix& given, Matrix& shares, Vector& sums) const {
    const Matrix transposed = components.transpose();
    Matrix numerator;
    Matrix denominator;
    if (beta == 2) {
        numerator = times_transposed(given, components);
        denominator = times_transposed(shares, times_transposed(components, components));
        if (l1 > 0) denominator.array() += l1;
    } else {
        Matrix product = times_transposed(shares, transposed);
        Matrix weights = product;
        if (beta < 1) product = product.unaryExpr([this](double value) { return floored(value); });
        if (beta < 2) weights = weights.unaryExpr([this](double value) { return floored(value); });
        if (beta == 1) {
            weights = given.cwiseQuotient(weights);
        } else if (beta == 0) {
            weights = weights.unaryExpr([](double value) { return (1.0 / value) * (1.0 / value); });
            weights.array() *= given.array();
        } else {
            weights = weights.unaryExpr([this](double value) { return power(value, beta - 2); });
            weights.array() *= given.array();
        }
        numerator = times_transposed(weights, components);
        if (beta == 1) {
            if (sums.size() == 0) {
                sums.resize(components.rows());
                for (Eigen::Index k = 0; k < components.rows(); ++k)
                    sums[k] = numpy_sum(components.row(k).data(), static_cast<std::size_t>(components.cols()));
            }
            if (l1 > 0) sums.array() += l1;
            if (!(l2 > 0)) sums = sums.unaryExpr([](double value) { return value == 0 ? tiny : value; });
            denominator = sums.transpose().replicate(given.rows(), 1);
        } else {
            product = product.unaryExpr([this](double value) { return power(value, beta - 1); });
            denominator = times_transposed(product, components);
            if (l1 > 0) denominator.array() += l1;
        }
    }
    if (l2 > 0) denominator += l2 * shares;
    denominator = denominator.unaryExpr([](double value) { return value == 0 ? tiny : value; });
    numerator.array() /= denominator.array();
    if (const double gamma = exponent(); gamma != 1) numerator = numerator.unaryExpr([gamma](double value) { return power(value, gamma); });
    shares.array() *= numerator.array();
}

double Factorization::divergence(const Matrix& given, const Matrix& shares) const {
    const Matrix product = times_transposed(shares, components.transpose());
    if (beta == 2) return std::sqrt((given - product).squaredNorm());
    double sum = 0;
    double rest = 0;
    for (Eigen::Index i = 0; i < given.size(); ++i) {
        const double value = given.data()[i];
        const double whole = product.data()[i];
        if (beta == 1) rest += whole;
        if (beta != 1 && beta != 0) rest += power(whole, beta);
        if (!(value > tiny)) continue;
        const double model = floored(whole);
        if (beta == 1) sum += value * std::log(value / model) - value;
        if (beta == 0) sum += value / model - std::log(value / model);
        if (beta != 1 && beta != 0) sum += power(value, beta) - beta * value * power(model, beta - 1);
    }
    double found = sum + rest;
    if (beta == 0) found = sum - static_cast<double>(given.size());
    if (beta != 1 && beta != 0) found = (sum + rest * (beta - 1)) / (beta * (beta - 1));
    if (error_not_negative) found = std::max(found, 0.0);
    return std::sqrt(2 * found);
}

Matrix Factorization::update(const Matrix& given) const {
    Matrix shares = mean_shares(given);
    const double first = divergence(given, shares);
    double previous = first;
    Vector sums;
    for (std::int64_t step = 1; step <= iterations; ++step) {
        update_once(given, shares, sums);
        if (beta < 1) shares = shares.unaryExpr([](double value) { return value < std::numeric_limits<double>::epsilon() ? 0.0 : value; });
        if (!(tolerance > 0) || step % 10 != 0) continue;
        const double error = divergence(given, shares);
        if ((previous - error) / first < tolerance) break;
        previous = error;
    }
    return shares;
}

Matrix Factorization::update_batch(const Matrix& given) const {
    Matrix shares = mean_shares(given);
    for (std::int64_t step = 0; step < iterations; ++step) {
        const Matrix before = shares;
        Vector sums;
        update_once(given, shares, sums);
        if (tolerance > 0 && (shares - before).norm() / shares.norm() <= tolerance) break;
    }
    return shares;
}

/// Until 0.24 the penalty is `alpha`; since 1.0 also `alpha_W`, times the number of features.
void read_penalty(StateReader& state, Factorization& made) {
    const double ratio = state.number("l1_ratio");
    const auto features = static_cast<double>(made.components.cols());
    if (!state.writer().before(1, 2)) {
        const double alpha = state.number("alpha_W");
        made.l1 = features * alpha * ratio;
        made.l2 = features * alpha * (1.0 - ratio);
    } else if (!state.writer().before(1, 0)) {
        const auto other = state.require("alpha_H");
        const bool scaled = state.number("alpha_W") != 0 || (other && other->as_text() != "same");
        made.l1 = (scaled ? features : 1.0) * state.number("_l1_reg_W");
        made.l2 = (scaled ? features : 1.0) * state.number("_l2_reg_W");
    } else {
        const double alpha = state.number("alpha");
        // Only 0.24 lets one choose.
        const std::string which = state.has("regularization") ? state.text_or_none("regularization") : "both";
        const bool applies = which == "both" || which == "transformation";
        state.require_that(applies || which == "components" || which.empty(), "attribute regularization is " + which);
        made.l1 = applies ? alpha * ratio : 0.0;
        made.l2 = applies ? alpha * (1.0 - ratio) : 0.0;
    }
    state.require_that(std::isfinite(made.l1) && std::isfinite(made.l2), "its penalty is no number");
}

std::unique_ptr<Factorization> read_factorization(StateReader& state) {
    auto made = std::make_unique<Factorization>();
    made->components = double_matrix(state, "components_");
    state.fitted_with(static_cast<std::size_t>(made->components.cols()), "components_");
    must_be_finite(state, made->components, "components_");
    state.require_that(made->components.rows() > 0 && (made->components.size() == 0 || made->components.minCoeff() >= 0),
                       "attribute components_ is empty or holds a negative number");
    const auto loss = state.require("beta_loss");
    const auto name = loss ? loss->as_text() : std::nullopt;
    if (name) {
        made->beta = name == "frobenius" ? 2 : name == "kullback-leibler" ? 1 : 0;
        state.require_that(made->beta != 0 || name == "itakura-saito", "attribute beta_loss is " + std::string(*name));
    } else {
        made->beta = state.number("beta_loss");
    }
    made->tolerance = state.number("tol");
    made->floor_all = !state.writer().before(1, 3);
    made->error_not_negative = !state.writer().before(1, 1);
    state.require_that(std::isfinite(made->beta) && std::isfinite(made->tolerance), "attribute beta_loss or tol is no number");
    if (!state.failed()) read_penalty(state, *made);
    return made;
}

Result<std::unique_ptr<Step>> factorization(StateReader& state) {
    auto made = read_factorization(state);
    made->iterations = state.integer("max_iter");
    const std::string solver = state.text("solver");
    if (solver == "cd") {
        state.require_that(!state.flag("shuffle"), "attribute shuffle is set: it draws an order by chance");
        state.require_that(made->beta == 2, "attribute beta_loss does not fit its solver");
    } else {
        state.require_that(solver == "mu", "attribute solver is " + solver);
        made->solver = Factorization::Solver::updates;
    }
    state.require_that(made->iterations >= 0, "attribute max_iter is negative");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> batch_factorization(StateReader& state) {
    auto made = read_factorization(state);
    made->solver = Factorization::Solver::batches;
    made->iterations = state.integer("_transform_max_iter");
    state.require_that(made->iterations >= 0, "attribute _transform_max_iter is negative");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> nmf_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.decomposition._nmf.NMF", factorization,
         "_beta_loss _l1_reg_H _l1_reg_W _l2_reg_H _l2_reg_W _n_components _n_features_out alpha alpha_H alpha_W init n_components "
         "n_components_ n_iter_ random_state reconstruction_err_ regularization shuffle verbose",
         "sklearn.decomposition.nmf.NMF"},
        {"sklearn.decomposition._nmf.MiniBatchNMF", batch_factorization,
         "_batch_size _beta_loss _components_denominator _components_numerator _ewa_cost _ewa_cost_min _gamma _l1_reg_H _l1_reg_W "
         "_l2_reg_H _l2_reg_W _n_components _n_features_out _no_improvement _rho alpha alpha_H batch_size forget_factor fresh_restarts "
         "fresh_restarts_max_iter init max_iter max_no_improvement n_components n_components_ n_iter_ n_steps_ random_state "
         "reconstruction_err_ regularization transform_max_iter verbose"},
    });
    return classes;
}

}  // namespace assay::pipeline
