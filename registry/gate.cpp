#include "registry/gate.hpp"

#include "base/text.hpp"
#include "registry/name_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace assay {

namespace {

constexpr std::string_view unknown = "unknown";

/// What a kind of need looks at, and where it puts what it finds.
struct Question {
    const Recorded& recorded;
    const Environment& environment;
    const RuleSet& rules;
};

std::string title(std::string_view package) { return package == "python" ? "Python" : std::string(package); }

void add_fix(std::vector<std::string>& fixes, std::string fix) {
    if (!fix.empty() && std::ranges::find(fixes, fix) == fixes.end()) fixes.push_back(std::move(fix));
}

/// A version of a native program names its C++ libraries and no Python: pip has nothing for it, and a package of that name is another
/// thing.
bool is_native(const Recorded& recorded) {
    const auto has = [&](const char* library) { return recorded.libraries.contains(library); };
    return !has("python") && (has("eigen") || has("cereal") || has("assay"));
}

constexpr std::string_view say_so = "if you have tested that it works, say so in a rule: assay rules import FILE, or PUT /v1/rules";
constexpr std::string_view test_it =
    "let the smoke test decide: assay fetch --try, assay.load(…, try_=True), or say in a rule what you have tested (assay rules import "
    "FILE)";

/// Ready-made requirement for one conflict, without quotes; empty when pip cannot help.
std::string requirement(const Conflict& conflict) {
    if (conflict.package == "python") return "";
    if (!conflict.wanted.empty()) return conflict.wanted;
    return conflict.recorded == unknown ? conflict.package : pip_pin(conflict.package, conflict.recorded);
}

/// What the exact recorded releases ask for in words that can be acted upon: one pip line, or the Python to use.
std::vector<std::string> exact_fixes(std::span<const Conflict> conflicts, bool native) {
    std::string pip;
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
        } else if (pip.find(" '" + wanted + "'") == std::string::npos) {
            pip += " '" + wanted + "'";
        }
    }
    if (!pip.empty()) fixes.push_back("pip install" + pip);
    for (std::string& other : others) add_fix(fixes, std::move(other));
    return fixes;
}

void add(const Question& question, Conflict conflict, std::string_view rule_fix, bool refuses, Verdict& verdict) {
    conflict.fix = exact_fixes(std::span(&conflict, 1), question.environment.is_native() || is_native(question.recorded));
    add_fix(conflict.fix, std::string(rule_fix));
    (refuses ? verdict.conflicts : verdict.warnings).push_back(std::move(conflict));
}

bool same_release(const std::string& recorded, const std::string& offered) {
    if (recorded == offered) return true;
    const auto a = Release::parse(recorded);
    const auto b = Release::parse(offered);
    return a && b && *a == *b;
}

