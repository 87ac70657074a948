#include "registry/runnable.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/verdicts.hpp"

namespace assay::v1 {

namespace {

Result<Response> ask(Context& context, Request& request) {
    TRY(allow_query(request, {"environment", "filter", "order_by", "verdict", "limit", "cursor"}));
    const auto named = request.query.find("environment");
    const auto digest = Digest::parse(named == request.query.end() ? "" : named->second);
    if (!digest) {
        return fail(
            Error(ErrorKind::invalid, "invalid-environment", "the question names no environment")
                .with_problems({{"?environment", "must be sha256:… of a known environment", "PUT it to /v1/environments/sha256:… first"}}));
    }
    TRY_ASSIGN(const VerdictsQuery query, verdicts_query(request, {Verdict::Decision::allow, Verdict::Decision::warn}));
    TRY_ASSIGN(const VerdictsPage page, runnable(context.registry, *digest, query));
    return verdicts_response(request, page, {{"environment", digest->to_string()}});
}

}  // namespace

void add_runnable_routes(Router& router, Context& context) {
    router.add({.method = Method::get, .pattern = "/v1/runnable", .lane = Lane::search, .handle = answering([&context](Request& request) {
                                                                                            return ask(context, request);
                                                                                        })});
}

}  // namespace assay::v1
