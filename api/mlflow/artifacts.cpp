#include "api/mlflow/artifact_file.hpp"
#include "api/mlflow/errors.hpp"
#include "api/mlflow/gate.hpp"
#include "api/mlflow/locations.hpp"
#include "api/mlflow/routes.hpp"
#include "api/mlflow/version_folder.hpp"
#include "base/text.hpp"
#include "registry/logged_files.hpp"
#include "registry/registrations.hpp"

#include <fmt/format.h>

#include <array>

// Files of runs and logged models, as clients reach them for `mlflow-artifacts:/…`. Source: MLflow 3.17, mlflow/server/handlers.py,
// mlflow/store/artifact/mlflow_artifacts_repo.py.

namespace assay::mlflow {

namespace {

constexpr auto list_fields = std::to_array<Field>({{"path"}});

Result<std::string> path_of(const Request& request) {
    TRY_ASSIGN(std::string path, safe_path(request.params.at("path")));
    if (path.empty()) return refuse(invalid_parameter, "Invalid path");
    return path;
}

/// What versions hold is none of the files that are logged.
Result<void> refuse_reserved(const std::string& path) {
    if (path != "versions" && !path.starts_with("versions/")) return {};
    return fail(Error(ErrorKind::conflict, "registered", fmt::format("'{}' cannot be changed", printable(path, 300)))
                    .with_because("it belongs to a registered version, which never changes"));
}

Result<Response> upload(Context& context, Request& request) {
    TRY_ASSIGN(const std::string path, path_of(request));
    TRY(refuse_reserved(path));
    TRY(refuse_registered(context.registry, path));
    TRY(log_file(context.registry, path, *request.body, request.content_length));
    return json_answer(Json::object());
}

/// "versions/<64 hex digits>/model.pkl" as the version and the path in it; absent for every other path.
Result<std::optional<std::pair<VersionRow, std::string>>> version_of(Context& context, const std::string& path) {
    constexpr std::string_view prefix = "versions/";
    if (!path.starts_with(prefix)) return std::nullopt;
    const std::string rest = path.substr(prefix.size());
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    auto version = version_of_digest(context.registry, "sha256:" + rest.substr(0, slash));
    if (!version && version.error().kind == ErrorKind::not_found)
        return refuse(does_not_exist, fmt::format("No such artifact: '{}'", path));
    if (!version) return fail(std::move(version).error());
    return std::pair(*std::move(version), rest.substr(std::min(slash + 1, rest.size())));
}

Result<Response> download(Context& context, Request& request) {
    TRY_ASSIGN(const std::string path, path_of(request));
    TRY_ASSIGN(const auto version, version_of(context, path));
    if (version) return version_file(context, request, version->first, version->second, path);
    return logged_file(context, request, path);
}

Result<Json> list(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {list_fields}, {}));
    TRY_ASSIGN(const std::string path, safe_folder(text_of(read, "path")));
    TRY_ASSIGN(const auto version, version_of(context, path));
    std::vector<logged_files::Entry> entries;
    if (version) {
        TRY_ASSIGN(entries, folder_entries(context.registry, version->first, version->second));
    } else {
        TRY_ASSIGN(entries, list_logged_files(context.registry, path));
    }
    Json json = Json::object();
    for (const logged_files::Entry& entry : entries) {
        Json file = {{"path", entry.name}, {"is_dir", !entry.size}};
        if (entry.size) file["file_size"] = *entry.size;
        json["files"].push_back(std::move(file));
    }
    return json;
}

Result<Response> remove(Context& context, Request& request) {
    TRY_ASSIGN(const std::string path, path_of(request));
    TRY(refuse_reserved(path));
    TRY(refuse_registered(context.registry, path));
    TRY(delete_logged_files(context.registry, path));
    return json_answer(Json::object());
}

/// Transfers in parts, or past this server, are none: clients go on with whole files.
Result<Json> no_parts(Request& /*request*/) {
    return refuse(not_implemented, "Multipart upload is not supported for the current artifact repository");
}
Result<Json> no_presigned(Request& /*request*/) {
    return refuse(not_implemented, "Multipart download is not supported for the current artifact repository");
}

}  // namespace

void add_artifact_routes(Router& router, Context& context) {
    const auto with = [&context](auto handle) { return bound_to(context, handle); };
    for (const std::string prefix : {"/api", "/ajax-api"}) {
        const std::string root = prefix + "/2.0/mlflow-artifacts/";
        router.add({.method = Method::put,
                    .pattern = root + "artifacts/{path*}",
                    .lane = Lane::transfer,
                    .handle = telling(with(upload)),
                    .max_body_bytes = context.max_blob_bytes,
                    .repeats_query = true});
        router.add({.method = Method::get,
                    .pattern = root + "artifacts/{path*}",
                    .lane = Lane::transfer,
                    .handle = telling(with(download)),
                    .repeats_query = true});
        router.add({.method = Method::del,
                    .pattern = root + "artifacts/{path*}",
                    .lane = Lane::commit,
                    .handle = telling(with(remove)),
                    .max_body_bytes = 1'000'000,
                    .repeats_query = true});
        router.add({.method = Method::get, .pattern = root + "artifacts", .handle = answering(with(list)), .repeats_query = true});
        for (const std::string_view step : {"create", "complete", "abort"}) {
            router.add({.method = Method::post,
                        .pattern = fmt::format("{}mpu/{}/{{path*}}", root, step),
                        .handle = answering(no_parts),
                        .max_body_bytes = 1'000'000,
                        .repeats_query = true});
        }
        router.add(
            {.method = Method::get, .pattern = root + "presigned/{path*}", .handle = answering(no_presigned), .repeats_query = true});
    }
}

}  // namespace assay::mlflow
