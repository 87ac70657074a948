#include "api/mlflow/artifact_file.hpp"

#include "api/file_stream.hpp"
#include "api/mlflow/errors.hpp"
#include "api/mlflow/gate.hpp"
#include "api/mlflow/media_type.hpp"
#include "base/url.hpp"
#include "registry/logged_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::mlflow {

namespace {

void name_attachment(Response& response, const std::string& path) {
    const std::string name = path.substr(path.rfind('/') + 1);
    const auto in = [](std::string_view set) { return [set](char c) { return set.find(c) != std::string_view::npos; }; };
    const bool ascii = std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
    std::string value = "filename*=UTF-8''" + encode_component(name);
    if (ascii && std::ranges::none_of(name, in(" \"(),/:;<=>?@[\\]{}"))) {
        value = "filename=" + name;
    } else if (ascii) {
        value = "filename=\"";
        for (const char c : name) value += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
        value += '"';
    }
    response.headers.set("Content-Disposition", "attachment; " + value);
}

}  // namespace

Handler telling(std::function<Result<Response>(Request&)> answer) {
    return [answer = std::move(answer)](Request& request) -> Response {
        auto response = answer(request);
        return response ? *std::move(response) : mlflow::problem(response.error(), request.id);
    };
}

Response json_answer(const Json& json) {
    Response response;
    response.headers.set("Content-Type", "application/json");
    response.body = to_text(json);
    return response;
}

Result<Response> attachment(Registry& registry, const Request& request, std::unique_ptr<BlobReader> reader, const Digest& digest,
                            const std::string& path) {
    TRY_ASSIGN(Response response, file_response(registry, request, std::move(reader), digest, media_type_of(path), mlflow::problem));
    name_attachment(response, path);
    return response;
}

Response attachment(std::string text, const std::string& path) {
    Response response;
    response.headers.set("Content-Type", media_type_of(path));
    response.body = std::move(text);
    name_attachment(response, path);
    return response;
}

Result<Response> logged_file(Context& context, const Request& request, const std::string& path) {
    TRY(pass_gate(context, request, path));
    auto opened = open_logged_file(context.registry, path);
    if (!opened && opened.error().code == "file-not-found") return refuse(does_not_exist, fmt::format("No such artifact: '{}'", path));
    if (!opened && opened.error().code == "path-is-folder")
        return refuse(invalid_parameter, fmt::format("Artifact path refers to a directory, not a file: '{}'", path));
    if (!opened) return fail(std::move(opened).error());
    TRY_ASSIGN(const Digest digest, Digest::parse(opened->row.digest));
    return attachment(context.registry, request, std::move(opened->reader), digest, path);
}

}  // namespace assay::mlflow
