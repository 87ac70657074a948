#pragma once

#include "storage/blobs/blob_hasher.hpp"
#include "storage/fs/fs.hpp"

namespace assay {

/// Bytes after which a growing file is sent on its way to the disk (measured: 8 MiB doubles write+fsync of 1 GiB).
inline constexpr std::uint64_t writeback_bytes = std::uint64_t{8} << 20U;

/// A PartialBlob in a file. Hashes what is appended while it is appended; what an earlier process appended is read when the whole is
/// described.
class DiskPartialBlob final : public PartialBlob {
public:
    /// `size` bytes are in the file already.
    DiskPartialBlob(std::unique_ptr<FsFile> file, std::uint64_t size) : file_(std::move(file)), size_(size), sent_(size) {}

    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] Result<void> append(std::span<const std::byte> bytes) override;
    [[nodiscard]] bool is_usable() const override { return !failure_; }

    /// What its bytes are.
    [[nodiscard]] Result<BlobInfo> describe();
    /// Makes them durable. Not repeated after a failure.
    [[nodiscard]] Result<void> sync();
    [[nodiscard]] FsFile& file() { return *file_; }

private:
    /// The kernel may have forgotten bytes of ours: neither they nor those that follow are worth anything.
    [[nodiscard]] Result<void> spoiled_by(Error error);

    std::unique_ptr<FsFile> file_;
    std::uint64_t size_;
    std::uint64_t sent_;  ///< of which are on their way to the disk
    BlobHasher hasher_;   ///< over the front of the file; over all of it unless an earlier process began it
    std::optional<Error> failure_;
};

}  // namespace assay
