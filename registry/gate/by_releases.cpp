#include "registry/gate/by_releases.hpp"

#include "registry/gate/by_bytes.hpp"
#include "registry/name_tables.hpp"
#include "registry/release_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace assay::gate {

namespace {

/// Applies the rule, when there is one, and says whether there was.
bool judged_by_rule(const Question& question, Conflict& conflict, Verdict& verdict) {
    const Rule* rule = question.rules.find(conflict.package, conflict.recorded, *conflict.offered);
    if (rule == nullptr) return false;
    if (rule->effect == Effect::none) return true;
    add_by_rule(question, std::move(conflict), *rule, verdict);
    return true;
}

/// A pair that no rule knows: only the distance between the releases is left to judge by.
void judge_unproven(const Question& question, Conflict conflict, Verdict& verdict) {
    const auto recorded = Release::parse(conflict.recorded);
    const auto offered = Release::parse(*conflict.offered);
    if (recorded && offered && same_patch_line(*recorded, *offered)) return;
    conflict.effect = Effect::unproven;
    if (recorded && offered && same_minor(*recorded, *offered)) {
        conflict.rule = "same-minor";
        conflict.because =
            fmt::format("{} and {} are releases of the same minor of {}: they mostly read each other's files, and no rule proves it",
                        conflict.recorded, *conflict.offered, conflict.package);
        add(question, std::move(conflict), "", false, verdict);
        return;
    }
    conflict.rule = "unproven";
    conflict.because =
        recorded && offered
            ? fmt::format("no rule says whether {} {} reads what {} wrote", conflict.package, *conflict.offered, conflict.recorded)
            : fmt::format("{} and {} are other releases of {}, and cannot be ordered because they are not both PEP 440", conflict.recorded,
                          *conflict.offered, conflict.package);
    add(question, std::move(conflict), question.environment.is_native() || is_native(question.recorded) ? say_so : test_it, true, verdict);
}

void judge_package(const Question& question, const std::string& package, Verdict& verdict) {
    Conflict conflict = conflict_about(question, package);
    if (!conflict.offered) {
        return add_missing_package(question, std::move(conflict),
                                   fmt::format("the version uses {}, and the environment does not have it", package), verdict);
    }
    if (!question.recorded.libraries.contains(package)) {
        conflict.rule = "unproven";
        conflict.because = fmt::format("the version uses {} without saying which release", package);
        conflict.fix = {std::string(test_it)};
        verdict.conflicts.push_back(std::move(conflict));
        return;
    }
    if (same_release(conflict.recorded, *conflict.offered)) return;
    if (judged_by_rule(question, conflict, verdict)) return;
    judge_unproven(question, std::move(conflict), verdict);
}

/// A package that the bytes import and that nobody declared as used, where they do not settle it: it has no table of names, or the release
/// is none that its table knows.
void judge_undeclared(const Question& question, const std::string& package, Verdict& verdict) {
    Conflict conflict = conflict_about(question, package);
    if (!conflict.offered || question.environment.is_native()) return;  // that it is missing was told with the names
    if (conflict.recorded != unknown) return judge_package(question, package, verdict);
    const auto known = NameTables::builtin().releases(package);
    conflict.rule = "unproven";
    conflict.because = known.empty() ? fmt::format("the model's bytes import {}, and do not say which release of it wrote them", package)
                                     : fmt::format("the model's bytes import {}, and nobody has measured {} {} (known are {} to {})",
                                                   package, package, *conflict.offered, known.front(), known.back());
    add(question, std::move(conflict), "", false, verdict);
}

/// A release of scikit-learn that never was, among those that were: its table has every one. What is said of it is said of its neighbours.
void note_unheard_release(const Question& question, Verdict& verdict) {
    Conflict conflict = conflict_about(question, "scikit-learn");
    const auto facts = ReleaseTable::builtin().of("scikit-learn");
    const auto offered = Release::parse(conflict.offered.value_or(""));
    if (!offered || facts.empty() || offered->is_prerelease() || *offered < facts.front().release || facts.back().release < *offered)
        return;
    if (std::ranges::any_of(facts, [&](const ReleaseFact& fact) { return same_patch_line(fact.release, *offered); })) return;
    conflict.rule = "unknown-release";
    conflict.because = fmt::format("no release {} of scikit-learn is known, and it was judged by those next to it", *conflict.offered);
    add(question, std::move(conflict), "", false, verdict);
}

}  // namespace

void need_python(const Question& question, Verdict& verdict) {
    const auto recorded = question.recorded.libraries.find("python");
    if (question.environment.is_native()) {
        if (recorded != question.recorded.libraries.end()) verdict.ignored["python"] = "a native consumer has no Python";
        return;
    }
    if (recorded == question.recorded.libraries.end() || !question.environment.python) {
        verdict.ignored["python"] =
            recorded == question.recorded.libraries.end() ? "the version does not say which" : "the environment does not say which";
        return;
    }
    if (is_considered(verdict, "python")) return;  // it cannot read the format
    verdict.considered.emplace_back("python");
    if (question.recorded.formats.contains("python")) return;  // what it cannot read is a protocol, and that was looked at
    Conflict conflict;
    conflict.package = "python";
    conflict.recorded = without_plus(recorded->second);
    conflict.offered = without_plus(*question.environment.python);
    if (same_release(conflict.recorded, *conflict.offered) || judged_by_rule(question, conflict, verdict)) return;
    conflict.rule = "unproven";
    conflict.because = fmt::format("no rule says whether Python {} reads what {} wrote", *conflict.offered, conflict.recorded);
    add(question, std::move(conflict), "", false, verdict);
}

void need_packages(const Question& question, Verdict& verdict) {
    for (const std::string& package : question.recorded.uses) {
        if (package == "python" || is_considered(verdict, package)) continue;
        verdict.considered.push_back(package);
        const auto offered = question.environment.release_of(package);
        if (!offered || !is_settled_by_bytes(question, package, *offered)) judge_package(question, package, verdict);
    }
    for (const auto& [package, names] : question.recorded.names) {
        const auto offered = question.environment.release_of(package);
        if (is_declared(question.recorded, package) || is_refused(verdict, package) || !offered ||
            is_settled_by_bytes(question, package, *offered))
            continue;
        judge_undeclared(question, package, verdict);
    }
    if (is_considered(verdict, "scikit-learn") && !question.environment.is_native()) note_unheard_release(question, verdict);
    for (const auto& [package, release] : question.recorded.libraries) {
        if (package == "python" || is_considered(verdict, package)) continue;
        verdict.ignored[package] = "not used by this version";
    }
}

}  // namespace assay::gate
