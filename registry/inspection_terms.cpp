#include "registry/inspection_terms.hpp"

#include "registry/release.hpp"

#include <set>
#include <string>
#include <utility>

namespace assay {

namespace {

constexpr std::size_t max_terms = 5'000;

using Terms = std::set<std::pair<std::string, std::string>>;

void add_import(const Import& import, Terms& terms) {
    const std::string dotted = import.module + "." + import.name;
    terms.emplace("import", dotted);
    terms.emplace("import", import.module.substr(0, import.module.find('.')));
    if (import.use != "instantiate") return;
    terms.emplace("estimator", dotted);
    terms.emplace("estimator", import.name);
}

void add_terms(const Inspection& inspection, Terms& terms) {
    terms.emplace("format", inspection.format);
    for (const Import& import : inspection.imports) {
        if (terms.size() >= max_terms) return;
        add_import(import, terms);
    }
    for (const TrainingData& data : inspection.training_data) terms.emplace("training_data", data.level);
    for (const Inspection& part : inspection.parts) add_terms(part, terms);
}

void add_releases(const Inspection& inspection, std::set<std::pair<std::string, std::string>>& releases) {
    for (const ReleaseEvidence& evidence : inspection.releases) {
        if (evidence.exact) releases.emplace(evidence.package, evidence.release);
    }
    for (const Inspection& part : inspection.parts) add_releases(part, releases);
}

}  // namespace

std::vector<InspectionTerm> search_terms(const Inspection& inspection, Safety verdict) {
    Terms terms;
    terms.emplace("verdict", to_string(verdict));
    add_terms(inspection, terms);
    std::vector<InspectionTerm> found;
    for (const auto& [kind, value] : terms) found.push_back({kind, value});
    if (found.size() > max_terms) found.resize(max_terms);
    return found;
}

std::vector<InspectionRelease> proven_releases(const Inspection& inspection) {
    std::set<std::pair<std::string, std::string>> releases;
    add_releases(inspection, releases);
    std::vector<InspectionRelease> found;
    for (const auto& [package, text] : releases) {
        const auto release = Release::parse(text);
        found.push_back({package, text, release ? std::optional(release->sort_key()) : std::nullopt});
    }
    return found;
}

}  // namespace assay
