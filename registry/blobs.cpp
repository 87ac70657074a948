#include "registry/blobs.hpp"

#include "base/log.hpp"
#include "storage/tables/blobs.hpp"

#include <unordered_set>

namespace assay {

Result<bool> record_blob(Registry& registry, const BlobInfo& info) {
    return registry.database.write([&](SqlWrite& sql) -> Result<bool> {
        TRY_ASSIGN(const auto before, blobs::find(sql, info.digest));
        TRY(blobs::upsert(sql, info, registry.now()));
        return !before;
    });
}

Result<StoredBlob> put_blob(Registry& registry, Source& source, const PutExpectation& expectation) {
    TRY_ASSIGN(BlobInfo info, registry.blobs.put(source, expectation));
    TRY_ASSIGN(const bool created, record_blob(registry, info));
    return StoredBlob{std::move(info), created};
}

Result<std::optional<std::uint64_t>> stat_blob(Registry& registry, const Digest& digest) {
    TRY_ASSIGN(const auto row, registry.database.read([&](SqlSession& sql) { return blobs::find(sql, digest); }));
    if (!row || row->state != BlobState::live) return std::nullopt;
    return row->info.size;
}

Result<std::vector<Digest>> missing_blobs(Registry& registry, const std::vector<Digest>& digests) {
    return registry.database.read([&](SqlSession& sql) -> Result<std::vector<Digest>> {
        std::vector<Digest> missing;
        std::unordered_set<Digest> seen;
        for (const Digest& digest : digests) {
            if (!seen.insert(digest).second) continue;
            TRY_ASSIGN(const auto row, blobs::find(sql, digest));
            if (!row || row->state != BlobState::live) missing.push_back(digest);
        }
        return missing;
    });
}

Result<std::unique_ptr<BlobReader>> open_blob(Registry& registry, const Digest& digest) {
    TRY_ASSIGN(const auto row, registry.database.read([&](SqlSession& sql) { return blobs::find(sql, digest); }));
    if (!row || row->state != BlobState::live)
        return fail(ErrorKind::not_found, "blob-not-found", "there is no blob " + digest.to_string());
    return registry.blobs.open(row->info);
}

Result<void> mark_if_corrupt(Registry& registry, const Digest& digest) {
    TRY_ASSIGN(const auto seen, registry.database.read([&](SqlSession& sql) { return blobs::find(sql, digest); }));
    if (!seen || seen->state == BlobState::corrupt) return {};
    const auto stored = registry.blobs.describe(digest);
    if (stored && *stored == seen->info) return {};
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        // Good bytes are in place before the row says so: a row that is as it was has not been healed since.
        TRY_ASSIGN(const auto now, blobs::find(sql, digest));
        if (!now || now->verified_at != seen->verified_at) return {};
        log(LogLevel::error, "blob corrupt", {{"blob", digest.to_string()}});
        return blobs::set_state(sql, digest, BlobState::corrupt);
    });
}

}  // namespace assay