/// Applies the rule, when there is one, and says whether there was.
bool judged_by_rule(const Question& question, Conflict& conflict, Verdict& verdict) {
    const Rule* rule = question.rules.find(conflict.package, conflict.recorded, *conflict.offered);
    if (rule == nullptr) return false;
    if (rule->effect == Effect::none) return true;
    conflict.rule = rule->id;
    conflict.effect = rule->effect;
    conflict.because = rule->because;
    add(question, std::move(conflict), rule->fix, rule->effect != Effect::secondary, verdict);
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

/// What a conflict about a package, or "python", begins with: what the version was made with, and what is there.
Conflict conflict_about(const Question& question, const std::string& package) {
    const auto recorded = question.recorded.libraries.find(package);
    Conflict conflict;
    conflict.package = package;
    conflict.recorded = recorded == question.recorded.libraries.end() ? std::string(unknown) : recorded->second;
    conflict.offered = question.environment.release_of(package);
    return conflict;
}

void add_missing_package(const Question& question, Conflict conflict, std::string because, Verdict& verdict) {
    conflict.rule = "missing-package";
    conflict.effect = Effect::missing_package;
    conflict.because = std::move(because);
    add(question, std::move(conflict), "", true, verdict);
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

/// platform.python_version() of a build between two releases is "3.11.2+".
std::string without_plus(std::string text) {
    if (text.ends_with('+')) text.pop_back();
    return text;
}

/// What the bytes were written as, against what the offered releases read.
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

/// Whether what is known of the bytes settles how a package counts: its release need not be compared with the recorded one.
bool is_settled_by_bytes(const Question& question, const std::string& package) {
    if (package == "python") return question.recorded.formats.contains("python");
    const auto names = question.recorded.names.find(package);
    const auto offered = question.environment.release_of(package);
    if (names == question.recorded.names.end() || !offered) return false;
    if (package != "joblib" && package != "numpy" && package != "scipy") return false;
    return std::ranges::all_of(names->second, [&](const std::string& name) {
        return !name.starts_with("numpy.random") && NameTables::builtin().find(package, *offered, name) == NameTables::Answer::has;
    });
}

/// The interpreter counts through the pickle protocol that it writes and reads: by rules, and never by distance alone.
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
    if (std::ranges::find(verdict.considered, "python") != verdict.considered.end()) return;  // it cannot read the format
    verdict.considered.emplace_back("python");
    if (is_settled_by_bytes(question, "python")) return;
    Conflict conflict;
    conflict.package = "python";
    conflict.recorded = without_plus(recorded->second);
    conflict.offered = without_plus(*question.environment.python);
    if (same_release(conflict.recorded, *conflict.offered) || judged_by_rule(question, conflict, verdict)) return;
    conflict.rule = "unproven";
    conflict.because = fmt::format("no rule says whether Python {} reads what {} wrote", *conflict.offered, conflict.recorded);
    add(question, std::move(conflict), "", false, verdict);
}

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

/// The packages that the bytes import names of. One that is also declared as used, and has them all, is judged by its release next.
void need_names(const Question& question, Verdict& verdict) {
    if (question.environment.is_native()) return;
    for (const auto& [package, names] : question.recorded.names) {
        const std::size_t before = verdict.conflicts.size();
        judge_names(question, package, names, verdict);
        const bool declared = std::ranges::find(question.recorded.uses, package) != question.recorded.uses.end();
        if (!declared || verdict.conflicts.size() != before) verdict.considered.push_back(package);
    }
}

/// The packages that the push declares as used.
void need_packages(const Question& question, Verdict& verdict) {
    for (const std::string& package : question.recorded.uses) {
        if (package == "python" || std::ranges::find(verdict.considered, package) != verdict.considered.end()) continue;
        verdict.considered.push_back(package);
        if (!is_settled_by_bytes(question, package)) judge_package(question, package, verdict);
    }
    for (const auto& [package, release] : question.recorded.libraries) {
        if (package == "python" || std::ranges::find(verdict.considered, package) != verdict.considered.end()) continue;
        verdict.ignored[package] = "not used by this version";
    }
}

/// Every kind of need that a version may have, in the order in which conflicts are told. Further needs read from the bytes (layouts, state,
/// values) are further entries.
using Need = void (*)(const Question&, Verdict&);
constexpr std::array<Need, 4> needs = {need_formats, need_python, need_names, need_packages};

/// What makes all conflicts go away: one pip line, the Python, then what the rules advise and, when nothing is known to break,
/// the smoke test.
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

Json to_json(const Conflict& conflict) {
    return {{"package", conflict.package},
            {"recorded", conflict.recorded},
            {"offered", conflict.offered ? Json(*conflict.offered) : Json(nullptr)},
            {"rule", conflict.rule},
            {"effect", to_string(conflict.effect)},
            {"because", conflict.because},
            {"fix", conflict.fix}};
}

Json to_json(const Settled& settled) {
    Json json = {{"kind", settled.kind}, {"because", settled.because}};
    if (!settled.by.empty()) json["by"] = settled.by;
    if (!settled.at.empty()) json["at"] = settled.at;
    if (!settled.until.empty()) json["until"] = settled.until;
    return json;
}

std::optional<Effect> failure_of(const Proven& proof) {
    if (proof.outcome == "different") return Effect::different_predictions;
    if (proof.outcome == "load-error") return Effect::load_error;
    if (proof.outcome == "predict-error") return Effect::predict_error;
    return std::nullopt;
}

std::string_view proven_in_words(Effect effect) {
    if (effect == Effect::load_error) return "could not be loaded";
    if (effect == Effect::predict_error) return "could not predict";
    return "gave other predictions than when it was trained";
}

/// Everything that the rules had against the version is told, and counts no more.
void overrule(Verdict& verdict, Settled settled) {
    verdict.overruled = std::move(verdict.conflicts);
    std::ranges::move(verdict.warnings, std::back_inserter(verdict.overruled));
    verdict.conflicts.clear();
    verdict.warnings.clear();
    verdict.fix.clear();
    verdict.settled = std::move(settled);
}

/// The conflict that evidence is, in an environment that is the same as far as it counts.
Conflict evident(std::string_view package, std::string rule, Effect effect, std::string because) {
    return {std::string(package), "", std::nullopt, std::move(rule), effect, std::move(because), {}};
}

/// "was trained with scikit-learn 1.2.2 and cannot be loaded with 1.5.2"
std::string in_words(const Conflict& conflict) {
    if (conflict.package == "sample") return fmt::format("{} in this environment", proven_in_words(conflict.effect));
    const std::string package = title(conflict.package);
    const std::string recorded = conflict.recorded == unknown ? package : package + " " + conflict.recorded;
    const std::string offered = conflict.offered.value_or("");
    if (conflict.recorded == unknown && conflict.effect == Effect::load_error)
        return fmt::format("cannot be loaded with {} {}", package, offered);
    switch (conflict.effect) {
        case Effect::load_error: return fmt::format("was trained with {} and cannot be loaded with {}", recorded, offered);
        case Effect::predict_error: return fmt::format("was trained with {} and cannot predict with {}", recorded, offered);
        case Effect::different_predictions:
            return fmt::format("was trained with {} and gives other predictions with {}", recorded, offered);
        case Effect::missing_package: return fmt::format("uses {}, which this environment does not have", recorded);
        case Effect::secondary:
        case Effect::none:
        case Effect::unproven: break;
    }
    return fmt::format("was trained with {} and is not proven to work with {}", recorded, offered);
}

}  // namespace

