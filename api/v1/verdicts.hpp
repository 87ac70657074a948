#pragma once

#include "api/v1/exchange.hpp"
#include "registry/verdicts.hpp"

// What the questions over the whole registry have in common: filter, order, page, which decisions.

namespace assay::v1 {

/// From `filter`, `order_by`, `limit`, `cursor` and `verdict` ("allow,warn"; `otherwise` without it).
[[nodiscard]] Result<VerdictsQuery> verdicts_query(const Request& request, const std::set<Verdict::Decision>& otherwise);
/// {"items","next_cursor","tally"} and the members of `more`.
[[nodiscard]] Result<Response> verdicts_response(const Request& request, const VerdictsPage& page, Json more);

}  // namespace assay::v1
