#include "clients/cli/mlflow_source.hpp"

#include "artifact/mlflow/yaml.hpp"
#include "base/text.hpp"
#include "clients/cpp/answer.hpp"
#include "clients/cpp/local_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

// The file store of MLflow, "mlruns" (source: MLflow 3.17, mlflow/store/tracking/file_store.py, mlflow/store/model_registry/file_store.py):
// a folder for each experiment and in it for each run and logged model, with a file for each param, tag and metric; meta.yaml says the
// rest.

namespace assay {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_meta_bytes = std::size_t{16} << 20U;

/// Folders in a folder, by name; none where there is no such folder.
std::vector<fs::path> folders_in(const fs::path& root) {
    std::vector<fs::path> found;
    std::error_code error;
    for (auto it = fs::directory_iterator(root, error); !error && it != fs::directory_iterator(); it.increment(error))
        if (it->is_directory(error) && !it->is_symlink(error)) found.push_back(it->path());
    std::ranges::sort(found);
    return found;
}

/// Files below a folder, by their path from there, which is the name of what they hold: "a/b" is a name.
std::vector<std::string> names_in(const fs::path& root) {
    std::vector<std::string> found;
    std::error_code error;
    for (auto it = fs::recursive_directory_iterator(root, error); !error && it != fs::recursive_directory_iterator(); it.increment(error))
        if (it->is_regular_file(error) && !it->is_symlink(error)) found.push_back(it->path().lexically_relative(root).generic_string());
    std::ranges::sort(found);
    return found;
}

Result<Json> meta_of(const fs::path& folder) {
    TRY_ASSIGN(const std::string text, read_text_file((folder / "meta.yaml").string(), max_meta_bytes));
    return parse_yaml(text);
}

bool has_meta(const fs::path& folder) {
    std::error_code error;
    return fs::is_regular_file(folder / "meta.yaml", error);
}

/// A file for each: {"name": "text"}
Result<Json> texts_in(const fs::path& root) {
    Json found = Json::object();
    for (const std::string& name : names_in(root)) {
        TRY_ASSIGN(found[name], read_text_file((root / name).string(), max_meta_bytes));
    }
    return found;
}

std::int64_t integer_at(const Json& meta, std::string_view key) { return parse_integer(string_of(meta, key)).value_or(0); }

/// As Python writes a float; null for what is no number.
Json value_at(const std::string& text) {
    if (const auto number = parse_number(text)) return *number;
    const std::string word = to_lower_ascii(text);
    if (word == "inf" || word == "-inf") return std::copysign(1.7976931348623157e+308, word == "inf" ? 1.0 : -1.0);
    return nullptr;
}

/// The lines of a metric: time, value, step, and of a logged model the run; then perhaps the name and digest of a dataset.
Result<void> each_line(const fs::path& path, const std::function<void(const std::vector<std::string>&)>& take) {
    std::ifstream file(path);
    if (!file) return fail(ErrorKind::not_found, "file-not-found", path.string() + " cannot be read");
    std::string line;
    while (std::getline(file, line)) {
        const std::vector<std::string> parts = split(trim(line), ' ');
        if (parts.size() < 2 || !parse_integer(parts[0])) {
            if (trim(line).empty()) continue;
            return fail(ErrorKind::invalid, "not-mlflow", fmt::format("'{}' is no point of a metric", printable(line, 100)));
        }
        take(parts);
    }
    return {};
}

std::int64_t step_of(const std::vector<std::string>& parts) { return parts.size() > 2 ? parse_integer(parts[2]).value_or(0) : 0; }

class MlflowFolder final : public MlflowSource {
public:
    MlflowFolder(const fs::path& root, std::string artifacts, Skip skip)
        : root_(root), artifacts_(root.parent_path().string(), std::move(artifacts)), skip_(std::move(skip)) {}

    [[nodiscard]] Result<void> look() const {
        const auto has_experiment = [](const fs::path& folder) { return std::ranges::any_of(folders_in(folder), has_meta); };
        if (has_experiment(root_) || has_experiment(root_ / ".trash")) return {};
        return fail(Error(ErrorKind::invalid, "not-mlflow", root_.string() + " is no file store of MLflow: it has no experiments")
                        .with_fix("name the folder mlruns, a database (mlflow.db) or a server (http://HOST:PORT)"));
    }

