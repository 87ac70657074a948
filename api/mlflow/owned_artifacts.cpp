#include "api/mlflow/artifact_file.hpp"
#include "api/mlflow/artifact_list.hpp"
#include "api/mlflow/errors.hpp"
#include "api/mlflow/locations.hpp"
#include "api/mlflow/names.hpp"
#include "api/mlflow/run_log.hpp"
#include "api/mlflow/version_folder.hpp"
#include "api/mlflow/version_view.hpp"
#include "registry/logged_files.hpp"
#include "registry/logged_models.hpp"
#include "registry/registrations.hpp"

#include <fmt/format.h>

#include <array>

// Files by the run, the logged model or the version that they belong to: what MLflow's own pages, curl and other clients ask for. Source:
// MLflow 3.17, mlflow/server/__init__.py and mlflow/server/handlers.py.

namespace assay::mlflow {

namespace {

constexpr auto list_run_fields = std::to_array<Field>({{"run_id"}, {"run_uuid"}, {"path"}, {"page_token"}});
constexpr auto list_run_checks = std::to_array<Check>({{.name = "run_id", .required = true, .type = Type::text, .type_first = true},
                                                       {"path", false, Type::text},
                                                       {"page_token", false, Type::text}});

constexpr auto run_file_fields = std::to_array<Field>({{"run_id"}, {"run_uuid"}, {"path"}});
constexpr auto version_file_fields = std::to_array<Field>({{"name"}, {"version"}, {"path"}});
constexpr auto version_file_checks = std::to_array<Check>({{"name", true, Type::text}, {"version", true, Type::text}});
constexpr auto model_file_fields = std::to_array<Field>({{"artifact_file_path"}});
constexpr std::uint64_t max_upload_bytes = std::uint64_t{10} << 20U;

Result<std::string> needed_path(const Json& read, std::string_view parameter) {
    TRY_ASSIGN(std::string path, safe_path(text_of(read, parameter)));
    if (path.empty()) return refuse(invalid_parameter, fmt::format("Request must specify {}.", parameter));
    return path;
}

Result<Json> list_files_of_run(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {list_run_fields}, list_run_checks));
    TRY_ASSIGN(const std::string path, safe_folder(text_of(read, "path")));
    const std::string id = run_id_of(read);
    const auto run = run_row(context.registry, id);
    if (!run) return run_error(run.error(), id);
    return files_below(context.registry, artifact_folder(*run), path);
}

Result<Response> file_of_run(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {run_file_fields}, {}));
    TRY_ASSIGN(const std::string path, needed_path(read, "path"));
    const std::string id = run_id_of(read);
    const auto run = run_row(context.registry, id);
    if (!run) return run_error(run.error(), id);
    return logged_file(context, request, artifact_folder(*run) + "/" + path);
}

Result<Response> file_of_logged_model(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {model_file_fields}, {}));
    if (text_of(read, "artifact_file_path").empty())
        return refuse("BAD_REQUEST", "Request must include the \"artifact_file_path\" query parameter.");
    TRY_ASSIGN(const std::string path, needed_path(read, "artifact_file_path"));
    const std::string& id = request.params.at("model_id");
    const auto model = logged_model_row(context.registry, id);
    if (!model) return logged_model_error(model.error(), id);
    return logged_file(context, request, model->location + "/" + path);
}

Result<Response> file_of_version(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {version_file_fields}, version_file_checks));
    TRY_ASSIGN(const std::string path, needed_path(read, "path"));
    TRY_ASSIGN(const std::string name, registered_name(text_of(read, "name")));
    TRY_ASSIGN(const std::int64_t number, version_number(text_of(read, "version")));
    const auto version = show_registered_version(context.registry, name, number);
    if (!version) return registry_error(version.error(), name, text_of(read, "version"));
    if (!version->version) return refuse(does_not_exist, fmt::format("No such artifact: '{}'", path));
    return version_file(context, request, version->version->row, path, path);
}

