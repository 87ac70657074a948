#pragma once

#include "artifact/pipeline/read_fitted.hpp"

namespace assay::pipeline {

/// The values of a skops archive. `invalid`, code "not-decodable", when the zip is none or is damaged.
[[nodiscard]] Result<std::unique_ptr<FittedSource>> read_skops(RandomSource& file, const DecodeLimits& limits);

}  // namespace assay::pipeline
