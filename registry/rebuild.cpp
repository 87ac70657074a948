#include "registry/rebuild.hpp"

#include "base/json_reader.hpp"
#include "base/text.hpp"
#include "registry/names.hpp"
#include "registry/restore.hpp"
#include "storage/tables/blobs.hpp"
#include "storage/tables/models.hpp"

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

struct Stored {
    std::vector<Restorable> versions;
    std::vector<StoredManifest> tombstones;  ///< those without a manifest
};

Result<Stored> find_versions(Registry& registry, RebuildReport& report) {
    Stored all;
    TRY(registry.manifests.for_each([&](const StoredManifest& stored) -> Result<void> {
        if (!stored.manifest) {
            all.tombstones.push_back(stored);
            return {};
        }
        const auto manifest = read_manifest(*stored.manifest);
        const auto problem = manifest ? problem_of(*manifest, stored) : manifest.error().message;
        if (problem) {
            report.problems.push_back(fmt::format("{}/{}.json: {}", stored.directory, stored.version, *problem));
            return {};
        }
        TRY_ASSIGN(const Timestamp created_at, Timestamp::parse(manifest->created_at));
        all.versions.push_back({created_at, manifest->model, manifest->version, stored.tombstone.has_value()});
        return {};
    }));
    return all;
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
    TRY_ASSIGN(Stored stored, find_versions(registry, report));
    report.deleted_versions = std::ranges::count_if(stored.versions, &Restorable::deleted);
    report.versions = std::ssize(stored.versions) - report.deleted_versions;
    TRY(restore_versions(registry, std::move(stored.versions), report.problems));
    for (const StoredManifest& tombstone : stored.tombstones) TRY(keep_number(registry, tombstone, report));
    TRY_ASSIGN(report.models, registry.database.read([](SqlSession& sql) -> Result<std::int64_t> {
        TRY_ASSIGN(const auto count, sql.first("SELECT count(*) FROM models", {}, [](const Row& row) { return row.integer(0); }));
        return count.value_or(0);
    }));
    return report;
}

Json to_json(const RebuildReport& report) {
    return {{"blobs", report.blobs},       {"models", report.models},
            {"versions", report.versions}, {"deleted_versions", report.deleted_versions},
            {"problems", report.problems}, {"not_restored", not_restored}};
}

}  // namespace assay
