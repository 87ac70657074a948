#include "registry/compare.hpp"

#include "base/text.hpp"
#include "registry/contents.hpp"
#include "registry/manifest.hpp"
#include "registry/record_lineage.hpp"
#include "storage/tables/lineage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace assay {

namespace {

constexpr std::int64_t max_ancestors = 10'000;

/// Puts values into rows: one column for each version.
class Section {
public:
    Section(std::string name, std::size_t columns) : name_(std::move(name)), columns_(columns) {}

    void set(const std::string& key, std::size_t column, Json value) {
        rows_.try_emplace(key, columns_, Json(nullptr)).first->second.at(column) = std::move(value);
    }

    [[nodiscard]] ComparedSection finish() && {
        ComparedSection section{std::move(name_), {}};
        for (auto& [key, values] : rows_) {
            const bool same = std::ranges::all_of(values, [&](const Json& value) { return value == values.front(); });
            section.rows.push_back({key, std::move(values), same});
        }
        return section;
    }

private:
    std::string name_;
    std::size_t columns_;
    std::map<std::string, std::vector<Json>> rows_;
};

struct Sections {
    explicit Sections(std::size_t columns)
        : facts("facts", columns),
          metrics("metrics", columns),
          params("params", columns),
          libraries("libraries", columns),
          datasets("datasets", columns),
          files("files", columns),
          lineage("lineage", columns),
          labels("labels", columns) {}

    Section facts, metrics, params, libraries, datasets, files, lineage, labels;
};

void add_facts(Sections& sections, std::size_t column, const Facts& facts) {
    if (facts.trained_at) sections.facts.set("trained_at", column, facts.trained_at->to_string());
    if (!facts.platform.empty()) sections.facts.set("platform", column, facts.platform);
    sections.facts.set("uses", column, facts.uses);
    if (!facts.missing.empty()) sections.facts.set("missing", column, facts.missing);
    for (const auto& [name, value] : facts.source) sections.facts.set("source." + name, column, value);
    for (const MetricFact& metric : facts.metrics)
        sections.metrics.set(metric.dataset ? metric.name + " on " + *metric.dataset : metric.name, column, metric.value);
    for (const auto& [name, value] : facts.params) sections.params.set(name, column, value);
    for (const auto& [package, release] : facts.libraries) sections.libraries.set(package, column, release);
    for (const DatasetFact& dataset : facts.datasets)
        sections.datasets.set(dataset.role + " " + dataset.name, column, dataset.table_digest ? *dataset.table_digest : *dataset.digest);
}

void add_labels(Section& labels, std::size_t column, const VersionView& version) {
    labels.set("state", column, to_string(version.row.state));
    labels.set("created_at", column, version.row.created_at);
    if (!version.aliases.empty()) labels.set("aliases", column, version.aliases);
    if (!version.row.description.empty()) labels.set("description", column, version.row.description);
    for (const TagRow& tag : version.tags) labels.set("tags." + tag.key, column, tag.value);
}

std::string name_of(const VersionView& version) { return fmt::format("{}@{}", version.row.model, version.row.version); }

Result<void> add_lineage(SqlSession& sql, Section& lineage, std::size_t column, const Facts& facts,
                         const std::vector<VersionView>& versions) {
    if (!facts.run.empty()) lineage.set("run", column, facts.run);
    Json parents = Json::array();
    for (const ParentFact& parent : facts.parents) parents.push_back(fmt::format("{} {}", parent.relation, parent.name()));
    if (!parents.empty()) lineage.set("parents", column, std::move(parents));

    const VersionRow& row = versions.at(column).row;
    TRY_ASSIGN(const auto up, lineage_tables::reachable(sql, version_node(row.model, row.version), lineage_tables::Direction::up,
                                                        std::nullopt, max_ancestors));
    const std::set<std::string> ancestors(up.begin(), up.end());
    Json from = Json::array();
    for (std::size_t other = 0; other < versions.size(); ++other) {
        const VersionRow& candidate = versions[other].row;
        if (other != column && ancestors.contains(version_node(candidate.model, candidate.version)))
            from.push_back(name_of(versions[other]));
    }
    if (!from.empty()) lineage.set("comes from", column, std::move(from));
    return {};
}

/// What is in the files, read outside of the transaction that found the versions.
Result<ComparedSection> compare_contents(Registry& registry, const std::vector<VersionView>& versions) {
    Section contents("contents", versions.size());
    std::uint64_t may_read = max_compared_bytes;
    for (std::size_t column = 0; column < versions.size(); ++column) {
        TRY_ASSIGN(auto rows, contents_of(registry, versions[column].row, may_read));
        for (auto& [place, value] : rows) contents.set(place, column, std::move(value));
    }
    return std::move(contents).finish();
}

Result<Comparison> compare_recorded(Registry& registry, const std::vector<Reference>& wanted) {
    return registry.database.read([&](SqlSession& sql) -> Result<Comparison> {
        Comparison comparison;
        for (const Reference& reference : wanted) {
            TRY_ASSIGN(const VersionRef ref, VersionRef::parse(reference.path_segment()));
            TRY_ASSIGN(VersionRow row, resolve(sql, reference.model, ref));
            TRY_ASSIGN(VersionView view, view_of(sql, std::move(row)));
            comparison.versions.push_back(std::move(view));
        }
        Sections sections(wanted.size());
        for (std::size_t column = 0; column < wanted.size(); ++column) {
            const VersionView& version = comparison.versions[column];
            TRY_ASSIGN(const Manifest manifest, read_manifest(version.row.manifest));
            add_facts(sections, column, manifest.facts);
            for (const ManifestFile& file : manifest.files)
                sections.files.set(file.path, column, {{"digest", file.digest.to_string()}, {"size", file.size}});
            TRY(add_lineage(sql, sections.lineage, column, manifest.facts, comparison.versions));
            add_labels(sections.labels, column, version);
        }
        for (Section* section : {&sections.facts, &sections.metrics, &sections.params, &sections.libraries, &sections.datasets,
                                 &sections.files, &sections.lineage, &sections.labels})
            comparison.sections.push_back(std::move(*section).finish());
        return comparison;
    });
}

}  // namespace

Result<Comparison> compare_versions(Registry& registry, const std::vector<Reference>& wanted) {
    if (wanted.size() < 2 || wanted.size() > max_compared_versions) {
        return fail(Error(ErrorKind::invalid, "invalid-request", fmt::format("{} cannot be compared", counted(wanted.size(), "version")))
                        .with_because(fmt::format("a comparison is of 2 to {} versions", max_compared_versions)));
    }
    TRY_ASSIGN(Comparison comparison, compare_recorded(registry, wanted));
    TRY_ASSIGN(ComparedSection contents, compare_contents(registry, comparison.versions));
    const auto files = std::ranges::find(comparison.sections, "files", &ComparedSection::name);
    comparison.sections.insert(files + 1, std::move(contents));
    return comparison;
}

}  // namespace assay
