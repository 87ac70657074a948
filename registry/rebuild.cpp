#include "registry/rebuild.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "registry/manifest.hpp"
#include "registry/names.hpp"
#include "registry/record_lineage.hpp"
#include "storage/tables/blobs.hpp"
#include "storage/tables/history.hpp"
#include "storage/tables/models.hpp"
#include "storage/tables/runs.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>

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
            report.problems.push_back(
                fmt::format("blob {}: its bytes have the digest {}; set aside", digest.to_string(), actual.digest.to_string()));
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
        problems.push_back(fmt::format("{}: the blob {} of '{}' is lost; push it again to heal the version",
                                       printable(manifest.name(), 300), file.digest.to_string(), printable(file.path, 200)));
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

/// A version that can be restored, and when it was registered.
struct Restorable {
    Timestamp created_at;
    std::string model;
    std::int64_t version = 0;
    bool deleted = false;
};

/// What is wrong with a manifest that could be read; absent when it may be restored.
std::optional<std::string> problem_of(const Manifest& manifest, const StoredManifest& stored) {
    const auto name = model_name(manifest.model);
    if (manifest.version != stored.version || !name || *name != manifest.model ||
        ManifestStore::directory_of(manifest.model) != stored.directory) {
        return fmt::format("it says that it is {}; left alone", printable(manifest.name(), 300));
    }
    for (const ManifestFile& file : manifest.files) {
        const auto path = file_path(file.path);
        if (!path || *path != file.path) return fmt::format("'{}' cannot be the path of a file; left alone", printable(file.path, 200));
    }
    return std::nullopt;
}

/// Only the tombstone of a version is left: its number stays taken.
Result<void> keep_number(Registry& registry, const StoredManifest& stored, RebuildReport& report) {
    const Json json = parse_json(*stored.tombstone).value_or(Json());
    Problems problems;
    JsonReader reader(json, "", problems);
    const std::string model = reader.string("model");
    const std::int64_t version = reader.integer("version");
    if (!problems.empty() || version != stored.version || version > max_version || ManifestStore::directory_of(model) != stored.directory) {
        report.problems.push_back(fmt::format("{}/{}.deleted.json: it cannot be read; its number stays taken as long as it is there",
                                              stored.directory, stored.version));
        return {};
    }
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        TRY(models::ensure(sql, model, registry.now()));
        return models::raise_next_version(sql, model, version + 1);
    });
}

struct Found {
    std::vector<Restorable> versions;
    std::vector<StoredManifest> tombstones;  ///< those without a manifest
};

/// In the order of their registration, so that what became known first is known first again.
Result<Found> find_versions(Registry& registry, RebuildReport& report) {
    Found all;
    TRY(registry.manifests.for_each([&](const StoredManifest& stored) -> Result<void> {
        if (!stored.manifest) {
            all.tombstones.push_back(stored);
            return {};
        }
        const std::string where = fmt::format("{}/{}.json: ", stored.directory, stored.version);
        const auto manifest = read_manifest(*stored.manifest);
        const auto problem = manifest ? problem_of(*manifest, stored) : manifest.error().message;
        if (problem) {
            report.problems.push_back(where + *problem);
            return {};
        }
        const auto created_at = Timestamp::parse(manifest->created_at);
        if (!created_at) {
            report.problems.push_back(where + created_at.error().message);
            return {};
        }
        all.versions.push_back({*created_at, manifest->model, manifest->version, stored.tombstone.has_value()});
        return {};
    }));
    std::ranges::sort(all.versions, {}, [](const Restorable& one) { return std::tie(one.created_at, one.model, one.version); });
    return all;
}

Result<void> restore_version(Registry& registry, const Restorable& wanted, RebuildReport& report) {
    TRY_ASSIGN(const std::string bytes, registry.manifests.read(wanted.model, wanted.version));
    TRY_ASSIGN(const Manifest manifest, read_manifest(bytes));
    const VersionState state = wanted.deleted ? VersionState::deleted : VersionState::ready;
    TRY(registry.database.write([&](SqlWrite& sql) -> Result<void> {
        const std::string& at = manifest.created_at;
        TRY(models::ensure(sql, manifest.model, at));
        TRY(require_blobs(sql, manifest, at, report.problems));
        TRY(restore_run(sql, manifest));
        TRY_ASSIGN(const Digest content, content_digest(manifest));
        const VersionRow row{
            manifest.model, manifest.version, sha256(bytes).to_string(), bytes, content.to_string(), manifest.facts.run, state, "", at};
        TRY(versions::insert(sql, row, file_rows(manifest)));
        TRY(models::raise_next_version(sql, manifest.model, manifest.version + 1));
        TRY(history::append(sql, {0, at, manifest.model, manifest.version, "registered", "", std::nullopt, row.digest, ""}));
        return record_lineage(sql, manifest, at);
    }));
    ++(wanted.deleted ? report.deleted_versions : report.versions);
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
    TRY_ASSIGN(const Found found, find_versions(registry, report));
    for (const Restorable& version : found.versions) TRY(restore_version(registry, version, report));
    for (const StoredManifest& tombstone : found.tombstones) TRY(keep_number(registry, tombstone, report));
    TRY_ASSIGN(report.models, registry.database.read([](SqlSession& sql) -> Result<std::int64_t> {
        TRY_ASSIGN(const auto count, sql.first("SELECT count(*) FROM models", {}, [](const Row& row) { return row.integer(0); }));
        return count.value_or(0);
    }));
    return report;
}

Json to_json(const RebuildReport& report) {
    return {{"blobs", report.blobs},       {"models", report.models},
            {"versions", report.versions}, {"deleted_versions", report.deleted_versions},
            {"problems", report.problems}, {"not_restored", RebuildReport::not_restored}};
}

}  // namespace assay
