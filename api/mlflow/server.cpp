#include "api/mlflow/routes.hpp"

// What is asked before anything else: by load balancers, and by clients of 3.18 before their first transfer.

namespace assay::mlflow {

namespace {

Response plain(std::string text) {
    Response response;
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    response.body = std::move(text);
    return response;
}

/// The release of MLflow whose protocol this is.
constexpr const char* protocol_release = "3.17.2";

Result<Json> server_info(Request& /*request*/) {
    return Json{{"store_type", "SqlStore"},
                {"workspaces_enabled", false},
                {"artifact_serving_enabled", true},
                {"multipart_uploads_enabled", false},
                {"multipart_downloads_enabled", false},
                {"artifacts_presigned_only", false},
                {"tracking_auth", ""}};
}

}  // namespace

void add_server_routes(Router& router, Context& /*context*/) {
    router.add({.method = Method::get, .pattern = "/health", .handle = [](Request&) { return plain("OK"); }});
    router.add({.method = Method::get, .pattern = "/version", .handle = [](Request&) { return plain(protocol_release); }});
    for (const std::string prefix : {"/api", "/ajax-api"}) {
        router.add({.method = Method::get,
                    .pattern = prefix + "/3.0/mlflow/server-info",
                    .handle = answering(server_info),
                    .repeats_query = true});
    }
}

}  // namespace assay::mlflow
