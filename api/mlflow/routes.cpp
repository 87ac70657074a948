#include "api/mlflow/routes.hpp"

#include "api/mlflow/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace assay::mlflow {

namespace {

constexpr std::uint64_t max_json_bytes = std::uint64_t{16} << 20U;

struct Refused {
    std::string_view word;  ///< of the path
    std::string_view why;
};
constexpr std::string_view language_models =
    "it keeps models, and nothing of language models in use. A tracking server of MLflow beside it can: mlflow.set_tracking_uri(...)";
/// What is refused by design, and what there is instead.
constexpr auto refused_by_design = std::to_array<Refused>({
    {"/webhooks",
     "it calls no other server. What has changed is asked: GET /v1/models/NAME/history, or MlflowClient.search_model_versions"},
    {"/graphql", "only the page of MLflow's own server asks it. This server has its own page at /, and the REST API says the same"},
    {"/workspaces",
     "it has one workspace, and all that it keeps is in it. Another server, or names such as 'team.churn', keep things apart"},
    {"/traces", language_models},
    {"/gateway", language_models},
    {"/scorer", language_models},
    {"/genai", language_models},
    {"/datasets", "datasets for evaluation are of language models. What a model was trained on is logged with mlflow.log_input"},
    {"/issues", language_models},
    {"/label-schemas", language_models},
    {"/review-queues", language_models},
    {"/prompt-optimization", language_models},
    {"/assistant", language_models},
    {"/mcp-servers", language_models},
});

/// What is below the prefixes and has no route: the client goes on, or tells its user.
Response unknown_endpoint(Request& request) {
    const std::string path = request.target.substr(0, request.target.find('?'));
    std::string message = path + " is not implemented by this server";
    const auto found =
        std::ranges::find_if(refused_by_design, [&](const Refused& one) { return path.find(one.word) != std::string::npos; });
    if (found != refused_by_design.end()) message += fmt::format(": {}", found->why);
    return problem(Error(ErrorKind::not_found, std::string(endpoint_not_found), std::move(message)), request.id);
}

}  // namespace

Handler answering(const Answer& answer) {
    return [answer](Request& request) -> Response {
        auto json = answer(request);
        if (!json) return problem(json.error(), request.id);
        Response response;
        response.headers.set("Content-Type", "application/json");
        response.body = to_text(*json);
        return response;
    };
}

void add(Router& router, Method method, std::string_view path, Lane lane, const Answer& answer) {
    for (const std::string_view prefix : {"/api", "/ajax-api"}) {
        router.add({.method = method,
                    .pattern = fmt::format("{}/2.0/mlflow/{}", prefix, path),
                    .lane = lane,
                    .handle = answering(answer),
                    .max_body_bytes = max_json_bytes,
                    .repeats_query = true});
    }
}

void add_routes(Router& router, Context& context) {
    for (const std::string prefix : {"/api/", "/ajax-api/"}) {
        router.tell_below(prefix, problem);
        for (const Method method : {Method::get, Method::post, Method::put, Method::patch, Method::del}) {
            router.add({.method = method,
                        .pattern = prefix + "{path*}",
                        .handle = unknown_endpoint,
                        .max_body_bytes = max_json_bytes,
                        .repeats_query = true});
        }
    }
    for (const char* path : {"/get-artifact", "/model-versions/get-artifact"}) router.tell_below(path, problem);
    for (const std::string path : {"/graphql", "/v1/traces", "/gateway/{path*}"}) {
        for (const Method method : {Method::get, Method::post}) {
            router.add(
                {.method = method, .pattern = path, .handle = unknown_endpoint, .max_body_bytes = max_json_bytes, .repeats_query = true});
        }
    }
    add_server_routes(router, context);
    add_experiment_routes(router, context);
    add_run_routes(router, context);
    add_metric_routes(router, context);
    add_metric_history_routes(router, context);
    add_logged_model_routes(router, context);
    add_registered_model_routes(router, context);
    add_model_version_routes(router, context);
    add_artifact_routes(router, context);
    add_owned_artifact_routes(router, context);
}

}  // namespace assay::mlflow
