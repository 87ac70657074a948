#include "registry/rebuild.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "registry/manifest.hpp"
#include "registry/record_lineage.hpp"
#include "storage/tables/blobs.hpp"
#include "storage/tables/history.hpp"
#include "storage/tables/models.hpp"
#include "storage/tables/runs.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

Result<void> restore_blobs(Registry& registry, RebuildReport& report) {
    std::vector<Digest> digests;
    TRY(registry.blobs.for_each([&](const Digest& digest, std::uint64_t) -> Result<void> {
        digests.push_back(digest);
        return {};
    }));
    for (const Digest& digest : digests) {
        TRY_ASSIGN(const BlobInfo actual, registry.blobs.describe(digest));
        if (actual.digest != digest) {
            report.problems.push_back(fmt::format("blob {}: its bytes have the digest {}; set aside", digest.to_string(), actual.digest.to_string()));
            TRY(registry.blobs.quarantine(digest));
            continue;
        }
        TRY(registry.database.write([&](SqlWrite& sql) { return blobs::upsert(sql, actual, registry.now()); }));
        ++report.blobs;
    }
    return {};
}

/// A version must have rows for its blobs, also for those that are lost: they are recorded as corrupt.
Result<void> require_blobs(SqlWrite& sql, const Manifest& manifest, const std::string& now, std::vector<std::string>& problems) {
    for (const ManifestFile& file : manifest.files) {
        TRY_ASSIGN(const auto blob, blobs::find(sql, file.digest));
        if (blob) continue;
        TRY(blobs::upsert(sql, BlobInfo{file.digest, file.size, {}}, now));
        TRY(blobs::set_state(sql, file.digest, BlobState::corrupt));
        problems.push_back(fmt::format("{}: the blob {} of '{}' is lost; push it again to heal the version", printable(manifest.name(), 300),
                                       file.digest.to_string(), printable(file.path, 200)));
    }
    return {};
}

Result<void> restore_run(SqlWrite& sql, const Manifest& manifest) {
    const Facts& facts = manifest.facts;
    TRY_ASSIGN(const auto existing, runs::find(sql, facts.run));
    if (existing) return {};
    TRY_ASSIGN(const std::string experiment, runs::ensure_experiment(sql, "Default", random_hex(16), manifest.created_at));
    const std::string started = facts.trained_at ? facts.trained_at->to_string() : manifest.created_at;
    return runs::insert(sql, {facts.run, experiment, "", "finished", started, manifest.created_at, ""});
}

Result<void> restore_version(Registry& registry, const StoredManifest& stored, RebuildReport& report) {
    const auto manifest = read_manifest(*stored.manifest);
    const std::string where = fmt::format("{}/{}.json", stored.directory, stored.version);
    if (!manifest) {
        report.problems.push_back(where + ": " + manifest.error().message);
        return {};
    }
    if (manifest->version != stored.version || ManifestStore::directory_of(manifest->model) != stored.directory) {
        report.problems.push_back(fmt::format("{}: it says that it is {}; left alone", where, printable(manifest->name(), 300)));
        return {};
    }
    const VersionState state = stored.tombstone ? VersionState::deleted : VersionState::ready;
    TRY(registry.database.write([&](SqlWrite& sql) -> Result<void> {
        const std::string& at = manifest->created_at;
        TRY(models::ensure(sql, manifest->model, at));
        TRY(require_blobs(sql, *manifest, at, report.problems));
        TRY(restore_run(sql, *manifest));
        TRY_ASSIGN(const Digest content, content_digest(*manifest));
        std::vector<FileRow> files;
        for (const ManifestFile& file : manifest->files) files.push_back({file.path, file.digest.to_string(), static_cast<std::int64_t>(file.size), file.media_type});
        const VersionRow row{manifest->model, manifest->version, sha256(*stored.manifest).to_string(), *stored.manifest, content.to_string(),
                             manifest->facts.run, state, "", at};
        TRY(versions::insert(sql, row, files));
        TRY(models::raise_next_version(sql, manifest->model, manifest->version + 1));
        TRY(history::append(sql, {0, at, manifest->model, manifest->version, "registered", "", std::nullopt, row.digest, ""}));
        return record_lineage(sql, *manifest, at);
    }));
    ++(stored.tombstone ? report.deleted_versions : report.versions);
    return {};
}

}  // namespace

Result<RebuildReport> rebuild(Registry& registry) {
    TRY_ASSIGN(const auto rows, registry.database.read([](SqlSession& sql) { return models::list(sql, "", "", 1); }));
    if (!rows.empty()) {
        return fail(Error(ErrorKind::conflict, "database-not-empty", "the database holds models already")
                        .with_because("a rebuild restores a lost database and never mixes with a living one"));
    }
    RebuildReport report;
    TRY(restore_blobs(registry, report));
    TRY(registry.manifests.for_each([&](const StoredManifest& stored) -> Result<void> {
        if (!stored.manifest) {
            // Only the tombstone is left: the number stays taken, and publish() will not reuse it either.
            return {};
        }
        return restore_version(registry, stored, report);
    }));
    TRY_ASSIGN(report.models, registry.database.read([](SqlSession& sql) -> Result<std::int64_t> {
        TRY_ASSIGN(const auto count, sql.first("SELECT count(*) FROM models", {}, [](const Row& row) { return row.integer(0); }));
        return count.value_or(0);
    }));
    return report;
}

Json to_json(const RebuildReport& report) {
    return {{"blobs", report.blobs}, {"models", report.models}, {"versions", report.versions}, {"deleted_versions", report.deleted_versions},
            {"problems", report.problems}, {"not_restored", RebuildReport::not_restored}};
}

}  // namespace assay
