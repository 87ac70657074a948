#include "registry/aliases.hpp"
#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/views.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

namespace assay::v1 {

namespace {

/// If-Match: "2" is the version the alias must point to, If-Match: * any; If-None-Match: * means that it must be new.
Result<AliasPrecondition> precondition_of(const Request& request) {
    AliasPrecondition expected;
    TRY_ASSIGN(const auto if_match, tag_of(request, "If-Match"));
    expected.must_exist = if_match == "*";
    if (if_match && *if_match != "*") {
        expected.points_to = parse_integer(*if_match);
        if (!expected.points_to)
            return fail(ErrorKind::invalid, "invalid-precondition", "If-Match must be the version that the alias points to, such as \"2\"");
    }
    TRY_ASSIGN(const auto if_none_match, tag_of(request, "If-None-Match"));
    if (if_none_match && *if_none_match != "*") return fail(ErrorKind::invalid, "invalid-precondition", "If-None-Match must be * here");
    expected.must_be_new = if_none_match.has_value();
    return expected;
}

Result<VersionRef> version_in(Request& request) {
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    const std::int64_t version = reader.integer("version");
    reader.refuse_unknown();
    if (problems.empty() && version < 1) reader.problem("version", "must be a version number from 1");
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    return VersionRef{VersionRef::Number{version}};
}

Result<Response> list(Context& context, Request& request) {
    TRY(allow_query(request, {"at"}));
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const auto at, time_of(request, "at"));
    TRY_ASSIGN(const auto aliases, at ? list_aliases_at(context.registry, model, *at) : list_aliases(context.registry, model));
    Json items = Json::array();
    for (const AliasView& alias : aliases) items.push_back(view(alias));
    return page_response(request, std::move(items), "");
}

Result<Response> show(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const std::string alias, alias_of(request));
    TRY(allow_query(request, {"at"}));
    TRY_ASSIGN(const auto at, time_of(request, "at"));
    TRY_ASSIGN(const AliasView found, at ? show_alias_at(context.registry, model, alias, *at) : show_alias(context.registry, model, alias));
    Response response = with_etag(request, json_response(200, view(found)), std::to_string(found.row.version));
    response.headers.set("Cache-Control", "no-cache");
    return response;
}

Result<Response> set(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const std::string alias, alias_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const AliasPrecondition expected, precondition_of(request));
    TRY_ASSIGN(const VersionRef ref, version_in(request));
    TRY_ASSIGN(const AliasMove move, set_alias(context.registry, model, alias, ref, expected, actor));
    Response response = json_response(move.previous ? 200 : 201, view(move));
    response.headers.set("ETag", fmt::format("\"{}\"", move.version));
    return response;
}

Result<Response> remove(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const std::string alias, alias_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const AliasPrecondition expected, precondition_of(request));
    TRY(remove_alias(context.registry, model, alias, expected, actor));
    Response response;
    response.status = 204;
    return response;
}

Result<Response> history(Context& context, Request& request) {
    TRY(allow_query(request, {"limit", "cursor"}));
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const std::string alias, alias_of(request));
    TRY_ASSIGN(const Page page, page_of(request));
    TRY_ASSIGN(const std::int64_t before, integer_cursor(page));
    TRY_ASSIGN(auto rows, alias_history(context.registry, model, alias, before, page.limit + 1));
    const bool more = take_next(rows, page);
    Json items = Json::array();
    for (const HistoryRow& row : rows) items.push_back(view(row));
    return page_response(request, std::move(items), more ? std::to_string(rows.back().seq) : "");
}

Result<Response> roll_back(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const std::string alias, alias_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY(empty_body(request));
    TRY_ASSIGN(const AliasMove move, roll_back_alias(context.registry, model, alias, actor));
    return json_response(200, view(move));
}

}  // namespace

void add_alias_routes(Router& router, Context& context) {
    const std::string aliases = "/v1/models/{name}/aliases";
    const std::string alias = aliases + "/{alias}";
    router.add(
        {.method = Method::get, .pattern = aliases, .handle = answering([&context](Request& request) { return list(context, request); })});
    router.add(
        {.method = Method::get, .pattern = alias, .handle = answering([&context](Request& request) { return show(context, request); })});
    router.add({.method = Method::put,
                .pattern = alias,
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return set(context, request); }, Conditions::judged),
                .max_body_bytes = 4096,
                .json_body = true});
    router.add({.method = Method::del,
                .pattern = alias,
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return remove(context, request); }, Conditions::judged)});
    router.add({.method = Method::get, .pattern = alias + "/history", .handle = answering([&context](Request& request) {
                                                                          return history(context, request);
                                                                      })});
    router.add({.method = Method::post,
                .pattern = alias + ":rollback",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return roll_back(context, request); }),
                .max_body_bytes = 1024,
                .json_body = true});
}

}  // namespace assay::v1