    [[nodiscard]] Result<std::uint64_t> run_count() override {
        std::uint64_t count = 0;
        for (const fs::path& experiment : experiment_folders())
            count += static_cast<std::uint64_t>(std::ranges::count_if(folders_in(experiment), has_meta));
        return count;
    }

    [[nodiscard]] Result<Json> experiments() override {
        std::vector<Json> found;
        for (const fs::path& folder : experiment_folders()) {
            const auto read = read_experiment(folder);
            if (read) {
                found.push_back(*read);
            } else {
                skip_("experiment " + folder.filename().string(), read.error().message);
            }
        }
        std::ranges::sort(found, {}, [](const Json& one) { return one["id"].get<std::int64_t>(); });
        return Json(found);
    }

    [[nodiscard]] Result<void> runs(const Json& experiment, const Take& take) override {
        const fs::path folder = folders_.at(experiment["id"].get<std::int64_t>());
        return each_readable("run", folder, take, [&](const fs::path& run) { return read_run(folder, run); });
    }

    [[nodiscard]] Result<void> logged_models(const Json& experiment, const Take& take) override {
        const fs::path folder = folders_.at(experiment["id"].get<std::int64_t>());
        return each_readable("logged model", folder / "models", take, [&](const fs::path& model) { return read_logged_model(model); });
    }

    [[nodiscard]] Result<Json> models() override {
        Json found = Json::array();
        const auto keep = [&](Json model) -> Result<void> {
            found.push_back(std::move(model));
            return {};
        };
        TRY(each_readable("model", root_ / "models", keep, read_model));
        return found;
    }

    [[nodiscard]] Result<void> versions(const Json& model, const Take& take) override {
        std::vector<Json> found;
        const auto keep = [&](Json version) -> Result<void> {
            if (version["stage"] != "Deleted_Internal") found.push_back(std::move(version));
            return {};
        };
        TRY(each_readable("version", root_ / "models" / string_of(model, "name"), keep, read_version));
        std::ranges::sort(found, {}, [](const Json& one) { return one["version"].get<std::int64_t>(); });
        for (Json& version : found) TRY(take(std::move(version)));
        return {};
    }

    [[nodiscard]] Result<std::vector<SourceFile>> files(const std::string& uri) override { return artifacts_.files(place_of(uri)); }
    [[nodiscard]] Result<std::string> local(const std::string& uri, const std::string& path) override {
        return artifacts_.local(place_of(uri), path);
    }

private:
    [[nodiscard]] std::vector<fs::path> experiment_folders() const {
        std::vector<fs::path> found;
        for (const fs::path& place : {root_, root_ / ".trash"})
            for (const fs::path& folder : folders_in(place))
                if (has_meta(folder)) found.push_back(folder);
        return found;
    }

    /// Gives what can be read of the folders in one, and tells of the others.
    template <class Read>
    Result<void> each_readable(std::string_view what, const fs::path& place, const Take& take, Read read) {
        for (const fs::path& folder : folders_in(place)) {
            if (!has_meta(folder)) continue;
            auto one = read(folder);
            if (!one) {
                skip_(fmt::format("{} {}", what, folder.filename().string()), one.error().message);
                continue;
            }
            TRY(take(*std::move(one)));
        }
        return {};
    }

    Result<Json> read_experiment(const fs::path& folder) {
        TRY_ASSIGN(const Json meta, meta_of(folder));
        const auto id = parse_integer(string_of(meta, "experiment_id"));
        if (!id) return fail(ErrorKind::invalid, "not-mlflow", "its meta.yaml has no experiment_id");
        folders_[*id] = folder;
        TRY_ASSIGN(Json tags, texts_in(folder / "tags"));
        const std::int64_t created = integer_at(meta, "creation_time");
        return Json{{"id", *id},
                    {"name", string_of(meta, "name")},
                    {"state", string_of(meta, "lifecycle_stage") == "deleted" ? "deleted" : "active"},
                    {"created_at", created},
                    {"updated_at", std::max(created, integer_at(meta, "last_update_time"))},
                    {"tags", std::move(tags)}};
    }

