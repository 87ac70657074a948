#include "artifact/pipeline/estimators/linear.hpp"

#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <cmath>

namespace assay::pipeline {

Matrix LinearFunction::operator()(const Matrix& rows) const {
    Matrix scores(rows.rows(), coef.rows());
    const Eigen::Index width = coef.cols();
    for (Eigen::Index row = 0; row < rows.rows(); ++row) {
        for (Eigen::Index output = 0; output < coef.rows(); ++output) {
            double sum = 0;
            for (Eigen::Index i = 0; i < width; ++i) sum += rows(row, i) * coef(output, i);
            sum += intercept[output];
            if (WorstRounding::is_on()) {
                const double magnitude = rows.row(row).cwiseAbs().dot(coef.row(output).cwiseAbs()) + std::abs(intercept[output]);
                sum = rounded_worst(sum, magnitude, static_cast<double>(width) + 2, static_cast<std::size_t>(output));
            }
            scores(row, output) = sum;
        }
    }
    return scores;
}

Matrix LinearFunction::operator()(const SparseRows& rows) const {
    const std::size_t count = rows.starts.size() - 1;
    Matrix scores(static_cast<Eigen::Index>(count), coef.rows());
    for (std::size_t row = 0; row < count; ++row) {
        for (Eigen::Index output = 0; output < coef.rows(); ++output) {
            double sum = 0;
            double magnitude = std::abs(intercept[output]);
            for (std::size_t i = rows.starts[row]; i < rows.starts[row + 1]; ++i) {
                const double product = rows.values[i] * coef(output, rows.columns[i]);
                sum += product;
                magnitude += std::abs(product);
            }
            sum += intercept[output];
            const auto units = static_cast<double>(rows.starts[row + 1] - rows.starts[row]) + 2;
            scores(static_cast<Eigen::Index>(row), output) = rounded_worst(sum, magnitude, units, static_cast<std::size_t>(output));
        }
    }
    return scores;
}

Matrix LinearFunction::operator()(const Data& rows) const {
    if (const auto* sparse = std::get_if<SparseRows>(&rows.values)) return (*this)(*sparse);
    return (*this)(std::get<Matrix>(rows.values));
}

LinearFunction read_linear_function(StateReader& state, bool& flat) {
    LinearFunction function;
    const auto coef = state.require("coef_");
    if (!coef) return function;
    function.single = coef->is(FittedKind::array) && coef->array().dtype.itemsize < 8;
    flat = coef->is(FittedKind::array) && coef->array().shape.size() == 1;
    if (flat) {
        const Vector one = state.vector_of(*coef, "attribute coef_");
        function.coef = Eigen::Map<const Matrix>(one.data(), 1, one.size());
    } else {
        function.coef = state.matrix_of(*coef, "attribute coef_");
    }
    const Eigen::Index outputs = function.coef.rows();
    const auto intercept = state.require("intercept_");
    if (!intercept) return function;
    if (const auto number = scalar_of(*intercept)) {
        function.intercept = Vector::Constant(outputs, *number);
    } else {
        function.intercept = state.vector_of(*intercept, "attribute intercept_");
        if (function.intercept.size() == 1 && outputs > 1) function.intercept = Vector::Constant(outputs, function.intercept[0]);
        if (function.intercept.size() != outputs)
            state.problem(fmt::format("attribute intercept_ has {} elements for {} outputs", function.intercept.size(), outputs));
    }
    state.fitted_with(function.features(), "coef_");
    return function;
}

double expit(double x) { return 1.0 / (1.0 + std::exp(-x)); }

void subtract_log_sums(Matrix& scores) {
    for (Eigen::Index row = 0; row < scores.rows(); ++row) {
        const double largest = scores.row(row).maxCoeff();
        double sum = 0;
        for (Eigen::Index k = 0; k < scores.cols(); ++k) sum += std::exp(scores(row, k) - largest);
        const double total = std::log(sum) + largest;
        for (Eigen::Index k = 0; k < scores.cols(); ++k) scores(row, k) -= total;
    }
}

void softmax(Matrix& scores) {
    for (Eigen::Index row = 0; row < scores.rows(); ++row) {
        const double largest = scores.row(row).maxCoeff();
        for (Eigen::Index i = 0; i < scores.cols(); ++i) scores(row, i) = std::exp(scores(row, i) - largest);
        const double sum = numpy_sum(scores.row(row).data(), static_cast<std::size_t>(scores.cols()));
        for (Eigen::Index i = 0; i < scores.cols(); ++i) scores(row, i) /= sum;
    }
}

Matrix two_columns(const Matrix& positive) {
    Matrix both(positive.rows(), 2);
    for (Eigen::Index row = 0; row < positive.rows(); ++row) {
        both(row, 0) = 1.0 - positive(row, 0);
        both(row, 1) = positive(row, 0);
    }
    return both;
}

}  // namespace assay::pipeline