std::string_view to_string(Verdict::Decision decision) {
    switch (decision) {
        case Verdict::Decision::allow: return "allow";
        case Verdict::Decision::warn: return "warn";
        case Verdict::Decision::refuse: break;
    }
    return "refuse";
}

std::vector<std::string> Recorded::packages() const {
    std::vector<std::string> all = uses;
    for (const auto& [package, imported] : names) {
        if (std::ranges::find(all, package) == all.end()) all.push_back(package);
    }
    return all;
}

Verdict judge(const Recorded& recorded, const Environment& environment, const RuleSet& rules) {
    Verdict verdict;
    verdict.version = recorded.version;
    verdict.digest = recorded.digest;
    if (const auto digest = digest_of(environment)) verdict.environment = *digest;
    const Question question{recorded, environment, rules};
    for (const Need need : needs) need(question, verdict);
    verdict.decision = !verdict.conflicts.empty()  ? Verdict::Decision::refuse
                       : !verdict.warnings.empty() ? Verdict::Decision::warn
                                                   : Verdict::Decision::allow;
    verdict.fix = fixes_of(verdict, environment.is_native() || is_native(recorded));
    return verdict;
}

void weigh(Verdict& verdict, const Evidence& evidence) {
    const auto failed = std::ranges::find_if(evidence.proofs, [](const Proven& proof) { return failure_of(proof).has_value(); });
    const auto equal =
        std::ranges::find_if(evidence.proofs, [](const Proven& proof) { return proof.outcome == "equal" || proof.outcome == "close"; });
    if (failed != evidence.proofs.end()) {
        const Effect effect = *failure_of(*failed);
        std::string because = fmt::format("its smoke test {} in an environment like this, as {} found at {}", proven_in_words(effect),
                                          failed->by, failed->at);
        if (!failed->message.empty()) because += ": " + failed->message;
        verdict.conflicts.insert(verdict.conflicts.begin(), evident("sample", "proof/" + failed->outcome, effect, std::move(because)));
        add_fix(verdict.fix, "load it where it was trained: assay env show " + verdict.version);
        verdict.decision = Verdict::Decision::refuse;
    } else if (equal != evidence.proofs.end() && verdict.decision != Verdict::Decision::allow) {
        overrule(verdict, {"proof", equal->by, equal->at, "",
                           fmt::format("its smoke test gave {} predictions in an environment like this",
                                       equal->outcome == "equal" ? "equal" : "close")});
        verdict.decision = Verdict::Decision::allow;
    }
    if (verdict.decision != Verdict::Decision::refuse) return;
    if (evidence.waiver) {
        const Waived& waiver = *evidence.waiver;
        overrule(verdict, {"waiver", waiver.by, "", waiver.until, waiver.why});
        verdict.warnings.push_back(evident("waiver", fmt::format("waiver/{}", waiver.id), Effect::unproven,
                                           fmt::format("{} waived the refusal until {}: {}", waiver.by, waiver.until, waiver.why)));
        verdict.decision = Verdict::Decision::warn;
    } else if (evidence.trial && std::ranges::all_of(verdict.conflicts, [](const Conflict& c) { return c.effect == Effect::unproven; })) {
        overrule(verdict, {"trial", "", "", "", "nothing is known of this environment, and the smoke test is to decide"});
        verdict.warnings.push_back(
            evident("trial", "trial", Effect::unproven, "nothing proves that it works in this environment: its smoke test is to decide"));
        verdict.decision = Verdict::Decision::warn;
    }
}

