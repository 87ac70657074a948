#pragma once

#include "storage/blobs/blob_store.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string_view>

namespace assay {

/// What unfinished uploads may take: a stranger who begins them and goes away must not fill the disk.
struct UploadLimits {
    std::size_t sessions = 1'000;                     ///< unfinished at a time
    std::uint64_t bytes = std::uint64_t{1} << 40U;    ///< that they may have announced, all together
    std::chrono::seconds expiry = std::chrono::hours(24);           ///< after the last byte
    std::chrono::seconds writer_patience = std::chrono::seconds(10);  ///< a writer that sends nothing for so long can be replaced
};

/// The largest blob that an upload may announce, in bytes.
inline constexpr std::uint64_t max_upload_bytes = std::uint64_t{1} << 40U;

struct UploadState {
    std::string id;             ///< 32 hex digits, unpredictable
    std::uint64_t offset = 0;   ///< bytes that are here
    std::uint64_t size = 0;     ///< bytes of the whole
    bool receiving = false;     ///< a writer is at it
    Timestamp expires_at;
};

/// Which bytes of an upload a writer brings.
struct UploadPart {
    std::uint64_t first = 0;
    std::uint64_t length = 0;             ///< at least 1
    std::optional<std::uint64_t> total;   ///< what the writer takes the size of the whole for
};

/// Uploads that go on where they stopped. Each is a partial blob of the store, named `<id>-<size>`, so that nothing else needs to be
/// kept and a restart finds them all. Safe for concurrent use; one writer at a time for each upload.
///
/// An id that names no upload (unknown, expired, cancelled, finished) is `not_found`, code "upload-not-found", everywhere.
class UploadSessions {
public:
    /// Finds what earlier processes left. Store and clock must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<UploadSessions>> open(BlobStore& store, const Clock& clock, const UploadLimits& limits);
    ~UploadSessions();

    /// Begins an upload of 1 to max_upload_bytes bytes (`invalid`, code "invalid-upload-size"). `no_space`, code "upload-limit", when the
    /// unfinished ones are too many or too large.
    [[nodiscard]] Result<UploadState> begin(std::uint64_t size);
    [[nodiscard]] Result<UploadState> find(std::string_view id);
    /// Whether append() would take this part now: its errors, without reading.
    [[nodiscard]] Result<void> check_part(std::string_view id, const UploadPart& part);
    /// Appends a part. Every byte read from `source` is kept, also when the source breaks before its end. `conflict`, codes
    /// "upload-offset-mismatch" when the part does not begin at the offset, "upload-busy" while another writes; `too_large`,
    /// "upload-too-long", when it ends beyond the size (nothing is kept) or the source has more than the part (that is not kept);
    /// `invalid`, "invalid-content-range", when the totals differ; the error of the source or the disk. A full disk (`no_space`) costs
    /// nothing of what is here; a disk that fails otherwise costs the upload.
    [[nodiscard]] Result<UploadState> append(std::string_view id, const UploadPart& part, Source& source);
    /// Makes the blob, durably, lets the caller `record` it, and forgets the upload. `conflict`, code "upload-incomplete" or
    /// "upload-busy"; `integrity`, "digest-mismatch": the upload is dropped. When `record` fails the upload stays as it is.
    [[nodiscard]] Result<BlobInfo> finish(std::string_view id, const Digest& digest,
                                          const std::function<Result<void>(const BlobInfo&)>& record);
    [[nodiscard]] Result<void> cancel(std::string_view id);
    /// Drops what has expired; how many that were.
    [[nodiscard]] Result<std::size_t> sweep();

private:
    struct Session;
    class Turn;
    using Shared = std::shared_ptr<Session>;

    UploadSessions(BlobStore& store, const Clock& clock, const UploadLimits& limits) : store_(store), clock_(clock), limits_(limits) {}
    [[nodiscard]] Result<Shared> look_up(std::string_view id);
    [[nodiscard]] UploadState state_of(const Session& session) const;
    [[nodiscard]] bool is_expired(const Session& session) const;
    [[nodiscard]] Result<void> check_free(const Session& session) const;
    [[nodiscard]] Result<void> check_fits(const Session& session, const UploadPart& part) const;
    [[nodiscard]] Result<void> open_partial(Session& session);
    [[nodiscard]] Result<void> drop(Session& session);

    BlobStore& store_;
    const Clock& clock_;
    const UploadLimits limits_;
    std::mutex mutex_;  ///< for the map and the sum; never held while a session's mutex is waited for
    std::map<std::string, Shared, std::less<>> sessions_;
    std::uint64_t announced_ = 0;  ///< bytes of all sessions
};

}  // namespace assay
