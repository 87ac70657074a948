#pragma once

#include "artifact/pipeline/state_reader.hpp"

namespace assay::pipeline {

// Products of rows with what a model holds, summed in the order of the features; under WorstRounding off by as much as a BLAS may be.

/// rows · weightsᵀ; `weights`: outputs × features.
[[nodiscard]] Matrix times_transposed(const Matrix& rows, const Matrix& weights);
/// The same, of rows that `center` is taken from first.
[[nodiscard]] Matrix centered_times_transposed(Matrix rows, const Vector& center, const Matrix& weights);
/// |row|² - 2 row · center + |center|², not below 0, as sklearn.metrics.pairwise.euclidean_distances computes it.
[[nodiscard]] Matrix squared_distances(const Matrix& rows, const Matrix& centers);
/// The place of the first nearest center of each row: the smallest |center|² - 2 row · center (sklearn/cluster/_k_means_lloyd.pyx).
[[nodiscard]] std::vector<std::size_t> nearest(const Matrix& rows, const Matrix& centers);
/// The logarithm of the sum of the exp of each row (scipy.special.logsumexp).
[[nodiscard]] Vector log_sums(const Matrix& scores);
/// Features of which a matrix of features × features is still inverted for each block of rows.
inline constexpr Eigen::Index most_inverted = 1024;
/// Of each row, how likely it is where rows are normal with this precision (sklearn/decomposition/_pca.py, PCA.score_samples).
[[nodiscard]] Matrix log_likelihoods(const Matrix& centered, const Matrix& precision);
/// The logarithmic derivative of the gamma function, of positive numbers (scipy.special.digamma).
[[nodiscard]] double digamma(double x);

/// Numbers as labels of one dimension.
[[nodiscard]] SampleArray integer_labels(std::vector<std::int64_t> labels);

/// An attribute that is a matrix of float64. One of float32 makes NumPy compute in float32, which is not re-created: a problem.
[[nodiscard]] Matrix double_matrix(StateReader& state, std::string_view key, std::optional<std::size_t> rows = {},
                                   std::optional<std::size_t> columns = {});
[[nodiscard]] Vector double_vector(StateReader& state, std::string_view key, std::optional<std::size_t> size = {});
/// Arrays of float64 in a list, or along the first dimension of one array of three.
[[nodiscard]] std::vector<Matrix> double_matrices(StateReader& state, std::string_view key);
/// A problem when a number is NaN or infinite.
void must_be_finite(StateReader& state, const Matrix& values, std::string_view key);
void must_be_finite(StateReader& state, const Vector& values, std::string_view key);
/// A problem when a number is not above 0.
void must_be_positive(StateReader& state, const Vector& values, std::string_view key);

}  // namespace assay::pipeline
