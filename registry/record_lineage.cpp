#include "registry/record_lineage.hpp"

#include "base/text.hpp"
#include "storage/tables/lineage.hpp"

#include <fmt/format.h>

#include <optional>

namespace assay {

std::string dataset_node(const std::string& id) { return "dataset:" + id; }
std::string run_node(const std::string& id) { return "run:" + id; }
std::string version_node(const std::string& model, std::int64_t version) { return fmt::format("version:{}@{}", model, version); }
std::string consumer_node(const std::string& consumer, const std::string& environment) {
    return fmt::format("consumer:{}#{}", consumer, environment);
}

Result<void> add_lineage_edge(SqlWrite& sql, const std::string& source, const std::string& target, const std::string& relation,
                              const std::string& now) {
    // Walked from the target, which is new in nearly every case and leads nowhere.
    TRY_ASSIGN(const bool cycle, lineage_tables::leads_to(sql, target, source));
    if (cycle) {
        return fail(
            Error(ErrorKind::conflict, "lineage-cycle",
                  fmt::format("{} cannot come from {}", printable(target, 300), printable(source, 300)))
                .with_because(source == target ? "nothing comes from itself"
                                               : fmt::format("{} already comes from {}", printable(source, 300), printable(target, 300)))
                .with_fix(fmt::format(
                    "assay lineage shows the way between them; if data was made from a model, give that data a digest of its own")));
    }
    return lineage_tables::add_edge(sql, {source, target, relation}, now);
}

Result<std::string> join_dataset(SqlWrite& sql, const std::vector<std::string>& digests, const std::string& name,
                                 std::optional<std::int64_t> rows, const std::string& now) {
    TRY_ASSIGN(const std::vector<std::string> known, lineage_tables::datasets_of(sql, digests));
    for (const std::string& one : known) {
        for (const std::string& other : known) {
            if (one == other) continue;
            TRY_ASSIGN(const bool derived, lineage_tables::leads_to(sql, dataset_node(one), dataset_node(other)));
            if (!derived) continue;
            return fail(Error(ErrorKind::conflict, "lineage-cycle",
                              fmt::format("the digests of the dataset '{}' belong to two datasets", printable(name, 100)))
                            .with_because(
                                fmt::format("{} was made from {}, so they cannot be the same data", dataset_node(other), dataset_node(one)))
                            .with_fix("check which digest belongs to the data, and give only that one"));
        }
    }
    return lineage_tables::ensure_dataset(sql, digests, name, rows, now);
}

Result<void> record_lineage(SqlWrite& sql, const Manifest& manifest, const std::string& now) {
    const Facts& facts = manifest.facts;
    const std::string run = run_node(facts.run);
    const std::string version = version_node(manifest.model, manifest.version);
    for (const DatasetFact& dataset : facts.datasets) {
        TRY_ASSIGN(const std::string id, join_dataset(sql, dataset.digests(), dataset.name, dataset.rows, now));
        TRY(add_lineage_edge(sql, dataset_node(id), run, dataset.role, now));
    }
    // The version is new, so nothing leads from it yet and these close no cycle.
    TRY(lineage_tables::add_edge(sql, {run, version, "produced"}, now));
    for (const ParentFact& parent : facts.parents) {
        TRY(lineage_tables::add_edge(sql, {version_node(parent.model, parent.version), version, parent.relation}, now));
    }
    return {};
}

}  // namespace assay
