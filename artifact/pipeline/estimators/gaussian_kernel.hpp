#pragma once

#include "artifact/pipeline/state_reader.hpp"

#include <memory>

namespace assay::pipeline {

/// A kernel of a Gaussian process (sklearn/gaussian_process/kernels.py), between two rows that are not the same one.
class GaussianKernel {
public:
    virtual ~GaussianKernel() = default;
    [[nodiscard]] virtual double between(const double* a, const double* b, Eigen::Index width) const = 0;
    /// Of a row with itself.
    [[nodiscard]] virtual double own(const double* a, Eigen::Index width) const = 0;
};

/// From such an object; what is not known becomes a problem of `state`, and nothing is made. Rows have `width` columns.
[[nodiscard]] std::unique_ptr<GaussianKernel> read_gaussian_kernel(StateReader& state, const Fitted& value, std::size_t width,
                                                                   std::size_t depth = 0);

}  // namespace assay::pipeline
