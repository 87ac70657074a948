#include "registry/gate/question.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace assay::gate {

std::string title(std::string_view package) { return package == "python" ? "Python" : std::string(package); }

void add_fix(std::vector<std::string>& fixes, std::string fix) {
    if (!fix.empty() && std::ranges::find(fixes, fix) == fixes.end()) fixes.push_back(std::move(fix));
}

bool is_native(const Recorded& recorded) {
    const auto has = [&](const char* library) { return recorded.libraries.contains(library); };
    return !has("python") && (has("eigen") || has("cereal") || has("assay"));
}

std::string without_plus(std::string text) {
    if (text.ends_with('+')) text.pop_back();
    return text;
}

bool same_release(const std::string& recorded, const std::string& offered) {
    if (recorded == offered) return true;
    const auto a = Release::parse(recorded);
    const auto b = Release::parse(offered);
    return a && b && *a == *b;
}

bool is_declared(const Recorded& recorded, std::string_view package) {
    return std::ranges::find(recorded.uses, package) != recorded.uses.end();
}

bool is_considered(const Verdict& verdict, std::string_view package) {
    return std::ranges::find(verdict.considered, package) != verdict.considered.end();
}

bool is_refused(const Verdict& verdict, std::string_view package) {
    return std::ranges::find(verdict.conflicts, package, &Conflict::package) != verdict.conflicts.end();
}

std::string writer_of(const Recorded& recorded, const std::string& package, const ObjectNeed& object) {
    const auto library = recorded.libraries.find(package);
    return object.release.empty() && library != recorded.libraries.end() ? library->second : object.release;
}

Conflict conflict_about(const Question& question, const std::string& package) {
    const auto recorded = question.recorded.libraries.find(package);
    Conflict conflict;
    conflict.package = package;
    conflict.recorded = recorded == question.recorded.libraries.end() ? std::string(unknown) : recorded->second;
    conflict.offered = question.environment.release_of(package);
    return conflict;
}

void add(const Question& question, Conflict conflict, std::string_view rule_fix, bool refuses, Verdict& verdict) {
    conflict.fix = exact_fixes(std::span(&conflict, 1), question.environment.is_native() || is_native(question.recorded));
    add_fix(conflict.fix, std::string(rule_fix));
    (refuses ? verdict.conflicts : verdict.warnings).push_back(std::move(conflict));
}

void add_by_rule(const Question& question, Conflict conflict, const Rule& rule, Verdict& verdict) {
    conflict.rule = rule.id;
    conflict.effect = rule.effect;
    conflict.because = rule.because;
    add(question, std::move(conflict), rule.fix, rule.effect != Effect::secondary, verdict);
}

void add_missing_package(const Question& question, Conflict conflict, std::string because, Verdict& verdict) {
    conflict.rule = "missing-package";
    conflict.effect = Effect::missing_package;
    conflict.because = std::move(because);
    // A fork, or an accelerator of it, has another name and does not stand in for the package: scikit-learn-intelex.
    const auto alike = question.environment.packages.lower_bound(conflict.package + "-");
    if (alike != question.environment.packages.end() && alike->first.starts_with(conflict.package + "-"))
        conflict.because += fmt::format("; {}, which it has, is another package", alike->first);
    add(question, std::move(conflict), "", true, verdict);
}

}  // namespace assay::gate
