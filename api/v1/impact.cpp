#include "registry/impact.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/verdicts.hpp"

namespace assay::v1 {

namespace {

/// One release that versions were made with, and what the rules say of the move.
Json view(const ReleaseImpact& release) {
    const Verdict& verdict = release.verdict;
    const Conflict* reason = !verdict.conflicts.empty()  ? &verdict.conflicts.front()
                             : !verdict.warnings.empty() ? &verdict.warnings.front()
                                                         : nullptr;
    return {{"recorded", release.recorded},
            {"versions", release.versions},
            {"verdict", to_string(verdict.decision)},
            {"effect", reason == nullptr ? Json(nullptr) : Json(to_string(reason->effect))},
            {"rule", reason == nullptr ? Json(nullptr) : Json(reason->rule)},
            {"because", reason == nullptr ? Json(nullptr) : Json(reason->because)}};
}

Result<Response> ask(Context& context, Request& request) {
    TRY(allow_query(request, {"package", "release", "filter", "order_by", "verdict", "limit", "cursor"}));
    Problems problems;
    for (const char* needed : {"package", "release"}) {
        if (!request.query.contains(needed))
            problems.push_back({std::string("?") + needed, "is required", "such as ?package=scikit-learn&release=1.9.1"});
    }
    TRY(refuse_if_any(problems, "invalid-request", "the question names no package and release"));
    TRY_ASSIGN(const VerdictsQuery query, verdicts_query(request, {Verdict::Decision::refuse, Verdict::Decision::warn}));
    const std::string& release = request.query.at("release");
    TRY_ASSIGN(const Impact found, impact(context.registry, request.query.at("package"), release, query));
    Json releases = Json::array();
    for (const ReleaseImpact& one : found.releases) releases.push_back(view(one));
    TRY_ASSIGN(const std::string package, package_name(request.query.at("package")));
    return verdicts_response(request, found.page, {{"package", package}, {"release", release}, {"releases", std::move(releases)}});
}

}  // namespace

void add_impact_routes(Router& router, Context& context) {
    router.add({.method = Method::get, .pattern = "/v1/impact", .lane = Lane::search, .handle = answering([&context](Request& request) {
                                                                                          return ask(context, request);
                                                                                      })});
}

}  // namespace assay::v1
