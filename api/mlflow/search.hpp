#pragma once

#include "base/json.hpp"
#include "registry/tracking_search.hpp"

#include <string>
#include <string_view>
#include <vector>

// MLflow's filter strings and orders, as terms of a search. Source: MLflow 3.17, mlflow/utils/search_utils.py: comparisons joined by AND,
// no OR, no parentheses, no NOT.

namespace assay::mlflow {

/// What `filter` and `order_by` ask; refused in MLflow's words.
[[nodiscard]] Result<void> read_search(Searched what, const std::string& filter, const std::vector<std::string>& order_by,
                                       TrackingQuery& query);

/// The words of an enum ViewType, from 1.
inline constexpr std::string_view view_types[] = {"ACTIVE_ONLY", "DELETED_ONLY", "ALL"};
/// Which states such a word means; without one, what is active.
void read_view_type(const std::string& word, TrackingQuery& query);

/// The page of a request: `page_token` and one more than the limit, which tells whether there are more. A token belongs to its question.
[[nodiscard]] Result<void> read_page(const std::string& page_token, std::int64_t limit, TrackingQuery& query);
/// The token for the next page, when there is one: takes the place too many away. Empty: this was the last.
[[nodiscard]] std::string next_page(std::vector<TrackingQuery::Place>& places, const TrackingQuery& query);

/// `max_results` of a request: refused above `most` and below 1 as MLflow refuses it.
[[nodiscard]] Result<std::int64_t> max_results_of(const Json& read, std::int64_t otherwise, std::int64_t most);

/// An error of a search in their words.
[[nodiscard]] std::unexpected<Error> search_error(Error error);

}  // namespace assay::mlflow
