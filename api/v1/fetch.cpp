#include "registry/fetch.hpp"
#include "api/file_stream.hpp"
#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/views.hpp"
#include "base/url.hpp"
#include "registry/environments.hpp"

#include <fmt/format.h>

namespace assay::v1 {

namespace {

Error environment_unknown() {
    return Error(ErrorKind::incompatible, "environment-unknown", "the request does not say in which environment the version will be loaded")
        .with_because("Assay hands no version out before it knows whether the environment can load it")
        .with_fix("PUT the environment to /v1/environments/sha256:… and send 'Assay-Environment: sha256:…'")
        .with_fix("send 'Assay-Environment: none' if nothing will be loaded");
}

Result<Response> put(Context& context, Request& request) {
    TRY_ASSIGN(const Digest digest, digest_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    TRY_ASSIGN(const Environment environment, read_environment(body));
    TRY_ASSIGN(const StoredEnvironment stored, put_environment(context.registry, digest, environment));
    return json_response(stored.created ? 201 : 200, {{"digest", stored.digest.to_string()}});
}

Result<Response> show(Context& context, Request& request) {
    TRY_ASSIGN(const Digest digest, digest_of(request));
    TRY_ASSIGN(const Environment environment, show_environment(context.registry, digest));
    return with_etag(request, json_response(200, to_json(environment)), digest.to_string());
}

/// A digest, "none", a whole environment, or nothing.
Result<EnvironmentClaim> claim_of(const Json* value) {
    if (value == nullptr || value->is_null()) return UnknownEnvironment{};
    if (value->is_string()) {
        if (*value == "none") return NoEnvironment{};
        const auto digest = Digest::parse(value->get_ref<const std::string&>());
        if (digest) return *digest;
        return fail(
            Error(digest.error()).with_problems({{"environment", "must be sha256:… of a known environment, \"none\", or one whole", ""}}));
    }
    if (!value->is_object()) {
        Problems problems = {{"environment", fmt::format("must be an object or a string, not {}", type_in_words(*value)), ""}};
        TRY(refuse_if_any(problems, "invalid-environment", "the environment cannot be read"));
    }
    TRY_ASSIGN(Environment environment, read_environment(*value, "environment"));
    return environment;
}

void count_decision(Context& context, const Verdict& verdict) {
    context.metrics.count("assay_gate_decisions_total", "Verdicts of the gate.", {{"verdict", std::string(to_string(verdict.decision))}});
}

Result<Response> check(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const std::string consumer, consumer_of(request));
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    const bool fetch = reader.optional_boolean("fetch").value_or(false);
    const Trial trial = reader.optional_boolean("try").value_or(false) ? Trial::yes : Trial::no;
    const Json* environment = reader.optional_any("environment");
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    TRY_ASSIGN(const EnvironmentClaim claim, claim_of(environment));
    TRY_ASSIGN(const Checked checked,
               check_version(context.registry, model, ref, claim, fetch ? RecordFetch::yes : RecordFetch::no, consumer, trial));
    count_decision(context, checked.verdict);
    return json_response(200, to_json(checked.verdict));
}

Result<EnvironmentClaim> claim_of(const Request& request) {
    const auto header = request.headers.find("Assay-Environment");
    if (!header) return fail(environment_unknown());
    if (*header == "none") return NoEnvironment{};
    const auto digest = Digest::parse(*header);
    if (digest) return *digest;
    return fail(Error(digest.error()).with_problems({{"Assay-Environment", "must be sha256:… of a known environment, or none", ""}}));
}

/// `Assay-Try: true`: the smoke test will decide before the file is used.
Result<Trial> trial_of(const Request& request) {
    const auto header = request.headers.find("Assay-Try");
    if (!header || *header == "false") return Trial::no;
    if (*header == "true") return Trial::yes;
    return fail(
        Error(ErrorKind::invalid, "invalid-header", "a header cannot be used").with_problems({{"Assay-Try", "must be true or false", ""}}));
}

Result<Response> download(Context& context, Request& request) {
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const std::string consumer, consumer_of(request));
    TRY_ASSIGN(const EnvironmentClaim claim, claim_of(request));
    TRY_ASSIGN(const Trial trial, trial_of(request));
    const RecordFetch record = request.method == Method::head ? RecordFetch::no : RecordFetch::unless_recent;
    auto fetched = fetch_file(context.registry, model, ref, request.params.at("path"), claim, record, consumer, trial);
    if (!fetched) {
        if (fetched.error().kind == ErrorKind::incompatible)
            context.metrics.count("assay_gate_decisions_total", "Verdicts of the gate.", {{"verdict", "refuse"}});
        return fail(std::move(fetched).error());
    }
    count_decision(context, fetched->verdict);
    TRY_ASSIGN(const Digest digest, Digest::parse(fetched->file.digest));
    TRY_ASSIGN(Response response, file_response(context.registry, request, std::move(fetched->reader), digest, fetched->file.media_type));
    response.headers.set("Assay-Verdict", std::string(to_string(fetched->verdict.decision)));
    response.headers.set("Assay-Version", fmt::format("{}@{}", encode_component(fetched->version.model), fetched->version.version));
    return response;
}

Result<Response> fetches(Context& context, Request& request) {
    TRY(allow_query(request, {"limit"}));
    TRY_ASSIGN(const std::string model, model_of(request));
    TRY_ASSIGN(const VersionRef ref, ref_of(request));
    TRY_ASSIGN(const Page page, page_of(request));
    TRY_ASSIGN(const auto rows, list_fetches(context.registry, model, ref, page.limit));
    Json items = Json::array();
    for (const FetchRow& row : rows) items.push_back(view(row));
    return page_response(request, std::move(items), "");
}

}  // namespace

void add_fetch_routes(Router& router, Context& context) {
    router.add({.method = Method::put,
                .pattern = "/v1/environments/{digest}",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return put(context, request); }),
                .max_body_bytes = max_json_bytes,
                .json_body = true});
    router.add({.method = Method::get, .pattern = "/v1/environments/{digest}", .handle = answering([&context](Request& request) {
                                                                                   return show(context, request);
                                                                               })});
    const std::string version = "/v1/models/{name}/versions/{ref}";
    router.add({.method = Method::post,
                .pattern = version + ":check",
                .lane = Lane::commit,
                .handle = answering([&context](Request& request) { return check(context, request); }),
                .max_body_bytes = max_json_bytes,
                .json_body = true});
    router.add({.method = Method::get,
                .pattern = version + "/files/{path*}",
                .lane = Lane::transfer,
                .handle = answering([&context](Request& request) { return download(context, request); })});
    router.add({.method = Method::get, .pattern = version + "/fetches", .handle = answering([&context](Request& request) {
                                                                            return fetches(context, request);
                                                                        })});
}

}  // namespace assay::v1
