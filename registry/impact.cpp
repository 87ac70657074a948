#include "registry/impact.hpp"

#include "base/text.hpp"
#include "registry/needs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace assay {

namespace {

/// The environment that a version was made in, with one package at another release.
Environment moved(const Recorded& needs, const std::string& package, const std::string& release) {
    Environment environment;
    environment.packages = needs.libraries;
    environment.packages.erase("python");
    const auto python = needs.libraries.find("python");
    environment.implementation = python == needs.libraries.end() ? "native" : "cpython";
    if (python != needs.libraries.end()) environment.python = python->second;
    if (package == "python")
        environment.python = release;
    else
        environment.packages[package] = release;
    return environment;
}

std::string recorded_release(const Recorded& needs, const std::string& package) {
    const auto found = needs.libraries.find(package);
    return found == needs.libraries.end() ? "unknown" : found->second;
}

std::vector<ReleaseImpact> by_release(const std::vector<NeedsVerdict>& needs, const std::string& package) {
    std::map<std::string, ReleaseImpact> found;
    for (const NeedsVerdict& one : needs) {
        const std::string recorded = recorded_release(one.question.needs, package);
        ReleaseImpact& release = found.try_emplace(recorded, ReleaseImpact{recorded, 0, one.verdict}).first->second;
        release.versions += one.row.versions;
    }
    std::vector<ReleaseImpact> releases;
    for (auto& [recorded, release] : found) releases.push_back(std::move(release));
    std::ranges::stable_sort(releases, [](const ReleaseImpact& a, const ReleaseImpact& b) {
        return std::tuple(-static_cast<int>(a.verdict.decision), -a.versions) <
               std::tuple(-static_cast<int>(b.verdict.decision), -b.versions);
    });
    return releases;
}

}  // namespace

Result<Impact> impact(Registry& registry, const std::string& package, const std::string& release, VerdictsQuery query) {
    TRY_ASSIGN(const std::string name, package_name(package));
    if (const auto problem = problem_of_release_text(release))
        return fail(
            Error(ErrorKind::invalid, "invalid-release", fmt::format("'{}' cannot be a release of {}", printable(release, 100), name))
                .with_because(*problem));
    query.search.scope = "impact " + name + " " + release;
    const bool python = name == "python";
    const auto ask = [&](const Recorded& needs) -> Result<std::optional<NeedsQuestion>> {
        const std::vector<std::string> packages = needs.packages();
        const bool concerned = python ? needs.libraries.contains(name) : std::ranges::find(packages, name) != packages.end();
        if (!concerned) return std::nullopt;
        // Everything else stays, and so cannot break: the package alone is judged.
        NeedsQuestion question{needs_of_packages(needs, {name}), moved(needs, name, release), ""};
        TRY_ASSIGN(question.considered, considered_text(needs, question.environment));
        return question;
    };
    Impact found;
    TRY_ASSIGN(found.page, verdicts(registry, query, ask));
    found.releases = by_release(found.page.needs, name);
    return found;
}

}  // namespace assay
