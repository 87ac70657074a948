#include "artifact/pipeline/estimators/algebra.hpp"

#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>
#include <Eigen/LU>

#include <cmath>
#include <limits>
#include <numbers>

namespace assay::pipeline {

namespace {

double dot(const double* left, const double* right, Eigen::Index count) {
    double sum = 0;
    for (Eigen::Index i = 0; i < count; ++i) sum += left[i] * right[i];
    return sum;
}

double magnitude_of_dot(const double* left, const double* right, Eigen::Index count) {
    double sum = 0;
    for (Eigen::Index i = 0; i < count; ++i) sum += std::abs(left[i] * right[i]);
    return sum;
}

Vector squared_norms(const Matrix& rows) {
    Vector norms(rows.rows());
    for (Eigen::Index row = 0; row < rows.rows(); ++row) norms[row] = dot(rows.row(row).data(), rows.row(row).data(), rows.cols());
    return norms;
}

/// Of an array, whose elements are the attribute's.
void must_be_double(StateReader& state, const Fitted& value, std::string_view key) {
    if (!value.is(FittedKind::array)) return;
    const DType& dtype = value.array().dtype;
    if (dtype.kind == 'f' && dtype.itemsize != 8)
        state.problem_of(key, fmt::format("is {}: it computes in {}, which is not re-created", dtype.name(), dtype.name()));
}

}  // namespace

namespace {

/// rows · weightsᵀ, each number summed in the order of the features. Of some rows, all outputs beside each other: several fit a register.
Matrix products(const Matrix& rows, const Matrix& weights) {
    constexpr Eigen::Index few = 4;
    const Eigen::Index outputs = weights.rows();
    Matrix found = Matrix::Zero(rows.rows(), outputs);
    if (rows.rows() < few || outputs < few) {
        for (Eigen::Index row = 0; row < rows.rows(); ++row) {
            for (Eigen::Index output = 0; output < outputs; ++output)
                found(row, output) = dot(rows.data() + row * rows.cols(), weights.data() + output * rows.cols(), rows.cols());
        }
        return found;
    }
    const Matrix by_feature = weights.transpose();
    for (Eigen::Index row = 0; row < rows.rows(); ++row) {
        double* const sums = found.data() + row * outputs;
        for (Eigen::Index i = 0; i < rows.cols(); ++i) {
            const double value = rows(row, i);
            const double* const of_feature = by_feature.data() + i * outputs;
            for (Eigen::Index output = 0; output < outputs; ++output) sums[output] += value * of_feature[output];
        }
    }
    return found;
}

}  // namespace

Matrix times_transposed(const Matrix& rows, const Matrix& weights) {
    Matrix found = products(rows, weights);
    if (!WorstRounding::is_on()) return found;
    for (Eigen::Index row = 0; row < found.rows(); ++row) {
        for (Eigen::Index output = 0; output < found.cols(); ++output) {
            const double magnitude = magnitude_of_dot(rows.data() + row * rows.cols(), weights.data() + output * rows.cols(), rows.cols());
            found(row, output) =
                rounded_worst(found(row, output), magnitude, static_cast<double>(rows.cols()) + 2, static_cast<std::size_t>(output));
        }
    }
    return found;
}

Matrix centered_times_transposed(Matrix rows, const Vector& center, const Matrix& weights) {
    rows.rowwise() -= center.transpose();
    return times_transposed(rows, weights);
}

Matrix squared_distances(const Matrix& rows, const Matrix& centers) {
    const Vector row_norms = squared_norms(rows);
    const Vector norms = squared_norms(centers);
    Matrix distances = products(rows, centers);
    for (Eigen::Index row = 0; row < rows.rows(); ++row) {
        for (Eigen::Index k = 0; k < centers.rows(); ++k) {
            const double distance = -2.0 * distances(row, k) + row_norms[row] + norms[k];
            const double off =
                rounded_worst(distance, row_norms[row] + norms[k], static_cast<double>(centers.cols()) + 4, static_cast<std::size_t>(k));
            distances(row, k) = off > 0 ? off : 0.0;
        }
    }
    return distances;
}

std::vector<std::size_t> nearest(const Matrix& rows, const Matrix& centers) {
    const Vector norms = squared_norms(centers);
    const Matrix found = products(rows, centers);
    std::vector<std::size_t> places(static_cast<std::size_t>(rows.rows()), 0);
    for (Eigen::Index row = 0; row < rows.rows(); ++row) {
        double best = 0;
        for (Eigen::Index k = 0; k < centers.rows(); ++k) {
            double distance = norms[k] - 2.0 * found(row, k);
            if (WorstRounding::is_on()) {
                const double magnitude = norms[k] + 2.0 * magnitude_of_dot(rows.row(row).data(), centers.row(k).data(), centers.cols());
                distance = rounded_worst(distance, magnitude, static_cast<double>(centers.cols()) + 3, static_cast<std::size_t>(k));
            }
            if (k != 0 && !(distance < best)) continue;
            best = distance;
            places[static_cast<std::size_t>(row)] = static_cast<std::size_t>(k);
        }
    }
    return places;
}

Vector log_sums(const Matrix& scores) {
    Vector sums(scores.rows());
    for (Eigen::Index row = 0; row < scores.rows(); ++row) {
        const double largest = scores.row(row).maxCoeff();
        const double shift = std::isfinite(largest) ? largest : 0.0;
        double sum = 0;
        for (Eigen::Index k = 0; k < scores.cols(); ++k) sum += std::exp(scores(row, k) - shift);
        sums[row] = std::log(sum) + shift;
    }
    return sums;
}

Matrix log_likelihoods(const Matrix& centered, const Matrix& precision) {
    const Eigen::Index features = precision.rows();
    const Eigen::PartialPivLU<Eigen::MatrixXd> factors(precision);
    double log_determinant = 0;
    bool negative = factors.permutationP().determinant() < 0;
    for (Eigen::Index i = 0; i < features; ++i) {
        const double pivot = factors.matrixLU()(i, i);
        negative = negative != (pivot < 0);
        log_determinant += std::log(std::abs(pivot));
    }
    if (negative) log_determinant = -std::numeric_limits<double>::infinity();
    Matrix found(centered.rows(), 1);
    std::vector<double> terms(static_cast<std::size_t>(features));
    for (Eigen::Index row = 0; row < centered.rows(); ++row) {
        double magnitude = std::abs(log_determinant);
        for (Eigen::Index i = 0; i < features; ++i) {
            double sum = 0;
            for (Eigen::Index k = 0; k < features; ++k) {
                sum += centered(row, k) * precision(k, i);
                magnitude += std::abs(centered(row, k) * precision(k, i) * centered(row, i));
            }
            terms[static_cast<std::size_t>(i)] = centered(row, i) * sum;
        }
        const double distance = numpy_sum(terms.data(), terms.size());
        const double likelihood =
            -0.5 * distance - 0.5 * (static_cast<double>(features) * std::log(2.0 * std::numbers::pi) - log_determinant);
        found(row, 0) = rounded_worst(likelihood, magnitude, 8.0 * static_cast<double>(features), 0);
    }
    return found;
}

double digamma(double x) {
    if (!(x > 0)) return std::numeric_limits<double>::quiet_NaN();
    double result = 0;
    for (; x < 12; x += 1) result -= 1 / x;
    const double inverse = 1 / x;
    const double square = inverse * inverse;
    // The series of Bernoulli numbers: 1/12, -1/120, 1/252, -1/240, 1/132, -691/32760, 1/12.
    const double series =
        square *
        (1.0 / 12 - square * (1.0 / 120 -
                              square * (1.0 / 252 - square * (1.0 / 240 - square * (1.0 / 132 - square * (691.0 / 32760 - square / 12))))));
    return result + (std::log(x) - 0.5 * inverse - series);
}

SampleArray integer_labels(std::vector<std::int64_t> labels) {
    return {.shape = {labels.size()}, .values = std::move(labels), .missing = {}};
}

Matrix double_matrix(StateReader& state, std::string_view key, std::optional<std::size_t> rows, std::optional<std::size_t> columns) {
    if (const auto value = state.require(key)) must_be_double(state, *value, key);
    return state.matrix(key, rows, columns);
}

Vector double_vector(StateReader& state, std::string_view key, std::optional<std::size_t> size) {
    if (const auto value = state.require(key)) must_be_double(state, *value, key);
    return state.vector(key, size);
}

std::vector<Matrix> double_matrices(StateReader& state, std::string_view key) {
    std::vector<Matrix> found;
    const auto value = state.require(key);
    if (!value) return found;
    const std::string what = fmt::format("attribute {}", key);
    if (!value->is(FittedKind::array) || value->array().dtype.kind == 'O') {
        for (const Fitted& item : state.items_of(*value, what)) {
            must_be_double(state, item, key);
            found.push_back(state.matrix_of(item, fmt::format("{}[{}]", what, found.size())));
            if (state.failed()) return {};
        }
        return found;
    }
    must_be_double(state, *value, key);
    const FittedArray array = value->array();
    if (array.shape.size() != 3) {
        state.problem_of(key, fmt::format("has {} dimensions, three are expected", array.shape.size()));
        return found;
    }
    const auto numbers = state.numbers_in(*value, what);
    if (state.failed()) return found;
    const auto rows = static_cast<Eigen::Index>(array.shape[1]);
    const auto columns = static_cast<Eigen::Index>(array.shape[2]);
    for (std::size_t k = 0; k < array.shape[0]; ++k) {
        if (!state.may_walk(0)) return {};
        found.emplace_back(Eigen::Map<const Matrix>(numbers.data() + static_cast<std::ptrdiff_t>(k) * rows * columns, rows, columns));
    }
    return found;
}

namespace {

template <class Values>
void check_finite(StateReader& state, const Values& values, std::string_view key) {
    if (!values.allFinite()) state.problem_of(key, "holds a number that is not finite");
}

}  // namespace

void must_be_finite(StateReader& state, const Matrix& values, std::string_view key) { check_finite(state, values, key); }
void must_be_finite(StateReader& state, const Vector& values, std::string_view key) { check_finite(state, values, key); }

void must_be_positive(StateReader& state, const Vector& values, std::string_view key) {
    if (values.size() != 0 && !(values.array() > 0).all()) state.problem_of(key, "holds a number that is not above 0");
}

}  // namespace assay::pipeline
