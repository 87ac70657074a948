#include "registry/gate/nearest.hpp"

#include "registry/gate/by_bytes.hpp"
#include "registry/name_tables.hpp"
#include "registry/release_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <utility>

namespace assay::gate {

namespace {

/// In the order in which they are chosen: what depends on others before those.
constexpr auto packages = std::to_array<std::string_view>({"scikit-learn", "scipy", "numpy", "joblib"});
constexpr std::size_t max_steps = 20'000;  // of the search

struct Candidate {
    std::string number;
    const ReleaseFact* fact;
};

class Search {
public:
    explicit Search(const Question& question) : question_(question) {
        for (const std::string_view package : packages) {
            const std::string name(package);
            const auto offered = question.environment.release_of(name);
            if (!offered && !question.recorded.names.contains(name)) continue;
            candidates_.emplace_back(name, candidates(name, offered));
        }
    }

    /// Changes to releases when this Python runs them.
    std::optional<std::vector<std::string>> with(const Release& python) {
        python_ = &python;
        chosen_.clear();
        steps_ = 0;
        if (!choose(0)) return std::nullopt;
        std::vector<std::string> changes;
        for (const auto& [package, candidate] : chosen_) {
            if (question_.environment.release_of(package) != candidate->number) changes.push_back(pip_pin(package, candidate->number));
        }
        return changes;
    }

private:
    /// The releases that will do, the nearest to the offered one first.
    std::vector<Candidate> candidates(const std::string& package, const std::optional<std::string>& offered) const {
        const ReleaseTable& table = ReleaseTable::builtin();
        const auto facts = table.of(package);
        const auto release = Release::parse(offered.value_or(""));
        std::vector<Candidate> found;
        if (release && satisfies(question_, package, *offered)) {
            if (const ReleaseFact* fact = table.find(package, *release)) found.push_back({*offered, fact});
        }
        const auto at =
            release ? std::ranges::count_if(facts, [&](const ReleaseFact& fact) { return fact.release < *release; }) : std::ssize(facts);
        std::vector<std::pair<std::ptrdiff_t, const ReleaseFact*>> near;
        for (std::ptrdiff_t i = 0; i < std::ssize(facts); ++i) {
            const ReleaseFact& fact = facts[static_cast<std::size_t>(i)];
            if (satisfies(question_, package, fact.number)) near.emplace_back(2 * std::abs(i - at) + (i < at ? 1 : 0), &fact);
        }
        std::ranges::sort(near);
        for (const auto& [distance, fact] : near) found.push_back({fact->number, fact});
        return found;
    }

    bool choose(std::size_t place) {
        if (place == candidates_.size()) return true;
        const auto& [package, all] = candidates_[place];
        for (const Candidate& candidate : all) {
            if (++steps_ > max_steps) return false;
            if (!candidate.fact->is_for(*python_) || !goes(package, candidate)) continue;
            chosen_.emplace_back(package, &candidate);
            if (choose(place + 1)) return true;
            chosen_.pop_back();
        }
        return false;
    }

    /// Whether what was chosen before goes with it, and it with that.
    [[nodiscard]] bool goes(const std::string& package, const Candidate& candidate) const {
        const auto fits = [](const Candidate& one, const std::string& other, const Candidate& with) {
            const auto range = one.fact->goes_with.find(other);
            return range == one.fact->goes_with.end() || range->second.contains_text(with.number);
        };
        return std::ranges::all_of(
            chosen_, [&](const auto& each) { return fits(*each.second, package, candidate) && fits(candidate, each.first, *each.second); });
    }

    const Question& question_;
    std::vector<std::pair<std::string, std::vector<Candidate>>> candidates_;
    const Release* python_ = nullptr;
    std::vector<std::pair<std::string, const Candidate*>> chosen_;
    std::size_t steps_ = 0;
};

/// The minor of Python 3 that is offered; absent for another Python.
std::optional<std::uint64_t> offered_minor(const Environment& environment) {
    const auto python = Release::parse(without_plus(environment.python.value_or("")));
    if (!python || python->number(0) != 3) return std::nullopt;
    return python->number(1);
}

/// The minors of Python 3 that releases in the table have wheels for, each once.
std::set<std::uint64_t> known_minors() {
    std::set<std::uint64_t> minors;
    for (const std::string_view package : packages) {
        for (const ReleaseFact& fact : ReleaseTable::builtin().of(package)) {
            for (std::uint64_t minor = fact.first_python.number(1); minor <= fact.last_python.number(1); ++minor) minors.insert(minor);
        }
    }
    return minors;
}

}  // namespace

bool knows(std::string_view package) { return package == "python" || std::ranges::find(packages, package) != packages.end(); }

bool have_wheels(std::span<const Conflict> conflicts, const Environment& environment) {
    const auto python = Release::parse(without_plus(environment.python.value_or("")));
    return std::ranges::all_of(conflicts, [&](const Conflict& conflict) {
        const auto recorded = Release::parse(conflict.recorded);
        const ReleaseFact* fact = recorded ? ReleaseTable::builtin().find(conflict.package, *recorded) : nullptr;
        return fact == nullptr || !python || fact->is_for(*python);
    });
}

bool satisfies(const Question& question, const std::string& package, const std::string& release) {
    const Recorded& recorded = question.recorded;
    if (const auto format = recorded.formats.find(package); format != recorded.formats.end()) {
        const auto range = SpecifierSet::parse(format->second.range);
        if (range && !range->contains_text(release)) return false;
    }
    if (const auto names = recorded.names.find(package); names != recorded.names.end()) {
        const bool lacks = std::ranges::any_of(names->second, [&](const std::string& name) {
            return NameTables::builtin().find(package, release, name) == NameTables::Answer::lacks;
        });
        if (lacks) return false;
    }
    const auto library = recorded.libraries.find(package);
    const bool is_recorded = library != recorded.libraries.end() && same_release(library->second, release);
    const bool counts = recorded.names.contains(package) || is_declared(recorded, package);
    if (counts && !is_recorded && !is_settled_by_bytes(question, package, release)) return false;
    return std::ranges::all_of(recorded.objects, [&](const ObjectNeed& object) {
        const std::string wrote = writer_of(recorded, package, object);
        if (same_release(wrote, release)) return true;
        const auto rules = question.rules.about(object, package, wrote, release);
        return std::ranges::all_of(rules, [](const Rule* rule) { return rule->effect == Effect::secondary; });
    });
}

std::optional<Change> nearest_environment(const Question& question) {
    const auto offered = offered_minor(question.environment);
    if (!offered || question.recorded.names.empty()) return std::nullopt;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> minors;  // by distance, the newer first
    for (const std::uint64_t minor : known_minors())
        minors.emplace_back(minor >= *offered ? 2 * (minor - *offered) : 2 * (*offered - minor) + 1, minor);
    std::ranges::sort(minors);
    Search search(question);
    for (const auto& [distance, minor] : minors) {
        const std::string number = fmt::format("3.{}", minor);
        const auto python = Release::parse(number);
        if (!python || !satisfies(question, "python", number)) continue;
        if (auto changes = search.with(*python)) {
            return Change{minor == *offered ? std::nullopt : std::optional(number), *std::move(changes)};
        }
    }
    return std::nullopt;
}

}  // namespace assay::gate
