#include "registry/facts_of_run.hpp"

#include "registry/logged_models.hpp"
#include "registry/runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <utility>

namespace assay {

namespace {

std::string tag_of(const std::vector<TagRow>& tags, std::string_view key) {
    const auto found = std::ranges::find(tags, key, &TagRow::key);
    return found == tags.end() ? std::string() : found->value;
}

/// What the context of an input is called here.
std::string role_of(const RunDatasetRow& input) {
    const std::string context = tag_of(input.tags, "mlflow.data.context");
    if (context == "eval" || context == "evaluation") return "evaluation";
    if (context == "training" || context == "train") return "training";
    if (context == "validation" || context == "test") return context;
    return context.empty() ? "training" : "other";
}

/// A dataset of the run that became a fact: MLflow's name and digest, and what the fact is called.
struct NamedData {
    std::string name;
    std::string digest;
    std::string fact;
};

bool is_named(const Facts& facts, const std::string& name) {
    return std::ranges::any_of(facts.datasets, [&](const DatasetFact& fact) { return fact.name == name; });
}

/// The hash of all of the data: of this dataset, or of the only one of its name.
std::string hash_of(const RunView& run, const LoggedDatasetRow& dataset) {
    const std::string tag = "assay.dataset." + dataset.name;
    if (const std::string exact = tag_of(run.tags, tag + "." + dataset.digest); !exact.empty()) return exact;
    const auto same = std::ranges::count_if(run.datasets, [&](const RunDatasetRow& other) { return other.dataset.name == dataset.name; });
    return same == 1 ? tag_of(run.tags, tag) : "";
}

std::vector<NamedData> add_datasets(const RunView& run, Facts& facts) {
    std::vector<NamedData> named;
    for (const RunDatasetRow& input : run.datasets) {
        const std::string hash = hash_of(run, input.dataset);
        DatasetFact fact{.role = role_of(input), .name = input.dataset.name, .digest = {}, .table_digest = {}, .rows = {}};
        if (hash.starts_with("ds1:sha256:") && Digest::parse(std::string_view(hash).substr(4))) {
            fact.table_digest = hash;
        } else if (Digest::parse(hash)) {
            fact.digest = hash;
        } else {
            continue;  // a digest of a few rows is kept with the run, and proves nothing
        }
        // Within a version a name means one dataset.
        if (is_named(facts, fact.name)) fact.name = fmt::format("{} ({})", input.dataset.name, fact.role);
        if (is_named(facts, fact.name)) fact.name = fmt::format("{} ({})", input.dataset.name, input.dataset.digest);
        if (is_named(facts, fact.name) || !is_fact_label(fact.name)) continue;
        named.push_back({input.dataset.name, input.dataset.digest, fact.name});
        facts.datasets.push_back(std::move(fact));
    }
    return named;
}

/// The last value of each, by name and by what the fact of the data is called that it was measured on; absent: unknown.
using LastValues = std::map<std::pair<std::string, std::optional<std::string>>, double>;

void add_metric(const RunMetricRow& metric, const std::optional<std::string>& data, LastValues& measured) {
    // MLflow's protocol has the greatest number for an infinity.
    if (!std::isfinite(metric.value) || std::abs(metric.value) == std::numeric_limits<double>::max() || !is_fact_label(metric.name)) return;
    measured[{metric.name, data}] = metric.value;
}

std::optional<std::string> fact_of(const std::vector<NamedData>& named, const LoggedModelMetricRow& metric) {
    const auto exact = std::ranges::find_if(
        named, [&](const NamedData& data) { return data.name == metric.dataset_name && data.digest == metric.dataset_digest; });
    if (exact != named.end()) return exact->fact;
    const auto same = std::ranges::find(named, metric.dataset_name, &NamedData::name);
    const bool only = same != named.end() && std::ranges::count(named, metric.dataset_name, &NamedData::name) == 1;
    return only ? std::optional(same->fact) : std::nullopt;
}

void add_params(const std::vector<RunParamRow>& params, Facts& facts) {
    for (const RunParamRow& param : params)
        if (is_fact_label(param.name)) facts.params[param.name] = param.value;
}

/// What a version can have: the first by name, and the origin says of how many.
void keep_what_fits(const LastValues& measured, Facts& facts) {
    const auto note = [&](const char* what, std::size_t count) {
        facts.origin[what] = fmt::format("the run, of whose {} the first {} are kept", count, max_fact_entries);
    };
    if (measured.size() > max_fact_entries) note("metrics", measured.size());
    for (const auto& [key, value] : measured) {
        if (facts.metrics.size() == max_fact_entries) break;
        facts.metrics.push_back({key.first, value, key.second});
    }
    if (facts.params.size() > max_fact_entries) {
        note("params", facts.params.size());
        facts.params.erase(std::next(facts.params.begin(), max_fact_entries), facts.params.end());
    }
}

}  // namespace

Result<RunFacts> facts_of_run(Registry& registry, const std::string& run, const std::string& logged_model) {
    RunFacts found;
    Facts& facts = found.facts;
    std::vector<NamedData> named;
    LastValues measured;
    if (!run.empty()) {
        const auto view = show_run(registry, run);
        if (!view && view.error().code != "run-not-found") return fail(view.error());
        if (view) {
            found.run = run;
            named = add_datasets(*view, facts);
            for (const RunMetricRow& metric : view->metrics) add_metric(metric, std::nullopt, measured);
            add_params(view->params, facts);
            const auto trained = view->row.ended_at ? view->row.ended_at : view->row.started_at;
            if (trained && *trained > 0) facts.trained_at = time_of_milliseconds(*trained);
            if (const std::string commit = tag_of(view->tags, "mlflow.source.git.commit"); is_fact_label(commit))
                facts.source["git"] = commit;
            for (const char* key : {"mlflow.source.name", "assay.entry_point"})  // ours is without the paths of a machine
                if (const std::string name = tag_of(view->tags, key); is_fact_label(name)) facts.source["entry_point"] = name;
        }
    }
    if (!logged_model.empty()) {
        const auto view = show_logged_model(registry, logged_model);
        if (!view && view.error().code != "logged-model-not-found") return fail(view.error());
        if (view) {
            if (!view->metrics.empty()) measured.clear();
            for (const LoggedModelMetricRow& metric : view->metrics) add_metric(metric.point, fact_of(named, metric), measured);
            add_params(view->params, facts);
            if (!facts.trained_at) facts.trained_at = time_of_milliseconds(view->row.created_at);
        }
    }
    keep_what_fits(measured, facts);
    return found;
}

}  // namespace assay
