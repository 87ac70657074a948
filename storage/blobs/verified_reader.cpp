#include "storage/blobs/verified_reader.hpp"

#include "base/crypto.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

class VerifiedReader final : public BlobReader {
public:
    VerifiedReader(BlobInfo info, StoredBytes stored)
        : info_(std::move(info)),
          stored_(std::move(stored)),
          window_bytes_(std::min<std::uint64_t>(info_.size, blob_chunk_bytes)),
          window_(std::make_unique_for_overwrite<std::byte[]>(window_bytes_)) {}

    [[nodiscard]] std::uint64_t size() const override { return info_.size; }

    [[nodiscard]] Result<std::span<const std::byte>> read_at(std::uint64_t offset, std::size_t max_bytes) override {
        if (offset >= info_.size) return std::span<const std::byte>();
        const std::uint64_t chunk = offset / blob_chunk_bytes;
        const std::uint64_t start = chunk * blob_chunk_bytes;
        const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(blob_chunk_bytes, info_.size - start));
        if (held_ != chunk) TRY(load(chunk, start, length));
        const auto skip = static_cast<std::size_t>(offset - start);
        return std::span<const std::byte>(window_.get(), length).subspan(skip, std::min(max_bytes, length - skip));
    }

private:
    Result<void> load(std::uint64_t chunk, std::uint64_t start, std::size_t length) {
        held_.reset();
        const std::span<std::byte> window(window_.get(), length);
        TRY_ASSIGN(const std::size_t count, stored_(start, window));
        if (count < length) return fail(blob_corrupt(info_.digest, fmt::format("it ends after {} of {} bytes", start + count, info_.size)));
        if (sha256(window) != info_.chunks[chunk]) {
            return fail(blob_corrupt(info_.digest, fmt::format("bytes {} to {} are not what was stored", start, start + length - 1)));
        }
        held_ = chunk;
        return {};
    }

    BlobInfo info_;
    StoredBytes stored_;
    std::size_t window_bytes_;
    std::unique_ptr<std::byte[]> window_;
    std::optional<std::uint64_t> held_;  ///< the chunk in the window; absent when none is verified
};

}  // namespace

Result<std::unique_ptr<BlobReader>> make_verified_reader(BlobInfo info, StoredBytes stored) {
    const std::uint64_t chunks = info.size / blob_chunk_bytes + (info.size % blob_chunk_bytes != 0 ? 1 : 0);
    if (info.chunks.size() != chunks) {
        return fail(ErrorKind::internal, "chunk-list-wrong",
                    fmt::format("blob {} of {} bytes has {} chunk digests recorded instead of {}", info.digest.to_string(), info.size,
                                info.chunks.size(), chunks));
    }
    return std::make_unique<VerifiedReader>(std::move(info), std::move(stored));
}

Error blob_not_found(const Digest& digest) { return {ErrorKind::not_found, "blob-not-found", "there is no blob " + digest.to_string()}; }

Error partial_blob_not_found(const std::string& name) {
    return {ErrorKind::not_found, "partial-blob-not-found", "there is no partial blob " + name};
}

Error blob_corrupt(const Digest& digest, std::string because) {
    return Error(ErrorKind::integrity, "blob-corrupt", "the stored copy of blob " + digest.to_string() + " is damaged")
        .with_because(std::move(because))
        .with_fix("push the same file again: the good bytes replace the damaged ones");
}

}  // namespace assay
