#pragma once

#include "registry/filter.hpp"
#include "registry/registry.hpp"
#include "storage/records.hpp"
#include "storage/sql/database.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace assay {

// Experiments, runs, logged models, models and versions by what people ask of them. A term is one comparison; all must hold. How terms are
// written is for the API to say.

enum class Searched { experiments, runs, logged_models, models, versions };

enum class TermKind { attribute, metric, param, tag, dataset };

/// Data that a metric of a logged model was measured on: any digest, or any name, where one is absent.
struct MeasuredOn {
    std::optional<std::string> name;
    std::optional<std::string> digest;
};

struct SearchTerm {
    TermKind kind = TermKind::attribute;
    std::string name;  ///< of an attribute: its column (see tracking_search.cpp); of a dataset: name, digest or context
    FilterOperator op = FilterOperator::equal;
    std::vector<SqlValue> values;
    bool or_missing = false;  ///< of `=` and `!=`: what has no such value passes too
    std::string prefix = {};  ///< stands before the value that is compared, as a scheme before a folder
};

struct SearchOrder {
    TermKind kind = TermKind::attribute;
    std::string name;
    bool descending = false;
    MeasuredOn on = {};  ///< of a metric of logged models
};

struct TrackingQuery {
    Searched what = Searched::runs;
    std::vector<std::int64_t> experiments;  ///< of runs and logged models
    bool active = true;                     ///< which states
    bool deleted = false;
    std::vector<SearchTerm> terms;
    std::vector<MeasuredOn> measured_on;  ///< of logged models: on one of them, each metric of a term, or any metric; empty: on whatever
    std::vector<SearchOrder> order;  ///< then the usual one of what is searched
    struct Place {
        SqlValues id;
        SqlValues keys;
    };
    std::optional<Place> after;  ///< the last of the page before
    std::int64_t limit = 100;
    std::chrono::milliseconds patience = std::chrono::seconds(20);
};

/// The ids in order: number of an experiment, id of a run or logged model, name of a model, name and number of a version. `invalid`, code
/// "unknown-key", for a column that there is none of, "search-too-costly" when `patience` ran out.
[[nodiscard]] Result<std::vector<TrackingQuery::Place>> search_tracking(SqlSession& sql, const TrackingQuery& query);

}  // namespace assay
