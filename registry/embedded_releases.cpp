#include "registry/embedded_releases.hpp"

#include "base/text.hpp"
#include "registry/environment.hpp"
#include "registry/needs.hpp"
#include "registry/specifiers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace assay {

namespace {

struct Found {
    std::string release;
    std::string evidence;
    std::string file;
};

/// What the files say of each package: exact releases and ranges in what a library wrote, and claims of a text beside it (MLmodel,
/// requirements.txt).
struct FilesSay {
    std::map<std::string, std::vector<Found>> exact;
    std::map<std::string, std::vector<Found>> ranges;
    std::map<std::string, std::vector<Found>> claims;
};

bool is_claim(const Json& inspection) {
    const std::string format = inspection.value("format", "");
    return format == "mlmodel" || format == "text";
}

void collect(const Json& inspection, const std::string& file, FilesSay& evidence) {
    // A PMML document says which application wrote it: no package, and nothing that reading it needs.
    const bool has_packages = inspection.value("format", "") != "pmml";
    for (const Json& release : has_packages ? inspection.value("releases", Json::array()) : Json::array()) {
        const auto package = package_name(release.value("package", ""));
        const bool exact = release.value("exact", false);
        const std::string text = release.value("release", "");
        if (!package || (exact && problem_of_release_text(text))) continue;
        auto& list = !exact ? evidence.ranges : is_claim(inspection) ? evidence.claims : evidence.exact;
        list[*package].push_back({text, release.value("evidence", ""), file});
    }
    for (const Json& part : inspection.value("parts", Json::array())) collect(part, file, evidence);
}

std::string releases_in_words(const std::vector<Found>& found) {
    std::vector<std::string> names;
    for (const Found& one : found) {
        if (std::ranges::find(names, one.release) == names.end()) names.push_back(one.release);
    }
    return join(names, ", ");
}

/// The packages that loading the files needs: those that their bytes import, and what reads them.
std::set<std::string> needed_packages(const VersionInspection& inspection) {
    Recorded needs;
    std::set<std::string> packages;
    for (const FileInspection& file : inspection.files) {
        add_byte_needs(file.inspection, needs);
        if (file.inspection.value("format", "") == "skops") packages.insert("skops");
    }
    for (const auto& [package, names] : needs.names) packages.insert(package);
    return packages;
}

/// `origin`: what knows it, "bytes" or "text".
void compare_exact(const std::string& package, const std::vector<Found>& found, const std::string& origin, bool used, Facts& facts,
                   std::vector<std::string>& warnings, Problems& problems) {
    const std::string field = "facts.libraries." + package;
    const auto declared = facts.libraries.find(package);
    const bool one = std::ranges::all_of(found, [&](const Found& other) { return other.release == found.front().release; });
    if (declared == facts.libraries.end()) {
        if (!one || !Release::parse(found.front().release)) return;
        facts.libraries[package] = found.front().release;
        facts.origin["libraries." + package] = origin;
        if (used && std::ranges::find(facts.uses, package) == facts.uses.end()) facts.uses.push_back(package);
        return;
    }
    const bool agrees = std::ranges::any_of(found, [&](const Found& other) { return other.release == declared->second; });
    if (!agrees) {
        problems.push_back({field,
                            fmt::format("says {}, but {} was written by {} ({})", declared->second, printable(found.front().file, 200),
                                        releases_in_words(found), found.front().evidence),
                            fmt::format("declare what wrote it: \"{}\":\"{}\"", package, found.front().release)});
        return;
    }
    if (origin == "bytes") facts.origin["libraries." + package] = origin;
    if (!one) warnings.push_back(fmt::format("the files were written by several releases of {}: {}", package, releases_in_words(found)));
}

void compare_range(const std::string& package, const std::vector<Found>& found, const Facts& facts, Problems& problems) {
    const auto declared = facts.libraries.find(package);
    if (declared == facts.libraries.end()) return;
    for (const Found& one : found) {
        const auto range = SpecifierSet::parse(one.release);
        if (!range || range->contains_text(declared->second)) continue;
        problems.push_back({"facts.libraries." + package,
                            fmt::format("says {}, but {} can only be of {}{} ({})", declared->second, printable(one.file, 200), package,
                                        one.release, one.evidence),
                            "declare the environment that wrote the file: assay env capture says it"});
        return;
    }
}

/// A text beside the model proves nothing against what wrote it.
void compare_claims(const std::string& package, const std::vector<Found>& claimed, const std::vector<Found>& written, Claims claims,
                    std::vector<std::string>& warnings, Problems& problems) {
    for (const Found& claim : claimed) {
        const auto said = Release::parse(claim.release);
        const bool true_of_one = std::ranges::any_of(written, [&](const Found& one) {
            const auto release = Release::parse(one.release);
            return one.release == claim.release || (said && release && said->sort_key() == release->sort_key());
        });
        if (true_of_one) continue;
        std::string contradiction =
            fmt::format("{} says {} {}, but {} was written by {}", printable(claim.file, 200), package, printable(claim.release, 60),
                        printable(written.front().file, 200), releases_in_words(written));
        if (claims == Claims::inform)
            warnings.push_back(std::move(contradiction));
        else
            problems.push_back({"facts.libraries." + package, std::move(contradiction),
                                fmt::format("log the model again where {} {} is installed", package, written.front().release)});
    }
}

}  // namespace

void compare_releases(const VersionInspection& inspection, Claims claims, Facts& facts, std::vector<std::string>& warnings,
                      Problems& problems) {
    FilesSay evidence;
    for (const FileInspection& file : inspection.files) collect(file.inspection, file.path, evidence);
    const std::set<std::string> needed = needed_packages(inspection);
    for (const auto& [package, claimed] : evidence.claims) {
        const auto written = evidence.exact.find(package);
        if (written == evidence.exact.end()) {
            // requirements.txt lists what was there when the model was logged, not what it needs.
            compare_exact(package, claimed, "text", needed.contains(package), facts, warnings, problems);
        } else {
            compare_claims(package, claimed, written->second, claims, warnings, problems);
        }
    }
    for (const auto& [package, found] : evidence.exact) compare_exact(package, found, "bytes", true, facts, warnings, problems);
    for (const auto& [package, found] : evidence.ranges) {
        const std::string field = "facts.libraries." + package;
        if (std::ranges::none_of(problems, [&](const FieldProblem& problem) { return problem.field == field; }))
            compare_range(package, found, facts, problems);
    }
}

}  // namespace assay
