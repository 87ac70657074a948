#pragma once

#include "artifact/content.hpp"

namespace assay {

/// Reads a .npy file (format "npy"): its array's bytes must be exactly those that the header claims. What follows the header of an array
/// of objects is a pickle and is judged as one.
[[nodiscard]] Result<void> inspect_npy(const Content& content, Inspection& inspection, const InspectLimits& limits);

}  // namespace assay
