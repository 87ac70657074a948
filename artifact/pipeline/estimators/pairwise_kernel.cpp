#include "artifact/pipeline/estimators/pairwise_kernel.hpp"

#include "artifact/pipeline/rounding.hpp"

#include <cmath>

namespace assay::pipeline {

double PairwiseKernel::operator()(const double* a, const double* b, Eigen::Index width, std::size_t turn) const {
    const Eigen::Map<const Vector> left(a, width);
    const Eigen::Map<const Vector> right(b, width);
    double sum = 0;
    double unsure = 1;  // by how much more than a rounding the result is off, relatively
    switch (kind) {
        case Kind::linear:
        case Kind::polynomial:
        case Kind::sigmoid:
            for (Eigen::Index i = 0; i < width; ++i) sum += a[i] * b[i];
            if (WorstRounding::is_on())
                sum = rounded_worst(sum, left.cwiseAbs().dot(right.cwiseAbs()), static_cast<double>(width) + 2, turn);
            if (kind == Kind::linear) return sum;
            sum = sum * gamma + coef0;
            return kind == Kind::sigmoid ? std::tanh(sum) : std::pow(sum, degree);
        case Kind::cosine: {
            const double a_norm = std::sqrt(left.squaredNorm());
            const double b_norm = std::sqrt(right.squaredNorm());
            for (Eigen::Index i = 0; i < width; ++i) sum += (a_norm == 0 ? a[i] : a[i] / a_norm) * (b_norm == 0 ? b[i] : b[i] / b_norm);
            return rounded_worst(sum, 1, static_cast<double>(width) + 4, turn);
        }
        case Kind::rbf:
            for (Eigen::Index i = 0; i < width; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
            if (WorstRounding::is_on()) unsure += std::abs(gamma) * (left.squaredNorm() + right.squaredNorm());
            sum = std::exp(sum * -gamma);
            break;
        case Kind::laplacian:
            for (Eigen::Index i = 0; i < width; ++i) sum += std::abs(a[i] - b[i]);
            unsure += std::abs(gamma) * sum;
            sum = std::exp(-gamma * sum);
            break;
        case Kind::additive_chi2:
        case Kind::chi2:
            for (Eigen::Index i = 0; i < width; ++i) {
                const double apart = a[i] - b[i];
                const double whole = a[i] + b[i];
                if (whole != 0) sum += apart * apart / whole;
            }
            sum = -sum;
            if (kind == Kind::chi2) {
                unsure += std::abs(gamma * sum);
                sum = std::exp(sum * gamma);
            }
            break;
    }
    return rounded_worst(sum, std::abs(sum) * unsure, static_cast<double>(width) + 4, turn);
}

void PairwiseKernel::against(const double* row, const Matrix& points, Vector& values) const {
    values.resize(points.rows());
    for (Eigen::Index i = 0; i < points.rows(); ++i)
        values[i] = (*this)(row, points.row(i).data(), points.cols(), static_cast<std::size_t>(i));
}

namespace {

std::optional<PairwiseKernel::Kind> pairwise_kind(std::string_view name) {
    using Kind = PairwiseKernel::Kind;
    if (name == "linear") return Kind::linear;
    if (name == "poly" || name == "polynomial") return Kind::polynomial;
    if (name == "sigmoid") return Kind::sigmoid;
    if (name == "rbf") return Kind::rbf;
    if (name == "laplacian") return Kind::laplacian;
    if (name == "cosine") return Kind::cosine;
    if (name == "additive_chi2") return Kind::additive_chi2;
    if (name == "chi2") return Kind::chi2;
    return std::nullopt;
}

}  // namespace

PairwiseKernel read_pairwise_kernel(StateReader& state, std::string_view gamma_key, std::size_t width) {
    using Kind = PairwiseKernel::Kind;
    PairwiseKernel made;
    const std::string name = state.text("kernel");
    const auto kind = pairwise_kind(name);
    if (!kind && !state.failed()) state.problem("attribute kernel is " + name + ", which is not re-created here");
    made.kind = kind.value_or(Kind::linear);
    const bool is_chi2 = made.kind == Kind::chi2;
    made.gamma = state.number_or(gamma_key, is_chi2 ? 1.0 : 1.0 / static_cast<double>(std::max<std::size_t>(1, width)));
    made.degree = state.number_or("degree", 3);
    made.coef0 = state.number_or("coef0", 1);
    state.require_that(std::isfinite(made.gamma) && std::isfinite(made.degree) && std::isfinite(made.coef0),
                       "attribute gamma, degree or coef0 is no number");
    return made;
}

}  // namespace assay::pipeline
