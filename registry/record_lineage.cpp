#include "registry/record_lineage.hpp"

#include "base/text.hpp"
#include "storage/tables/lineage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_map>

namespace assay {

namespace {

constexpr std::size_t max_searched = 10'000;  // nodes; a way that is longer to find is not told

/// The nodes of a shortest way downstream, both ends included; empty when it is too long to find.
Result<std::vector<std::string>> way_between(SqlSession& sql, const std::string& from, const std::string& to) {
    std::unordered_map<std::string, std::string> reached_from = {{from, ""}};
    std::deque<std::string> waiting = {from};
    while (!waiting.empty() && !reached_from.contains(to) && reached_from.size() < max_searched) {
        const std::string node = std::move(waiting.front());
        waiting.pop_front();
        TRY_ASSIGN(const auto edges, lineage_tables::edges_from(sql, node));
        for (const EdgeRow& edge : edges) {
            if (reached_from.emplace(edge.target, node).second) waiting.push_back(edge.target);
        }
    }
    std::vector<std::string> way;
    if (!reached_from.contains(to)) return way;
    for (std::string node = to; !node.empty(); node = reached_from.at(node)) way.push_back(node);
    std::ranges::reverse(way);
    return way;
}

/// "a → b → c"; the middle of a long way is counted.
std::string in_words(const std::vector<std::string>& way) {
    constexpr std::size_t shown = 6;  // at each end
    std::string text;
    for (std::size_t i = 0; i < way.size(); ++i) {
        if (!text.empty()) text += " → ";
        if (way.size() > 2 * shown + 1 && i == shown) {
            text += fmt::format("({} more)", way.size() - 2 * shown);
            i = way.size() - shown - 1;
            continue;
        }
        text += printable(way[i], 300);
    }
    return text;
}

}  // namespace

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
        Error error(ErrorKind::conflict, "lineage-cycle",
                    fmt::format("{} cannot come from {}", printable(target, 300), printable(source, 300)));
        if (source == target) return fail(std::move(error).with_because("nothing comes from itself"));
        TRY_ASSIGN(const std::vector<std::string> way, way_between(sql, target, source));
        error.because = fmt::format("{} already comes from {}", printable(source, 300), printable(target, 300));
        if (way.size() > 2) error.because += ": " + in_words(way);
        return fail(std::move(error).with_fix("if data was made from a model, give that data a digest of its own"));
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
