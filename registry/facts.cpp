#include "registry/facts.hpp"

#include "base/text.hpp"
#include "registry/dataset_roles.hpp"
#include "registry/environment.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace assay {

namespace {

constexpr std::size_t max_origins = 3 * max_fact_entries;  // one for each library and metric, and some
constexpr std::size_t max_datasets = 1000;
constexpr std::size_t max_parents = 100;
constexpr std::size_t max_text_bytes = 1000;    // one name or label
constexpr std::size_t max_value_bytes = 100'000;  // one parameter's value
constexpr std::int64_t max_json_integer = (std::int64_t{1} << 53) - 1;  // canonical JSON keeps no larger ones

void check_label(JsonReader& reader, std::string_view key, const std::string& text) {
    if (!text.empty() && !is_fact_label(text)) {
        reader.problem(key, fmt::format("must be printable text of at most {} bytes", max_text_bytes));
    }
}

bool too_many(JsonReader& reader, std::string_view key, std::size_t count, std::size_t most) {
    if (count <= most) return false;
    reader.problem(key, fmt::format("has {} entries, at most {} are accepted", count, most));
    return true;
}

std::vector<std::string> read_strings(JsonReader& reader, std::string_view key, std::size_t most) {
    std::vector<std::string> texts;
    const Json* list = reader.optional_array(key);
    if (list == nullptr || too_many(reader, key, list->size(), most)) return texts;
    for (const Json& item : *list) {
        if (!item.is_string() || !is_fact_label(item.get_ref<const std::string&>())) {
            reader.problem(key, "must hold printable texts only");
            return {};
        }
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

std::map<std::string, std::string> read_map(JsonReader& reader, std::string_view key, std::size_t max_bytes,
                                            std::size_t most = max_fact_entries) {
    std::map<std::string, std::string> entries;
    const Json* object = reader.optional_object(key);
    if (object == nullptr || too_many(reader, key, object->size(), most)) return entries;
    for (auto it = object->begin(); it != object->end(); ++it) {
        const std::string where = fmt::format("{}.{}", key, printable(it.key(), 100));
        if (!is_fact_label(it.key())) {
            reader.problem(where, fmt::format("a key must be printable text of at most {} bytes", max_text_bytes));
        } else if (!it->is_string()) {
            reader.problem(where, fmt::format("must be a string, not {}", type_in_words(*it)));
        } else if (it->get_ref<const std::string&>().size() > max_bytes) {
            reader.problem(where, fmt::format("is longer than {} bytes", max_bytes));
        } else {
            entries.emplace(it.key(), it->get<std::string>());
        }
    }
    return entries;
}

void read_libraries(JsonReader& reader, Facts& facts) {
    for (const auto& [name, release] : read_map(reader, "libraries", 256)) {
        const auto package = package_name(name);
        if (!package) {
            reader.problem("libraries." + printable(name, 100), package.error().message);
        } else if (const auto problem = problem_of_release_text(release)) {
            reader.problem("libraries." + name, *problem);
        } else if (!facts.libraries.emplace(*package, release).second) {
            reader.problem("libraries." + name, "is listed twice: package names compare without regard to case, '-', '_' and '.'");
        }
    }
    for (const std::string& name : read_strings(reader, "uses", max_fact_entries)) {
        auto checked = package_name(name);
        if (!checked) {
            reader.problem("uses", checked.error().message);
            continue;
        }
        std::string package = *std::move(checked);
        if (package == "python") continue;  // counts through what it writes, never as a package
        if (std::ranges::find(facts.uses, package) != facts.uses.end()) continue;
        if (!facts.libraries.contains(package)) {
            reader.problem("uses", fmt::format("names '{}', but libraries does not say which release", printable(name, 100)),
                           fmt::format("add \"{}\" to libraries, or leave it out of uses", package));
        }
        facts.uses.push_back(std::move(package));
    }
}

void check_digest(JsonReader& reader, std::string_view key, const std::optional<std::string>& text, std::string_view prefix) {
    if (!text) return;
    if (!text->starts_with(prefix) || !Digest::parse(std::string_view(*text).substr(prefix.size()))) {
        reader.problem(key, fmt::format("must be '{}sha256:' and 64 lowercase hexadecimal digits", prefix));
    }
}

void read_datasets(JsonReader& facts_reader, Facts& facts, Problems& problems) {
    const Json* list = facts_reader.optional_array("datasets");
    if (list == nullptr || too_many(facts_reader, "datasets", list->size(), max_datasets)) return;
    std::set<std::string> names;
    for (std::size_t i = 0; i < list->size(); ++i) {
        JsonReader reader((*list)[i], facts_reader.path_of("datasets", i), problems);
        DatasetFact dataset;
        dataset.role = reader.optional_string("role").value_or("training");
        dataset.name = reader.nonempty_string("name");
        dataset.digest = reader.optional_string("digest");
        dataset.table_digest = reader.optional_string("table_digest");
        dataset.rows = reader.optional_integer("rows");
        reader.refuse_unknown();
        check_label(reader, "name", dataset.name);
        if (std::ranges::find(dataset_roles, dataset.role) == dataset_roles.end()) {
            reader.problem("role", "must be training, evaluation, validation, test or other");
        }
        if (!dataset.digest && !dataset.table_digest) {
            reader.problem("digest", "is missing: a dataset is known by digest (a file's bytes) or table_digest (canonical content)",
                           "assay.dataset_digest(frame or path) computes it");
        }
        check_digest(reader, "digest", dataset.digest, "");
        check_digest(reader, "table_digest", dataset.table_digest, "ds1:");
        if (dataset.rows && *dataset.rows < 0) reader.problem("rows", "cannot be negative");
        if (dataset.rows && *dataset.rows > max_json_integer)
            reader.problem("rows", "is beyond 2^53 - 1, the largest integer that every JSON reader keeps");
        if (!names.insert(dataset.name).second && !dataset.name.empty()) {
            reader.problem("name", fmt::format("'{}' is used by another dataset of this version", printable(dataset.name, 100)));
        }
        facts.datasets.push_back(std::move(dataset));
    }
}

void read_metrics(JsonReader& facts_reader, Facts& facts, Problems& problems) {
    const Json* list = facts_reader.optional_array("metrics");
    if (list == nullptr || too_many(facts_reader, "metrics", list->size(), max_fact_entries)) return;
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t i = 0; i < list->size(); ++i) {
        JsonReader reader((*list)[i], facts_reader.path_of("metrics", i), problems);
        MetricFact metric;
        metric.name = reader.nonempty_string("name");
        metric.value = reader.number("value");
        metric.dataset = reader.optional_string("dataset");
        reader.refuse_unknown();
        check_label(reader, "name", metric.name);
        if (metric.dataset &&
            std::ranges::none_of(facts.datasets, [&](const DatasetFact& dataset) { return dataset.name == *metric.dataset; })) {
            reader.problem("dataset", fmt::format("'{}' is not the name of a dataset of this version", printable(*metric.dataset, 100)));
        }
        if (!seen.emplace(metric.name, metric.dataset.value_or("")).second) reader.problem("name", "is given twice for the same dataset");
        facts.metrics.push_back(std::move(metric));
    }
}

void read_parents(JsonReader& facts_reader, bool from_manifest, Facts& facts, Problems& problems) {
    const Json* list = facts_reader.optional_array("parents");
    if (list == nullptr || too_many(facts_reader, "parents", list->size(), max_parents)) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
        JsonReader reader((*list)[i], facts_reader.path_of("parents", i), problems);
        ParentFact parent;
        parent.relation = reader.optional_string("relation").value_or("derived_from");
        const std::string version = reader.nonempty_string("version");
        if (from_manifest) parent.digest = reader.string("digest");
        reader.refuse_unknown();
        check_label(reader, "relation", parent.relation);
        if (parent.relation.empty()) reader.problem("relation", "cannot be empty");
        const std::size_t at = version.rfind('@');
        const auto number = at == std::string::npos ? std::nullopt : parse_integer(std::string_view(version).substr(at + 1));
        const auto name = model_name(std::string_view(version).substr(0, std::min(at, version.size())));
        if (!number || *number < 1 || !name) {
            if (!version.empty()) reader.problem("version", "must be NAME@NUMBER, such as churn@2");
            continue;
        }
        parent.model = *name;
        parent.version = *number;
        facts.parents.push_back(std::move(parent));
    }
}

}  // namespace

