#pragma once

#include "base/json.hpp"
#include "base/result.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace assay {

// What DVC keeps of a project: dvc.lock (schemas 1.0 and 2.0), *.dvc, dvc.yaml, the cache of DVC 2 and 3. Source: the file formats that
// https://dvc.org/doc/user-guide/project-structure describes.

/// A file or folder that DVC knows by its MD5.
struct DvcFile {
    std::string path;  ///< from the folder of its dvc.lock or .dvc file
    std::string md5;   ///< of a folder, with ".dir"; empty: none is recorded
};

struct DvcStage {
    std::string name;  ///< "train"; of a .dvc file, its name
    std::string command;
    std::vector<DvcFile> deps;
    std::vector<DvcFile> outs;
    Json params = Json::object();  ///< "train.depth" → "8"
    std::vector<std::string> metrics;  ///< files, as dvc.yaml says
    std::string recorded_in;       ///< "dvc.lock", "model.joblib.dvc"
};

/// A model that dvc.yaml declares under "artifacts".
struct DvcArtifact {
    std::string name;
    std::string path;
    std::string description;
    std::vector<std::string> labels;
};

/// A folder with a dvc.lock or .dvc files, and what the dvc.yaml files there and above it, up to the root of the project, say of it.
class DvcProject {
public:
    using Skip = std::function<void(std::string what, std::string because)>;

    /// Reads a folder. What cannot be read is told to `skip`.
    [[nodiscard]] static DvcProject read(const std::filesystem::path& folder, const Skip& skip);

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] const std::vector<DvcStage>& stages() const { return stages_; }
    [[nodiscard]] const std::vector<DvcArtifact>& artifacts() const { return artifacts_; }
    [[nodiscard]] const std::vector<std::string>& metrics() const { return metrics_; }  ///< of no stage, and what DVCLive wrote
    [[nodiscard]] const Json& params() const { return params_; }                        ///< that DVCLive wrote

    /// Where the bytes of a file are: in the working folder, when they are those, or in the cache. `not_found`, code "dvc-pull".
    [[nodiscard]] Result<std::filesystem::path> bytes_of(const DvcFile& file) const;
    /// The files of a folder, with their paths from there. `not_found`, code "dvc-pull".
    [[nodiscard]] Result<std::vector<DvcFile>> files_of(const DvcFile& folder) const;

private:
    void read_lock(const Skip& skip);
    void read_yaml(const std::filesystem::path& folder, const Skip& skip);
    void read_singles(const Skip& skip);
    [[nodiscard]] std::optional<std::filesystem::path> in_cache(const std::string& md5) const;

    std::filesystem::path folder_;
    std::vector<std::filesystem::path> caches_;
    std::vector<DvcStage> stages_;
    std::vector<DvcArtifact> artifacts_;
    std::vector<std::string> metrics_;
    Json params_ = Json::object();
};

/// The folders at and below one that DVC keeps something in, sorted; not those that begin with a dot.
[[nodiscard]] std::vector<std::filesystem::path> dvc_folders(const std::filesystem::path& root);

}  // namespace assay
