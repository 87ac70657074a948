#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/views.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "registry/push.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::v1 {

namespace {

Result<Response> register_version(Context& context, Request& request) {
    TRY(allow_query(request, {}));
    Problems problems;
    const auto model = model_of(request);
    if (!model) problems.push_back({"name", model.error().message + ": " + model.error().because, ""});
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const std::string key, idempotency_key_of(request));
    TRY_ASSIGN(const std::string text, body_text(request, max_json_bytes));
    TRY_ASSIGN(const Json body, parse_json(text));
    PushRequest wanted = read_push_request(body, problems);
    wanted.model = model.value_or("");
    wanted.actor = actor;
    wanted.idempotency_key = key;
    wanted.request_digest = sha256(wanted.model + "\n" + text).to_string();

    TRY_ASSIGN(const Pushed pushed, push(context.registry, wanted, std::move(problems)));
    TRY_ASSIGN(ObjectText answer, view(pushed.version));
    answer.add("warnings", pushed.warnings);
    const VersionRow& row = pushed.version.row;
    Response response = json_text_response(pushed.created ? 201 : 200, answer.text());
    response.headers.set("Location", fmt::format("/v1/models/{}/versions/{}", encode_component(row.model), row.version));
    response.headers.set("ETag", '"' + row.digest + '"');
    context.metrics.count("assay_registrations_total", "Versions registered.", {{"created", pushed.created ? "true" : "false"}});
    return response;
}

Result<std::optional<VersionState>> state_of(const Request& request) {
    const auto it = request.query.find("state");
    if (it == request.query.end() || it->second == "ready") return VersionState::ready;
    if (it->second == "deleted") return VersionState::deleted;
    if (it->second == "quarantined") return VersionState::quarantined;
    if (it->second == "all") return std::nullopt;
    return fail(Error(ErrorKind::invalid, "invalid-state", "state must be ready, deleted, quarantined or all")
                    .with_problems({{"?state", "must be ready, deleted, quarantined or all", ""}}));
}

Result<Response> list(Context& context, Request& request) {
    TRY(allow_query(request, {"limit", "cursor", "state"}));
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const Page page, page_of(request));
    TRY_ASSIGN(const std::int64_t before, integer_cursor(page));
    TRY_ASSIGN(const auto state, state_of(request));
    TRY_ASSIGN(auto found, list_versions(context.registry, model, before, state, page.limit + 1));
    const bool more = take_next(found, page);
    std::vector<ObjectText> items;
    for (const VersionView& version : found) {
        TRY_ASSIGN(ObjectText item, list_view(version));
        items.push_back(std::move(item));
    }
    return page_response(request, items, more ? std::to_string(found.back().row.version) : "");
}

Result<Response> show(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const VersionView version, show_version(context.registry, model, ref));
    TRY_ASSIGN(const ObjectText answer, view(version));
    Response response = json_text_response(200, answer.text());
    const std::string tag = sha256(response.body).to_string();
    return with_etag(request, std::move(response), tag);
}

Result<Response> manifest(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const VersionView version, show_version(context.registry, model, ref));
    Response response;
    response.headers.set("Content-Type", "application/json; charset=utf-8");
    response.body = version.row.manifest;
    return with_etag(request, std::move(response), version.row.digest);
}

Result<Response> describe(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    const std::string text = reader.string("description");
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    TRY_ASSIGN(const VersionView version, describe_version(context.registry, model, ref, text, actor));
    TRY_ASSIGN(const ObjectText answer, view(version));
    return json_text_response(200, answer.text());
}

Result<Response> remove(Context& context, Request& request) {
    TRY(allow_query(request, {"force"}));
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY_ASSIGN(const bool with_aliases, flag_of(request, "force"));
    TRY(delete_version(context.registry, model, ref, with_aliases ? WithAliases::remove : WithAliases::refuse, actor));
    Response response;
    response.status = 204;
    return response;
}

Result<Response> undelete(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const std::string actor, consumer_of(request));
    TRY(empty_body(request));
    TRY_ASSIGN(const VersionView version, undelete_version(context.registry, model, ref, actor));
    TRY_ASSIGN(const ObjectText answer, view(version));
    return json_text_response(200, answer.text());
}

}  // namespace

void add_version_routes(Router& router, Context& context) {
    const std::string versions = "/v1/models/{name}/versions";
    const std::string version = versions + "/{ref}";
    router.add({.method = Method::post,
                .pattern = versions,
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return register_version(context, request); }),
                .max_body_bytes = max_json_bytes,
                .json_body = true});
    router.add(
        {.method = Method::get, .pattern = versions, .handle = answering([&context](Request& request) { return list(context, request); })});
    router.add(
        {.method = Method::get, .pattern = version, .handle = answering([&context](Request& request) { return show(context, request); })});
    router.add({.method = Method::get, .pattern = version + "/manifest", .handle = answering([&context](Request& request) {
                                                                             return manifest(context, request);
                                                                         })});
    router.add({.method = Method::patch,
                .pattern = version,
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return describe(context, request); }),
                .max_body_bytes = max_json_bytes,
                .json_body = true});
    router.add({.method = Method::del, .pattern = version, .lane = Lane::commit, .handle = answering([&context](Request& request) {
                                                                                     return remove(context, request);
                                                                                 })});
    router.add({.method = Method::post,
                .pattern = version + ":undelete",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return undelete(context, request); }),
                .max_body_bytes = 1024,
                .json_body = true});
}

}  // namespace assay::v1
