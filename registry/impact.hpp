#pragma once

#include "registry/verdicts.hpp"

#include <string>
#include <vector>

namespace assay {

/// What moving to one release means for the versions that were made with another.
struct ReleaseImpact {
    std::string recorded;  ///< "unknown" when they do not say
    std::int64_t versions = 0;
    Verdict verdict;  ///< by the rules alone; of the package alone
};

struct Impact {
    VerdictsPage page;
    std::vector<ReleaseImpact> releases;  ///< the worst verdict first, then the most versions
};

/// What breaks when a package moves to a release and everything else stays as each version recorded it. Only versions that use the package
/// are concerned ("python": that say which they were made with). Proofs count when they were made in just that environment.
/// `invalid`, codes "invalid-package" and "invalid-release".
[[nodiscard]] Result<Impact> impact(Registry& registry, const std::string& package, const std::string& release, VerdictsQuery query);

}  // namespace assay
