#include "registry/models.hpp"
#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/views.hpp"
#include "base/crypto.hpp"
#include "registry/runs.hpp"

namespace assay::v1 {

namespace {

Result<Response> list(Context& context, Request& request) {
    TRY(allow_query(request, {"limit", "cursor", "contains"}));
    TRY_ASSIGN(const Page page, page_of(request));
    const auto contains = request.query.find("contains");
    TRY_ASSIGN(auto models,
               list_models(context.registry, page.cursor, contains == request.query.end() ? "" : contains->second, page.limit + 1));
    const bool more = take_next(models, page);
    Json items = Json::array();
    for (const ModelView& model : models) items.push_back(view(model));
    return page_response(request, std::move(items), more ? models.back().row.name : "");
}

Result<Response> show(Context& context, Request& request) {
    TRY_ASSIGN(const std::string name, model_of(request));
    TRY_ASSIGN(const ModelView model, show_model(context.registry, name));
    const Json json = view(model);
    return with_etag(request, json_response(200, json), sha256(to_text(json)).to_string());
}

Result<Response> describe(Context& context, Request& request) {
    TRY_ASSIGN(const std::string name, model_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    const std::string text = reader.string("description");
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    TRY_ASSIGN(const ModelView model, describe_model(context.registry, name, text, actor));
    return json_response(200, view(model));
}

Result<Response> history(Context& context, Request& request) {
    TRY(allow_query(request, {"limit", "cursor"}));
    TRY_ASSIGN(const std::string name, model_of(request));
    TRY_ASSIGN(const Page page, page_of(request));
    TRY_ASSIGN(const std::int64_t before, integer_cursor(page));
    TRY_ASSIGN(auto rows, model_history(context.registry, name, before, page.limit + 1));
    const bool more = take_next(rows, page);
    Json items = Json::array();
    for (const HistoryRow& row : rows) items.push_back(view(row));
    return page_response(request, std::move(items), more ? std::to_string(rows.back().seq) : "");
}

Result<Response> run(Context& context, Request& request) {
    const std::string& id = request.params.at("id");
    TRY_ASSIGN(const RunView found, show_run(context.registry, id));
    TRY_ASSIGN(const auto points, run_points(context.registry, id));
    TRY_ASSIGN(const auto versions, versions_of_run(context.registry, id));
    return json_response(200, view(found, points, versions));
}

}  // namespace

void add_model_routes(Router& router, Context& context) {
    router.add({.method = Method::get, .pattern = "/v1/models", .handle = answering([&context](Request& request) {
                                                                    return list(context, request);
                                                                })});
    router.add({.method = Method::get, .pattern = "/v1/models/{name}", .handle = answering([&context](Request& request) {
                                                                           return show(context, request);
                                                                       })});
    router.add({.method = Method::patch,
                .pattern = "/v1/models/{name}",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return describe(context, request); }),
                .max_body_bytes = max_json_bytes,
                .json_body = true});
    router.add({.method = Method::get, .pattern = "/v1/models/{name}/history", .handle = answering([&context](Request& request) {
                                                                                   return history(context, request);
                                                                               })});
    router.add({.method = Method::get, .pattern = "/v1/runs/{id}", .handle = answering([&context](Request& request) {
                                                                       return run(context, request);
                                                                   })});
}

}  // namespace assay::v1
