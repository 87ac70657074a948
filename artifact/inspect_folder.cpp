#include "artifact/inspect_folder.hpp"

#include "artifact/content.hpp"
#include "artifact/inspect.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace assay {

namespace {

bool is_claim(const ReleaseEvidence& release) {
    return release.evidence != "_sklearn_version" && !release.evidence.starts_with("_sklearn_version ");
}

/// "1.5" claims what "1.5.0" is.
std::string without_zeros(std::string release) {
    while (release.ends_with(".0")) release.resize(release.size() - 2);
    return release;
}

/// Releases of scikit-learn that objects in the bytes name, in the part or what is within it.
void collect_written(const Inspection& part, std::set<std::string>& written) {
    for (const ReleaseEvidence& release : part.releases) {
        if (release.package == "scikit-learn" && release.exact && !is_claim(release)) written.insert(without_zeros(release.release));
    }
    for (const Inspection& inner : part.parts) collect_written(inner, written);
}

void compare_releases(Inspection& folder) {
    std::set<std::string> written;
    for (const Inspection& part : folder.parts) collect_written(part, written);
    if (written.empty()) return;
    const std::string found = join(std::vector<std::string>(written.begin(), written.end()), ", ");
    for (const Inspection& part : folder.parts) {
        for (const ReleaseEvidence& release : part.releases) {
            if (release.package != "scikit-learn" || !release.exact || !is_claim(release)) continue;
            if (!written.contains(without_zeros(release.release))) {
                note(folder, "version-conflict", 0,
                     fmt::format("{} says scikit-learn {}, and the model was written by {}", release.evidence, release.release, found),
                     "scikit-learn", part.name);
            }
        }
    }
}

/// An MLmodel names the file that will be loaded, or its folder: who reads on has to know that it is another one, or not here.
void look_for_model(Inspection& folder) {
    for (const char* key : {"pickled_model", "model_path", "data"}) {
        const auto named = folder.details.find(key);
        if (named == folder.details.end() || !named->is_string()) continue;
        const auto path = named->get<std::string>();
        const bool here = std::any_of(folder.parts.begin(), folder.parts.end(),
                                      [&](const Inspection& part) { return part.name == path || part.name.starts_with(path + "/"); });
        if (!here) note(folder, "absent-file", 0, fmt::format("MLmodel says that {} is {}, which is not here", key, path), path, "MLmodel");
    }
}

}  // namespace

Result<Inspection> inspect_folder(const std::vector<FolderFile>& files, std::string name, const InspectLimits& limits) {
    Inspection folder;
    folder.name = std::move(name);
    folder.format = "folder";
    folder.complete = true;
    for (const FolderFile& file : files) {
        TRY_ASSIGN(const std::unique_ptr<RandomSource> bytes, file.open());
        TRY_ASSIGN(Inspection part, inspect(*bytes, file.path, limits));
        folder.bytes += part.bytes;
        folder.complete = folder.complete && part.complete;
        if (file.path == "MLmodel") {
            folder.format = "mlflow";
            folder.details = part.details;
        }
        folder.parts.push_back(std::move(part));
    }
    if (folder.format == "mlflow") {
        for (const Inspection& part : folder.parts) {
            const bool beside = part.name == "MLmodel" || part.name == "requirements.txt";
            if (beside) folder.releases.insert(folder.releases.end(), part.releases.begin(), part.releases.end());
        }
    }
    if (folder.format == "mlflow") look_for_model(folder);
    compare_releases(folder);
    return folder;
}

}  // namespace assay
