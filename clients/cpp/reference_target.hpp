#pragma once

#include "base/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// Where the API has the version that a reference names.
struct ReferenceTarget {
    std::string model;             ///< in NFC
    std::string target;            ///< "/v1/models/churn/versions/@production"
    std::optional<Digest> pinned;  ///< of "churn@sha256:…"
    bool number = false;           ///< of "churn@3"
};

/// Takes "churn", "churn@3", "churn@production" or "churn@sha256:…" apart; `invalid`, code "invalid-reference". Which names and aliases
/// there may be is for the registry to say.
[[nodiscard]] Result<ReferenceTarget> reference_target(std::string_view reference);

}  // namespace assay
