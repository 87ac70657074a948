#include "clients/cli/dvc_project.hpp"

#include "artifact/mlflow/yaml.hpp"
#include "base/md5.hpp"
#include "base/text.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/local_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace assay {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_file_bytes = std::size_t{64} << 20U;

bool is_file(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

Result<Json> yaml_of(const fs::path& path) {
    TRY_ASSIGN(const std::string text, read_text_file(path.string(), max_file_bytes));
    TRY_ASSIGN(Json json, parse_yaml(text));
    if (!json.is_object()) return fail(ErrorKind::invalid, "not-dvc", "it is no map");
    return json;
}

std::vector<DvcFile> files_at(const Json& json, std::string_view key) {
    std::vector<DvcFile> files;
    for (const Json& one : list_of(json, key))
        if (const std::string path = string_of(one, "path"); !path.empty()) files.push_back({path, string_of(one, "md5")});
    return files;
}

/// {"a": {"b": "1"}} as {"a.b": "1"}
void flatten(const Json& json, const std::string& prefix, Json& flat) {
    for (const auto& [key, value] : json.items()) {
        const std::string name = prefix.empty() ? key : prefix + "." + key;
        if (value.is_object()) {
            flatten(value, name, flat);
        } else {
            flat[name] = value.is_string() ? value : Json(to_text(value));
        }
    }
}

/// ["metrics.json", {"other.json": {"cache": false}}]
std::vector<std::string> paths_at(const Json& json, std::string_view key) {
    std::vector<std::string> paths;
    for (const Json& one : list_of(json, key)) {
        if (one.is_string()) paths.push_back(one.get<std::string>());
        if (one.is_object())
            for (const auto& [path, options] : one.items()) paths.push_back(path);
    }
    return paths;
}

/// "dir" of the section [cache], of .dvc/config.local before .dvc/config: from the folder .dvc when it is no whole path.
std::optional<fs::path> configured_cache(const fs::path& dot_dvc) {
    for (const char* name : {"config.local", "config"}) {
        const auto text = read_text_file((dot_dvc / name).string(), max_file_bytes);
        if (!text) continue;
        bool within = false;
        for (const std::string& line : split(*text, '\n')) {
            const std::string_view trimmed = trim(line);
            if (trimmed.starts_with('[')) within = trimmed == "[cache]";
            const std::size_t equals = trimmed.find('=');
            if (within && equals != std::string_view::npos && trim(trimmed.substr(0, equals)) == "dir")
                return (dot_dvc / std::string(trim(trimmed.substr(equals + 1)))).lexically_normal();
        }
    }
    return std::nullopt;
}

/// The folder .dvc of the project that a folder is in.
std::optional<fs::path> dot_dvc_above(fs::path folder) {
    std::error_code error;
    for (;; folder = folder.parent_path()) {
        if (fs::is_directory(folder / ".dvc", error)) return folder / ".dvc";
        if (folder == folder.parent_path()) return std::nullopt;
    }
}

bool is_dvc_file(const fs::path& path) { return path.extension() == ".dvc" && is_file(path); }

}  // namespace

DvcProject DvcProject::read(const fs::path& folder, const Skip& skip) {
    DvcProject project;
    std::error_code error;
    project.folder_ = fs::absolute(folder, error).lexically_normal();
    const auto dot_dvc = dot_dvc_above(project.folder_);
    if (dot_dvc) {
        if (const auto configured = configured_cache(*dot_dvc)) project.caches_.push_back(*configured);
        project.caches_.push_back(*dot_dvc / "cache");
    }
    project.read_lock(skip);
    project.read_singles(skip);
    // What dvc.yaml files above declare is about files here, too: DVCLive writes one at the root for models in folders.
    const fs::path top = dot_dvc ? dot_dvc->parent_path() : project.folder_;
    for (fs::path at = project.folder_;; at = at.parent_path()) {
        project.read_yaml(at, skip);
        if (at == top || at == at.parent_path()) return project;
    }
}

void DvcProject::read_lock(const Skip& skip) {
    const fs::path path = folder_ / "dvc.lock";
    if (!is_file(path)) return;
    const auto lock = yaml_of(path);
    if (!lock) return skip(path.string(), lock.error().message);
    const Json& stages = lock->contains("stages") ? (*lock)["stages"] : *lock;  // schema 1.0 has them at the top
    for (const auto& [name, stage] : stages.items()) {
        if (!stage.is_object()) continue;
        DvcStage read{.name = name,
                      .command = string_of(stage, "cmd"),
                      .deps = files_at(stage, "deps"),
                      .outs = files_at(stage, "outs"),
                      .metrics = {},
                      .recorded_in = "dvc.lock"};
        for (const auto& [file, params] : member(stage, "params").items())
            if (params.is_object()) flatten(params, "", read.params);
        stages_.push_back(std::move(read));
    }
}

