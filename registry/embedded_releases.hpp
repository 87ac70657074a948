#pragma once

#include "registry/facts.hpp"
#include "registry/inspections.hpp"

#include <string>
#include <vector>

namespace assay {

/// What MLmodel or requirements.txt beside a model say of releases: less than what the bytes prove, or all that its user declares.
enum class Claims { inform, declare };

/// Compares the releases that the bytes give away with those that the facts declare. A declared release that the bytes contradict is a
/// problem, with both and the evidence; a release that the bytes prove and nobody declared is filled in, and its origin is "bytes", as it
/// is of one that both agree on. Files written by several releases of scikit-learn (a pipeline whose parts were trained apart) agree with
/// any of them; a warning says so. What MLmodel or requirements.txt say counts where the model's bytes prove nothing; where they prove
/// another release, it is a warning, or a problem where those texts are all that the user declares (Claims::declare); and only packages
/// that the bytes import, or that read them, become used ones by it.
void compare_releases(const VersionInspection& inspection, Claims claims, Facts& facts, std::vector<std::string>& warnings,
                      Problems& problems);

}  // namespace assay
