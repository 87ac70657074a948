#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace assay {

// A metric's value as two columns, `value` and `is_nan`: SQLite makes NULL of NaN.

[[nodiscard]] inline double held_value(double value) { return std::isnan(value) ? 0.0 : value; }
[[nodiscard]] inline std::int64_t nan_flag(double value) { return std::isnan(value) ? 1 : 0; }
[[nodiscard]] inline double metric_value(double held, std::int64_t is_nan) {
    return is_nan != 0 ? std::numeric_limits<double>::quiet_NaN() : held;
}

}  // namespace assay
