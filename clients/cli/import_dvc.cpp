#include "clients/cli/import_dvc.hpp"

#include "artifact/mlflow/yaml.hpp"
#include "base/clock.hpp"
#include "base/md5.hpp"
#include "base/text.hpp"
#include "clients/cli/dvc_project.hpp"
#include "clients/cli/process.hpp"
#include "clients/cpp/answer.hpp"
#include "registry/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>

namespace assay {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_metrics_bytes = std::size_t{16} << 20U;

bool is_code(const std::string& path) {
    constexpr std::array<std::string_view, 9> endings = {".py", ".ipynb", ".sh", ".r", ".jl", ".yaml", ".yml", ".toml", ".cfg"};
    return std::ranges::find(endings, std::string_view(to_lower_ascii(fs::path(path).extension().string()))) != endings.end();
}

/// What a file of data was for, as far as a word of its name says.
std::string_view role_of(const std::string& path) {
    std::string name = to_lower_ascii(fs::path(path).stem().string());
    std::ranges::replace_if(name, [](unsigned char c) { return std::isalpha(c) == 0; }, ' ');
    for (const std::string& word : split(name, ' ')) {
        if (word == "test") return "test";
        if (word == "eval" || word == "evaluation" || word == "holdout") return "evaluation";
        if (word == "val" || word == "valid" || word == "validation") return "validation";
    }
    return "training";
}

/// The commit that first recorded a file's bytes, and when; absent where nothing of the kind is known.
struct Commit {
    std::string hash;
    std::string time;
};

/// Of a project that may be anybody's: git must run nothing that its configuration names, and change nothing.
std::optional<Commit> commit_of(const fs::path& folder, const std::string& file, const std::string& md5) {
    std::error_code error;
    for (fs::path at = folder;; at = at.parent_path()) {
        if (fs::exists(at / ".git", error)) break;
        if (at == at.parent_path()) return std::nullopt;
    }
    const auto said = run_program({"git", "--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false", "-c",
                                   "core.hooksPath=/dev/null", "-c", "log.showSignature=false", "-C", folder.string(), "log", "--reverse",
                                   "--no-textconv", "--no-ext-diff", "--format=%H %cI", "-S" + md5.substr(0, 32), "--", file},
                                  "");
    if (!said) return std::nullopt;
    const std::vector<std::string> words = split(trim(said->substr(0, said->find('\n'))), ' ');
    if (words.size() != 2 || !Timestamp::parse(words[1])) return std::nullopt;
    return Commit{words[0], words[1]};
}

/// Numbers at any depth: {"test": {"auc": 0.9}} is "test.auc".
void add_metrics(const Json& json, const std::string& prefix, const std::string& dataset, Json& metrics) {
    for (const auto& [key, value] : json.items()) {
        const std::string name = prefix.empty() ? key : prefix + "." + key;
        if (value.is_object()) {
            add_metrics(value, name, dataset, metrics);
            continue;
        }
        const auto number = value.is_number()   ? std::optional(value.get<double>())
                            : value.is_string() ? parse_number(value.get<std::string>())  // YAML's numbers are texts here
                                                : std::nullopt;
        if (!number || !std::isfinite(*number) || name == "step") continue;
        const bool known = std::ranges::any_of(metrics, [&](const Json& one) { return one["name"] == name; });
        if (known) continue;
        metrics.push_back({{"name", name}, {"value", *number}});
        if (!dataset.empty()) metrics.back()["dataset"] = dataset;
    }
}

/// Takes over one project.
class DvcImport {
public:
    DvcImport(Output& output, Connection& server, const Config& config, const DvcImportOptions& options, ImportReport& report,
              DvcProject project)
        : output_(output), server_(server), config_(config), options_(options), report_(report), project_(std::move(project)) {}

    Result<void> run() {
        for (const DvcStage& stage : project_.stages()) {
            for (const DvcFile& out : stage.outs) {
                if (is_model(out.path)) {
                    TRY(take(stage, out));
                } else if (out.md5.ends_with(".dir")) {
                    const auto within = project_.files_of(out);  // a folder that may hold models
                    if (!within) continue;
                    for (const DvcFile& file : *within)
                        if (is_model(file.path)) TRY(take(stage, file));
                }
            }
        }
        return {};
    }
    [[nodiscard]] std::size_t models() const { return models_; }

private:
    [[nodiscard]] const DvcArtifact* artifact_of(const std::string& path) const {
        const auto found = std::ranges::find(project_.artifacts(), path, &DvcArtifact::path);
        return found == project_.artifacts().end() ? nullptr : &*found;
    }

    /// What other stages make features of is no model, though it may be a pickle: where dvc.yaml declares models, those are it.
    [[nodiscard]] bool is_model(const std::string& path) const {
        if (artifact_of(path) != nullptr) return true;
        return project_.artifacts().empty() && is_model_name(path);
    }

