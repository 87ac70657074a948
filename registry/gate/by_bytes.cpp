#include "registry/gate/by_bytes.hpp"

#include "registry/name_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace assay::gate {

namespace {

std::string dotted(std::string name) {
    std::replace(name.begin(), name.end(), ':', '.');
    return name;
}

/// "sklearn.svm._classes.SVC and 2 more names"
std::string names_in_words(const std::vector<std::string>& names) {
    if (names.size() == 1) return dotted(names.front());
    if (names.size() == 2) return dotted(names.front()) + " and " + dotted(names.back());
    return fmt::format("{} and {} more names", dotted(names.front()), names.size() - 1);
}

/// The release among those that have all names which is nearest to the offered one; empty when none has.
std::string nearest(const std::vector<std::string>& having, const std::string& offered) {
    const auto release = Release::parse(offered);
    if (having.empty() || !release) return having.empty() ? "" : having.back();
    const auto next = std::ranges::find_if(having, [&](const std::string& each) {
        const auto other = Release::parse(each);
        return other && *release < *other;
    });
    return next == having.end() ? having.back() : *next;
}

/// What the bytes import of a package, against what the offered release has of it.
void judge_names(const Question& question, const std::string& package, const std::vector<std::string>& names, Verdict& verdict) {
    const NameTables& tables = NameTables::builtin();
    Conflict conflict = conflict_about(question, package);
    if (!conflict.offered) {
        return add_missing_package(
            question, std::move(conflict),
            fmt::format("the model's bytes import {}, and the environment does not have {}", names_in_words(names), package), verdict);
    }
    std::vector<std::string> lacking;
    for (const std::string& name : names) {
        if (tables.find(package, *conflict.offered, name) == NameTables::Answer::lacks) lacking.push_back(name);
    }
    if (lacking.empty()) return;
    conflict.rule = "names/" + package;
    conflict.effect = Effect::load_error;
    conflict.because =
        fmt::format("the model's bytes import {}, which {} {} does not have", names_in_words(lacking), package, *conflict.offered);
    if (conflict.recorded == unknown) {
        const std::string release = nearest(tables.having(package, names), *conflict.offered);
        if (!release.empty()) conflict.wanted = fmt::format("{}=={}", package, release);
    }
    add(question, std::move(conflict), "", true, verdict);
}

/// The rules about content that objects of the version meet in the offered release, each once.
void judge_objects(const Question& question, const std::string& package, Verdict& verdict) {
    const Conflict about = conflict_about(question, package);
    if (!about.offered) return;
    std::set<std::pair<Effect, std::string_view>> known;
    for (const ObjectNeed& object : question.recorded.objects) {
        const std::string wrote = writer_of(question.recorded, package, object);
        if (same_release(wrote, *about.offered)) continue;
        for (const Rule* rule : question.rules.about(object, package, wrote, *about.offered)) {
            if (!known.emplace(rule->effect, rule->id).second) continue;
            Conflict conflict = about;
            if (conflict.recorded == unknown && !wrote.empty()) conflict.recorded = wrote;
            add_by_rule(question, std::move(conflict), *rule, verdict);
        }
    }
}

/// Whether the rules about content tell all about the objects of a package.
bool are_measured(const Question& question, const std::string& package, const std::string& offered) {
    if (question.recorded.objects_unknown) return false;
    const NameTables& tables = NameTables::builtin();
    return std::ranges::all_of(question.recorded.objects, [&](const ObjectNeed& object) {
        return tables.package_of(object.made_by.substr(0, object.made_by.find(':'))) != package ||
               question.rules.is_measured(package, object.made_by, offered);
    });
}

}  // namespace

void need_formats(const Question& question, Verdict& verdict) {
    if (question.environment.is_native()) return;
    for (const auto& [package, format] : question.recorded.formats) {
        Conflict conflict = conflict_about(question, package);
        const auto range = SpecifierSet::parse(format.range);
        if (!conflict.offered || !range || range->contains_text(without_plus(*conflict.offered))) continue;
        conflict.rule = "format/" + package;
        conflict.effect = Effect::load_error;
        conflict.because = fmt::format(
            "{}, which {} {} cannot read ({} can)",
            package == "python" ? "the model's bytes are " + format.evidence : "in the model's bytes " + format.evidence, title(package),
            *conflict.offered, format.range.substr(std::min(format.range.size(), format.range.find_first_of("0123456789"))));
        if (conflict.recorded == unknown) conflict.wanted = package == "python" ? format.range : package + format.range;
        add(question, std::move(conflict), "", true, verdict);
        verdict.considered.push_back(package);
    }
}

void need_names(const Question& question, Verdict& verdict) {
    if (question.environment.is_native()) return;
    for (const auto& [package, names] : question.recorded.names) {
        const std::size_t before = verdict.conflicts.size();
        judge_names(question, package, names, verdict);
        if (!is_declared(question.recorded, package) || verdict.conflicts.size() != before) verdict.considered.push_back(package);
    }
}

void need_contents(const Question& question, Verdict& verdict) {
    if (question.environment.is_native()) return;
    for (const std::string& package : question.recorded.packages()) {
        if (is_refused(verdict, package)) continue;  // what cannot be loaded does nothing else wrong
        judge_objects(question, package, verdict);
        if (is_refused(verdict, package) && !is_considered(verdict, package)) verdict.considered.push_back(package);
    }
}

bool is_settled_by_bytes(const Question& question, const std::string& package, const std::string& release) {
    const auto names = question.recorded.names.find(package);
    if (names == question.recorded.names.end()) return false;
    const bool all_there = std::ranges::all_of(names->second, [&](const std::string& name) {
        return NameTables::builtin().find(package, release, name) == NameTables::Answer::has;
    });
    if (!all_there) return false;
    if (question.rules.has_measured(package, release) && are_measured(question, package, release)) return true;
    // What scikit-learn does under the same name changes, and so do NumPy's generators; the others' objects are what their names say.
    if (package == "scikit-learn") return false;
    return std::ranges::none_of(names->second, [](const std::string& name) { return name.starts_with("numpy.random"); });
}

}  // namespace assay::gate
