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

/// Into memory. `bytes` outlives it.
[[nodiscard]] ByteTarget into(std::string& bytes, std::uint64_t size);

/// Streams a file of a version, and holds its size and SHA-256 against the manifest. `integrity` when they differ; never writes more than
/// the manifest's size. `environment` is the digest of one that the gate allows, or "none".
[[nodiscard]] Result<void> download_verified(Connection& server, const RemoteVersion& version, const RemoteFile& file,
                                             std::string_view environment, const ByteTarget& target);

/// `integrity`, code "size-mismatch", as soon as more has arrived than the file has.
[[nodiscard]] Result<void> must_not_exceed(const RemoteVersion& version, const RemoteFile& file, std::uint64_t received);
/// `integrity`, codes "size-mismatch" and "digest-mismatch", unless what has arrived is the file.
[[nodiscard]] Result<void> must_be_whole(const RemoteVersion& version, const RemoteFile& file, std::uint64_t received,
                                         const Digest& arrived);

}  // namespace assay
