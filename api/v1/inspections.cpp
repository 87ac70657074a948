#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/views.hpp"
#include "registry/trust.hpp"

namespace assay::v1 {

namespace {

Result<Json> report_of(Context& context, const VersionRow& row, const VersionInspection& inspection) {
    Json report = inspection.report();
    report["version"] = row.model + "@" + std::to_string(row.version);
    report["state"] = to_string(row.state);
    report["lists"] = context.registry.safety_lists.digest().to_string();
    TRY_ASSIGN(const auto trust, find_trust(context.registry, row));
    report["trust"] = trust ? Json{{"why", trust->why}, {"by", trust->actor}, {"at", trust->at}} : Json();
    return report;
}

Result<Response> show(Context& context, Request& request) {
    TRY(allow_query(request, {}));
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const VersionView view, show_version(context.registry, model, ref));
    TRY_ASSIGN(const VersionInspection inspection, inspect_version(context.registry, view.row));
    TRY_ASSIGN(const Json report, report_of(context, view.row, inspection));
    return json_response(200, report);
}

Result<Response> reinspect(Context& context, Request& request) {
    TRY(empty_body(request));
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const Reinspected done, reinspect_version(context.registry, model, ref, actor));
    TRY_ASSIGN(Json report, report_of(context, done.row, done.inspection));
    report["before"] = to_string(done.before);
    return json_response(200, report);
}

Result<Response> trust(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    const std::string why = reader.string("why");
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-trust", "the request cannot be read"));
    TRY_ASSIGN(const VersionView trusted, trust_version(context.registry, model, ref, why, actor));
    TRY_ASSIGN(const ObjectText answer, view(trusted));
    return json_text_response(200, answer.text());
}

}  // namespace

void add_inspection_routes(Router& router, Context& context) {
    const std::string version = "/v1/models/{name}/versions/{ref}";
    router.add({.method = Method::get, .pattern = version + "/inspection", .handle = answering([&context](Request& request) {
                                                                               return show(context, request);
                                                                           })});
    router.add({.method = Method::post,
                .pattern = version + ":inspect",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return reinspect(context, request); }),
                .max_body_bytes = 1'024,
                .json_body = true});
    router.add({.method = Method::post,
                .pattern = version + ":trust",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return trust(context, request); }),
                .max_body_bytes = 65'536,
                .json_body = true});
}

}  // namespace assay::v1
