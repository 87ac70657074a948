#pragma once

#include "clients/cpp/connection.hpp"

#include <cstdint>
#include <string>

namespace assay {

/// The beginning of a paged collection.
struct Listing {
    Json first;  ///< the first page, for what it says beside its items
    Json items = Json::array();
    bool more = false;  ///< there are more items than were wanted
};

/// Up to `limit` items (0: all) of `target`, page by page.
[[nodiscard]] Result<Listing> list_items(Connection& server, const std::string& target, std::int64_t limit);
/// The same of a question that is asked by POST, with limit and cursor among its members.
[[nodiscard]] Result<Listing> list_answers(Connection& server, const std::string& target, Json question, std::int64_t limit);

}  // namespace assay
