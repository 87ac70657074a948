#pragma once

#include "artifact/pickle/graph.hpp"
#include "artifact/pipeline/fitted.hpp"

#include <memory>

namespace assay::pipeline {

/// The values of a pickle whose graph kept all its bytes (DecodeLimits::inspect_limits).
[[nodiscard]] std::unique_ptr<FittedSource> fitted_of(PickleGraph graph, ValueId root);

}  // namespace assay::pipeline