    Result<void> take(const DvcStage& stage, const DvcFile& out) {
        ++models_;
        const std::string what = (project_.folder() / out.path).string();
        PastVersion version{.what = what,
                            .model = "",
                            .files = {},
                            .facts = {{"datasets", Json::array()}, {"metrics", Json::array()}},
                            .tags = {{"dvc.stage", stage.name}, {"dvc.md5", out.md5}},
                            .description = ""};
        const DvcArtifact* const artifact = artifact_of(out.path);
        version.model = !options_.name.empty() ? options_.name : artifact != nullptr ? artifact->name : model_name_of(what);
        if (artifact != nullptr) {
            version.description = artifact->description;
            for (const std::string& label : artifact->labels) version.tags[label] = "";
        }
        const auto name = model_name(version.model);
        if (!name) {
            report_.skip(what, name.error().message + " (--name)");
            return {};
        }
        version.model = *name;
        if (const auto files = files_of(out, version); !files) {
            if (files.error().code != "dvc-pull" && files.error().code != "file-not-found") return fail(files.error());
            report_.skip(what, files.error().message + (files.error().fixes.empty() ? "" : " (" + files.error().fixes.front() + ")"));
            return {};
        }
        TRY(add_datasets(stage, out, version));
        const Json& params = stage.params.empty() ? project_.params() : stage.params;
        if (!params.empty()) version.facts["params"] = params;
        TRY(add_metrics_of(stage, out, version));
        if (const auto commit = commit_of(project_.folder(), stage.recorded_in, out.md5)) {
            version.facts["trained_at"] = commit->time;
            version.facts["source"]["git"] = commit->hash;
        }
        if (!stage.command.empty()) version.facts["source"]["entry_point"] = stage.command;
        return register_or_tell(output_, server_, config_, version, report_);
    }

    Result<void> files_of(const DvcFile& out, PastVersion& version) const {
        if (!out.md5.ends_with(".dir")) {
            TRY_ASSIGN(const fs::path bytes, project_.bytes_of(out));
            version.files.push_back({fs::path(out.path).filename().string(), bytes.string()});
            return {};
        }
        TRY_ASSIGN(const auto files, project_.files_of(out));
        for (const DvcFile& file : files) {
            TRY_ASSIGN(const fs::path bytes, project_.bytes_of(file));
            version.files.push_back({file.path.substr(out.path.size() + 1), bytes.string()});
        }
        if (version.files.empty()) return fail(ErrorKind::not_found, "dvc-pull", "the folder is empty");
        return {};
    }

    /// The stage that makes a file; nullptr when none does.
    [[nodiscard]] const DvcStage* maker_of(const std::string& path) const {
        for (const DvcStage& stage : project_.stages())
            if (std::ranges::find(stage.outs, path, &DvcFile::path) != stage.outs.end()) return &stage;
        return nullptr;
    }

    [[nodiscard]] static bool reads(const DvcStage& stage, const DvcFile& file) {
        return std::ranges::find(stage.deps, file.path, &DvcFile::path) != stage.deps.end();
    }

    /// What the stage read, and what that was made from; and on what stages that read the model judged it.
    Result<void> add_datasets(const DvcStage& stage, const DvcFile& out, PastVersion& version) {
        std::set<std::string> seen = {out.path}, names;
        std::vector<std::pair<DvcFile, bool>> open;
        const auto follow = [&](const DvcStage& of, bool direct) {
            for (const DvcFile& dep : of.deps)
                if (!is_code(dep.path) && seen.insert(dep.path).second) open.emplace_back(dep, direct);
        };
        follow(stage, true);
        for (std::size_t i = 0; i < open.size(); ++i) {
            const auto [file, direct] = open[i];
            TRY(add_dataset(file, direct ? std::string(role_of(file.path)) : "other", names, version));
            if (const DvcStage* const maker = maker_of(file.path)) follow(*maker, false);
        }
        for (const DvcStage& judge : project_.stages()) {
            if (!reads(judge, out)) continue;
            for (const DvcFile& dep : judge.deps) {
                if (is_code(dep.path) || !seen.insert(dep.path).second) continue;
                const std::string_view role = role_of(dep.path);
                TRY(add_dataset(dep, role == "training" ? "evaluation" : std::string(role), names, version));
            }
        }
        return {};
    }

