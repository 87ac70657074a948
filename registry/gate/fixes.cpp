#include "registry/gate/question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace assay::gate {

std::string requirement(const Conflict& conflict) {
    if (conflict.package == "python") return "";
    if (!conflict.wanted.empty()) return conflict.wanted;
    return conflict.recorded == unknown ? conflict.package : pip_pin(conflict.package, conflict.recorded);
}

std::string pip_install(std::span<const std::string> requirements) {
    return requirements.empty() ? std::string() : fmt::format("pip install '{}'", fmt::join(requirements, "' '"));
}

std::vector<std::string> exact_fixes(std::span<const Conflict> conflicts, bool native) {
    std::vector<std::string> requirements;
    std::vector<std::string> fixes;
    std::vector<std::string> others;
    for (const Conflict& conflict : conflicts) {
        if (conflict.recorded == unknown && conflict.offered && conflict.wanted.empty()) continue;  // there is nothing to aim at
        const std::string wanted = requirement(conflict);
        if (conflict.package == "python") {
            others.push_back(fmt::format("use Python {}", conflict.wanted.empty() ? conflict.recorded : conflict.wanted));
        } else if (native) {
            others.push_back(fmt::format("build against {} {}", conflict.package, conflict.recorded));
        } else if (wanted.empty()) {
            others.push_back(fmt::format("install {} {}", conflict.package, conflict.recorded));
        } else {
            add_fix(requirements, wanted);
        }
    }
    add_fix(fixes, pip_install(requirements));
    for (std::string& other : others) add_fix(fixes, std::move(other));
    return fixes;
}

std::vector<std::string> fixes_of(const Verdict& verdict, bool native) {
    std::vector<std::string> fixes = exact_fixes(verdict.conflicts, native);
    const bool all_unproven =
        std::ranges::all_of(verdict.conflicts, [](const Conflict& conflict) { return conflict.effect == Effect::unproven; });
    for (const Conflict& conflict : verdict.conflicts) {
        const std::vector<std::string> exact = exact_fixes(std::span(&conflict, 1), native);
        for (const std::string& fix : conflict.fix) {
            if (std::ranges::find(exact, fix) != exact.end() || ((fix == test_it || fix == say_so) && !all_unproven)) continue;
            add_fix(fixes, fix);
        }
    }
    return fixes;
}

}  // namespace assay::gate
