#pragma once

#include "registry/fetch.hpp"
#include "registry/search.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace assay {

// The gate asked of every version at once. Versions with the same needs get the same verdict by the rules, so that each need is judged
// once; proofs and waivers, which are about single versions, are counted in after that.

/// What one kind of version is judged by: what it needs, in which environment.
struct NeedsQuestion {
    Recorded needs;
    Environment environment;
    std::string considered;  ///< what proofs and waivers must be about (needs.hpp)
};
/// The question to ask about versions with these needs; absent when they are not concerned.
using AskNeeds = std::function<Result<std::optional<NeedsQuestion>>(const Recorded& needs)>;

struct Tally {
    std::int64_t allow = 0;
    std::int64_t warn = 0;
    std::int64_t refuse = 0;
};

/// Versions that need the same, and the rules' verdict on them.
struct NeedsVerdict {
    NeedsRow row;
    NeedsQuestion question;
    Verdict verdict;
};

struct JudgedVersion {
    VersionView version;
    Verdict verdict;  ///< proofs and waivers weighed
};

struct VerdictsQuery {
    SearchQuery search;
    std::set<Verdict::Decision> decisions;  ///< which versions are wanted
};

struct VerdictsPage {
    Tally tally;                      ///< of all versions that are concerned, whatever the search's filter
    std::vector<NeedsVerdict> needs;  ///< by the rules alone
    std::vector<JudgedVersion> versions;
    std::string next;  ///< empty when there are no more
};

/// Judges every ready version that `ask` has a question for. `too_large`, code "too-many-needs", beyond 10,000 different needs.
[[nodiscard]] Result<VerdictsPage> verdicts(Registry& registry, const VerdictsQuery& query, const AskNeeds& ask);

}  // namespace assay
