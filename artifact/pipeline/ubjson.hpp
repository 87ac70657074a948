#pragma once

#include "base/json.hpp"
#include "base/result.hpp"

#include <string_view>

namespace assay::pipeline {

/// What is read of a stranger's UBJSON.
struct UbjsonLimits {
    std::size_t max_depth = 32;
    std::size_t max_values = std::size_t{1} << 25U;
};

/// Universal Binary JSON, draft 12, as XGBoost writes it: objects, arrays, arrays of one type of numbers with their count, texts, integers,
/// floats, true, false and null. `invalid`, code "invalid-ubjson", for anything else, and when bytes are missing or follow.
[[nodiscard]] Result<Json> parse_ubjson(std::string_view bytes, const UbjsonLimits& limits = {});

}  // namespace assay::pipeline
