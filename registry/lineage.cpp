#include "registry/lineage.hpp"

#include "base/text.hpp"
#include "registry/manifest.hpp"
#include "registry/names.hpp"
#include "registry/record_lineage.hpp"
#include "registry/versions.hpp"
#include "storage/tables/lineage.hpp"
#include "storage/tables/runs.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_set>

namespace assay {

namespace {

Error not_a_node(std::string_view text) {
    return Error(ErrorKind::invalid, "invalid-lineage-node", fmt::format("'{}' names nothing in the lineage", printable(text, 200)))
        .with_fix("write version:NAME@3, version:NAME@production, dataset:sha256:…, dataset:ds1:sha256:… or run:ID");
}

std::string_view after(std::string_view text, std::string_view prefix) { return text.substr(prefix.size()); }

bool is_dataset_digest(std::string_view text) {
    if (text.starts_with("ds1:")) text.remove_prefix(4);
    return Digest::parse(text).has_value();
}

/// The node's one id in the graph.
Result<std::string> find_node(SqlSession& sql, std::string_view text) {
    if (text.starts_with("version:")) {
        const std::string_view rest = after(text, "version:");
        const std::size_t at = rest.find('@');
        TRY_ASSIGN(const std::string model, model_name(rest.substr(0, at)));
        std::string ref = at == std::string_view::npos ? "@latest" : std::string(rest.substr(at + 1));
        const bool alias = !ref.starts_with("sha256:") && !parse_integer(ref) && !ref.starts_with('@');
        if (alias) ref.insert(0, 1, '@');
        TRY_ASSIGN(const VersionRef version, VersionRef::parse(ref));
        TRY_ASSIGN(const VersionRow row, resolve(sql, model, version));
        return version_node(row.model, row.version);
    }
    if (text.starts_with("dataset:")) {
        const std::string digest(after(text, "dataset:"));
        if (!is_dataset_digest(digest)) return fail(not_a_node(text));
        TRY_ASSIGN(const auto dataset, lineage_tables::find_dataset(sql, digest));
        if (!dataset) return fail(ErrorKind::not_found, "dataset-not-found", fmt::format("no version names the dataset {}", digest));
        return dataset_node(dataset->id);
    }
    if (text.starts_with("run:")) {
        const std::string id(after(text, "run:"));
        TRY_ASSIGN(const auto run, runs::find(sql, id));
        if (!run) return fail(ErrorKind::not_found, "run-not-found", fmt::format("there is no run '{}'", printable(id, 100)));
        return run_node(id);
    }
    return fail(not_a_node(text));
}

Result<LineageNode> describe_version_node(SqlSession& sql, const std::string& id) {
    LineageNode node{id, "version", std::string(after(id, "version:")), "", ""};
    const std::size_t at = node.label.rfind('@');
    const auto number = parse_integer(std::string_view(node.label).substr(at + 1));
    if (!number) return node;
    TRY_ASSIGN(const auto row, versions::find(sql, node.label.substr(0, at), *number));
    if (!row) {
        node.detail = "not in this registry";  // a parent whose manifest was lost before a rebuild
        return node;
    }
    const VersionRow& found = *row;
    node.state = to_string(found.state);
    TRY_ASSIGN(const Manifest manifest, read_manifest(found.manifest));
    std::vector<std::string> details;
    if (!manifest.facts.metrics.empty()) {
        details.push_back(fmt::format("{} {:.4g}", manifest.facts.metrics.front().name, manifest.facts.metrics.front().value));
    }
    if (const auto release = manifest.facts.libraries.find("scikit-learn"); release != manifest.facts.libraries.end()) {
        details.push_back("scikit-learn " + release->second);
    }
    details.push_back(found.created_at.substr(0, 10));
    node.detail = join(details, " · ");
    return node;
}

Result<LineageNode> describe_node(SqlSession& sql, const std::string& id) {
    if (id.starts_with("version:")) return describe_version_node(sql, id);
    if (id.starts_with("dataset:")) {
        LineageNode node{id, "dataset", std::string(after(id, "dataset:")), "", ""};
        TRY_ASSIGN(const auto dataset, lineage_tables::find_dataset(sql, node.label));
        if (!dataset) return node;
        const std::string digest = dataset->id.substr(dataset->id.rfind(':') + 1, 12);
        node.label = dataset->name;
        node.detail = dataset->rows ? fmt::format("{} · {}", counted(static_cast<std::uint64_t>(*dataset->rows), "row"), digest) : digest;
        return node;
    }
    if (id.starts_with("run:")) {
        LineageNode node{id, "run", id.substr(4, 8), "", ""};
        TRY_ASSIGN(const auto run, runs::find(sql, id.substr(4)));
        if (!run) return node;
        if (!run->name.empty()) node.label = run->name;
        node.detail = run->experiment_name;
        if (run->started_at) node.detail += " · " + time_of_milliseconds(*run->started_at).to_string().substr(0, 10);
        return node;
    }
    LineageNode node{id, "consumer", std::string(after(id, "consumer:")), "", ""};
    const std::size_t hash = node.label.rfind('#');
    const std::string environment = node.label.substr(hash + 1);
    node.label.resize(hash);
    node.detail = environment.empty() ? "no environment named" : "environment " + environment.substr(7, 12);
    return node;
}

Result<std::vector<std::string>> walk(SqlSession& sql, const std::string& start, const LineageQuery& query) {
    using lineage_tables::Direction;
    std::vector<std::string> nodes;
    std::unordered_set<std::string> seen;
    for (const auto& [wanted, direction] :
         {std::pair{LineageDirection::up, Direction::up}, std::pair{LineageDirection::down, Direction::down}}) {
        if (query.direction != LineageDirection::both && query.direction != wanted) continue;
        // One more than wanted tells whether something was left out.
        TRY_ASSIGN(const auto reached, lineage_tables::reachable(sql, start, direction, query.depth, query.limit + 1));
        for (const std::string& node : reached) {
            if (seen.insert(node).second) nodes.push_back(node);
        }
    }
    return nodes;
}

/// A consumer who was only ever refused is marked so.
void mark_refused(LineageGraph& graph) {
    std::set<std::string> fetched;
    std::set<std::string> refused;
    for (const LineageEdge& edge : graph.edges) {
        if (edge.relation == "fetched") fetched.insert(edge.to);
        if (edge.relation == "refused") refused.insert(edge.to);
    }
    for (LineageNode& node : graph.nodes) {
        if (refused.contains(node.id) && !fetched.contains(node.id)) node.state = "refused";
    }
}

}  // namespace

Result<LineageGraph> lineage(Registry& registry, const LineageQuery& query) {
    return registry.database.read([&](SqlSession& sql) -> Result<LineageGraph> {
        LineageGraph graph;
        TRY_ASSIGN(graph.of, find_node(sql, query.of));
        TRY_ASSIGN(std::vector<std::string> ids, walk(sql, graph.of, query));
        graph.truncated = static_cast<std::int64_t>(ids.size()) > query.limit;
        if (graph.truncated) ids.resize(static_cast<std::size_t>(query.limit));

        const std::unordered_set<std::string> shown(ids.begin(), ids.end());
        for (const std::string& id : ids) {
            TRY_ASSIGN(LineageNode node, describe_node(sql, id));
            graph.nodes.push_back(std::move(node));
            TRY_ASSIGN(const auto edges, lineage_tables::edges_from(sql, id));
            for (const EdgeRow& edge : edges) {
                if (shown.contains(edge.target)) graph.edges.push_back({edge.source, edge.target, edge.relation});
            }
        }
        mark_refused(graph);
        return graph;
    });
}

Result<void> derive_dataset(Registry& registry, const std::string& from, const std::string& to, const std::string& name,
                            const std::string& relation) {
    if (!to.starts_with("dataset:") || !is_dataset_digest(after(to, "dataset:"))) {
        return fail(not_a_node(to).with_because(
            "only a dataset can be recorded as derived; versions record their parents when they are registered"));
    }
    const std::string digest(after(to, "dataset:"));
    if (!from.starts_with("version:") && !from.starts_with("dataset:")) {
        return fail(not_a_node(from).with_because("a dataset is made from a version or from another dataset"));
    }
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY_ASSIGN(const std::string source, find_node(sql, from));
        const std::string now = registry.now();
        TRY_ASSIGN(const std::string dataset,
                   lineage_tables::ensure_dataset(sql, {digest}, name.empty() ? digest.substr(digest.rfind(':') + 1, 12) : name,
                                                  std::nullopt, now));
        return add_lineage_edge(sql, source, dataset_node(dataset), relation, now);
    });
}

}  // namespace assay
