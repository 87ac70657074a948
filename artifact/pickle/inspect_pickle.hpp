#pragma once

#include "artifact/content.hpp"

#include <string_view>

namespace assay {

/// Reads `source` as pickles one after the other, with joblib's arrays in place, to its end, and fills in what they say. What is wrong
/// becomes an oddity. Returns the error of a source that failed; a source's own faults (kind `invalid`: bytes that do not unpack) become
/// oddities too. `again`, where a program could also read the bytes with `pickle.load`, is read a second time as that would.
[[nodiscard]] Result<void> inspect_pickles(Source& source, const OpenAgain& again, Inspection& inspection, const InspectLimits& limits);

/// Whether the bytes announce a pickle: PROTO and a protocol that there is.
[[nodiscard]] bool begins_like_pickle(std::string_view first_bytes);

}  // namespace assay
