#include "registry/specifiers.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace assay {

namespace {

using Operator = SpecifierSet::Operator;

struct Spelling {
    std::string_view text;
    Operator op;
};

/// Longer spellings first.
constexpr std::array<Spelling, 8> operator_spellings = {{{"===", Operator::identical},
                                                         {"==", Operator::equal},
                                                         {"!=", Operator::not_equal},
                                                         {"<=", Operator::less_equal},
                                                         {">=", Operator::greater_equal},
                                                         {"~=", Operator::compatible},
                                                         {"<", Operator::less},
                                                         {">", Operator::greater}}};

Error not_a_specifier(std::string_view clause, std::string because) {
    return Error(ErrorKind::invalid, "invalid-specifier", fmt::format("'{}' is not a range of releases", printable(clause, 100)))
        .with_because(std::move(because))
        .with_fix("write clauses such as >=1.2,<1.3 or ==1.4.*");
}

bool has_inner_space(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (trim_unicode_space(text.substr(i)).size() != text.size() - i) return true;
    }
    return false;
}

/// The first `count` release numbers, padded with zeros, and the epoch are equal.
bool same_prefix(const Release& a, const Release& b, std::size_t count) {
    if (a.epoch() != b.epoch()) return false;
    for (std::size_t i = 0; i < count; ++i) {
        if (a.number(i) != b.number(i)) return false;
    }
    return true;
}

bool equal_to(const Release& candidate, const Release& wanted, bool wildcard) {
    if (wildcard) return same_prefix(candidate, wanted, wanted.numbers().size());
    return wanted.local().empty() ? same_public(candidate, wanted) : candidate == wanted;
}

/// `>V` leaves out V's own family: its local labels, and its post-releases unless V is itself a post- or dev-release.
bool beyond(const Release& candidate, const Release& wanted) {
    if (candidate <= wanted) return false;
    if (wanted.post() || wanted.dev()) return !same_public(candidate, wanted);
    return !(same_numbers(candidate, wanted) && candidate.pre() == wanted.pre());
}

}  // namespace

bool SpecifierSet::Clause::holds(const Release& candidate) const {
    const Release& wanted = *release;
    switch (op) {
        case Operator::equal: return equal_to(candidate, wanted, wildcard);
        case Operator::not_equal: return !equal_to(candidate, wanted, wildcard);
        case Operator::less_equal: return candidate <= wanted || same_public(candidate, wanted);
        case Operator::greater_equal: return candidate >= wanted;
        case Operator::less: return candidate < (wanted.is_prerelease() ? wanted : wanted.earliest_dev());
        case Operator::greater: return beyond(candidate, wanted);
        case Operator::compatible: return candidate >= wanted && same_prefix(candidate, wanted, wanted.numbers().size() - 1);
        case Operator::identical: break;
    }
    return false;
}

Result<SpecifierSet::Clause> SpecifierSet::parse_clause(std::string_view text) {
    const auto spelling = std::ranges::find_if(operator_spellings, [&](const Spelling& s) { return text.starts_with(s.text); });
    if (spelling == operator_spellings.end()) return fail(not_a_specifier(text, "it does not begin with ==, !=, <=, >=, <, >, ~= or ==="));
    std::string_view version = trim_unicode_space(text.substr(spelling->text.size()));
    Clause clause;
    clause.op = spelling->op;
    clause.text = std::string(version);
    if (clause.op == Operator::identical) {
        if (has_inner_space(version) || version.find_first_of(";)") != std::string_view::npos) {
            return fail(not_a_specifier(text, "the text after === holds a space, ';' or ')'"));
        }
        return clause;
    }
    if ((clause.op == Operator::equal || clause.op == Operator::not_equal) && version.ends_with(".*")) {
        clause.wildcard = true;
        version.remove_suffix(2);
        if (!version.empty() && (version.back() < '0' || version.back() > '9')) {
            return fail(not_a_specifier(text, "only release numbers may stand before '.*'"));
        }
    }
    auto release = Release::parse(version);
    if (!release) return fail(not_a_specifier(text, release.error().because));
    if (clause.wildcard && (release->pre() || release->post() || release->dev() || !release->local().empty())) {
        return fail(not_a_specifier(text, "only release numbers may stand before '.*'"));
    }
    if (!release->local().empty() && clause.op != Operator::equal && clause.op != Operator::not_equal) {
        return fail(not_a_specifier(text, "only == and != may name a local label"));
    }
    if (clause.op == Operator::compatible && release->numbers().size() < 2) {
        return fail(not_a_specifier(text, "~= needs at least two release numbers"));
    }
    clause.release = *std::move(release);
    return clause;
}

