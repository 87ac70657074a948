#pragma once

#include "artifact/sample.hpp"

#include <optional>
#include <string_view>

namespace assay {

/// The rows of a PMML document's ModelVerification with the answers that its producer wrote down, as a sample: the fields that the model
/// takes as columns, its target as `predict`, the fields `probability(…)` of its Output as `predict_proba`. Absent when there is none, or
/// it has no row or no answer. Source: PMML 4.4, ModelVerification; the tolerance is its precision (1e-6 where it says none).
[[nodiscard]] std::optional<Sample> verification_of_pmml(std::string_view xml);

}  // namespace assay