    Result<void> add_dataset(DvcFile file, const std::string& role, std::set<std::string>& names, PastVersion& version) {
        if (file.md5.empty())
            if (const DvcStage* const maker = maker_of(file.path))
                file.md5 = std::ranges::find(maker->outs, file.path, &DvcFile::path)->md5;
        std::string name = fs::path(file.path).stem().string();
        if (!names.insert(name).second) name = file.path;
        const auto bytes = file.md5.ends_with(".dir") ? Result<fs::path>(fail(ErrorKind::not_found, "dvc-pull", "a folder has no SHA-256"))
                                                      : project_.bytes_of(file);
        if (!bytes && bytes.error().code != "dvc-pull" && bytes.error().code != "file-not-found") return fail(bytes.error());
        if (!bytes) {  // an MD5 proves nothing: it is kept as a label
            version.tags["dvc.md5." + file.path] = file.md5;
            output_.note(fmt::format("{}: dataset {} is known by its MD5 only: {}", version.what, file.path, bytes.error().message));
            return {};
        }
        TRY_ASSIGN(const LocalFile hashed, hash_file(bytes->string()));
        version.facts["datasets"].push_back({{"role", role}, {"name", name}, {"digest", hashed.digest.to_string()}});
        return {};
    }

    /// Of the stage itself, of those that read the model, and of none; and what dvclive wrote.
    Result<void> add_metrics_of(const DvcStage& stage, const DvcFile& out, PastVersion& version) {
        std::vector<std::pair<std::string, const DvcStage*>> files;
        for (const DvcStage& one : project_.stages()) {
            if (&one == &stage || reads(one, out))
                for (const std::string& file : one.metrics) files.emplace_back(file, &one);
        }
        for (const std::string& file : project_.metrics()) files.emplace_back(file, nullptr);
        std::set<std::string> seen;
        for (const auto& [file, of] : files) {
            const fs::path path = project_.folder() / file;
            std::error_code error;
            if (!seen.insert(file).second || !fs::is_regular_file(path, error)) continue;
            const auto text = read_text_file(path.string(), max_metrics_bytes);
            const auto json = !text                         ? Result<Json>(fail(text.error()))
                              : path.extension() == ".json" ? parse_json(*text)
                                                            : parse_yaml(*text);
            if (!json) {
                output_.note(fmt::format("{}: no metrics are taken from {}: {}", version.what, file, json.error().message));
                continue;
            }
            if (of != nullptr) {
                const auto recorded = std::ranges::find(of->outs, file, &DvcFile::path);
                TRY_ASSIGN(const std::string md5, md5_of_file(path.string()));
                if (recorded != of->outs.end() && !recorded->md5.empty() && recorded->md5 != md5) {
                    output_.note(
                        fmt::format("{}: {} is not the one that dvc.lock records: no metrics are taken from it", version.what, file));
                    continue;
                }
            }
            const Json named = json->is_object() ? *json : Json{{path.stem().string(), *json}};  // a file may be one number
            add_metrics(named, "", of == nullptr ? "" : judged_on(*of, out, version), version.facts["metrics"]);
        }
        return {};
    }

    /// The only data that a stage which read the model had beside it; empty: there is none, or several.
    [[nodiscard]] static std::string judged_on(const DvcStage& judge, const DvcFile& out, const PastVersion& version) {
        std::string found;
        if (!reads(judge, out)) return found;
        for (const DvcFile& dep : judge.deps) {
            if (dep.path == out.path || is_code(dep.path)) continue;
            if (!found.empty()) return "";
            found = fs::path(dep.path).stem().string();
        }
        const bool known = std::ranges::any_of(version.facts["datasets"], [&](const Json& one) { return one["name"] == found; });
        return known ? found : "";
    }

    Output& output_;
    Connection& server_;
    const Config& config_;
    const DvcImportOptions& options_;
    ImportReport& report_;
    DvcProject project_;
    std::size_t models_ = 0;
};

}  // namespace

Result<void> import_dvc(Output& output, Connection& server, const Config& config, const DvcImportOptions& options, ImportReport& report) {
    std::error_code error;
    const fs::path given(options.folder);
    const bool is_file_of_dvc = given.filename() == "dvc.lock" || given.filename() == "dvc.yaml" || given.extension() == ".dvc";
    const fs::path root = is_file_of_dvc && fs::is_regular_file(given, error) ? fs::absolute(given, error).parent_path() : given;
    if (!fs::is_directory(root, error))
        return fail(ErrorKind::not_found, "file-not-found", fmt::format("there is no folder {}", printable(options.folder, 300)));
    const std::vector<fs::path> folders = dvc_folders(root);
    if (folders.empty())
        return fail(Error(ErrorKind::invalid, "not-dvc", fmt::format("{} is no project of DVC", printable(options.folder, 300)))
                        .with_because("there is no dvc.lock and no .dvc file in it")
                        .with_fix("dvc repro or dvc add, then the same command again"));
    std::size_t models = 0;
    for (const fs::path& folder : folders) {
        DvcProject project =
            DvcProject::read(folder, [&](std::string what, std::string because) { report.skip(std::move(what), std::move(because)); });
        DvcImport import(output, server, config, options, report, std::move(project));
        TRY(import.run());
        models += import.models();
    }
    if (models == 0)
        report.skip(options.folder,
                    "nothing that DVC tracks there is a model file; dvc.yaml may name it under artifacts, with type: model");
    return {};
}

}  // namespace assay
