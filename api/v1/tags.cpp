#include "registry/tags.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"

namespace assay::v1 {

namespace {

/// The version whose tag it is; absent for a tag of the model itself.
Result<std::optional<VersionRef>> owner_of(const Request& request) {
    if (!request.params.contains("ref")) return std::nullopt;
    TRY_ASSIGN(VersionRef ref, ref_of(request));
    return ref;
}

Result<Response> set(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const auto owner, owner_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    const std::string value = reader.string("value");
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    const std::string& key = request.params.at("key");
    TRY(set_tag(context.registry, model, owner, key, value, actor));
    return json_response(200, {{"key", key}, {"value", value}});
}

Result<Response> remove(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const auto owner, owner_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY(remove_tag(context.registry, model, owner, request.params.at("key"), actor));
    Response response;
    response.status = 204;
    return response;
}

}  // namespace

void add_tag_routes(Router& router, Context& context) {
    for (const std::string& pattern :
         {std::string("/v1/models/{name}/tags/{key}"), std::string("/v1/models/{name}/versions/{ref}/tags/{key}")}) {
        router.add({.method = Method::put,
                    .pattern = pattern,
                    .lane = Lane::commit,
                    .handle = answering([&context](Request& request) { return set(context, request); }),
                    .max_body_bytes = 1U << 20U,
                    .json_body = true});
        router.add({.method = Method::del, .pattern = pattern, .lane = Lane::commit, .handle = answering([&context](Request& request) {
                                                                                         return remove(context, request);
                                                                                     })});
    }
}

}  // namespace assay::v1
