#pragma once

#include "artifact/pipeline/state_reader.hpp"

namespace assay::pipeline {

/// rows · coefᵀ + intercept. Summed in the order of the features, with no fused multiplication: what a BLAS gives differs from it in the
/// last bits, and between two builds of NumPy.
struct LinearFunction {
    Matrix coef;       ///< outputs × features
    Vector intercept;  ///< per output
    bool single = false;  ///< coef_ is float32: with rows of float32, so is the arithmetic
    [[nodiscard]] Matrix operator()(const Matrix& rows) const;
    /// Of sparse rows, which SciPy sums entry by entry, only the entries are looked at.
    [[nodiscard]] Matrix operator()(const SparseRows& rows) const;
    /// Of a matrix or sparse rows.
    [[nodiscard]] Matrix operator()(const Data& rows) const;
    [[nodiscard]] std::size_t features() const { return static_cast<std::size_t>(coef.cols()); }
    [[nodiscard]] std::size_t outputs() const { return static_cast<std::size_t>(coef.rows()); }
};

/// From coef_ and intercept_. `flat`: coef_ has one dimension.
[[nodiscard]] LinearFunction read_linear_function(StateReader& state, bool& flat);

/// 1 / (1 + exp(-x)), as scipy.special.expit computes it.
[[nodiscard]] double expit(double x);
/// exp of each element over the sum of its row, after the largest is taken away (sklearn.utils.extmath.softmax).
void softmax(Matrix& scores);
/// Takes from each element the logarithm of the sum of its row's exp, after the largest is taken away (scipy.special.logsumexp).
void subtract_log_sums(Matrix& scores);
/// Scores of one decision per row as probabilities of two classes, 1 - p and p.
[[nodiscard]] Matrix two_columns(const Matrix& positive);

}  // namespace assay::pipeline
