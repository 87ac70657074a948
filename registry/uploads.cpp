#include "registry/uploads.hpp"

#include "base/log.hpp"

namespace assay {

Result<UploadState> begin_upload(Registry& registry, std::uint64_t size) { return registry.uploads.begin(size); }

Result<UploadState> find_upload(Registry& registry, std::string_view id) { return registry.uploads.find(id); }

Result<void> check_upload_part(Registry& registry, std::string_view id, const UploadPart& part) {
    return registry.uploads.check_part(id, part);
}

Result<UploadState> append_upload(Registry& registry, std::string_view id, const UploadPart& part, Source& source) {
    return registry.uploads.append(id, part, source);
}

Result<StoredBlob> finish_upload(Registry& registry, std::string_view id, const Digest& digest) {
    bool created = false;
    // Recorded before the upload is forgotten: who dies in between finds it whole, and finishes it again without sending a byte.
    TRY_ASSIGN(BlobInfo info, registry.uploads.finish(id, digest, [&](const BlobInfo& stored) -> Result<void> {
        TRY_ASSIGN(created, record_blob(registry, stored));
        return {};
    }));
    return StoredBlob{std::move(info), created};
}

Result<void> cancel_upload(Registry& registry, std::string_view id) { return registry.uploads.cancel(id); }

Result<void> sweep_uploads(Registry& registry) {
    TRY_ASSIGN(const std::size_t dropped, registry.uploads.sweep());
    if (dropped > 0) log(LogLevel::info, "uploads expired", {{"count", static_cast<std::int64_t>(dropped)}});
    return {};
}

}  // namespace assay
