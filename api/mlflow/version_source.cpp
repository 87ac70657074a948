#include "api/mlflow/version_source.hpp"

#include "api/mlflow/errors.hpp"
#include "api/mlflow/locations.hpp"
#include "api/mlflow/message.hpp"
#include "api/mlflow/names.hpp"
#include "api/mlflow/version_view.hpp"
#include "base/text.hpp"
#include "registry/logged_models.hpp"
#include "registry/runs.hpp"

#include <fmt/format.h>

namespace assay::mlflow {

namespace {

std::unexpected<Error> refuse_source(const std::string& source, std::string_view because) {
    return refuse(invalid_parameter, fmt::format("Invalid model version source: '{}'. {}", printable(source, 500), because));
}

std::unexpected<Error> relative_source(const std::string& source) {
    return refuse_source(source,
                         "If supplying a source as an http, https, local file path, ftp, objectstore, or mlflow-artifacts uri, an absolute "
                         "path must be provided without relative path references present. Please provide an absolute path.");
}

std::unexpected<Error> not_of(const std::string& source, std::string_view parameter) {
    return refuse_source(source, fmt::format("The {} request parameter must identify the resource that contains the source.", parameter));
}

bool is_within(const std::string& path, const std::string& folder) { return path == folder || path.starts_with(folder + "/"); }

/// models:/m-…
Result<void> of_logged_model(Registry& registry, const std::string& id, NewRegistration& wanted) {
    if (wanted.logged_model != id) return not_of(wanted.source, "model_id");
    const auto model = logged_model_row(registry, id);
    if (!model) return logged_model_error(model.error(), id);
    wanted.location = model->location;
    if (wanted.run.empty()) wanted.run = model->run;
    return {};
}

/// models:/name/3, models:/name@alias
Result<void> of_version(Registry& registry, const std::string& text, const Json& read, NewRegistration& wanted) {
    const std::size_t slash = text.find('/');
    const std::size_t at = text.rfind('@');
    const std::string name = text.substr(0, std::min(slash, at));
    const auto model = show_registered_model(registry, name);
    if (!model) return registry_error(model.error(), name);
    std::int64_t number = 0;
    if (slash != std::string::npos) {
        TRY_ASSIGN(number, version_number(text.substr(slash + 1)));
    } else if (at != std::string::npos) {
        for (const AliasRow& alias : model->aliases) number = alias.alias == text.substr(at + 1) ? alias.version : number;
        if (number == 0) return refuse(invalid_parameter, fmt::format("Registered model alias {} not found.", text.substr(at + 1)));
    }
    auto version = show_registered_version(registry, name, number);
    if (!version) return registry_error(version.error(), name, std::to_string(number));
    const RegistrationRow& row = version->registration;
    const auto run = optional_text(read, "run_id");
    const auto logged = optional_text(read, "model_id");
    if ((run && *run != row.run) || (logged && *logged != row.logged_model))
        return refuse_source(wanted.source, "The run_id and model_id request parameters must match the referenced model version.");
    if (!version->version) return refuse_source(wanted.source, "It was not registered, and has no files.");
    wanted.source = fmt::format("models:/{}/{}", name, number);
    wanted.run = row.run;
    wanted.logged_model = row.logged_model;
    wanted.copied_from = std::move(version->version->row);
    return {};
}

/// A folder of ours, by whatever URI: it must lie in that of the run or the logged model.
Result<void> of_folder(Registry& registry, const std::string& folder, NewRegistration& wanted) {
    const bool by_model = !wanted.logged_model.empty();
    std::string root;
    if (by_model) {
        const auto model = logged_model_row(registry, wanted.logged_model);
        if (model) root = model->location;
        if (model && wanted.run.empty()) wanted.run = model->run;
    } else if (!wanted.run.empty()) {
        const auto run = run_row(registry, wanted.run);
        if (run) root = artifact_folder(*run);
    }
    if (root.empty() || !is_within(folder, root)) return not_of(wanted.source, by_model ? "model_id" : "run_id");
    wanted.location = folder;
    return {};
}

/// runs:/RUN/path
Result<void> of_run(Registry& registry, const std::string& text, NewRegistration& wanted) {
    const std::size_t slash = text.find('/');
    const std::string id = text.substr(0, slash);
    if (id.empty() || id != wanted.run) return not_of(wanted.source, "run_id");
    const auto run = run_row(registry, id);
    if (!run) return not_of(wanted.source, "run_id");
    const auto path = safe_path(slash == std::string::npos ? "" : text.substr(slash + 1));
    if (!path) return relative_source(wanted.source);
    wanted.location = path->empty() ? artifact_folder(*run) : artifact_folder(*run) + "/" + *path;
    return {};
}

/// The path below this server's own address; absent for another one.
std::optional<std::string> path_of_own_url(const std::string& source, const Request& request) {
    const auto host = request.headers.find("Host");
    if (!host) return std::nullopt;
    for (const std::string_view scheme : {"http://", "https://"}) {
        for (const std::string_view prefix : {"/api", "/ajax-api"}) {
            const std::string root = fmt::format("{}{}{}/2.0/mlflow-artifacts/artifacts/", scheme, *host, prefix);
            if (source.starts_with(root)) return source.substr(root.size());
        }
    }
    return std::nullopt;
}

}  // namespace

Result<void> resolve_source(Registry& registry, const Request& request, const Json& read, NewRegistration& wanted) {
    wanted.source = text_of(read, "source");
    wanted.run = text_of(read, "run_id");
    wanted.logged_model = text_of(read, "model_id");
    const std::string& source = wanted.source;
    if (source.starts_with("models:/") && !source.starts_with("models://")) {
        const std::string text = source.substr(8);
        if (text.starts_with("m-") && text.find_first_of("/@") == std::string::npos) return of_logged_model(registry, text, wanted);
        return of_version(registry, text, read, wanted);
    }
    if (source.starts_with("runs:/") && !source.starts_with("runs://")) return of_run(registry, source.substr(6), wanted);
    const auto own = path_of_own_url(source, request);
    const auto folder = location_of(own ? uri_of(*own) : source, "model version source");
    if (source.starts_with("mlflow-artifacts:/") && !source.starts_with("mlflow-artifacts://") && (!folder || folder->empty()))
        return relative_source(source);
    if (!folder || folder->empty()) {
        return refuse_source(source,
                             "This server takes models that were logged to it: a source of the form models:/m-ID, models:/NAME/VERSION, "
                             "runs:/RUN_ID/PATH or mlflow-artifacts:/PATH, without relative path references.");
    }
    return of_folder(registry, *folder, wanted);
}

}  // namespace assay::mlflow
