#pragma once

#include "registry/blobs.hpp"

namespace assay {

// Uploads in several goes (storage/blobs/upload_sessions.hpp says what each does and how it fails): the registry adds the record of the
// blob that comes of one.

[[nodiscard]] Result<UploadState> begin_upload(Registry& registry, std::uint64_t size);
[[nodiscard]] Result<UploadState> find_upload(Registry& registry, std::string_view id);
/// Whether append_upload() would take the part now.
[[nodiscard]] Result<void> check_upload_part(Registry& registry, std::string_view id, const UploadPart& part);
[[nodiscard]] Result<UploadState> append_upload(Registry& registry, std::string_view id, const UploadPart& part, Source& source);
/// The upload becomes a blob and is recorded; acknowledged means durable. Who loses the answer asks whether the blob is here.
[[nodiscard]] Result<StoredBlob> finish_upload(Registry& registry, std::string_view id, const Digest& digest);
[[nodiscard]] Result<void> cancel_upload(Registry& registry, std::string_view id);
/// Drops the uploads that have expired, and logs how many.
[[nodiscard]] Result<void> sweep_uploads(Registry& registry);

}  // namespace assay
