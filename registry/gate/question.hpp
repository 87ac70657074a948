#pragma once

#include "registry/gate.hpp"

#include <string>
#include <string_view>
#include <vector>

// What the parts of the gate share. For registry/gate.cpp and registry/gate/ alone.

namespace assay::gate {

inline constexpr std::string_view unknown = "unknown";  ///< Conflict::recorded of what nobody says
inline constexpr std::string_view say_so = "if you have tested that it works, say so in a rule: assay rules import FILE, or PUT /v1/rules";
inline constexpr std::string_view test_it =
    "let the smoke test decide: assay fetch --try, assay.load(…, try_=True), or say in a rule what you have tested (assay rules import "
    "FILE)";

/// What is judged. The verdict that a part adds to is its other argument.
struct Question {
    const Recorded& recorded;
    const Environment& environment;
    const RuleSet& rules;
};

[[nodiscard]] std::string title(std::string_view package);  ///< "Python", else the package
void add_fix(std::vector<std::string>& fixes, std::string fix);
/// A version of a native program names its C++ libraries and no Python: pip has nothing for it, and a package of that name is another
/// thing.
[[nodiscard]] bool is_native(const Recorded& recorded);
/// platform.python_version() of a build between two releases is "3.11.2+".
[[nodiscard]] std::string without_plus(std::string text);
[[nodiscard]] bool same_release(const std::string& recorded, const std::string& offered);

/// Whether the push declares the package as used.
[[nodiscard]] bool is_declared(const Recorded& recorded, std::string_view package);
/// Whether the verdict says something of the package already; whether that refuses.
[[nodiscard]] bool is_considered(const Verdict& verdict, std::string_view package);
[[nodiscard]] bool is_refused(const Verdict& verdict, std::string_view package);
/// The release of the package that wrote the object: its own, else the version's; empty when nobody says.
[[nodiscard]] std::string writer_of(const Recorded& recorded, const std::string& package, const ObjectNeed& object);

/// What a conflict about a package, or "python", begins with: what the version was made with, and what is there.
[[nodiscard]] Conflict conflict_about(const Question& question, const std::string& package);
/// Completes a conflict with what helps, and puts it among those that refuse or those that warn.
void add(const Question& question, Conflict conflict, std::string_view rule_fix, bool refuses, Verdict& verdict);
/// The conflict as the rule tells it; a secondary effect warns, others refuse.
void add_by_rule(const Question& question, Conflict conflict, const Rule& rule, Verdict& verdict);
void add_missing_package(const Question& question, Conflict conflict, std::string because, Verdict& verdict);

/// Ready-made requirement for one conflict, without quotes; empty when pip cannot help.
[[nodiscard]] std::string requirement(const Conflict& conflict);
/// "pip install 'numpy==2.1.3' 'scipy'"; empty for no requirements.
[[nodiscard]] std::string pip_install(std::span<const std::string> requirements);
/// What the conflicts ask for in words that can be acted upon: one pip line, or the Python to use.
[[nodiscard]] std::vector<std::string> exact_fixes(std::span<const Conflict> conflicts, bool native);
/// What makes all conflicts go away: one pip line, the Python, then what the rules advise and, when nothing is known to break, the smoke
/// test.
[[nodiscard]] std::vector<std::string> fixes_of(const Verdict& verdict, bool native);

/// How a proof ended, for a sentence: "could not be loaded".
[[nodiscard]] std::string_view proven_in_words(Effect effect);

}  // namespace assay::gate