Result<SpecifierSet> SpecifierSet::parse(std::string_view text) {
    if (text.size() > max_release_bytes) {
        return fail(not_a_specifier(text, fmt::format("it has {} bytes, at most {} are read", text.size(), max_release_bytes)));
    }
    SpecifierSet set;
    for (const std::string& part : split(text, ',')) {
        const std::string_view clause = trim_unicode_space(part);
        if (clause.empty()) continue;
        TRY_ASSIGN(Clause parsed, parse_clause(clause));
        set.clauses_.push_back(std::move(parsed));
    }
    return set;
}

bool SpecifierSet::holds_all(std::string_view text, const Release* release, bool prereleases) const {
    if (!prereleases && release != nullptr && release->is_prerelease()) return false;
    return std::ranges::all_of(clauses_, [&](const Clause& clause) {
        if (clause.op == Operator::identical) return equals_ignoring_case(clause.text, text);
        return release != nullptr && clause.holds(*release);
    });
}

bool SpecifierSet::contains(const Release& release, bool prereleases) const {
    return holds_all(release.to_string(), &release, prereleases);
}

bool SpecifierSet::contains_text(std::string_view text, bool prereleases) const {
    const auto release = Release::parse(text);
    return holds_all(text, release ? &*release : nullptr, prereleases);
}

std::string SpecifierSet::to_string() const {
    std::string text;
    for (const Clause& clause : clauses_) {
        const auto spelling = std::ranges::find(operator_spellings, clause.op, &Spelling::op);
        text += (text.empty() ? "" : ",") + std::string(spelling->text) + clause.text;
    }
    return text;
}

std::vector<Release> SpecifierSet::boundaries() const {
    std::vector<Release> found;
    for (const Clause& clause : clauses_) {
        if (clause.release) found.push_back(*clause.release);
    }
    return found;
}

namespace {

/// Releases of which one lies in every part that the boundaries of both sets cut all releases into: each boundary, what follows it at once,
/// and what is before all.
std::vector<Release> releases_between(const SpecifierSet& one, const SpecifierSet& other) {
    std::vector<std::string> texts = {"0.0.0.0.1"};
    for (const SpecifierSet* set : {&one, &other}) {
        for (const Release& boundary : set->boundaries()) {
            texts.push_back(boundary.to_string());
            std::string numbers = boundary.epoch() == 0 ? "" : std::to_string(boundary.epoch()) + "!";
            for (std::size_t i = 0; i < std::max<std::size_t>(boundary.numbers().size(), 4); ++i)
                numbers += (i == 0 ? "" : ".") + std::to_string(boundary.number(i));
            texts.push_back(numbers + ".1");
        }
    }
    std::vector<Release> releases;
    for (const std::string& text : texts) {
        if (auto release = Release::parse(text)) releases.push_back(*std::move(release));
    }
    return releases;
}

}  // namespace

bool overlap(const SpecifierSet& one, const SpecifierSet& other) {
    const std::vector<Release> releases = releases_between(one, other);
    return std::ranges::any_of(releases, [&](const Release& release) { return one.contains(release) && other.contains(release); });
}

bool is_within(const SpecifierSet& inner, const SpecifierSet& outer) {
    const std::vector<Release> releases = releases_between(inner, outer);
    return std::ranges::all_of(releases, [&](const Release& release) { return !inner.contains(release) || outer.contains(release); });
}

}  // namespace assay
