#pragma once

#include "artifact/joblib/in_pickle.hpp"  // what a client that only unpickles is given of a joblib file
#include "registry/registry.hpp"
#include "storage/records.hpp"
#include "storage/tables/logged_files.hpp"

#include <memory>
#include <string>
#include <vector>

namespace assay {

/// All files of a version, by path.
[[nodiscard]] Result<std::vector<FileRow>> files_of_version(Registry& registry, const VersionRow& version);

/// What lies directly in a folder of a version ("" is its root), by name.
[[nodiscard]] Result<std::vector<logged_files::Entry>> version_entries(Registry& registry, const VersionRow& version,
                                                                       const std::string& folder);

struct OpenedVersionFile {
    FileRow file;
    std::unique_ptr<BlobReader> reader;  ///< verified; must not outlive the registry's blob store
};
/// A file of a version, without a gate: who calls this has asked it. `not_found`, code "file-not-found"; `integrity`, code "blob-corrupt".
[[nodiscard]] Result<OpenedVersionFile> open_version_file(Registry& registry, const VersionRow& version, const std::string& path);

}  // namespace assay
