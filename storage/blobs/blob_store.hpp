#pragma once

#include "base/clock.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/stream.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace assay {

/// Bytes per verified chunk: the unit in which blobs are hashed, kept and served.
inline constexpr std::size_t blob_chunk_bytes = std::size_t{1} << 20U;

/// What is known of a blob without reading it.
struct BlobInfo {
    Digest digest;
    std::uint64_t size = 0;       ///< bytes
    std::vector<Digest> chunks;   ///< SHA-256 of each blob_chunk_bytes, the last one shorter; empty for an empty blob

    friend bool operator==(const BlobInfo&, const BlobInfo&) = default;
};

/// What a caller of put() knows in advance.
struct PutExpectation {
    std::optional<Digest> digest;        ///< refused with `integrity`, code "digest-mismatch", if the bytes differ
    std::optional<std::uint64_t> size;   ///< bytes; refused with `integrity`, code "size-mismatch"; space is reserved
};

/// A blob being read. Nothing leaves it unverified: whole chunks are read, hashed and compared with
/// BlobInfo::chunks before a byte of them is handed out. Not for concurrent use.
class BlobReader : public RandomSource {
public:
    /// The verified bytes from `offset` to the end of its chunk or `max_bytes`, whichever is first; valid until
    /// the next call. Empty at or after the end. `integrity`, code "blob-corrupt", when the stored bytes are not
    /// what was put (too short included); `internal` when the disk fails to read.
    [[nodiscard]] Result<std::span<const std::byte>> read_at(std::uint64_t offset, std::size_t max_bytes) override = 0;
};

/// Bytes that may become a blob: they come front to back, in several goes, and stay when the process ends between two of them.
/// Not for concurrent use.
class PartialBlob {
public:
    virtual ~PartialBlob() = default;
    /// Bytes kept so far.
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// Keeps the next bytes: all of them, or none when it fails. `no_space` may succeed later.
    [[nodiscard]] virtual Result<void> append(std::span<const std::byte> bytes) = 0;
    /// False once the disk has failed to keep what was appended. Nothing good comes of it any more: remove it.
    [[nodiscard]] virtual bool is_usable() const = 0;
};

struct PartialBlobEntry {
    std::string name;
    std::uint64_t size = 0;  ///< bytes kept
    Timestamp modified;      ///< when the last of them came
};

/// Immutable bytes, named by their SHA-256. A store never holds half a blob: after a crash a blob is there
/// whole or not at all, and what put() acknowledged is there. Safe for concurrent use, also for the same
/// bytes; a store must outlive the readers it opened.
///
/// Every implementation passes tests/contract/blob_store_contract.hpp; doubles start from ForwardingBlobStore.
class BlobStore {
public:
    virtual ~BlobStore() = default;

    /// Reads `source` to its end and stores it durably. Storing bytes that are already here succeeds and keeps
    /// one copy; a stored copy that turns out to be damaged is replaced by the good bytes. When the source, an
    /// expectation or the disk fails, nothing is left behind. Returns what was computed on the way in, never
    /// what the caller claimed.
    [[nodiscard]] virtual Result<BlobInfo> put(Source& source, const PutExpectation& expectation) = 0;

    /// Opens a blob for verified reading against `info` (from put() or describe()). `not_found`, code
    /// "blob-not-found", if it is absent; `integrity`, code "blob-corrupt", if its size is another.
    [[nodiscard]] virtual Result<std::unique_ptr<BlobReader>> open(const BlobInfo& info) = 0;

    /// Size in bytes of a stored blob; absent when it is not here.
    [[nodiscard]] virtual Result<std::optional<std::uint64_t>> stat(const Digest& digest) = 0;

    /// Reads the whole blob and computes its BlobInfo anew (fsck, rebuild). The digest of the result is what the
    /// bytes *are*: the caller compares. `not_found` if absent.
    [[nodiscard]] virtual Result<BlobInfo> describe(const Digest& digest) = 0;

    /// Takes a damaged blob out of the way (kept aside for inspection), so that a later put() can restore it. The
    /// copy is read again first: one that is good, or has been healed meanwhile, stays. Success if it is not here.
    [[nodiscard]] virtual Result<void> quarantine(const Digest& digest) = 0;

    /// Begins a partial blob under a name of the caller's (lowercase letters, digits and '-', at most 100). `conflict` when it is taken.
    [[nodiscard]] virtual Result<std::unique_ptr<PartialBlob>> begin_partial(const std::string& name) = 0;
    /// Goes on with one, also of an earlier process; one holder at a time. After a power cut its bytes may be fewer than were appended,
    /// or wrong. `not_found`, code "partial-blob-not-found".
    [[nodiscard]] virtual Result<std::unique_ptr<PartialBlob>> open_partial(const std::string& name) = 0;
    /// Makes a blob of its bytes, without copying them, and as durably as put() does. Fails as put() does; what is kept then stays as it
    /// is. The name stays in any case: who dies before the blob is recorded finds it, and does this again. Nothing may be appended after
    /// success.
    [[nodiscard]] virtual Result<BlobInfo> complete(PartialBlob& partial, const PutExpectation& expectation) = 0;
    /// Forgets the name; the blob that came of it stays. Success when there is none.
    [[nodiscard]] virtual Result<void> remove_partial(const std::string& name) = 0;
    /// Every partial blob, in no particular order.
    [[nodiscard]] virtual Result<std::vector<PartialBlobEntry>> partials() = 0;

    /// Calls `visit` for every stored blob, in no particular order, until it fails.
    [[nodiscard]] virtual Result<void> for_each(const std::function<Result<void>(const Digest&, std::uint64_t size)>& visit) = 0;
};

}  // namespace assay
