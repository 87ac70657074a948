#include "registry/name_tables.hpp"

#include "base/text.hpp"
#include "embedded/embedded_name_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

namespace assay {

namespace {

constexpr std::size_t max_releases = 500;
constexpr std::size_t max_names = 200'000;

Error wrong(std::string message) { return {ErrorKind::invalid, "invalid-name-table", std::move(message)}; }

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    for (std::string& word : split(line, ' ')) {
        if (!word.empty()) words.push_back(std::move(word));
    }
    return words;
}

/// "0.20.0-0.23.2,1.0" over the releases: which of them are meant.
Result<std::vector<bool>> read_intervals(std::string_view text, const std::vector<std::string>& numbers) {
    std::vector<bool> mask(numbers.size(), false);
    for (const std::string& run : split(text, ',')) {
        const std::size_t dash = run.find('-');
        const auto first = std::find(numbers.begin(), numbers.end(), run.substr(0, dash));
        const auto last = dash == std::string::npos ? first : std::find(numbers.begin(), numbers.end(), run.substr(dash + 1));
        if (first == numbers.end() || last == numbers.end() || last < first)
            return fail(wrong("'" + printable(run, 100) + "' are no releases of the first line"));
        std::fill(mask.begin() + (first - numbers.begin()), mask.begin() + (last - numbers.begin()) + 1, true);
    }
    return mask;
}

std::string_view top_level_of(std::string_view module) { return module.substr(0, module.find('.')); }

}  // namespace

Result<NameTables::Table> NameTables::read_table(std::string_view text, std::set<std::string>& top_levels) {
    Table table;
    std::size_t number = 0;
    for (const std::string& line : split(text, '\n')) {
        ++number;
        if (line.empty() || line.front() == '#') continue;
        const auto at = [&](std::string message) { return fail(wrong(fmt::format("line {}: {}", number, message))); };
        std::vector<std::string> words = words_of(line);
        if (table.numbers.empty()) {
            if (words.empty() || words.front() != "releases" || words.size() < 2 || words.size() > max_releases)
                return at("the first line names the releases");
            for (std::size_t i = 1; i < words.size(); ++i) {
                auto release = Release::parse(words[i]);
                if (!release) return at(release.error().message);
                if (!table.releases.empty() && !(table.releases.back() < *release)) return at("the releases do not ascend");
                table.releases.push_back(*std::move(release));
                table.numbers.push_back(words[i]);
            }
            continue;
        }
        if (words.size() < 3) return at("a line has a module, releases and names");
        top_levels.emplace(top_level_of(words[0]));
        auto mask = read_intervals(words[1], table.numbers);
        if (!mask) return at(mask.error().message);
        const auto place = static_cast<std::uint32_t>(table.masks.size());
        table.masks.push_back(*std::move(mask));
        for (std::size_t i = 2; i < words.size(); ++i) table.names.emplace_back(words[0] + ":" + words[i], place);
        if (table.names.size() > max_names) return at(fmt::format("there are more than {} names", max_names));
    }
    if (table.names.empty()) return fail(wrong("there is no name in it"));
    std::sort(table.names.begin(), table.names.end());
    const auto twice =
        std::adjacent_find(table.names.begin(), table.names.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice != table.names.end()) return fail(wrong("'" + printable(twice->first, 200) + "' stands twice"));
    return table;
}

const NameTables::Mask* NameTables::Table::find(std::string_view name) const {
    const auto found =
        std::lower_bound(names.begin(), names.end(), name, [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
    return found == names.end() || found->first != name ? nullptr : &masks[found->second];
}

Result<NameTables> NameTables::parse(std::span<const EmbeddedFile> files) {
    NameTables tables;
    for (const EmbeddedFile& file : files) {
        const std::string package(file.name.substr(0, file.name.rfind('.')));
        std::set<std::string> top_levels;
        auto table = read_table(file.bytes, top_levels);
        if (!table) return fail(std::move(table).error().with_context("reading the table of names " + printable(file.name, 100)));
        for (const std::string& top_level : top_levels) {
            if (!tables.packages_.emplace(top_level, package).second)
                return fail(wrong(fmt::format("the modules of {} stand in two tables", printable(top_level, 100))));
        }
        tables.tables_.emplace(package, *std::move(table));
    }
    tables.digest_ = digest_of(files);
    return tables;
}

const NameTables& NameTables::builtin() {
    static const NameTables tables = [] {
        auto parsed = parse(embedded_name_tables());
        if (!parsed) std::abort();  // compiled in, and held by a test
        return *std::move(parsed);
    }();
    return tables;
}

std::optional<std::string> NameTables::package_of(std::string_view module) const {
    const auto found = packages_.find(top_level_of(module));
    return found == packages_.end() ? std::nullopt : std::optional(found->second);
}

NameTables::Answer NameTables::find(std::string_view package, std::string_view release_text, std::string_view name) const {
    const auto table = tables_.find(package);
    // What runs in front of a '+' is the release; a build of one's own has a label behind it.
    const auto release = Release::parse(release_text.substr(0, release_text.find('+')));
    if (table == tables_.end() || !release) return Answer::unknown;
    const Mask* const found = table->second.find(name);
    if (found == nullptr) return Answer::unknown;
    const auto& releases = table->second.releases;
    const Mask& mask = *found;
    const auto answer = [](bool has) { return has ? Answer::has : Answer::lacks; };
    const auto next = std::lower_bound(releases.begin(), releases.end(), *release);
    if (next == releases.end()) return Answer::unknown;
    const auto place = static_cast<std::size_t>(next - releases.begin());
    if (*next == *release) return answer(mask[place]);
    return place > 0 && mask[place - 1] == mask[place] ? answer(mask[place]) : Answer::unknown;
}

std::span<const std::string> NameTables::releases(std::string_view package) const {
    const auto table = tables_.find(package);
    return table == tables_.end() ? std::span<const std::string>() : std::span<const std::string>(table->second.numbers);
}

std::vector<std::string> NameTables::having(std::string_view package, std::span<const std::string> names) const {
    std::vector<std::string> all;
    const auto table = tables_.find(package);
    if (table == tables_.end()) return all;
    for (std::size_t place = 0; place < table->second.numbers.size(); ++place) {
        const bool has_all = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
            const Mask* const found = table->second.find(name);
            return found == nullptr || (*found)[place];  // a name that no release has tells none from another
        });
        if (has_all) all.push_back(table->second.numbers[place]);
    }
    return all;
}

}  // namespace assay
