#pragma once

#include "clients/cpp/remote_version.hpp"

#include <functional>
#include <string_view>

namespace assay {

/// Where the bytes of a file go while they arrive. They count only once download_verified has succeeded.
struct ByteTarget {
    std::function<Result<void>(std::string_view)> write;
    std::function<Result<void>()> restart;  ///< forgets what was written: the file comes again from its beginning
};

/// Streams a file of a version, and holds its size and SHA-256 against the manifest. `integrity` when they differ; never writes more than
/// the manifest's size. `environment` is the digest of one that the gate allows, or "none".
[[nodiscard]] Result<void> download_verified(Connection& server, const RemoteVersion& version, const RemoteFile& file,
                                             std::string_view environment, const ByteTarget& target);

}  // namespace assay
