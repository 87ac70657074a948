#pragma once

#include "artifact/inspection.hpp"
#include "artifact/limits.hpp"
#include "base/stream.hpp"

#include <string>

namespace assay {

/// Reads an artifact, whatever it is, without running anything of it, and says what was found; what cannot be read is an oddity in the
/// Inspection, never a failure. Fails only when the source does (a disk that cannot be read). `name` is the file's name; it decides
/// nothing but what an unreadable file was meant to be. Memory is bounded by `limits` and independent of the size of arrays.
[[nodiscard]] Result<Inspection> inspect(RandomSource& file, std::string name, const InspectLimits& limits = {});

}  // namespace assay
