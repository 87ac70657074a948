#include "api/mlflow/version_folder.hpp"

#include "api/mlflow/artifact_file.hpp"
#include "api/mlflow/errors.hpp"
#include "api/mlflow/gate.hpp"
#include "registry/blobs.hpp"
#include "registry/inspections.hpp"
#include "registry/manifest.hpp"
#include "registry/version_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace assay::mlflow {

namespace {

/// What is made for a version that MLflow did not write.
struct Made {
    std::map<std::string, std::string> texts;  ///< by path
    std::string wrapped;                       ///< the path of a joblib file that is handed out as a pickle; empty: there is none
    std::string wrapping;                      ///< the path of that pickle
};

std::string yaml_text(std::string_view text) { return to_text(Json(text)); }

/// The one file in the root that Python loads as a model.
const FileInspection* model_of(const VersionInspection& inspection) {
    const FileInspection* found = nullptr;
    for (const FileInspection& file : inspection.files) {
        const std::string format = file.inspection.value("format", "");
        if (format != "joblib" && format != "pickle" && format != "cloudpickle" && format != "skops") continue;
        if (file.path.find('/') != std::string::npos) continue;
        if (found) return nullptr;
        found = &file;
    }
    return found;
}

/// Types that a skops file needs and that this registry judged harmless: loaders refuse what they are not told to trust.
std::string trusted_types(const FileInspection& file) {
    std::string list;
    if (file.verdict > Safety::model) return "[]";
    for (const Json& import : file.inspection.value("imports", Json::array())) {
        const std::string name = import.value("module", "") + "." + import.value("name", "");
        list += (list.empty() ? "" : ", ") + yaml_text(name);
    }
    return "[" + list + "]";
}

std::string mlmodel_text(const FileInspection& file, const std::string& path, const VersionRow& version, const Facts& facts) {
    const std::string format = file.inspection.value("format", "");
    const auto release = [&](const std::string& package) {
        const auto found = facts.libraries.find(package);
        return found == facts.libraries.end() ? std::string() : found->second;
    };
    std::string text = "flavors:\n  python_function:\n    env:\n      virtualenv: python_env.yaml\n    loader_module: mlflow.sklearn\n";
    text += fmt::format("    model_path: {}\n    predict_fn: predict\n", yaml_text(path));
    if (const std::string python = release("python"); !python.empty()) text += fmt::format("    python_version: {}\n", yaml_text(python));
    text += fmt::format("  sklearn:\n    code: null\n    pickled_model: {}\n    serialization_format: {}\n", yaml_text(path),
                        format == "joblib" ? "pickle" : format);
    if (format == "skops") text += fmt::format("    skops_trusted_types: {}\n", trusted_types(file));
    text += fmt::format("    sklearn_version: {}\n", yaml_text(release("scikit-learn")));
    text += fmt::format("metadata:\n  assay:\n    version: {}\n    digest: {}\n",
                        yaml_text(fmt::format("{}@{}", version.model, version.version)), yaml_text(version.digest));
    text += fmt::format("model_uuid: {}\n", yaml_text(version.digest.substr(version.digest.find(':') + 1, 32)));
    if (facts.trained_at) {
        std::string at = facts.trained_at->to_string();
        std::ranges::replace(at, 'T', ' ');
        text += fmt::format("utc_time_created: {}\n", yaml_text(at.substr(0, at.find('Z'))));
    }
    return text;
}

std::string requirements_text(const Facts& facts) {
    std::string text;
    for (const auto& [package, release] : facts.libraries) {
        const bool used = package == "scikit-learn" || std::ranges::find(facts.uses, package) != facts.uses.end();
        if (used && package != "python") text += fmt::format("{}=={}\n", package, release);
    }
    return text;
}

std::string python_env_text(const Facts& facts) {
    const auto python = facts.libraries.find("python");
    std::string text = python == facts.libraries.end() ? "" : fmt::format("python: {}\n", yaml_text(python->second));
    return text + "build_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n";
}

/// Absent: the version is a folder of MLflow's already, or nothing that its clients could load.
Result<std::optional<Made>> made_for(Registry& registry, const VersionRow& version) {
    TRY_ASSIGN(const auto files, files_of_version(registry, version));
    const auto is_there = [&](std::string_view path) { return std::ranges::find(files, path, &FileRow::path) != files.end(); };
    if (is_there("MLmodel")) return std::nullopt;
    TRY_ASSIGN(const auto inspection, stored_inspection(registry, version));
    const FileInspection* model = model_of(inspection);
    if (!model) return std::nullopt;
    TRY_ASSIGN(const Manifest manifest, read_manifest(version.manifest));
    Made made;
    std::string path = model->path;
    if (model->inspection.value("format", "") == "joblib") {
        made.wrapped = path;
        path += ".pkl";
        if (is_there(path)) return std::nullopt;
        made.wrapping = path;
    }
    made.texts["MLmodel"] = mlmodel_text(*model, path, version, manifest.facts);
    made.texts["requirements.txt"] = requirements_text(manifest.facts);
    made.texts["python_env.yaml"] = python_env_text(manifest.facts);
    for (const FileRow& file : files) made.texts.erase(file.path);
    return made;
}

/// A few bytes before and behind those of a stored file.
class Wrapped final : public BodyStream {
public:
    Wrapped(std::string head, std::unique_ptr<BodyStream> inner, std::string_view tail)
        : head_(std::move(head)), inner_(std::move(inner)), tail_(tail) {}

