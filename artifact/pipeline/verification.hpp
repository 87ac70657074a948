#pragma once

#include "artifact/pipeline/fitted.hpp"
#include "artifact/sample.hpp"

#include <optional>

namespace assay::pipeline {

/// The rows that a sklearn2pmml PMMLPipeline carries since somebody called verify(X) on it, with the answers of that day (sklearn2pmml,
/// pipeline.py, _Verification): columns active_fields of active_values, predict target_values, predict_proba probability_values, within its
/// precision. Absent when there are none, or their values are of no types that a sample keeps. At most SampleLimits::max_rows rows.
[[nodiscard]] std::optional<Sample> verification_of(const Fitted& root);

}  // namespace assay::pipeline
