#include "clients/cli/listing.hpp"

#include "base/url.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

Result<Listing> list_items(Connection& server, const std::string& target, std::int64_t limit) {
    constexpr std::int64_t page_size = 1000;
    const char separator = target.find('?') == std::string::npos ? '?' : '&';
    Listing listing;
    std::string cursor;
    do {
        const auto have = static_cast<std::int64_t>(listing.items.size());
        const std::int64_t wanted = limit == 0 ? page_size : std::min(page_size, limit - have);
        TRY_ASSIGN(Json page, server.get(fmt::format("{}{}limit={}{}", target, separator, wanted,
                                                     cursor.empty() ? "" : "&cursor=" + encode_component(cursor))));
        for (const Json& item : list_of(page, "items")) listing.items.push_back(item);
        cursor = text_of(page, "next_cursor");
        if (listing.first.is_null()) listing.first = std::move(page);
    } while (!cursor.empty() && (limit == 0 || static_cast<std::int64_t>(listing.items.size()) < limit));
    listing.more = !cursor.empty();
    return listing;
}

}  // namespace assay
