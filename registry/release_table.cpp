#include "registry/release_table.hpp"

#include "base/text.hpp"
#include "embedded/embedded_release_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace assay {

namespace {

constexpr std::size_t max_lines = 10'000;

Error wrong(std::size_t line, std::string message) {
    return {ErrorKind::invalid, "invalid-release-table", fmt::format("line {}: {}", line, message)};
}

/// "numpy>=1.19.5,<2.3" as package and range.
Result<std::pair<std::string, SpecifierSet>> read_requirement(std::string_view text) {
    const std::size_t end = std::min(text.find_first_of("<>=!~"), text.size());
    TRY_ASSIGN(SpecifierSet range, SpecifierSet::parse(text.substr(end)));
    return std::pair(std::string(text.substr(0, end)), std::move(range));
}

/// "3.9-3.12"
Result<std::pair<Release, Release>> read_pythons(std::string_view text) {
    const std::size_t dash = text.find('-');
    TRY_ASSIGN(Release first, Release::parse(text.substr(0, dash)));
    TRY_ASSIGN(Release last, Release::parse(dash == std::string_view::npos ? text : text.substr(dash + 1)));
    if (last < first) return fail(ErrorKind::invalid, "invalid-release-table", "the Pythons do not ascend");
    return std::pair(std::move(first), std::move(last));
}

Result<ReleaseFact> read_fact(const std::vector<std::string>& words) {
    TRY_ASSIGN(Release release, Release::parse(words[1]));
    TRY_ASSIGN(auto pythons, read_pythons(words[2]));
    ReleaseFact fact{words[1], std::move(release), std::move(pythons.first), std::move(pythons.second), {}};
    for (std::size_t i = 3; i < words.size(); ++i) {
        TRY_ASSIGN(auto requirement, read_requirement(words[i]));
        fact.goes_with.insert(std::move(requirement));
    }
    return fact;
}

}  // namespace

bool ReleaseFact::is_for(const Release& python) const {
    // "3.12.1" is a 3.12.
    const auto minor = [](const Release& each) { return std::pair(each.number(0), each.number(1)); };
    return minor(first_python) <= minor(python) && minor(python) <= minor(last_python);
}

Result<ReleaseTable> ReleaseTable::parse(std::string_view text) {
    ReleaseTable table;
    std::size_t number = 0;
    for (const std::string& line : split(text, '\n')) {
        if (++number > max_lines) return fail(wrong(number, "there are too many lines"));
        if (line.empty() || line.front() == '#') continue;
        const std::vector<std::string> words = split(line, ' ');
        if (words.size() < 3) return fail(wrong(number, "a line has a package, a release and Pythons"));
        auto fact = read_fact(words);
        if (!fact) return fail(wrong(number, fact.error().message));
        std::vector<ReleaseFact>& facts = table.packages_[words[0]];
        if (!facts.empty() && !(facts.back().release < fact->release)) return fail(wrong(number, "the releases do not ascend"));
        facts.push_back(*std::move(fact));
    }
    return table;
}

const ReleaseTable& ReleaseTable::builtin() {
    static const ReleaseTable table = [] {
        auto parsed = parse(embedded_release_table()[0].bytes);
        if (!parsed) std::abort();  // compiled in, and held by a test
        return *std::move(parsed);
    }();
    return table;
}

std::span<const ReleaseFact> ReleaseTable::of(std::string_view package) const {
    const auto found = packages_.find(package);
    return found == packages_.end() ? std::span<const ReleaseFact>() : std::span<const ReleaseFact>(found->second);
}

const ReleaseFact* ReleaseTable::find(std::string_view package, const Release& release) const {
    const auto facts = of(package);
    const auto next = std::ranges::find_if(facts, [&](const ReleaseFact& fact) { return !(fact.release < release); });
    if (next != facts.end() && same_minor(next->release, release)) return &*next;
    if (next == facts.begin()) return nullptr;
    const ReleaseFact& before = *(next - 1);
    return same_minor(before.release, release) ? &before : nullptr;
}

}  // namespace assay
