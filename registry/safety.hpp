#pragma once

#include "artifact/inspection.hpp"
#include "registry/safety_lists.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// How safe loading an artifact is, best first.
enum class Safety {
    data,         ///< nothing is imported or called
    model,        ///< only names of the allow-lists, used as they are meant
    needs_trust,  ///< code or names that nobody has judged: somebody has to say that they trust it
    dangerous,    ///< would run what no model needs, or uses an allowed name as no library does
    malformed,    ///< breaks the rules of its format: readers disagree about it, or a reader gave up
};

/// "data", "model", "needs-trust", "dangerous", "malformed".
[[nodiscard]] std::string_view to_string(Safety verdict);
[[nodiscard]] std::optional<Safety> parse_safety(std::string_view text);

/// One reason for a verdict. The payload by its name where there is one.
struct SafetyReason {
    std::string code = {};  ///< stable: "known-gadget", "unknown-global", "call-shape", "frame-crosses", …; docs/security.md has all
    Safety verdict = Safety::data;  ///< what this reason alone makes of the artifact
    std::uint64_t offset = 0;       ///< in the (decompressed) file
    std::string detail = {};             ///< a sentence for people
    std::string name = {};               ///< "posix.system"; may be empty
    std::string arguments = {};          ///< "('echo hello',)"; may be empty
    std::string path = {};               ///< in the object tree
    std::string member = {};             ///< of a zip or folder; empty for the file itself
};

struct SafetyVerdict {
    Safety verdict = Safety::data;
    std::vector<SafetyReason> reasons;  ///< worst first; those of a verdict in the order of the file
    std::uint64_t reason_count = 0;     ///< of all, when only the first are listed
};

/// Judges what an inspection found, its parts included, by the lists. Names in `trusted` ("module.name") may be used in any way.
[[nodiscard]] SafetyVerdict judge_safety(const Inspection& inspection, const SafetyLists& lists,
                                         const std::set<std::string, std::less<>>& trusted = {});

/// {"verdict", "reasons": [{"code", "verdict", "offset", "detail", …}]}
[[nodiscard]] Json to_json(const SafetyVerdict& verdict);

}  // namespace assay
