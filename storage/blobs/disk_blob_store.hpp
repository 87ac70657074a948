#pragma once

#include "storage/blobs/blob_store.hpp"
#include "storage/fs/fs.hpp"

#include <array>
#include <mutex>
#include <string>

namespace assay {

/// Blobs as files `ROOT/aa/<64 hex digits>`, where aa is the first byte of the digest.
///
/// put() follows the durable order: a file without a name, space reserved, bytes written and hashed, checks, fsync
/// of the file, link, fsync of the shard directory, and only then success. A name is never overwritten, and a
/// file that already has the name is never trusted: it is hashed again. An fsync that failed is never repeated: the upload
/// fails, and when it was a directory's, its shard takes no more blobs until the store is opened again
/// (`unavailable`, code "store-degraded"), because the kernel has forgotten what it could not write.
///
/// A partial blob is a file `UPLOADS/<name>` that is linked into its shard when it is complete: the same order from the fsync on. Until its
/// first name is removed both stand for the same bytes, which nobody writes to any more.
///
/// Memory: see hash_ring_buffers for put() and describe(); a reader holds one chunk.
class DiskBlobStore final : public BlobStore {
public:
    /// Opens the store in the existing directory `root`, creating its 256 shard directories durably. `quarantine` is an
    /// existing directory on the same file system for damaged copies, kept as `<64 hex digits>-<n>`; `uploads` one for partial
    /// blobs. `fs` must outlive the store.
    [[nodiscard]] static Result<std::unique_ptr<DiskBlobStore>> open(Fs& fs, std::string root, std::string quarantine, std::string uploads);

    [[nodiscard]] Result<BlobInfo> put(Source& source, const PutExpectation& expectation) override;
    [[nodiscard]] Result<std::unique_ptr<BlobReader>> open(const BlobInfo& info) override;
    [[nodiscard]] Result<std::optional<std::uint64_t>> stat(const Digest& digest) override;
    [[nodiscard]] Result<BlobInfo> describe(const Digest& digest) override;
    [[nodiscard]] Result<void> quarantine(const Digest& digest) override;
    [[nodiscard]] Result<std::unique_ptr<PartialBlob>> begin_partial(const std::string& name) override;
    [[nodiscard]] Result<std::unique_ptr<PartialBlob>> open_partial(const std::string& name) override;
    [[nodiscard]] Result<BlobInfo> complete(PartialBlob& partial, const PutExpectation& expectation) override;
    [[nodiscard]] Result<void> remove_partial(const std::string& name) override;
    [[nodiscard]] Result<std::vector<PartialBlobEntry>> partials() override;
    [[nodiscard]] Result<void> for_each(const std::function<Result<void>(const Digest&, std::uint64_t size)>& visit) override;

private:
    enum class Copy { absent, good, damaged };
    struct Shard {
        std::mutex mutex;  ///< held while names of the shard change, until they are durable or taken back
        bool degraded = false;
    };

    DiskBlobStore(Fs& fs, std::string root, std::string quarantine, std::string uploads);
    [[nodiscard]] std::string shard_path(const Digest& digest) const;
    [[nodiscard]] std::string path(const Digest& digest) const;
    [[nodiscard]] Shard& shard(const Digest& digest) { return shards_[digest.bytes()[0]]; }
    /// Reads a whole copy back; a copy that cannot be read counts as damaged. A good one is made durable.
    [[nodiscard]] Result<Copy> examine(const Digest& digest, std::optional<std::uint64_t> size);
    /// Gives the bytes their name. `sync` makes them durable; it is called once, if at all.
    [[nodiscard]] Result<void> publish(FsFile& file, const BlobInfo& info, const std::function<Result<void>()>& sync);
    // With the shard's mutex held:
    [[nodiscard]] Result<void> sync_shard(const Digest& digest);
    [[nodiscard]] Result<void> link_durably(FsFile& file, const Digest& digest);

    Fs& fs_;
    std::string root_;
    std::string quarantine_;
    std::string uploads_;
    std::array<Shard, 256> shards_;
};

}  // namespace assay
