#pragma once

#include "artifact/sample_comparison.hpp"
#include "base/json.hpp"
#include "clients/cpp/client.hpp"

namespace assay {

/// What was found as `POST …/proofs` takes it (docs/api.md, "Proofs and waivers"). The sample is the one that the version's manifest names.
/// `invalid`, code "no-sample", when the version has none and the outcome needs one; "no-message" for an error without one.
[[nodiscard]] Result<Json> proof_of(const Replay& found, std::string_view manifest, std::string_view environment);

}  // namespace assay