    Result<Json> read_run(const fs::path& experiment, const fs::path& folder) {
        TRY_ASSIGN(const Json meta, meta_of(folder));
        constexpr std::array<std::string_view, 5> statuses = {"running", "scheduled", "finished", "failed", "killed"};
        const std::int64_t status = integer_at(meta, "status");
        if (status < 1 || status > std::ssize(statuses)) return fail(ErrorKind::invalid, "not-mlflow", "its meta.yaml has no status");
        Json run = {{"id", string_of(meta, member(meta, "run_id").is_string() ? "run_id" : "run_uuid")},
                    {"name", string_of(meta, "run_name")},
                    {"actor", string_of(meta, "user_id")},
                    {"status", statuses.at(static_cast<std::size_t>(status - 1))},
                    {"state", string_of(meta, "lifecycle_stage") == "deleted" ? "deleted" : "active"},
                    {"artifacts", string_of(meta, "artifact_uri")},
                    {"metrics", Json::object()},
                    {"datasets", Json::array()},
                    {"inputs", Json::array()},
                    {"outputs", Json::array()}};
        if (const auto at = parse_integer(string_of(meta, "start_time"))) run["started_at"] = *at;
        if (const auto at = parse_integer(string_of(meta, "end_time"))) run["ended_at"] = *at;
        TRY_ASSIGN(run["params"], texts_in(folder / "params"));
        TRY_ASSIGN(run["tags"], texts_in(folder / "tags"));
        if (run["name"] == "") run["name"] = string_of(run["tags"], "mlflow.runName");
        for (const std::string& name : names_in(folder / "metrics")) {
            Json& points = run["metrics"][name] = Json::array();
            TRY(each_line(folder / "metrics" / name, [&](const std::vector<std::string>& parts) {
                points.push_back({parse_integer(parts[0]).value_or(0), step_of(parts), value_at(parts[1])});
            }));
        }
        for (const fs::path& input : folders_in(folder / "inputs")) TRY(add_input(experiment, input, run));
        for (const fs::path& output : folders_in(folder / "outputs")) {
            TRY_ASSIGN(const Json edge, meta_of(output));
            if (string_of(edge, "destination_type") == "MODEL_OUTPUT")
                run["outputs"].push_back({string_of(edge, "destination_id"), integer_at(edge, "step")});
        }
        remember(run, folder);
        return run;
    }

    static Result<void> add_input(const fs::path& experiment, const fs::path& folder, Json& run) {
        TRY_ASSIGN(const Json edge, meta_of(folder));
        if (string_of(edge, "source_type") == "MODEL") run["inputs"].push_back({string_of(edge, "source_id"), 0});
        if (string_of(edge, "source_type") != "DATASET") return {};
        const fs::path described = experiment / "datasets" / string_of(edge, "source_id");
        if (!has_meta(described)) return {};
        TRY_ASSIGN(const Json meta, meta_of(described));
        Json dataset = Json::object();
        for (const char* key : {"name", "digest", "source_type", "source", "schema", "profile"})
            if (member(meta, key).is_string()) dataset[key] = member(meta, key);
        dataset["tags"] = Json::object();
        for (const auto& [key, value] : member(edge, "tags").items())
            dataset["tags"][key] = value.is_string() ? value : Json(to_text(value));
        run["datasets"].push_back(std::move(dataset));
        return {};
    }

