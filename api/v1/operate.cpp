#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "base/version.hpp"
#include "registry/fsck.hpp"

namespace assay::v1 {

namespace {

Result<Response> ready(Context& context) {
    // One question to each part that a request needs.
    TRY(context.registry.database.read_with([](SqlSession& sql) -> Result<void> {
        TRY_ASSIGN([[maybe_unused]] const auto one, sql.first("SELECT 1", {}, [](const Row& row) { return row.integer(0); }));
        return {};
    }));
    return json_response(200, {{"status", "ready"}});
}

Json describe_server(const Context& context) {
    Json answer = {{"name", "assay"}, {"version", assay_version}, {"schema", context.schema}, {"api", "v1"}};
    if (!context.disk) return answer;
    const Context::Disk disk = context.disk();
    answer["disk"] = {{"file_system", disk.file_system}};
    if (disk.free_bytes) answer["disk"]["free_bytes"] = *disk.free_bytes;
    if (disk.total_bytes) answer["disk"]["total_bytes"] = *disk.total_bytes;
    return answer;
}

Result<Response> run_fsck(Context& context, Request& request) {
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    const bool repair = reader.optional_boolean("repair").value_or(false);
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    TRY_ASSIGN(const FsckReport report, fsck(context.registry, repair ? Repair::yes : Repair::no));
    return json_response(200, to_json(report));
}

}  // namespace

void add_operate_routes(Router& router, Context& context) {
    router.add({.method = Method::get, .pattern = "/healthz", .handle = [](Request&) { return json_response(200, {{"status", "ok"}}); }});
    router.add({.method = Method::get, .pattern = "/readyz", .handle = [&context](Request& request) {
                    auto response = ready(context);
                    if (response) return *std::move(response);
                    return problem(Error(ErrorKind::unavailable, "not-ready", "the database does not answer"), request.id);
                }});
    router.add({.method = Method::get, .pattern = "/metrics", .handle = [&context](Request&) {
                    Response response;
                    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
                    response.body = context.metrics.to_prometheus();
                    return response;
                }});
    router.add({.method = Method::get, .pattern = "/v1/server", .handle = [&context](Request&) {
                    return json_response(200, describe_server(context));
                }});
    router.add({.method = Method::post,
                .pattern = "/v1/fsck",
                .lane = Lane::transfer,
                .handle = answering([&context](Request& request) { return run_fsck(context, request); }),
                .max_body_bytes = 1024,
                .json_body = true});
}

}  // namespace assay::v1
