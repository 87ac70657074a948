#include "clients/cli/listing.hpp"

#include "base/url.hpp"
#include "clients/cpp/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace assay {

namespace {

constexpr std::int64_t page_size = 1000;

/// Asks for page after page.
Result<Listing> collect(std::int64_t limit, const std::function<Result<Json>(std::int64_t wanted, const std::string& cursor)>& ask) {
    Listing listing;
    std::string cursor;
    do {
        const auto have = static_cast<std::int64_t>(listing.items.size());
        TRY_ASSIGN(Json page, ask(limit == 0 ? page_size : std::min(page_size, limit - have), cursor));
        for (const Json& item : list_of(page, "items")) listing.items.push_back(item);
        const Json& next = member(page, "next_cursor");
        cursor = next.is_string() ? next.get<std::string>() : "";
        if (listing.first.is_null()) listing.first = std::move(page);
    } while (!cursor.empty() && (limit == 0 || static_cast<std::int64_t>(listing.items.size()) < limit));
    listing.more = !cursor.empty();
    return listing;
}

}  // namespace

Result<Listing> list_items(Connection& server, const std::string& target, std::int64_t limit) {
    const char separator = target.find('?') == std::string::npos ? '?' : '&';
    return collect(limit, [&](std::int64_t wanted, const std::string& cursor) {
        const std::string from = cursor.empty() ? "" : "&cursor=" + encode_component(cursor);
        return server.get(fmt::format("{}{}limit={}{}", target, separator, wanted, from));
    });
}

Result<Listing> list_answers(Connection& server, const std::string& target, Json question, std::int64_t limit) {
    return collect(limit, [&](std::int64_t wanted, const std::string& cursor) {
        question["limit"] = wanted;
        if (!cursor.empty()) question["cursor"] = cursor;
        return server.ask(target, question);
    });
}

}  // namespace assay
