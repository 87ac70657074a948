#include "api/mlflow/routes.hpp"

#include "api/mlflow/errors.hpp"

#include <fmt/format.h>

namespace assay::mlflow {

namespace {

constexpr std::uint64_t max_json_bytes = std::uint64_t{16} << 20U;

/// What is below the prefixes and has no route: the client goes on, or tells its user.
Response unknown_endpoint(Request& request) {
    return problem(Error(ErrorKind::not_found, std::string(endpoint_not_found),
                         request.target.substr(0, request.target.find('?')) + " is not implemented by this server"),
                   request.id);
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
