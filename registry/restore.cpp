#include "registry/restore.hpp"

#include "base/crypto.hpp"
#include "base/file_path.hpp"
#include "base/text.hpp"
#include "registry/names.hpp"
#include "registry/needs.hpp"
#include "registry/record_lineage.hpp"
#include "registry/search.hpp"
#include "registry/trust.hpp"
#include "storage/tables/blobs.hpp"
#include "storage/tables/experiments.hpp"
#include "storage/tables/history.hpp"
#include "storage/tables/models.hpp"
#include "storage/tables/runs.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace assay {

namespace {

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
    TRY_ASSIGN(const Timestamp created, Timestamp::parse(manifest.created_at));
    const std::int64_t ended = milliseconds_of(created);
    TRY_ASSIGN(const std::int64_t experiment, experiments::ensure(sql, "Default", ended));
    return runs::insert(
        sql, {facts.run, experiment, "", "finished", LifeState::active, milliseconds_of(facts.trained_at.value_or(created)), ended, ""});
}

Result<void> restore_version(Registry& registry, const Restorable& wanted, std::vector<std::string>& problems) {
    TRY_ASSIGN(const std::string bytes, registry.manifests.read(wanted.model, wanted.version));
    TRY_ASSIGN(const Manifest manifest, read_manifest(bytes));
    const VersionState state = wanted.deleted ? VersionState::deleted : VersionState::ready;
    return registry.database.write([&](SqlWrite& sql) -> Result<void> {
        const std::string& at = manifest.created_at;
        TRY(models::ensure(sql, manifest.model, at));
        TRY(require_blobs(sql, manifest, at, problems));
        TRY(restore_run(sql, manifest));
        TRY_ASSIGN(const Digest content, content_digest(manifest));
        const VersionRow row{
            manifest.model, manifest.version, sha256(bytes).to_string(), bytes, content.to_string(), manifest.facts.run, state, "", at};
        TRY(versions::insert(sql, row, file_rows(manifest)));
        TRY(models::raise_next_version(sql, manifest.model, manifest.version + 1));
        TRY(history::append(sql, {0, at, manifest.model, manifest.version, "registered", "", std::nullopt, row.digest, ""}));
        TRY(record_searchable(sql, manifest));
        if (state == VersionState::ready) TRY(record_needs(sql, manifest));
        return record_lineage(sql, manifest, at);
    });
}

}  // namespace

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
    if (!Timestamp::parse(manifest.created_at)) return fmt::format("'{}' is no time", printable(manifest.created_at, 60));
    return std::nullopt;
}

Result<bool> lost_its_row(SqlSession& sql, const Manifest& manifest) {
    for (const ManifestFile& file : manifest.files) {
        TRY_ASSIGN(const auto blob, blobs::find(sql, file.digest));
        if (!blob) return true;
    }
    return false;
}

Result<void> check_not_lost(Registry& registry) {
    TRY_ASSIGN(const auto any, registry.database.read([](SqlSession& sql) {
        return sql.first("SELECT 1 FROM versions LIMIT 1", {}, [](const Row& row) { return row.integer(0); });
    }));
    if (any) return {};
    return registry.manifests.for_each([&](const StoredManifest& stored) -> Result<void> {
        if (!stored.manifest) return {};
        const auto manifest = read_manifest(*stored.manifest);
        if (!manifest) return {};  // fsck's to report
        TRY_ASSIGN(const bool lost, registry.database.read([&](SqlSession& sql) { return lost_its_row(sql, *manifest); }));
        if (!lost) return {};
        return fail(Error(ErrorKind::integrity, "database-lost", "the database holds no versions, but the manifests of some are there")
                        .with_because(
                            fmt::format("such as {}: the database was lost, or replaced by an empty one", printable(manifest->name(), 300)))
                        .with_fix("put the backup of assay.db back")
                        .with_fix("`assay rebuild --data DIR` makes it anew from the manifests"));
    });
}

Result<void> restore_versions(Registry& registry, std::vector<Restorable> versions, std::vector<std::string>& problems) {
    std::ranges::sort(versions, {}, [](const Restorable& one) { return std::tie(one.created_at, one.model, one.version); });
    for (const Restorable& version : versions) TRY(restore_version(registry, version, problems));
    // Who trusted what is lost with the database: what needs it waits again. A file that cannot be read is not known to be safe.
    for (const Restorable& version : versions) {
        if (version.deleted) continue;
        const VersionRef ref{VersionRef::Number{version.version}};
        if (const auto inspected = reinspect_version(registry, version.model, ref, ""); !inspected) {
            if (inspected.error().kind == ErrorKind::not_found || inspected.error().kind == ErrorKind::integrity)
                continue;  // said of its blob
            problems.push_back(fmt::format("{}@{}: its files were not inspected: {}", printable(version.model, 300), version.version,
                                           inspected.error().message));
        } else if (inspected->row.state == VersionState::quarantined) {
            problems.push_back(fmt::format("{}@{} waits for trust, which was lost with the database: assay trust",
                                           printable(version.model, 300), version.version));
        }
    }
    return {};
}

}  // namespace assay
