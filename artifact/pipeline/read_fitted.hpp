#pragma once

#include "artifact/pipeline/fitted.hpp"
#include "base/stream.hpp"

#include <memory>
#include <string_view>

namespace assay::pipeline {

/// What reading a model whole may cost.
struct DecodeLimits {
    std::uint64_t max_bytes = std::uint64_t{1} << 30U;  ///< of the file, and of what it unpacks to
};

/// Reads a file of joblib, pickle, cloudpickle or skops whole, without running it. `invalid`, code "not-decodable", for other formats and
/// for what is damaged or larger than the limits.
[[nodiscard]] Result<std::unique_ptr<FittedSource>> read_fitted(RandomSource& file, const DecodeLimits& limits = {});

}  // namespace assay::pipeline
