#include "api/client_package.hpp"
#include "api/conditions.hpp"
#include "api/v1/exchange.hpp"
#include "api/v1/routes.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"
#include "embedded/embedded_docs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

// The page at /, which says how to connect, the Python client that it names, and the page at /docs: our own few lines around Swagger UI
// (cmake/Viewer.cmake), which shows /openapi.json. Everything comes from this server, and the page may load nothing from elsewhere.

namespace assay::v1 {

namespace {

/// The viewer writes style attributes and shows its own small pictures as data: addresses; scripts are files of ours only.
constexpr const char* policy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string_view media_type(std::string_view name) {
    if (name.ends_with(".html")) return "text/html; charset=utf-8";
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".png")) return "image/png";
    if (name.ends_with(".whl")) return "application/zip";
    return "text/plain; charset=utf-8";
}

/// Of every file, hashed when the first is asked for: a server that nobody reads the manual of never looks at them.
const std::string& tag_of_file(const EmbeddedFile& file) {
    static const auto tags = [] {
        std::map<std::string_view, std::string> all;
        for (const EmbeddedFile& each : embedded_docs()) all.emplace(each.name, sha256(each.bytes).to_string());
        return all;
    }();
    return tags.at(file.name);
}

Result<const EmbeddedFile*> embedded(std::string_view name) {
    const auto files = embedded_docs();
    const auto file = std::ranges::find(files, name, &EmbeddedFile::name);
    if (file == files.end())
        return fail(ErrorKind::not_found, "asset-not-found", "the documentation has no part '" + printable(name, 100) + "'");
    return &*file;
}

Response answer_with(const EmbeddedFile& file, std::string body) {
    Response response;
    response.headers.set("Content-Type", std::string(media_type(file.name)));
    response.headers.set("Cache-Control", "no-cache");
    response.headers.set("Content-Security-Policy", policy);
    response.body = std::move(body);
    return response;
}

Result<Response> answer_unless_known(const Request& request, const EmbeddedFile& file, const std::string& digest) {
    if (auto instead = conditional_answer(request, '"' + digest + '"')) return *std::move(instead);
    Response response = answer_with(file, std::string(file.bytes));
    response.headers.set("ETag", '"' + digest + '"');
    return response;
}

Result<Response> show(const Request& request, std::string_view name) {
    TRY(allow_query(request, {}));
    TRY_ASSIGN(const EmbeddedFile* file, embedded(name));
    return answer_unless_known(request, *file, tag_of_file(*file));
}

/// The Python client, for pip.
Result<Response> client(const Request& request) {
    TRY(allow_query(request, {}));
    const EmbeddedFile& wheel = client_package();
    if (request.params.at("wheel") != wheel.name) {
        return fail(Error(ErrorKind::not_found, "asset-not-found", "this server hands out one client: " + std::string(wheel.name))
                        .with_fix(fmt::format("pip install '{}'", client_requirement(request, ""))));
    }
    static const std::string digest = sha256(wheel.bytes).to_string();
    return answer_unless_known(request, wheel, digest);
}

/// What this is and how to connect.
Result<Response> front(const Request& request) {
    TRY(allow_query(request, {}));
    TRY_ASSIGN(const EmbeddedFile* file, embedded("front.html"));
    std::string page(file->bytes);
    const auto fill_in = [&](std::string_view mark, const std::string& text) {
        for (std::size_t at = page.find(mark); at != std::string::npos; at = page.find(mark, at + text.size()))
            page.replace(at, mark.size(), text);
    };
    fill_in("{{address}}", address_of(request));
    fill_in("{{client}}", client_requirement(request, "sklearn"));
    fill_in("{{client for mlflow}}", client_requirement(request, "mlflow"));
    return answer_with(*file, std::move(page));
}

}  // namespace

void add_docs_routes(Router& router, [[maybe_unused]] Context& context) {
    router.add({.method = Method::get, .pattern = "/", .handle = answering(front)});
    router.add(
        {.method = Method::get, .pattern = "/docs", .handle = answering([](Request& request) { return show(request, "index.html"); })});
    router.add({.method = Method::get, .pattern = "/docs/{asset}", .handle = answering([](Request& request) {
                                                                       return show(request, request.params.at("asset"));
                                                                   })});
    router.add({.method = Method::get, .pattern = "/python/{wheel}", .handle = answering(client)});
}

}  // namespace assay::v1
