#pragma once

#include "storage/blobs/blob_store.hpp"

namespace assay {

/// How many chunks of one upload are in memory at most: an upload holds hash_ring_buffers × blob_chunk_bytes
/// (4 MiB) of buffers and two threads while it runs, however large it is; one of at most blob_chunk_bytes holds one
/// buffer (two at exactly that size) and no thread.
inline constexpr std::size_t hash_ring_buffers = 4;

/// Takes the bytes of a stream in order, whole chunks except the last; called on the caller's thread, while other
/// threads hash the same bytes.
using ChunkSink = std::function<Result<void>(std::uint64_t offset, std::span<const std::byte> bytes)>;

/// Reads `source` to its end, passes every chunk to `sink` and computes the digest of the whole and of each chunk
/// beside it: receiving and writing happen on the caller's thread, each of the two hashes on a thread of its own,
/// because every byte is hashed twice and hashing is the slowest of the steps. The single chunk of a small body is
/// hashed once: its digest is the digest of the whole.
///
/// Fails with the error of the source or the sink, whichever comes first; `integrity`, code "size-mismatch" (as
/// soon as there is one byte too many) or "digest-mismatch", when the bytes are not what is expected; `unavailable`, code
/// "no-thread", when the system refuses a thread.
[[nodiscard]] Result<BlobInfo> receive_blob(Source& source, const PutExpectation& expectation, const ChunkSink& sink);

/// `info`, unless it is not what is expected: then the same errors.
[[nodiscard]] Result<BlobInfo> check_expectation(BlobInfo info, const PutExpectation& expectation);

}  // namespace assay
