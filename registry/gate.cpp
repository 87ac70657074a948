#include "registry/gate.hpp"

#include "base/text.hpp"
#include "registry/gate/by_bytes.hpp"
#include "registry/gate/by_releases.hpp"
#include "registry/gate/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace assay {

namespace {

using gate::add_fix, gate::is_native, gate::proven_in_words, gate::title, gate::unknown;

/// Every kind of need that a version may have, in the order in which conflicts are told.
using Need = void (*)(const gate::Question&, Verdict&);
constexpr auto needs =
    std::to_array<Need>({gate::need_formats, gate::need_python, gate::need_names, gate::need_contents, gate::need_packages});

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
    const gate::Question question{recorded, environment, rules};
    for (const Need need : needs) need(question, verdict);
    verdict.decision = !verdict.conflicts.empty()  ? Verdict::Decision::refuse
                       : !verdict.warnings.empty() ? Verdict::Decision::warn
                                                   : Verdict::Decision::allow;
    verdict.fix = gate::fixes_of(verdict, environment.is_native() || is_native(recorded));
    return verdict;
}

void advise(Verdict& verdict, const Recorded& recorded, const Environment& environment, const RuleSet& rules) {
    if (verdict.decision != Verdict::Decision::refuse || environment.is_native() || is_native(recorded)) return;
    auto change = gate::nearest_environment({recorded, environment, rules});
    if (!change || (change->requirements.empty() && !change->python)) return;
    for (const Conflict& conflict : verdict.conflicts) {
        if (!gate::knows(conflict.package)) add_fix(change->requirements, gate::requirement(conflict));
    }
    const std::string pip = gate::pip_install(change->requirements);
    std::string fix = !change->python ? pip
                      : pip.empty()   ? "use Python " + *change->python
                                      : fmt::format("with Python {}: {}", *change->python, pip);
    // The releases that it was made with are no help where they have no wheels.
    if (!gate::have_wheels(verdict.conflicts, environment)) {
        for (const std::string& exact : gate::exact_fixes(verdict.conflicts, false)) {
            if (exact.starts_with("pip install")) std::erase(verdict.fix, exact);
        }
    }
    std::erase(verdict.fix, fix);
    verdict.fix.insert(verdict.fix.begin(), std::move(fix));
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
