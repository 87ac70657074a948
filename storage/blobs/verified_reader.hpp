#pragma once

#include "storage/blobs/blob_store.hpp"

namespace assay {

/// Reads up to buffer.size() bytes at `offset` of the stored copy; fewer only at its end.
using StoredBytes = std::function<Result<std::size_t>(std::uint64_t offset, std::span<std::byte> buffer)>;

/// A BlobReader over stored bytes with a window of one chunk: reads, hashes and compares a chunk before it hands out a byte of
/// it. Holds at most blob_chunk_bytes. Fails with `internal`, code "chunk-list-wrong", when `info` does not have a
/// digest for every chunk: then the metadata is damaged, not the blob.
[[nodiscard]] Result<std::unique_ptr<BlobReader>> make_verified_reader(BlobInfo info, StoredBytes stored);

/// The errors of every store, in the same words.
[[nodiscard]] Error blob_not_found(const Digest& digest);
[[nodiscard]] Error partial_blob_not_found(const std::string& name);
[[nodiscard]] Error blob_corrupt(const Digest& digest, std::string because);

}  // namespace assay
