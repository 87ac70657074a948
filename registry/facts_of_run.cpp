#include "registry/facts_of_run.hpp"

#include "registry/logged_models.hpp"
#include "registry/runs.hpp"

#include <algorithm>
#include <cmath>

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

void add_datasets(const RunView& run, Facts& facts) {
    for (const RunDatasetRow& input : run.datasets) {
        const std::string digest = tag_of(run.tags, "assay.dataset." + input.dataset.name);
        DatasetFact fact{.role = role_of(input), .name = input.dataset.name, .digest = {}, .table_digest = {}, .rows = {}};
        if (digest.starts_with("ds1:sha256:")) {
            fact.table_digest = digest;
        } else if (Digest::parse(digest)) {
            fact.digest = digest;
        } else {
            continue;  // a digest of a few rows is kept with the run, and proves nothing
        }
        facts.datasets.push_back(std::move(fact));
    }
}

void add_metric(const RunMetricRow& metric, const std::string& dataset, Facts& facts) {
    if (!std::isfinite(metric.value)) return;
    std::erase_if(facts.metrics, [&](const MetricFact& fact) { return fact.name == metric.name && fact.dataset.value_or("") == dataset; });
    const bool named = std::ranges::any_of(facts.datasets, [&](const DatasetFact& fact) { return fact.name == dataset; });
    facts.metrics.push_back({metric.name, metric.value, named ? std::optional(dataset) : std::nullopt});
}

}  // namespace

Result<RunFacts> facts_of_run(Registry& registry, const std::string& run, const std::string& logged_model) {
    RunFacts found;
    Facts& facts = found.facts;
    if (!run.empty()) {
        const auto view = show_run(registry, run);
        if (!view && view.error().code != "run-not-found") return fail(view.error());
        if (view) {
            found.run = run;
            add_datasets(*view, facts);
            for (const RunMetricRow& metric : view->metrics) add_metric(metric, "", facts);
            for (const RunParamRow& param : view->params) facts.params[param.name] = param.value;
            const auto trained = view->row.ended_at ? view->row.ended_at : view->row.started_at;
            if (trained && *trained > 0) facts.trained_at = time_of_milliseconds(*trained);
            if (const std::string commit = tag_of(view->tags, "mlflow.source.git.commit"); !commit.empty()) facts.source["git"] = commit;
            for (const char* key : {"mlflow.source.name", "assay.entry_point"})  // ours is without the paths of a machine
                if (const std::string name = tag_of(view->tags, key); !name.empty()) facts.source["entry_point"] = name;
        }
    }
    if (!logged_model.empty()) {
        const auto view = show_logged_model(registry, logged_model);
        if (!view && view.error().code != "logged-model-not-found") return fail(view.error());
        if (view) {
            if (!view->metrics.empty()) facts.metrics.clear();
            for (const LoggedModelMetricRow& metric : view->metrics) add_metric(metric.point, metric.dataset_name, facts);
            for (const RunParamRow& param : view->params) facts.params[param.name] = param.value;
            if (!facts.trained_at) facts.trained_at = time_of_milliseconds(view->row.created_at);
        }
    }
    return found;
}

}  // namespace assay