std::vector<std::string> DatasetFact::digests() const {
    std::vector<std::string> all;
    if (digest) all.push_back(*digest);
    if (table_digest) all.push_back(*table_digest);
    return all;
}

bool is_fact_label(std::string_view text) {
    return !text.empty() && text.size() <= max_text_bytes && is_utf8(text) && !has_control_characters(text);
}

Facts read_facts(const Json& value, const std::string& path, bool from_manifest, Problems& problems) {
    JsonReader reader(value, path, problems);
    Facts facts;
    read_libraries(reader, facts);
    facts.platform = reader.optional_string("platform").value_or("");
    check_label(reader, "platform", facts.platform);
    if (const auto text = reader.optional_string("trained_at")) {
        const auto time = Timestamp::parse(*text);
        if (time) {
            facts.trained_at = *time;
        } else {
            reader.problem("trained_at", time.error().message + ": " + time.error().because,
                           time.error().fixes.empty() ? "" : time.error().fixes[0]);
        }
    }
    read_datasets(reader, facts, problems);
    read_metrics(reader, facts, problems);
    facts.params = read_map(reader, "params", max_value_bytes);
    facts.source = read_map(reader, "source", max_text_bytes);
    read_parents(reader, from_manifest, facts, problems);
    facts.origin = read_map(reader, "origin", max_text_bytes, max_origins);
    if (from_manifest) {
        facts.missing = read_strings(reader, "missing", max_fact_entries);
        facts.run = reader.optional_string("run").value_or("");
    }
    reader.refuse_unknown();
    return facts;
}