void DvcProject::read_yaml(const fs::path& folder, const Skip& skip) {
    const fs::path path = folder / "dvc.yaml";
    const auto here = [&](const std::string& given) {
        return (folder / given).lexically_normal().lexically_relative(folder_).generic_string();
    };
    if (is_file(folder / "dvclive" / "metrics.json")) metrics_.push_back(here("dvclive/metrics.json"));
    if (const auto params =
            is_file(folder / "dvclive" / "params.yaml") ? yaml_of(folder / "dvclive" / "params.yaml") : Result<Json>(Json::object()))
        flatten(*params, "", params_);
    if (!is_file(path)) return;
    const auto yaml = yaml_of(path);
    if (!yaml) return skip(path.string(), yaml.error().message + " (its metrics and artifacts are not known)");
    for (const std::string& metric : paths_at(*yaml, "metrics")) metrics_.push_back(here(metric));
    for (DvcStage& stage : stages_) {
        if (folder != folder_) break;
        // "train@3" is one of the stages that "train" makes with foreach or matrix.
        const Json& stages = member(*yaml, "stages");
        const Json& declared = member(stages, stage.name).is_object() ? member(stages, stage.name)
                                                                      : member(stages, stage.name.substr(0, stage.name.find('@')));
        const Json& body = declared.contains("do") ? member(declared, "do") : declared;
        stage.metrics = paths_at(body, "metrics");
        const std::string wdir = string_of(body, "wdir");
        const auto from_wdir = [&](std::string& given) { given = (fs::path(wdir) / given).lexically_normal().generic_string(); };
        if (wdir.empty()) continue;
        for (DvcFile& file : stage.deps) from_wdir(file.path);
        for (DvcFile& file : stage.outs) from_wdir(file.path);
        for (std::string& metric : stage.metrics) from_wdir(metric);
    }
    for (const auto& [name, one] : member(*yaml, "artifacts").items()) {
        if (string_of(one, "type") != "model") continue;
        artifacts_.push_back({name, here(string_of(one, "path")), string_of(one, "desc"), {}});
        for (const Json& label : list_of(one, "labels"))
            if (label.is_string()) artifacts_.back().labels.push_back(label.get<std::string>());
    }
}

void DvcProject::read_singles(const Skip& skip) {
    std::vector<fs::path> found;
    std::error_code error;
    for (auto it = fs::directory_iterator(folder_, error); !error && it != fs::directory_iterator(); it.increment(error))
        if (is_dvc_file(it->path())) found.push_back(it->path());
    std::ranges::sort(found);
    for (const fs::path& path : found) {
        const auto single = yaml_of(path);
        if (!single) {
            skip(path.string(), single.error().message);
            continue;
        }
        const std::string name = path.filename().string();
        stages_.push_back({.name = name,
                           .command = string_of(*single, "cmd"),
                           .deps = {},
                           .outs = files_at(*single, "outs"),
                           .metrics = {},
                           .recorded_in = name});
    }
}

std::optional<fs::path> DvcProject::in_cache(const std::string& md5) const {
    if (md5.size() < 32 || md5.find_first_not_of("0123456789abcdef.dir") != std::string::npos) return std::nullopt;
    for (const fs::path& cache : caches_)
        for (const fs::path& layout : {cache / "files" / "md5", cache})  // of DVC 3, of DVC 2
            if (const fs::path path = layout / md5.substr(0, 2) / md5.substr(2); is_file(path)) return path;
    return std::nullopt;
}

Result<fs::path> DvcProject::bytes_of(const DvcFile& file) const {
    const fs::path here = folder_ / file.path;
    bool differs = false;
    if (is_file(here)) {
        TRY_ASSIGN(const std::string md5, md5_of_file(here.string()));
        if (md5 == file.md5) return here;
        differs = true;
    }
    if (const auto cached = in_cache(file.md5)) {
        TRY_ASSIGN(const std::string md5, md5_of_file(cached->string()));
        if (md5 == file.md5) return *cached;
    }
    return fail(Error(ErrorKind::not_found, "dvc-pull",
                      fmt::format("{} is {}, and its bytes are not in the cache", printable(file.path, 300),
                                  differs ? "not the one that DVC recorded" : "not here"))
                    .with_fix("dvc pull"));
}

Result<std::vector<DvcFile>> DvcProject::files_of(const DvcFile& folder) const {
    const auto listing = in_cache(folder.md5);
    if (!listing)
        return fail(Error(ErrorKind::not_found, "dvc-pull",
                          fmt::format("the list of the files of {} is not in the cache", printable(folder.path, 300)))
                        .with_fix("dvc pull"));
    TRY_ASSIGN(const std::string text, read_text_file(listing->string(), max_file_bytes));
    TRY_ASSIGN(const Json list, parse_json(text, {.max_bytes = max_file_bytes}));
    std::vector<DvcFile> files;
    for (const Json& one : list) files.push_back({folder.path + "/" + string_of(one, "relpath"), string_of(one, "md5")});
    return files;
}

std::vector<fs::path> dvc_folders(const fs::path& root) {
    std::set<fs::path> found;
    std::error_code error;
    const auto look = [&](const fs::path& path) {
        if (path.filename() == "dvc.lock" || is_dvc_file(path)) found.insert(path.parent_path());
    };
    for (auto it = fs::recursive_directory_iterator(root, fs::directory_options::skip_permission_denied, error);
         !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
        if (it->is_directory(error) && it->path().filename().string().starts_with('.')) {
            it.disable_recursion_pending();
        } else if (it->is_regular_file(error)) {
            look(it->path());
        }
    }
    return {found.begin(), found.end()};
}

}  // namespace assay
