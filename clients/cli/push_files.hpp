#pragma once

#include "clients/cli/config.hpp"
#include "clients/cli/output.hpp"
#include "clients/cpp/connection.hpp"
#include "clients/cpp/files_to_push.hpp"
#include "clients/cpp/local_file.hpp"

#include <string>
#include <vector>

namespace assay {

struct HashedFile {
    std::string path;  ///< inside the version
    LocalFile local;
};

/// Size and digest of each, with a bar.
[[nodiscard]] Result<std::vector<HashedFile>> hash_all(Output& output, const std::vector<FileToPush>& files);

/// Uploads those whose blobs the server lacks, each with a bar; a large one goes on where an earlier try was cut.
[[nodiscard]] Result<void> upload_missing(Output& output, Connection& server, const std::vector<HashedFile>& files, const Config& config);

/// The "files" of a registration (docs/api.md).
[[nodiscard]] Json files_of_registration(const std::vector<HashedFile>& files);

}  // namespace assay
