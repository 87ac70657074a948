#include "registry/compare.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "api/v1/views.hpp"

namespace assay::v1 {

namespace {

Result<std::vector<Reference>> versions_in(Request& request) {
    TRY_ASSIGN(const Json body, json_body(request));
    Problems problems;
    JsonReader reader(body, "", problems);
    std::vector<Reference> wanted;
    const Json& versions = reader.array("versions");
    for (std::size_t i = 0; i < versions.size() && i <= max_compared_versions; ++i) {
        const auto* text = versions[i].get_ptr<const std::string*>();
        auto reference = text == nullptr ? Result<Reference>(fail(ErrorKind::invalid, "", "must be a string such as \"churn@3\""))
                                         : Reference::parse(*text);
        if (reference) {
            wanted.push_back(*std::move(reference));
        } else {
            const Error& error = reference.error();
            problems.push_back({reader.path_of("versions", i), error.message + (error.because.empty() ? "" : ": " + error.because), ""});
        }
    }
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-request", "the request is not valid"));
    return wanted;
}

Result<Response> compare(Context& context, Request& request) {
    TRY_ASSIGN(const std::vector<Reference> wanted, versions_in(request));
    TRY_ASSIGN(const Comparison comparison, compare_versions(context.registry, wanted));
    Json versions = Json::array();
    for (const VersionView& version : comparison.versions) {
        versions.push_back({{"model", version.row.model}, {"version", version.row.version}, {"digest", version.row.digest}});
    }
    Json sections = Json::object();
    for (const ComparedSection& section : comparison.sections) {
        Json& rows = sections[section.name] = Json::array();
        for (const ComparedRow& row : section.rows) rows.push_back({{"key", row.key}, {"values", row.values}, {"same", row.same}});
    }
    return json_response(200, {{"versions", std::move(versions)}, {"sections", std::move(sections)}});
}

}  // namespace

void add_compare_routes(Router& router, Context& context) {
    router.add({.method = Method::post,
                .pattern = "/v1/versions:compare",
                .lane = Lane::commit,  // twenty manifests and their ancestors are no quick read
                .handle = answering([&context](Request& request) { return compare(context, request); }),
                .max_body_bytes = 65'536,
                .json_body = true});
}

}  // namespace assay::v1
