#pragma once

#include "clients/cli/command.hpp"
#include "clients/cpp/remote_version.hpp"
#include "registry/reference.hpp"

#include <optional>
#include <string>
#include <vector>

namespace assay {

/// The version that a reference names now, verified: resolve_version.
[[nodiscard]] Result<RemoteVersion> resolve(Connection& server, const Reference& reference);

/// The gate's verdict on a version: ask_gate.
[[nodiscard]] Result<Json> judge(Connection& server, const RemoteVersion& version, const std::optional<LocalEnvironment>& environment,
                                 bool fetch, bool trial = false);

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