constexpr auto presigned_fields = std::to_array<Field>({{"run_id"}, {"model_id"}, {"path"}});
constexpr auto upload_checks = std::to_array<Check>({{"path", true, Type::text}});
constexpr auto download_checks = std::to_array<Check>({{"run_id", true, Type::text}, {"path", true, Type::text}});

/// Addresses past this server: there are none, and clients go on through it.
Result<Json> presigned_upload(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {presigned_fields}, upload_checks));
    TRY(needed_path(read, "path"));
    const std::string run = text_of(read, "run_id");
    const std::string model = text_of(read, "model_id");
    if (run.empty() == model.empty()) return refuse(invalid_parameter, "Exactly one of run_id and model_id must be provided.");
    if (!run.empty()) {
        if (const auto found = run_row(context.registry, run); !found) return run_error(found.error(), run);
    } else if (const auto found = logged_model_row(context.registry, model); !found) {
        return logged_model_error(found.error(), model);
    }
    return refuse(invalid_parameter,
                  "Presigned upload is not supported for proxied artifact storage (artifact URI scheme: mlflow-artifacts). This endpoint "
                  "requires a direct cloud storage artifact URI.");
}

Result<Json> presigned_download(Context& context, Request& request) {
    TRY_ASSIGN(const Json read, read_message(request, {presigned_fields}, download_checks));
    TRY(needed_path(read, "path"));
    const std::string run = text_of(read, "run_id");
    if (const auto found = run_row(context.registry, run); !found) return run_error(found.error(), run);
    return refuse(
        invalid_parameter,
        "Presigned download is not supported for runs with proxied artifact storage (artifact URI scheme: mlflow-artifacts). This "
        "endpoint requires a run with a direct cloud storage artifact URI.");
}

/// A small file of a run, from a page.
Result<Response> upload_to_run(Context& context, Request& request) {
    const auto parameter = [&](std::string_view name) {
        for (const auto& [key, value] : request.query_pairs)
            if (key == name) return value;
        return std::string();
    };
    const std::string id = parameter("run_uuid");
    if (id.empty()) return refuse(invalid_parameter, "Request must specify run_uuid.");
    if (parameter("path").empty()) return refuse(invalid_parameter, "Request must specify path.");
    TRY_ASSIGN(const std::string path, safe_path(parameter("path")));
    if (request.content_length.value_or(0) > max_upload_bytes)
        return refuse(invalid_parameter, "Artifact size is too large. Max size is 10MB.");
    if (request.content_length == 0) return refuse(invalid_parameter, "Request must specify data.");
    const auto run = run_row(context.registry, id);
    if (!run) return run_error(run.error(), id);
    const std::string location = artifact_folder(*run) + "/" + path;
    TRY(refuse_registered(context.registry, location));
    TRY(log_file(context.registry, location, *request.body, request.content_length));
    return json_answer(Json::object());
}

}  // namespace

void add_owned_artifact_routes(Router& router, Context& context) {
    const auto with = [&context](auto handle) { return bound_to(context, handle); };
    add(router, Method::get, "artifacts/list", Lane::quick, with(list_files_of_run));
    add(router, Method::post, "artifacts/presigned-upload-url", Lane::quick, with(presigned_upload));
    add(router, Method::post, "artifacts/presigned-download-url", Lane::quick, with(presigned_download));
    const auto add_file = [&](std::string pattern, auto handle) {
        router.add({.method = Method::get,
                    .pattern = std::move(pattern),
                    .lane = Lane::transfer,
                    .handle = telling(with(handle)),
                    .repeats_query = true});
    };
    add_file("/get-artifact", file_of_run);
    add_file("/model-versions/get-artifact", file_of_version);
    for (const std::string prefix : {"/api", "/ajax-api"}) {
        add_file(prefix + "/2.0/mlflow/logged-models/{model_id}/artifacts/files", file_of_logged_model);
        router.add({.method = Method::post,
                    .pattern = prefix + "/2.0/mlflow/upload-artifact",
                    .lane = Lane::transfer,
                    .handle = telling(with(upload_to_run)),
                    .max_body_bytes = max_upload_bytes + 1,
                    .repeats_query = true});
    }
}

}  // namespace assay::mlflow