    [[nodiscard]] std::uint64_t size() const override { return head_.size() + inner_->size() + tail_.size(); }

    [[nodiscard]] Result<std::span<const std::byte>> next() override {
        if (!std::exchange(began_, true)) return std::as_bytes(std::span(head_));
        TRY_ASSIGN(const auto window, inner_->next());
        if (!window.empty() || std::exchange(ended_, true)) return window;
        return std::as_bytes(std::span(tail_));
    }

private:
    std::string head_;
    std::unique_ptr<BodyStream> inner_;
    std::string_view tail_;
    bool began_ = false;
    bool ended_ = false;
};

/// The whole of a joblib file within a pickle; there are no ranges of what is made.
Result<Response> wrapped_file(Context& context, const Request& request, const VersionRow& version, const Made& made) {
    TRY_ASSIGN(auto opened, open_version_file(context.registry, version, made.wrapped));
    TRY_ASSIGN(const Digest digest, Digest::parse(opened.file.digest));
    Request whole;
    whole.method = request.method;
    TRY_ASSIGN(Response response, attachment(context.registry, whole, std::move(opened.reader), digest, made.wrapping));
    if (!response.stream) return response;  // HEAD
    for (const char* name : {"ETag", "Repr-Digest", "Accept-Ranges", "Last-Modified"}) response.headers.remove(name);
    const std::uint64_t size = response.stream->size();
    response.stream = std::make_unique<Wrapped>(joblib_in_pickle_head(size), std::move(response.stream), joblib_in_pickle_tail);
    return response;
}

Result<Response> made_file(Context& context, const Request& request, const VersionRow& version, const std::string& inside) {
    TRY_ASSIGN(const auto made, made_for(context.registry, version));
    const auto none = [] { return fail(ErrorKind::not_found, "file-not-found", "no such file"); };
    if (!made) return none();
    if (inside == made->wrapping && !inside.empty()) {
        TRY(pass_gate(context, request, version));
        return wrapped_file(context, request, version, *made);
    }
    const auto text = made->texts.find(inside);
    if (text == made->texts.end()) return none();
    return attachment(text->second, inside);
}

}  // namespace

Result<std::vector<logged_files::Entry>> folder_entries(Registry& registry, const VersionRow& version, const std::string& folder) {
    TRY_ASSIGN(auto entries, assay::version_entries(registry, version, folder));
    if (!folder.empty()) return entries;
    TRY_ASSIGN(const auto made, made_for(registry, version));
    if (!made) return entries;
    for (const auto& [path, text] : made->texts) entries.push_back({path, std::ssize(text)});
    for (logged_files::Entry& entry : entries) {
        if (made->wrapped.empty() || entry.name != made->wrapped || !entry.size) continue;
        const auto size = static_cast<std::uint64_t>(*entry.size);
        entry = {made->wrapping, static_cast<std::int64_t>(joblib_in_pickle_head(size).size() + size + joblib_in_pickle_tail.size())};
    }
    std::ranges::sort(entries, {}, &logged_files::Entry::name);
    return entries;
}

Result<Response> version_file(Context& context, const Request& request, const VersionRow& version, const std::string& inside,
                              const std::string& path) {
    auto opened = open_version_file(context.registry, version, inside);
    if (opened) {
        TRY_ASSIGN(const Digest digest, Digest::parse(opened->file.digest));
        TRY_ASSIGN(const bool description, is_description(context.registry, inside, digest));
        if (!description) TRY(pass_gate(context, request, version));
        return attachment(context.registry, request, std::move(opened->reader), digest, inside);
    }
    if (opened.error().code != "file-not-found") return fail(std::move(opened).error());
    auto made = made_file(context, request, version, inside);
    if (made || made.error().code != "file-not-found") return made;
    TRY_ASSIGN(const auto entries, folder_entries(context.registry, version, inside));
    if (!entries.empty()) return refuse(invalid_parameter, fmt::format("Artifact path refers to a directory, not a file: '{}'", path));
    return refuse(does_not_exist, fmt::format("No such artifact: '{}'", path));
}

}  // namespace assay::mlflow
