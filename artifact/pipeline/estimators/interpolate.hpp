#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace assay::pipeline {

/// The value at x of the line through the points (xs, ys), and that of the nearest point beyond them: np.interp (numpy,
/// _core/src/multiarray/compiled_base.c, arr_interp). NaN stays NaN. REQUIRES as many xs as ys, at least one, sorted.
[[nodiscard]] inline double interpolate(double x, const std::vector<double>& xs, const std::vector<double>& ys) {
    if (std::isnan(x)) return x;
    const auto above = static_cast<std::size_t>(std::ranges::upper_bound(xs, x) - xs.begin());
    if (above == 0) return ys.front();
    if (above == xs.size()) return ys.back();
    const std::size_t at = above - 1;
    if (xs[at] == x) return ys[at];
    const double slope = (ys[above] - ys[at]) / (xs[above] - xs[at]);
    return slope * (x - xs[at]) + ys[at];
}

}  // namespace assay::pipeline
