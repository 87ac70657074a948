#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace assay::pipeline {

/// A line through points whose x never falls; beyond the first and the last it goes on level. numpy.interp, to which SciPy's interp1d comes
/// down (numpy, _core/src/multiarray/compiled_base.c, arr_interp), after the clipping of sklearn.isotonic.
class Interpolation {
public:
    std::vector<double> x;  ///< at least one
    std::vector<double> y;  ///< as many

    [[nodiscard]] double operator()(double at) const {
        if (std::isnan(at)) return at;
        if (x.size() == 1 || at <= x.front()) return y.front();
        if (at >= x.back()) return y.back();
        const auto upper = std::ranges::upper_bound(x, at);
        const auto i = static_cast<std::size_t>(upper - x.begin()) - 1;
        if (x[i] == at) return y[i];
        const double slope = (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
        const double value = slope * (at - x[i]) + y[i];
        if (!std::isnan(value)) return value;
        const double from_right = slope * (at - x[i + 1]) + y[i + 1];
        return std::isnan(from_right) && y[i] == y[i + 1] ? y[i] : from_right;
    }
};

}  // namespace assay::pipeline
