#include "registry/search.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/views.hpp"
#include "base/text.hpp"

namespace assay::v1 {

namespace {

Result<std::vector<ObjectText>> items_of(const SearchPage& found) {
    std::vector<ObjectText> items;
    items.reserve(found.versions.size());
    for (const VersionView& version : found.versions) {
        TRY_ASSIGN(ObjectText item, search_view(version));
        items.push_back(std::move(item));
    }
    return items;
}

/// The question in the body: a filter may be longer than a target can be.
Result<Response> find_long(Context& context, Request& request) {
    TRY(allow_query(request, {}));
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    SearchQuery query{.filter = reader.optional_string("filter").value_or(""),
                      .order_by = reader.optional_string("order_by").value_or(""),
                      .cursor = "",
                      .limit = reader.optional_integer("limit").value_or(100)};
    const auto cursor = reader.optional_string("cursor");
    if (query.limit < 1 || query.limit > 1000) reader.problem("limit", "must be a number from 1 to 1000");
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    if (cursor) {
        TRY_ASSIGN(query.cursor, cursor_text(*cursor));
    }
    TRY_ASSIGN(const SearchPage found, search(context.registry, query));
    TRY_ASSIGN(const auto items, items_of(found));
    return json_text_response(200, page_text(items, found.next).text());
}

Result<Response> find(Context& context, Request& request) {
    TRY(allow_query(request, {"filter", "order_by", "limit", "cursor"}));
    TRY_ASSIGN(const Page page, page_of(request));
    const auto parameter = [&](const char* name) {
        const auto found = request.query.find(name);
        return found == request.query.end() ? std::string() : found->second;
    };
    TRY_ASSIGN(const SearchPage found,
               search(context.registry,
                      {.filter = parameter("filter"), .order_by = parameter("order_by"), .cursor = page.cursor, .limit = page.limit}));
    TRY_ASSIGN(const auto items, items_of(found));
    return page_response(request, items, found.next);
}

}  // namespace

void add_search_routes(Router& router, Context& context) {
    router.add({.method = Method::get, .pattern = "/v1/search", .lane = Lane::search, .handle = answering([&context](Request& request) {
                                                                                          return find(context, request);
                                                                                      })});
    router.add({.method = Method::post,
                .pattern = "/v1/search",
                .lane = Lane::search,
                .handle = answering([&context](Request& request) { return find_long(context, request); }),
                .max_body_bytes = std::uint64_t{1} << 20U,
                .json_body = true});
}

}  // namespace assay::v1
