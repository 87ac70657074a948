#pragma once

#include "base/result.hpp"
#include "registry/safety.hpp"

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay {

enum class WhenMissing { refuse, warn };
enum class WhenDifferent { refuse, quarantine, report };

/// What registration insists on. Read from a TOML file (`assay serve --policy FILE`):
///
///   [facts]
///   libraries  = "refuse"   # or "warn"
///   datasets   = "refuse"
///   metrics    = "refuse"
///   trained_at = "refuse"
///
///   [safety]
///   accept    = "model"     # or "needs-trust": hand out what runs code that nobody has judged, without anybody's word for it
///   dangerous = "refuse"    # or "quarantine": keep what is dangerous or malformed, and never hand it out
///
///   [replay]
///   different = "refuse"    # or "quarantine": keep what the server's replay finds to predict otherwise, and never hand it out;
///                           # or "report": hand it out all the same
///
///   [safety.trusted]        # names that models may use, by model: "churn", or "team-*" for all that begin so
///   "churn" = ["churn_lib.features.Ratio"]
struct Policy {
    WhenMissing libraries = WhenMissing::refuse;
    WhenMissing datasets = WhenMissing::refuse;
    WhenMissing metrics = WhenMissing::refuse;
    WhenMissing trained_at = WhenMissing::refuse;
    Safety accept = Safety::model;
    bool quarantine_dangerous = false;
    WhenDifferent different = WhenDifferent::refuse;
    std::vector<std::pair<std::string, std::set<std::string, std::less<>>>> trusted = {};  ///< model, or its beginning and '*'; names

    /// The names that versions of a model may use beside the lists.
    [[nodiscard]] std::set<std::string, std::less<>> trusted_for(std::string_view model) const;
};

/// Reads the text of a policy file; `invalid`, code "invalid-policy", lists every problem.
[[nodiscard]] Result<Policy> read_policy(std::string_view toml);

}  // namespace assay
