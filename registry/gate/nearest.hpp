#pragma once

#include "registry/gate/question.hpp"

#include <optional>
#include <string>
#include <vector>

namespace assay::gate {

/// Whether nearest_environment looks for releases of the package (or "python").
[[nodiscard]] bool knows(std::string_view package);

/// Whether the recorded releases of what is in conflict can be installed in the Python of the environment, as far as the table tells.
[[nodiscard]] bool have_wheels(std::span<const Conflict> conflicts, const Environment& environment);

/// Whether a release of a package has everything that the bytes need of it, as far as tables and rules tell.
[[nodiscard]] bool satisfies(const Question& question, const std::string& package, const std::string& release);

/// What to change in an environment so that it can load the version.
struct Change {
    std::optional<std::string> python;   ///< "3.11", when another is needed
    std::vector<std::string> requirements;  ///< "scikit-learn==1.5.2"
};

/// The change to the nearest whole environment that satisfies every need of the bytes, of releases that go with each other
/// (registry/release_table.hpp): another Python only when none will do, and then releases as near to the offered ones as there are.
/// Absent when no table knows such an environment.
[[nodiscard]] std::optional<Change> nearest_environment(const Question& question);

}  // namespace assay::gate
