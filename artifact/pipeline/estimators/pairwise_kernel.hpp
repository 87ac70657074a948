#pragma once

#include "artifact/pipeline/state_reader.hpp"

namespace assay::pipeline {

/// A kernel of sklearn.metrics.pairwise (sklearn/metrics/pairwise.py, pairwise_kernels).
struct PairwiseKernel {
    enum class Kind : std::uint8_t { linear, polynomial, sigmoid, rbf, laplacian, cosine, additive_chi2, chi2 };
    Kind kind = Kind::linear;
    double gamma = 1;
    double degree = 3;
    double coef0 = 1;

    /// Of two rows; `turn`: the place of the second, for the worst rounding.
    [[nodiscard]] double operator()(const double* a, const double* b, Eigen::Index width, std::size_t turn) const;
    /// Of a row against each of `points`.
    void against(const double* row, const Matrix& points, Vector& values) const;
    /// Whether its rows must not have negative elements.
    [[nodiscard]] bool wants_positive() const { return kind == Kind::additive_chi2 || kind == Kind::chi2; }
};

/// From the attribute `kernel` and those of its parameters that it has: `gamma_key`, degree and coef0. What is not there, or None, has the
/// default of the kernel's own function. A kernel of another kind becomes a problem.
[[nodiscard]] PairwiseKernel read_pairwise_kernel(StateReader& state, std::string_view gamma_key, std::size_t width);

}  // namespace assay::pipeline