Json to_json(const Facts& facts) {
    Json json = {{"uses", facts.uses}, {"libraries", facts.libraries}, {"missing", facts.missing}, {"params", facts.params}};
    if (!facts.platform.empty()) json["platform"] = facts.platform;
    if (facts.trained_at) json["trained_at"] = facts.trained_at->to_string();
    if (!facts.source.empty()) json["source"] = facts.source;
    if (!facts.origin.empty()) json["origin"] = facts.origin;
    if (!facts.run.empty()) json["run"] = facts.run;
    Json& datasets = json["datasets"] = Json::array();
    for (const DatasetFact& dataset : facts.datasets) {
        Json item = {{"role", dataset.role}, {"name", dataset.name}};
        if (dataset.digest) item["digest"] = *dataset.digest;
        if (dataset.table_digest) item["table_digest"] = *dataset.table_digest;
        if (dataset.rows) item["rows"] = *dataset.rows;
        datasets.push_back(std::move(item));
    }
    Json& metrics = json["metrics"] = Json::array();
    for (const MetricFact& metric : facts.metrics) {
        Json item = {{"name", metric.name}, {"value", metric.value}};
        if (metric.dataset) item["dataset"] = *metric.dataset;
        metrics.push_back(std::move(item));
    }
    if (!facts.parents.empty()) {
        Json& parents = json["parents"] = Json::array();
        for (const ParentFact& parent : facts.parents) {
            parents.push_back({{"relation", parent.relation}, {"version", parent.name()}, {"digest", parent.digest}});
        }
    }
    return json;
}

}  // namespace assay
