#pragma once

#include "base/crypto.hpp"
#include "storage/blobs/blob_store.hpp"

namespace assay {

/// Computes the BlobInfo of bytes that come front to back in pieces of any size. One thread at a time.
class BlobHasher {
public:
    /// Hashes the next bytes: of a large piece the digest of the whole and those of the chunks at the same time, in two threads
    /// where the system has a second one.
    void update(std::span<const std::byte> bytes);
    /// Bytes hashed so far.
    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// What the bytes are. Starts over.
    [[nodiscard]] BlobInfo finish();

private:
    void update_chunks(std::span<const std::byte> bytes);

    Sha256 whole_;
    Sha256 chunk_;
    std::uint64_t size_ = 0;
    std::vector<Digest> chunks_;
};

}  // namespace assay
