#include "registry/search.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/views.hpp"

namespace assay::v1 {

namespace {

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
    Json items = Json::array();
    for (const VersionView& version : found.versions) {
        TRY_ASSIGN(Json item, search_view(version));
        items.push_back(std::move(item));
    }
    return page_response(request, std::move(items), found.next);
}

}  // namespace

void add_search_routes(Router& router, Context& context) {
    router.add({.method = Method::get, .pattern = "/v1/search", .handle = answering([&context](Request& request) {
                                                                    return find(context, request);
                                                                })});
}

}  // namespace assay::v1
