#include "registry/waivers.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/views.hpp"
#include "base/text.hpp"

namespace assay::v1 {

namespace {

Result<Response> grant(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    TRY_ASSIGN(const Waive wanted, read_waive(body));
    TRY_ASSIGN(const WaiverRow row, waive(context.registry, model, ref, wanted, actor));
    return json_response(201, view(row, true));
}

Result<Response> page_of_waivers(Context& context, Request& request, std::vector<WaiverRow> rows, const Page& page) {
    const bool more = take_next(rows, page);
    Json items = Json::array();
    for (const WaiverRow& row : rows) items.push_back(view(row, holds(context.registry, row)));
    return page_response(request, std::move(items), more ? std::to_string(rows.back().id) : "");
}

Result<Response> list_of_version(Context& context, Request& request) {
    TRY(allow_query(request, {"limit", "cursor", "all"}));
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const bool all, flag_of(request, "all"));
    TRY_ASSIGN(const Page page, page_of(request));
    TRY_ASSIGN(const std::int64_t before, integer_cursor(page));
    TRY_ASSIGN(auto rows, list_waivers(context.registry, model, ref, all, before, page.limit + 1));
    return page_of_waivers(context, request, std::move(rows), page);
}

Result<Response> list(Context& context, Request& request) {
    TRY(allow_query(request, {"limit", "cursor", "all"}));
    TRY_ASSIGN(const bool all, flag_of(request, "all"));
    TRY_ASSIGN(const Page page, page_of(request));
    TRY_ASSIGN(const std::int64_t before, integer_cursor(page));
    TRY_ASSIGN(auto rows, list_waivers(context.registry, all, before, page.limit + 1));
    return page_of_waivers(context, request, std::move(rows), page);
}

Result<Response> end(Context& context, Request& request) {
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    const auto id = parse_integer(request.params.at("id"));
    if (!id || *id < 1) return fail(ErrorKind::not_found, "waiver-not-found", "a waiver is named by its number, from 1");
    TRY_ASSIGN(const WaiverRow row, end_waiver(context.registry, *id, actor));
    return json_response(200, view(row, false));
}

}  // namespace

void add_waiver_routes(Router& router, Context& context) {
    const std::string version = "/v1/models/{name}/versions/{ref}";
    router.add({.method = Method::post,
                .pattern = version + ":waive",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return grant(context, request); }),
                .max_body_bytes = 65'536,
                .json_body = true});
    router.add({.method = Method::get, .pattern = version + "/waivers", .handle = answering([&context](Request& request) {
                                                                            return list_of_version(context, request);
                                                                        })});
    router.add({.method = Method::get, .pattern = "/v1/waivers", .handle = answering([&context](Request& request) {
                                                                     return list(context, request);
                                                                 })});
    router.add(
        {.method = Method::del, .pattern = "/v1/waivers/{id}", .lane = Lane::commit, .handle = answering([&context](Request& request) {
                                                                                         return end(context, request);
                                                                                     })});
}

}  // namespace assay::v1
