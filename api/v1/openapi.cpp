#include "api/v1/openapi.hpp"

#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "base/crypto.hpp"
#include "base/version.hpp"
#include "embedded/embedded_openapi.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace assay::v1 {

namespace {

constexpr std::string_view shared_part = "openapi.json";

/// What a path may hold besides these: the parameters that they share.
constexpr std::array<std::string_view, 6> methods = {"get", "head", "put", "post", "patch", "delete"};

Json read_part(const EmbeddedFile& part) {
    auto json = parse_json(part.bytes);
    if (!json) throw std::logic_error(std::string(part.name) + ": " + describe(json.error()));
    if (!json->is_object()) throw std::logic_error(std::string(part.name) + " is no object");
    return *std::move(json);
}

/// Adds the members of `part` that are objects one level deeper, too; a member that is there already is a mistake.
void add_members(Json& whole, const Json& part, const std::string& where, int levels) {
    for (auto it = part.begin(); it != part.end(); ++it) {
        const std::string path = where + "/" + it.key();
        if (levels > 1) {
            Json& inner = whole[it.key()];
            if (inner.is_null()) inner = Json::object();
            add_members(inner, *it, path, levels - 1);
        } else if (!whole.emplace(it.key(), *it).second) {
            throw std::logic_error(path + " is described twice");
        }
    }
}

void add_part(Json& whole, const EmbeddedFile& file) {
    const Json part = read_part(file);
    const std::string name(file.name);
    for (auto it = part.begin(); it != part.end(); ++it) {
        if (it.key() == "tags") {
            for (const Json& tag : *it) whole["tags"].push_back(tag);
        } else if (it.key() == "paths" || it.key() == "components") {
            add_members(whole[it.key()], *it, name + "#/" + it.key(), 2);
        } else {
            throw std::logic_error(name + ": only tags, paths and components stand here, not " + it.key());
        }
    }
}

void add_responses(Json& operation, const Json& responses) {
    for (auto it = responses.begin(); it != responses.end(); ++it) operation["responses"].emplace(it.key(), *it);
}

/// The parameters of a path stand before those of its operations in each of them: Swagger UI does not follow references in a path.
void add_parameters(Json& operation, const Json& shared) {
    Json parameters = shared;
    for (const Json& own : operation.value("parameters", Json::array())) parameters.push_back(own);
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
}

Json take(Json& whole, const char* member) {
    Json value = whole.at(member);
    whole.erase(member);
    return value;
}

Result<Response> show(Request& request) {
    TRY(allow_query(request, {}));
    static const std::string text = to_text(api_description());
    static const std::string tag = sha256(text).to_string();
    Response response;
    response.headers.set("Content-Type", "application/json; charset=utf-8");
    response.headers.set("Cache-Control", "no-cache");
    response.body = text;
    return with_etag(request, std::move(response), tag);
}

}  // namespace

Json merge_descriptions(std::span<const EmbeddedFile> parts, std::string_view version) {
    const auto shared = std::ranges::find(parts, shared_part, &EmbeddedFile::name);
    if (shared == parts.end()) throw std::logic_error("openapi.json is missing");
    Json whole = read_part(*shared);
    for (const EmbeddedFile& part : parts) {
        if (part.name != shared_part) add_part(whole, part);
    }
    whole["info"]["version"] = version;
    const Json everywhere = take(whole, "x-every-operation");
    const Json with_a_body = take(whole, "x-every-operation-with-a-body");
    for (Json& path : whole["paths"]) {
        const Json parameters = path.value("parameters", Json::array());
        path.erase("parameters");
        for (const std::string_view method : methods) {
            const auto operation = path.find(method);
            if (operation == path.end()) continue;
            add_parameters(*operation, parameters);
            add_responses(*operation, everywhere);
            if (operation->contains("requestBody")) add_responses(*operation, with_a_body);
        }
    }
    return whole;
}

const Json& api_description() {
    static const Json description = merge_descriptions(embedded_openapi(), assay_version);
    return description;
}

void add_openapi_routes(Router& router, [[maybe_unused]] Context& context) {
    router.add({.method = Method::get, .pattern = "/openapi.json", .handle = answering(show)});
}

}  // namespace assay::v1
