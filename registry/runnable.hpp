#pragma once

#include "registry/verdicts.hpp"

namespace assay {

/// What an environment can load: the gate's verdict on every ready version. `not_found`, code "environment-not-found", for a digest that
/// no environment has.
[[nodiscard]] Result<VerdictsPage> runnable(Registry& registry, const Digest& environment, VerdictsQuery query);

}  // namespace assay
