#pragma once

#include "registry/environment.hpp"
#include "registry/rules.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace assay {

/// What a version says about itself, as far as the gate needs it.
struct Recorded {
    std::string version;  ///< "churn@3"
    Digest digest;
    std::vector<std::string> uses;                 ///< PEP 503 names, as the manifest lists them
    std::map<std::string, std::string> libraries;  ///< package → release, "python" included
};

/// One reason in a verdict.
struct Conflict {
    std::string package;
    std::string recorded;                ///< "unknown" when the version does not say
    std::optional<std::string> offered;  ///< absent: the environment lacks the package
    std::string rule;                    ///< a rule's id, or "missing-package", "unproven", "same-minor"
    Effect effect = Effect::unproven;
    std::string because;
    std::vector<std::string> fix;
};

/// The gate's decision on (version, environment), explained.
struct Verdict {
    enum class Decision : std::uint8_t { allow, warn, refuse };
    Decision decision = Decision::allow;
    std::string version;
    std::optional<Digest> digest;
    std::optional<Digest> environment;
    std::vector<Conflict> conflicts;  ///< each one refuses
    std::vector<Conflict> warnings;
    std::vector<std::string> considered;
    std::map<std::string, std::string> ignored;  ///< package → why it was not considered
    std::vector<std::string> fix;                ///< what makes all conflicts go away, best first
};

/// "allow", "warn", "refuse".
[[nodiscard]] std::string_view to_string(Verdict::Decision decision);

/// Compares what the version needs with what the environment provides. Pure: same arguments, same verdict.
///
/// Per used package: the same release allows; then the rule that RuleSet::find gives; then the same patch line allows, the
/// same minor warns, anything else refuses as unproven. Python is judged by rules alone, and not at all for a native consumer.
[[nodiscard]] Verdict judge(const Recorded& recorded, const Environment& environment, const RuleSet& rules);

/// "fetch churn@4, trained with scikit-learn 1.5.2" for the newest `limit` of the other versions of the same model that this
/// environment can load; those that would only warn are named when none is allowed. `others` newest first. The words name
/// the packages that `refused` stumbled over.
[[nodiscard]] std::vector<std::string> suggest_versions(const Verdict& refused, std::span<const Recorded> others,
                                                        const Environment& environment, const RuleSet& rules, std::size_t limit = 3);

/// docs/api.md, "Gate verdict".
[[nodiscard]] Json to_json(const Verdict& verdict);

/// A refusal as the error a person meets: kind incompatible, code "incompatible-environment", the first conflict as message
/// and cause, the others as problems by package, `details` the verdict's JSON. The verdict must refuse.
[[nodiscard]] Error to_error(const Verdict& verdict);

}  // namespace assay
