#pragma once

#include "artifact/pipeline/state_reader.hpp"

namespace assay::pipeline {

/// What every model of libsvm has (sklearn/svm/src/libsvm/svm.cpp): a kernel against its support vectors.
struct SupportVectors {
    enum class Kernel : std::uint8_t { linear, poly, rbf, sigmoid };
    Kernel kernel = Kernel::rbf;
    double gamma = 0;
    double coef0 = 0;
    std::int64_t degree = 3;
    Matrix vectors;
    Matrix coefs;      ///< (classes - 1, at least 1) × support vector
    Vector intercepts;
    bool sparse = false;  ///< fitted on sparse rows: takes both; else only dense ones

    /// The kernel of a row against each support vector.
    void against(const double* row, std::vector<double>& values) const;
};

/// Reads it out of the state of an SVC and its relatives; marks what does not matter as known.
[[nodiscard]] SupportVectors read_support_vectors(StateReader& state);

/// Probabilities of all classes from those of pairs, `pairs[i * classes + j]` that it is i and not j (svm.cpp, multiclass_probability).
[[nodiscard]] std::vector<double> couple_pairs(const std::vector<double>& pairs, std::size_t classes);

}  // namespace assay::pipeline