std::vector<std::string> suggest_versions(const Verdict& refused, std::span<const Recorded> others, const Environment& environment,
                                          const RuleSet& rules, std::size_t limit) {
    std::array<std::vector<std::string>, 2> found;  // allowed, warned of
    for (const Recorded& other : others) {
        if (found[0].size() == limit) break;
        if (other.version == refused.version) continue;
        const auto decision = judge(other, environment, rules).decision;
        if (decision == Verdict::Decision::refuse) continue;
        std::vector<std::string> trained_with;
        for (const Conflict& conflict : refused.conflicts) {
            const auto release = other.libraries.find(conflict.package);
            if (release != other.libraries.end()) add_fix(trained_with, title(conflict.package) + " " + release->second);
        }
        std::string words = "fetch " + other.version;
        if (!trained_with.empty()) words += ", trained with " + join(trained_with, " and ");
        auto& list = found[decision == Verdict::Decision::allow ? 0 : 1];
        if (list.size() < limit) list.push_back(std::move(words));
    }
    return found[0].empty() ? found[1] : found[0];
}

Json to_json(const Verdict& verdict) {
    const auto list = [](const std::vector<Conflict>& conflicts) {
        Json array = Json::array();
        for (const Conflict& conflict : conflicts) array.push_back(to_json(conflict));
        return array;
    };
    const auto digest = [](const std::optional<Digest>& value) { return value ? Json(value->to_string()) : Json(nullptr); };
    return {{"verdict", to_string(verdict.decision)},
            {"version", verdict.version},
            {"digest", digest(verdict.digest)},
            {"environment", digest(verdict.environment)},
            {"conflicts", list(verdict.conflicts)},
            {"warnings", list(verdict.warnings)},
            {"considered", verdict.considered},
            {"ignored", verdict.ignored},
            {"fix", verdict.fix},
            {"overruled", list(verdict.overruled)},
            {"settled", verdict.settled ? to_json(*verdict.settled) : Json(nullptr)}};
}

Error to_error(const Verdict& verdict) {
    Error error(ErrorKind::incompatible, "incompatible-environment", verdict.version + " cannot be loaded in this environment");
    error.fixes = verdict.fix;
    error.details = to_text(to_json(verdict));
    if (verdict.conflicts.empty()) return error;
    // The worst first: what fails before what is merely unproven.
    const auto worst = std::ranges::min_element(verdict.conflicts, {}, &Conflict::effect);
    error.message = verdict.version + " " + in_words(*worst);
    error.because = worst->because;
    for (auto it = verdict.conflicts.begin(); it != verdict.conflicts.end(); ++it) {
        if (it != worst) error.problems.push_back({it->package, fmt::format("it {}: {}", in_words(*it), it->because), ""});
    }
    return error;
}

}  // namespace assay
