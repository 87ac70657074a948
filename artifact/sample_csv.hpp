#pragma once

#include "artifact/sample.hpp"

namespace assay {

/// The rows of a CSV file as a table, with the types that pandas.read_csv gives them: whole numbers are int64, unless some are missing;
/// other numbers float64; True and False bool, objects where some are missing; everything else text, as objects with NaN where it is
/// missing. Missing is what pandas takes for it: an empty cell, NA, NaN, null, None, n/a and their kin. Without outputs. `invalid` and
/// `too_large` as parse_csv and parse_sample.
[[nodiscard]] Result<Sample> sample_of_csv(std::string_view text, const SampleLimits& limits);

}  // namespace assay
