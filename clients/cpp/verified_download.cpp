#include "clients/cpp/verified_download.hpp"

#include "base/crypto.hpp"
#include "base/url.hpp"

#include <fmt/format.h>

namespace assay {

Result<void> must_not_exceed(const RemoteVersion& version, const RemoteFile& file, std::uint64_t received) {
    if (received <= file.size) return {};
    return fail(ErrorKind::integrity, "size-mismatch",
                fmt::format("{} of {} has more than its {} bytes", file.path, version.name(), file.size));
}

Result<void> must_be_whole(const RemoteVersion& version, const RemoteFile& file, std::uint64_t received, const Digest& arrived) {
    if (received != file.size) {
        return fail(ErrorKind::integrity, "size-mismatch",
                    fmt::format("{} of {} arrived with {} of {} bytes", file.path, version.name(), received, file.size));
    }
    if (arrived == file.digest) return {};
    return fail(Error(ErrorKind::integrity, "digest-mismatch",
                      fmt::format("{} of {} arrived with other bytes than were registered", file.path, version.name()))
                    .with_because(fmt::format("its digest is {}, the manifest says {}", arrived.to_string(), file.digest.to_string()))
                    .with_fix("fetch again; if it happens again, run 'assay fsck' on the server"));
}

ByteTarget into(std::string& bytes, std::uint64_t size) {
    return {[&bytes, size](std::string_view piece) -> Result<void> {
                if (bytes.empty()) bytes.reserve(static_cast<std::size_t>(size));  // the first byte is here
                bytes += piece;
                return {};
            },
            [&bytes]() -> Result<void> {
                bytes.clear();
                return {};
            }};
}

Result<void> download_verified(Connection& server, const RemoteVersion& version, const RemoteFile& file, std::string_view environment,
                               const ByteTarget& target) {
    Sha256 hash;
    std::uint64_t received = 0;
    const auto begin_at = [&](std::uint64_t offset) -> Result<void> {
        if (offset == received) return {};
        hash = Sha256();
        received = 0;
        return target.restart();
    };
    const auto receive = [&](std::string_view piece) -> Result<void> {
        received += piece.size();
        TRY(must_not_exceed(version, file, received));
        hash.update(piece);
        return target.write(piece);
    };
    TRY(server.get_file(Connection::path_of(version.model, version.number) + "/files/" + encode_path(file.path), environment, file.digest,
                        {[&] { return received; }, begin_at, receive}));
    return must_be_whole(version, file, received, hash.finish());
}

}  // namespace assay
