#include "api/v1/views.hpp"

#include "base/text.hpp"

namespace assay::v1 {

namespace {

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json tags_json(const std::vector<TagRow>& tags) {
    Json json = Json::object();
    for (const TagRow& tag : tags) json[tag.key] = tag.value;
    return json;
}

Json without_manifest(const VersionView& version) {
    const VersionRow& row = version.row;
    return {{"model", row.model},
            {"version", row.version},
            {"digest", row.digest},
            {"state", to_string(row.state)},
            {"created_at", row.created_at},
            {"description", row.description},
            {"tags", tags_json(version.tags)},
            {"aliases", version.aliases},
            {"run", row.run}};
}

/// A version that an alias moved from or to is a number; everything else stays text.
Json history_value(const HistoryRow& row, const std::optional<std::string>& value) {
    if (!value) return nullptr;
    if (row.kind == "alias") {
        if (const auto number = parse_integer(*value)) return *number;
    }
    return *value;
}

}  // namespace

Json view(const ModelView& model) {
    Json aliases = Json::object();
    for (const AliasRow& alias : model.aliases) aliases[alias.alias] = alias.version;
    return {{"name", model.row.name},
            {"description", model.row.description},
            {"created_at", model.row.created_at},
            {"latest_version", or_null(model.latest)},
            {"versions", model.ready_versions},
            {"aliases", aliases},
            {"tags", tags_json(model.tags)}};
}

Result<Json> view(const VersionView& version) {
    Json json = without_manifest(version);
    TRY_ASSIGN(json["manifest"], parse_json(version.row.manifest));
    return json;
}

Result<Json> list_view(const VersionView& version) {
    Json json = without_manifest(version);
    TRY_ASSIGN(const Json manifest, parse_json(version.row.manifest));
    json["metrics"] = manifest.at("facts").at("metrics");
    return json;
}

Result<Json> search_view(const VersionView& version) {
    Json json = without_manifest(version);
    TRY_ASSIGN(const Json manifest, parse_json(version.row.manifest));
    const Json& facts = manifest.at("facts");
    json["metrics"] = facts.value("metrics", Json::array());
    json["params"] = facts.value("params", Json::object());
    json["trained_at"] = facts.value("trained_at", Json(nullptr));
    Json libraries = Json::object();
    const Json recorded = facts.value("libraries", Json::object());
    for (const Json& package : facts.value("uses", Json::array())) {
        const auto release = recorded.find(package.get<std::string>());
        if (release != recorded.end()) libraries[package.get<std::string>()] = *release;
    }
    json["libraries"] = libraries;
    return json;
}

Json view(const AliasView& alias) {
    return {{"alias", alias.row.alias},
            {"version", alias.row.version},
            {"digest", alias.digest},
            {"since", alias.row.since},
            {"by", alias.row.actor}};
}

Json view(const AliasMove& move) { return {{"alias", move.alias}, {"version", move.version}, {"previous", or_null(move.previous)}}; }

Json view(const HistoryRow& row) {
    return {{"at", row.at},
            {"kind", row.kind},
            {"version", or_null(row.version)},
            {"key", row.key},
            {"before", history_value(row, row.before)},
            {"after", history_value(row, row.after)},
            {"actor", row.actor}};
}

Json view(const FetchRow& row) {
    const std::size_t at = row.consumer.rfind('@');
    return {{"consumer", row.consumer.substr(0, at)},
            {"host", at == std::string::npos ? "" : row.consumer.substr(at + 1)},
            {"environment", row.environment.empty() ? Json(nullptr) : Json(row.environment)},
            {"verdict", row.verdict},
            {"first_at", row.first_at},
            {"last_at", row.last_at},
            {"count", row.count}};
}

Result<Json> view(const ProofRow& row) {
    TRY_ASSIGN(Json json, parse_json(row.detail));
    TRY_ASSIGN(json["considered"], parse_json(row.considered));
    json["environment"] = row.environment;
    json["prover"] = row.prover;
    json["by"] = row.actor;
    json["outcome"] = row.outcome;
    json["sample"] = row.sample.empty() ? Json(nullptr) : Json(row.sample);
    json["first_at"] = row.first_at;
    json["last_at"] = row.last_at;
    json["count"] = row.count;
    return json;
}

Json view(const WaiverRow& row, bool holds) {
    return {{"id", row.id},
            {"model", row.model},
            {"version", row.version},
            {"environment", row.environment.empty() ? Json(nullptr) : Json(row.environment)},
            {"why", row.why},
            {"by", row.actor},
            {"created_at", row.created_at},
            {"until", Timestamp{row.until_at}.to_string()},
            {"ended_at", or_null(row.ended_at)},
            {"ended_by", or_null(row.ended_by)},
            {"holds", holds}};
}

Json view(const RunView& run) {
    Json metrics = Json::array();
    for (const RunMetricRow& metric : run.metrics) {
        metrics.push_back({{"name", metric.name}, {"value", metric.value}, {"step", metric.step}, {"timestamp", metric.at}});
    }
    Json params = Json::object();
    for (const RunParamRow& param : run.params) params[param.name] = param.value;
    return {{"id", run.row.id},
            {"experiment", run.row.experiment},
            {"name", run.row.name},
            {"status", run.row.status},
            {"started_at", run.row.started_at},
            {"ended_at", or_null(run.row.ended_at)},
            {"actor", run.row.actor},
            {"params", params},
            {"metrics", metrics},
            {"versions", run.versions}};
}

Json view(const LineageGraph& graph) {
    Json nodes = Json::array();
    for (const LineageNode& node : graph.nodes) {
        nodes.push_back({{"id", node.id}, {"kind", node.kind}, {"label", node.label}, {"detail", node.detail}, {"state", node.state}});
    }
    Json edges = Json::array();
    for (const LineageEdge& edge : graph.edges) edges.push_back({{"from", edge.from}, {"to", edge.to}, {"relation", edge.relation}});
    return {{"of", graph.of}, {"truncated", graph.truncated}, {"nodes", nodes}, {"edges", edges}};
}

}  // namespace assay::v1
