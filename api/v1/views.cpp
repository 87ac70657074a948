#include "api/v1/views.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

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

ObjectText without_manifest(const VersionView& version) {
    const VersionRow& row = version.row;
    ObjectText text;
    text.add("model", row.model).add("version", row.version).add("digest", row.digest).add("state", to_string(row.state));
    text.add("created_at", row.created_at).add("description", row.description).add("run", row.run);
    text.add("tags", tags_json(version.tags)).add("aliases", version.aliases);
    return text;
}

Error damaged_manifest(const VersionView& version) {
    return Error(ErrorKind::integrity, "manifest-damaged",
                 fmt::format("the manifest of {}@{} is damaged", printable(version.row.model, 300), version.row.version))
        .with_fix("assay fsck says what else is");
}

/// The releases of what the version uses, out of all that were recorded.
Result<Json> used_libraries(std::string_view facts) {
    Json libraries = Json::object();
    const std::string_view packages = member_text(facts, "uses");
    if (packages.empty()) return libraries;
    const std::string_view recorded = member_text(facts, "libraries");
    TRY_ASSIGN(const Json uses, parse_json(packages));
    for (const Json& package : uses) {
        const auto* name = package.get_ptr<const std::string*>();
        const std::string_view release = name == nullptr ? std::string_view() : member_text(recorded, *name);
        if (release.empty()) continue;
        TRY_ASSIGN(libraries[*name], parse_json(release));
    }
    return libraries;
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

Result<ObjectText> view(const VersionView& version) {
    if (sha256(version.row.manifest).to_string() != version.row.digest) return fail(damaged_manifest(version));
    ObjectText text = without_manifest(version);
    text.add_text("manifest", version.row.manifest);
    return text;
}

Result<ObjectText> list_view(const VersionView& version) {
    ObjectText text = without_manifest(version);
    const std::string_view metrics = member_text(member_text(version.row.manifest, "facts"), "metrics");
    if (metrics.empty()) return fail(damaged_manifest(version));
    text.add_text("metrics", metrics);
    return text;
}

Result<ObjectText> search_view(const VersionView& version) {
    ObjectText text = without_manifest(version);
    const std::string_view facts = member_text(version.row.manifest, "facts");
    if (facts.empty()) return fail(damaged_manifest(version));
    const auto add = [&](std::string_view key, std::string_view without) {
        const std::string_view value = member_text(facts, key);
        text.add_text(key, value.empty() ? without : value);
    };
    add("metrics", "[]");
    add("params", "{}");
    add("trained_at", "null");
    TRY_ASSIGN(const Json libraries, used_libraries(facts));
    text.add("libraries", libraries);
    return text;
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

Json view(const RunView& run, const std::vector<RunMetricRow>& points, const std::vector<std::string>& versions) {
    const auto time = [](const std::optional<std::int64_t>& at) {
        return at ? Json(time_of_milliseconds(*at).to_string()) : Json(nullptr);
    };
    Json metrics = Json::array();
    for (const RunMetricRow& metric : points) {
        metrics.push_back({{"name", metric.name},
                           {"value", metric.value},
                           {"step", metric.step},
                           {"timestamp", time_of_milliseconds(metric.at).to_string()}});
    }
    Json params = Json::object();
    for (const RunParamRow& param : run.params) params[param.name] = param.value;
    return {{"id", run.row.id},
            {"experiment", run.row.experiment_name},
            {"name", run.row.name},
            {"status", run.row.status},
            {"started_at", time(run.row.started_at)},
            {"ended_at", time(run.row.ended_at)},
            {"actor", run.row.actor},
            {"params", params},
            {"metrics", metrics},
            {"versions", versions}};
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
