#pragma once

#include "artifact/sample.hpp"
#include "base/json.hpp"

// The JSON of samples as a value; artifact/sample.hpp, which users of the C++ library include, has it as text.

namespace assay {

/// As parse_sample, of a JSON value.
[[nodiscard]] Result<Sample> read_sample(const Json& value, SampleOutputs outputs, const SampleLimits& limits = {});

/// The sample as JSON; reading it gives the same sample again, bit by bit.
[[nodiscard]] Json to_json(const Sample& sample);
/// `{"type","shape","values"}`, as in "outputs". REQUIRES that nothing is missing.
[[nodiscard]] Json to_json(const SampleArray& array);

}  // namespace assay
