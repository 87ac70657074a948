#pragma once

#include "registry/facts.hpp"
#include "registry/inspections.hpp"

#include <string>
#include <vector>

namespace assay {

/// Compares the releases that the bytes give away with those that the facts declare. A declared release that the bytes contradict is a
/// problem, with both and the evidence; a release that the bytes prove and nobody declared is filled in, and its origin is "bytes", as it
/// is of one that both agree on. Files written by several releases of scikit-learn (a pipeline whose parts were trained apart) agree with
/// any of them; a warning says so. What MLmodel or requirements.txt say counts where the model's bytes prove nothing; where they prove
/// another release, a warning says so; and only packages that the bytes import, or that read them, become used ones by it.
void compare_releases(const VersionInspection& inspection, Facts& facts, std::vector<std::string>& warnings, Problems& problems);

}  // namespace assay