    Result<Json> read_logged_model(const fs::path& folder) {
        TRY_ASSIGN(const Json meta, meta_of(folder));
        const std::int64_t status = integer_at(meta, "status");
        Json model = {{"id", string_of(meta, "model_id")},
                      {"name", string_of(meta, "name")},
                      {"type", string_of(meta, "model_type")},
                      {"run", string_of(meta, "source_run_id")},
                      {"status", status == 2   ? "ready"
                                 : status == 3 ? "failed"
                                               : "pending"},
                      {"state", string_of(meta, "lifecycle_stage") == "deleted" ? "deleted" : "active"},
                      {"created_at", integer_at(meta, "creation_timestamp")},
                      {"updated_at", integer_at(meta, "last_updated_timestamp")},
                      {"artifacts", string_of(meta, "artifact_location")},
                      {"metrics", Json::array()}};
        TRY_ASSIGN(model["params"], texts_in(folder / "params"));
        TRY_ASSIGN(model["tags"], texts_in(folder / "tags"));
        for (const std::string& name : names_in(folder / "metrics")) {
            TRY(each_line(folder / "metrics" / name, [&](const std::vector<std::string>& parts) {
                Json point = {{"name", name}, {"at", parse_integer(parts[0]).value_or(0)}, {"step", step_of(parts)}};
                if (parts.size() > 3) point["run"] = parts[3];
                if (parts.size() > 5) point.update({{"dataset_name", parts[4]}, {"dataset_digest", parts[5]}});
                if (Json value = value_at(parts[1]); !value.is_null()) point["value"] = std::move(value);
                model["metrics"].push_back(std::move(point));
            }));
        }
        remember(model, folder);
        return model;
    }

    static Result<Json> read_model(const fs::path& folder) {
        TRY_ASSIGN(const Json meta, meta_of(folder));
        Json model = {{"name", folder.filename().string()},
                      {"description", string_of(meta, "description")},
                      {"updated_at", integer_at(meta, "last_updated_timestamp")},
                      {"aliases", Json::object()}};
        TRY_ASSIGN(model["tags"], texts_in(folder / "tags"));
        TRY_ASSIGN(const Json aliases, texts_in(folder / "aliases"));
        for (const auto& [alias, number] : aliases.items())
            model["aliases"][alias] = parse_integer(trim(number.get<std::string>())).value_or(0);
        return model;
    }

    static Result<Json> read_version(const fs::path& folder) {
        TRY_ASSIGN(const Json meta, meta_of(folder));
        const std::string stage = string_of(meta, "current_stage");
        Json version = {{"model", folder.parent_path().filename().string()},
                        {"version", integer_at(meta, "version")},
                        {"description", string_of(meta, "description")},
                        {"stage", stage.empty() ? "None" : stage},
                        {"source", string_of(meta, "source")},
                        {"run", string_of(meta, "run_id")},
                        {"run_link", string_of(meta, "run_link")},
                        {"status", string_of(meta, "status")},
                        {"created_at", integer_at(meta, "creation_timestamp")},
                        {"updated_at", integer_at(meta, "last_updated_timestamp")},
                        {"storage", string_of(meta, "storage_location")}};
        TRY_ASSIGN(version["tags"], texts_in(folder / "tags"));
        return version;
    }

    /// The files of a run or logged model are beside its meta.yaml, whatever that says: the folder may have moved, or be a copy.
    void remember(const Json& item, const fs::path& folder) {
        std::error_code error;
        if (fs::is_directory(folder / "artifacts", error)) moved_[string_of(item, "artifacts")] = (folder / "artifacts").string();
    }

    [[nodiscard]] std::string place_of(const std::string& uri) const {
        const auto found = moved_.find(uri);
        return found == moved_.end() ? uri : found->second;
    }

    fs::path root_;
    LocalArtifacts artifacts_;
    Skip skip_;
    std::map<std::int64_t, fs::path> folders_;  ///< by number of the experiment
    std::map<std::string, std::string> moved_;  ///< the folder that has the files of a URI now
};

}  // namespace

Result<std::unique_ptr<MlflowSource>> open_mlflow_folder(const std::string& path, const std::string& artifacts, MlflowSource::Skip skip) {
    std::error_code error;
    fs::path root = fs::absolute(path, error);
    if (!has_meta(root) && fs::is_directory(root / "mlruns", error)) root /= "mlruns";
    auto source = std::make_unique<MlflowFolder>(root, artifacts, std::move(skip));
    TRY(source->look());
    return source;
}

}  // namespace assay
