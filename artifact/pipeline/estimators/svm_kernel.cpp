#include "artifact/pipeline/estimators/svm_kernel.hpp"

#include "artifact/pipeline/estimators/neighbors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace assay::pipeline {

namespace {

/// By squaring, as libsvm does.
double whole_power(double base, std::int64_t times) {
    double found = 1.0;
    for (; times > 0; times /= 2) {
        if (times % 2 == 1) found *= base;
        base *= base;
    }
    return found;
}

}  // namespace

void SupportVectors::against(const double* row, std::vector<double>& values) const {
    values.resize(static_cast<std::size_t>(vectors.rows()));
    for (Eigen::Index i = 0; i < vectors.rows(); ++i) {
        const double* const vector = vectors.row(i).data();
        double sum = 0;
        if (kernel == Kernel::rbf) {
            for (Eigen::Index k = 0; k < vectors.cols(); ++k) sum += (row[k] - vector[k]) * (row[k] - vector[k]);
        } else {
            for (Eigen::Index k = 0; k < vectors.cols(); ++k) sum += row[k] * vector[k];
        }
        double& value = values[static_cast<std::size_t>(i)];
        switch (kernel) {
            case Kernel::linear: value = sum; break;
            case Kernel::poly: value = whole_power(gamma * sum + coef0, degree); break;
            case Kernel::rbf: value = std::exp(-gamma * sum); break;
            case Kernel::sigmoid: value = std::tanh(gamma * sum + coef0); break;
        }
    }
}

SupportVectors read_support_vectors(StateReader& state) {
    using Kernel = SupportVectors::Kernel;
    SupportVectors made;
    const std::string kernel = state.text("kernel");
    if (kernel == "linear") {
        made.kernel = Kernel::linear;
    } else if (kernel == "poly") {
        made.kernel = Kernel::poly;
    } else if (kernel == "rbf") {
        made.kernel = Kernel::rbf;
    } else if (kernel == "sigmoid") {
        made.kernel = Kernel::sigmoid;
    } else {
        state.problem("attribute kernel is " + kernel + ", which is not re-created here");
    }
    made.gamma = state.number("_gamma");
    made.coef0 = state.number("coef0");
    made.degree = state.integer("degree");
    state.require_that(std::isfinite(made.gamma) && std::isfinite(made.coef0) && made.degree >= 0,
                       "attribute gamma, coef0 or degree is no number");
    made.sparse = state.flag("_sparse");
    bool single = false;
    if (const auto vectors = state.require("support_vectors_"))
        made.vectors = read_rows(state, *vectors, "attribute support_vectors_", &single);
    if (const auto coefs = state.require("_dual_coef_")) made.coefs = read_rows(state, *coefs, "attribute _dual_coef_", &single);
    made.intercepts = state.vector("_intercept_");
    if (state.failed()) return made;
    state.fitted_with(static_cast<std::size_t>(made.vectors.cols()), "support_vectors_");
    if (made.coefs.cols() != made.vectors.rows() || made.coefs.rows() == 0)
        state.problem_of("_dual_coef_", fmt::format("has the shape ({}, {}) for {} support vectors", made.coefs.rows(), made.coefs.cols(),
                                                    made.vectors.rows()));
    state.require_that(made.intercepts.allFinite(), "attribute _intercept_ holds what is no number");
    state.known(
        "C _num_iter cache_size class_weight class_weight_ dual_coef_ epsilon fit_status_ gamma intercept_ max_iter n_iter_ nu "
        "random_state shape_fit_ shrinking support_ tol verbose _effective_probability");
    return made;
}

std::vector<double> couple_pairs(const std::vector<double>& pairs, std::size_t classes) {
    const auto pair = [&](std::size_t i, std::size_t j) { return pairs[i * classes + j]; };
    std::vector<double> q(classes * classes);
    std::vector<double> found(classes, 1.0 / static_cast<double>(classes));
    for (std::size_t t = 0; t < classes; ++t) {
        for (std::size_t j = 0; j < classes; ++j) {
            if (j == t) continue;
            q[t * classes + t] += pair(j, t) * pair(j, t);
            q[t * classes + j] = j < t ? q[j * classes + t] : -pair(j, t) * pair(t, j);
        }
    }
    std::vector<double> product(classes);
    const double close = 0.005 / static_cast<double>(classes);
    const std::size_t most = std::max<std::size_t>(100, classes);
    for (std::size_t iteration = 0; iteration < most; ++iteration) {
        double whole = 0;
        for (std::size_t t = 0; t < classes; ++t) {
            product[t] = 0;
            for (std::size_t j = 0; j < classes; ++j) product[t] += q[t * classes + j] * found[j];
            whole += found[t] * product[t];
        }
        double largest = 0;
        for (const double each : product) largest = std::max(largest, std::abs(each - whole));
        if (largest < close) break;
        for (std::size_t t = 0; t < classes; ++t) {
            const double step = (-product[t] + whole) / q[t * classes + t];
            found[t] += step;
            whole = (whole + step * (step * q[t * classes + t] + 2 * product[t])) / (1 + step) / (1 + step);
            for (std::size_t j = 0; j < classes; ++j) {
                product[j] = (product[j] + step * q[t * classes + j]) / (1 + step);
                found[j] /= 1 + step;
            }
        }
    }
    return found;
}

}  // namespace assay::pipeline
