#include "registry/blobs.hpp"

#include "storage/tables/blobs.hpp"

namespace assay {

Result<StoredBlob> put_blob(Registry& registry, Source& source, const PutExpectation& expectation) {
    TRY_ASSIGN(BlobInfo info, registry.blobs.put(source, expectation));
    TRY_ASSIGN(const bool created, registry.database.write([&](SqlWrite& sql) -> Result<bool> {
        TRY_ASSIGN(const auto before, blobs::find(sql, info.digest));
        TRY(blobs::upsert(sql, info, registry.now()));
        return !before;
    }));
    return StoredBlob{std::move(info), created};
}

Result<std::optional<std::uint64_t>> stat_blob(Registry& registry, const Digest& digest) {
    TRY_ASSIGN(const auto row, registry.database.read([&](SqlSession& sql) { return blobs::find(sql, digest); }));
    if (!row || row->state != BlobState::live) return std::nullopt;
    return row->info.size;
}

Result<std::unique_ptr<BlobReader>> open_blob(Registry& registry, const Digest& digest) {
    TRY_ASSIGN(const auto row, registry.database.read([&](SqlSession& sql) { return blobs::find(sql, digest); }));
    if (!row || row->state != BlobState::live)
        return fail(ErrorKind::not_found, "blob-not-found", "there is no blob " + digest.to_string());
    return registry.blobs.open(row->info);
}

}  // namespace assay
