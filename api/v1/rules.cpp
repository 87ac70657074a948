#include "registry/rules.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "registry/rules_in_force.hpp"

namespace assay::v1 {

namespace {

Result<Response> show(Context& context, Request& request) {
    const auto rules = context.registry.rules.get();
    return with_etag(request, json_response(200, to_json(*rules)), rules->digest.to_string());
}

Result<Response> replace(Context& context, Request& request) {
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    TRY_ASSIGN(const RuleSet rules, read_rules(body));
    TRY(import_rules(context.registry, rules, actor));
    return json_response(200, {{"name", rules.name}, {"rules", rules.rules.size()}, {"digest", rules.digest.to_string()}});
}

}  // namespace

void add_rule_routes(Router& router, Context& context) {
    router.add({.method = Method::get, .pattern = "/v1/rules", .handle = answering([&context](Request& request) {
                                                                   return show(context, request);
                                                               })});
    router.add({.method = Method::put,
                .pattern = "/v1/rules",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return replace(context, request); }),
                .max_body_bytes = max_json_bytes,
                .json_body = true});
}

}  // namespace assay::v1
