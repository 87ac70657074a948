#include "clients/cpp/registration.hpp"

#include "artifact/media_type.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace assay {

namespace {

Json dataset_to_json(const NewVersion::Dataset& dataset) {
    const bool table = dataset.digest.starts_with("ds1:");
    Json json = {{"role", dataset.role}, {"name", dataset.name}, {table ? "table_digest" : "digest", dataset.digest}};
    if (dataset.rows) json["rows"] = *dataset.rows;
    return json;
}

Result<Json> metric_to_json(const NewVersion::Metric& metric) {
    if (!std::isfinite(metric.value))
        return fail(ErrorKind::invalid, "invalid-metric", fmt::format("the metric {} is {}", printable(metric.name, 100), metric.value));
    Json json = {{"name", metric.name}, {"value", metric.value}};
    if (!metric.dataset.empty()) json["dataset"] = metric.dataset;
    return json;
}

}  // namespace

Result<Json> registration_of(const NewVersion& version, const std::vector<PushedFile>& files) {
    TRY_ASSIGN(const Json environment, parse_json(to_text(version.environment)));
    Json facts = {{"uses", version.uses}, {"libraries", environment["packages"]}, {"datasets", Json::array()}, {"metrics", Json::array()}};
    for (const NewVersion::Dataset& dataset : version.datasets) facts["datasets"].push_back(dataset_to_json(dataset));
    for (const NewVersion::Metric& metric : version.metrics) {
        TRY_ASSIGN(Json json, metric_to_json(metric));
        facts["metrics"].push_back(std::move(json));
    }
    if (!version.environment.platform.empty()) facts["platform"] = version.environment.platform;
    if (!version.trained_at.empty()) facts["trained_at"] = version.trained_at;
    if (!version.params.empty()) facts["params"] = version.params;
    if (!version.source.empty()) facts["source"] = version.source;

    Json registration = {{"files", Json::array()}, {"facts", std::move(facts)}};
    for (const PushedFile& file : files) {
        registration["files"].push_back(
            {{"path", file.path}, {"digest", file.local.digest.to_string()}, {"media_type", media_type_of_name(file.path)}});
    }
    if (!version.tags.empty()) registration["tags"] = version.tags;
    if (!version.aliases.empty()) registration["aliases"] = version.aliases;
    if (!version.description.empty()) registration["description"] = version.description;
    if (version.unchanged == NewVersion::Unchanged::keep) registration["if_changed"] = true;
    return registration;
}

void put_parents(Json& registration, const std::vector<NewVersion::Parent>& parents) {
    for (const NewVersion::Parent& parent : parents) {
        Json json = {{"version", parent.version}};
        if (!parent.relation.empty()) json["relation"] = parent.relation;
        registration["facts"]["parents"].push_back(std::move(json));
    }
}

}  // namespace assay
