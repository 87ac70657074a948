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
    compare_releases(folder);
    return folder;
}

}  // namespace assay
