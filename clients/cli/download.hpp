#pragma once

#include "clients/cli/command.hpp"
#include "registry/reference.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace assay {

struct RemoteFile {
    std::string path;  ///< inside the version; safe to join to a folder
    std::uint64_t size = 0;
    Digest digest;
};

/// One version as its manifest says, after the manifest's bytes were found to have the version's digest.
struct RemoteVersion {
    std::string model;
    std::int64_t number = 0;
    Digest digest;
    Json manifest;
    std::vector<RemoteFile> files;

    [[nodiscard]] std::string name() const { return model + "@" + std::to_string(number); }
};

/// Resolves a reference once and reads the manifest of the version it names; `integrity` when the manifest is not what its
/// digest, or the digest in the reference, says, or when a path in it would leave the folder fetched to.
[[nodiscard]] Result<RemoteVersion> resolve(Connection& server, const Reference& reference);

/// The gate's verdict on a version. `environment` absent says that there is none to judge. With `fetch` the server records the
/// attempt.
[[nodiscard]] Result<Json> judge(Connection& server, const RemoteVersion& version, const std::optional<LocalEnvironment>& environment,
                                 bool fetch);

struct DownloadedFile {
    RemoteFile file;
    bool was_there = false;  ///< the same bytes were in the folder already
};

/// Puts the files of a version into `folder`, each verified while it streams and visible only when it is complete. Files that are there
/// with the same bytes stay; others are refused (`conflict`, code "file-exists"), before anything is written, unless `force`.
[[nodiscard]] Result<std::vector<DownloadedFile>> download(CommandContext& context, const RemoteVersion& version,
                                                           const std::optional<LocalEnvironment>& environment, const std::string& folder,
                                                           bool force);

}  // namespace assay
