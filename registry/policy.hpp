#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace assay {

enum class WhenMissing { refuse, warn };

/// What registration insists on. Read from a TOML file (`assay serve --policy FILE`):
///
///   [facts]
///   libraries  = "refuse"   # or "warn"
///   datasets   = "refuse"
///   metrics    = "refuse"
///   trained_at = "refuse"
struct Policy {
    WhenMissing libraries = WhenMissing::refuse;
    WhenMissing datasets = WhenMissing::refuse;
    WhenMissing metrics = WhenMissing::refuse;
    WhenMissing trained_at = WhenMissing::refuse;
};

/// Reads the text of a policy file; `invalid`, code "invalid-policy", lists every problem.
[[nodiscard]] Result<Policy> read_policy(std::string_view toml);

}  // namespace assay
