#include "registry/fsck.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "registry/manifest.hpp"
#include "registry/restore.hpp"
#include "storage/sql/integrity.hpp"
#include "storage/tables/blobs.hpp"
#include "storage/tables/models.hpp"
#include "storage/tables/versions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

constexpr std::int64_t page = 1000;

/// One run of fsck: the verbs share the report.
class Checker {
public:
    Checker(Registry& registry, Repair repair) : registry_(registry), repair_(repair == Repair::yes) {}

    Result<FsckReport> run() {
        TRY(check_database());
        TRY(check_manifest_files());  // before repairs give rows to blobs: the lack of them tells lost versions
        TRY(check_blob_files());
        TRY(restore_lost());
        TRY(check_blob_rows());
        TRY(check_versions());
        return std::move(report_);
    }

private:
    Finding& found(FindingKind kind, std::string what, std::string detail) {
        report_.findings.push_back({kind, std::move(what), std::move(detail), {}, false});
        return report_.findings.back();
    }

    Result<void> check_database() {
        const auto checked = check_integrity(registry_.database);
        if (checked) return {};
        if (checked.error().kind != ErrorKind::integrity) return checked;
        for (const FieldProblem& problem : checked.error().problems) found(FindingKind::database, problem.field, problem.message);
        if (checked.error().problems.empty()) found(FindingKind::database, "sqlite", checked.error().message);
        return {};
    }

    Result<void> name_affected(Finding& finding, const Digest& digest) {
        TRY_ASSIGN(finding.affects,
                   registry_.database.read([&](SqlSession& sql) { return versions::holding_blob(sql, digest.to_string(), 20); }));
        return {};
    }

    Result<void> mark_corrupt(const Digest& digest) {
        TRY(registry_.blobs.quarantine(digest));
        TRY_ASSIGN(const auto healed, registry_.blobs.stat(digest));
        if (healed) return {};  // put again meanwhile: only damaged copies are set aside
        return registry_.database.write([&](SqlWrite& sql) { return blobs::set_state(sql, digest, BlobState::corrupt); });
    }

    Result<void> check_blob(const Digest& digest) {
        TRY_ASSIGN(const auto row, registry_.database.read([&](SqlSession& sql) { return blobs::find(sql, digest); }));
        if (!row) return {};  // removed meanwhile
        auto actual = registry_.blobs.describe(digest);
        ++report_.blobs;
        if (!actual && actual.error().kind == ErrorKind::not_found) {
            Finding& finding =
                found(FindingKind::blob_missing, digest.to_string(),
                      row->state == BlobState::corrupt ? "it was found damaged or missing before; pushing the same bytes again heals it"
                                                       : "there is no file of that name; pushing the same bytes again heals it");
            TRY(name_affected(finding, digest));
            if (repair_) {
                TRY(registry_.database.write([&](SqlWrite& sql) { return blobs::set_state(sql, digest, BlobState::corrupt); }));
            }
            return {};
        }
        if (!actual) return fail(std::move(actual).error());
        report_.bytes += actual->size;
        if (actual->digest != digest) {
            Finding& finding = found(FindingKind::blob_corrupt, digest.to_string(),
                                     fmt::format("its bytes have the digest {}; {}pushing the right ones again heals it",
                                                 actual->digest.to_string(), repair_ ? "set aside in quarantine/; " : ""));
            TRY(name_affected(finding, digest));
            if (repair_) TRY(mark_corrupt(digest));
            return {};
        }
        const std::string now = registry_.now();
        const bool chunks_right = actual->chunks == row->info.chunks && actual->size == row->info.size;
        if (chunks_right && row->state == BlobState::live) {
            verified_.push_back(digest);
            return {};
        }
        Finding& finding = found(
            FindingKind::chunks_wrong, digest.to_string(),
            chunks_right ? "it is marked corrupt, but its bytes are good" : "the bytes are good, the kept chunk digests are not theirs");
        TRY(name_affected(finding, digest));
        if (repair_) {
            TRY(registry_.database.write([&](SqlWrite& sql) { return blobs::upsert(sql, *actual, now); }));
            report_.findings.back().repaired = true;
        }
        return {};
    }

    /// One commit for many blobs: each costs a sync.
    Result<void> note_verified() {
        if (verified_.empty()) return {};
        TRY(registry_.database.write([&](SqlWrite& sql) -> Result<void> {
            for (const Digest& digest : verified_) TRY(blobs::set_verified(sql, digest, registry_.now()));
            return {};
        }));
        verified_.clear();
        return {};
    }

    Result<void> check_blob_rows() {
        std::string after;
        for (;;) {
            TRY_ASSIGN(const auto digests, registry_.database.read([&](SqlSession& sql) { return blobs::list(sql, after, page); }));
            for (const Digest& digest : digests) TRY(check_blob(digest));
            TRY(note_verified());
            if (digests.size() < static_cast<std::size_t>(page)) return {};
            after = digests.back().to_string();
        }
    }

    Result<void> check_blob_files() {
        std::vector<Digest> unrecorded;
        TRY(registry_.blobs.for_each([&](const Digest& digest, std::uint64_t) -> Result<void> {
            TRY_ASSIGN(const auto row, registry_.database.read([&](SqlSession& sql) { return blobs::find(sql, digest); }));
            if (!row) unrecorded.push_back(digest);
            return {};
        }));
        for (const Digest& digest : unrecorded) {
            auto actual = registry_.blobs.describe(digest);
            if (!actual && actual.error().kind == ErrorKind::not_found) continue;
            if (!actual) return fail(std::move(actual).error());
            // An upload may have been acknowledged since the listing.
            TRY_ASSIGN(const auto row, registry_.database.read([&](SqlSession& sql) { return blobs::find(sql, digest); }));
            if (row) continue;
            if (actual->digest != digest) {
                found(FindingKind::blob_corrupt, digest.to_string(), "an unrecorded file whose bytes are not what its name says");
                if (repair_) TRY(registry_.blobs.quarantine(digest));
                report_.findings.back().repaired = repair_;  // nothing refers to it: setting it aside is all there is to do
                continue;
            }
            found(FindingKind::blob_unrecorded, digest.to_string(), "an upload that was never acknowledged, or whose row was lost");
            if (repair_) {
                TRY(registry_.database.write([&](SqlWrite& sql) { return blobs::upsert(sql, *actual, registry_.now()); }));
                report_.findings.back().repaired = true;
            }
        }
        return {};
    }

    Result<void> check_version(const VersionRow& row) {
        ++report_.versions;
        const std::string name = fmt::format("{}@{}", row.model, row.version);
        if (sha256(row.manifest).to_string() != row.digest) {
            found(
                FindingKind::manifest_damaged, name,
                fmt::format(
                    "the manifest in the database does not have the digest {}; `assay rebuild` restores it from its file, if that is good",
                    row.digest));
            return {};
        }
        auto file = registry_.manifests.read(row.model, row.version);
        if (!file && file.error().kind == ErrorKind::not_found) {
            found(FindingKind::manifest_missing, name, "its manifest is in the database only");
            if (repair_) TRY(rewrite_manifest(row));
        } else if (!file) {
            return fail(std::move(file).error());
        } else if (*file != row.manifest) {
            found(FindingKind::manifest_differs, name,
                  fmt::format(
                      "the file has the digest {}, the database {}; set the file aside, and --repair writes it anew from the database",
                      sha256(*file).to_string(), row.digest));
        }
        TRY_ASSIGN(const auto tombstone, registry_.manifests.read_tombstone(row.model, row.version));
        if (tombstone.has_value() != (row.state == VersionState::deleted)) TRY(check_tombstone(row));
        const auto read = read_manifest(row.manifest);
        if (!read) {
            std::vector<std::string> problems;
            for (const FieldProblem& problem : read.error().problems) problems.push_back(problem.field + " " + problem.message);
            found(FindingKind::manifest_damaged, name, printable("its manifest says what none can say: " + join(problems, "; "), 1'000));
            return {};
        }
        const Manifest& manifest = *read;
        unblobbed_.clear();
        for (const ManifestFile& held : manifest.files) {
            TRY_ASSIGN(const auto blob, registry_.database.read([&](SqlSession& sql) { return blobs::find(sql, held.digest); }));
            if (!blob) {
                Finding& finding = found(FindingKind::file_unblobbed, held.digest.to_string(), fmt::format("'{}' needs it", held.path));
                finding.affects = {name};
                unblobbed_.push_back(held.digest);
            }
        }
        return check_files(row, manifest);
    }

    Result<void> rewrite_manifest(const VersionRow& row) {
        TRY_ASSIGN(PreparedManifest prepared, registry_.manifests.prepare(row.manifest));
        TRY(registry_.manifests.open_model(row.model));
        TRY(registry_.manifests.publish(prepared, row.model, row.version));
        TRY(registry_.manifests.sync_model(row.model));
        report_.findings.back().repaired = true;
        return {};
    }

    /// Looks again between the writes of others: a deletion may have been under way.
    Result<void> check_tombstone(const VersionRow& seen) {
        return registry_.database.write([&](SqlWrite& sql) -> Result<void> {
            TRY_ASSIGN(const auto row, versions::find(sql, seen.model, seen.version));
            TRY_ASSIGN(const auto tombstone, registry_.manifests.read_tombstone(seen.model, seen.version));
            if (!row || tombstone.has_value() == (row->state == VersionState::deleted)) return {};
            Finding& finding =
                found(FindingKind::tombstone_differs, fmt::format("{}@{}", row->model, row->version),
                      tombstone ? "there is a tombstone, but the version is not deleted" : "it is deleted, but there is no tombstone");
            if (!repair_) return {};
            if (tombstone) {
                TRY(registry_.manifests.remove_tombstone(row->model, row->version));
            } else {
                TRY_ASSIGN(const std::string text, tombstone_bytes(*row, registry_.now()));
                TRY(registry_.manifests.write_tombstone(row->model, row->version, text));
            }
            finding.repaired = true;
            return {};
        });
    }

    Result<void> check_files(const VersionRow& row, const Manifest& manifest) {
        const std::vector<FileRow> expected = file_rows(manifest);
        TRY_ASSIGN(const auto recorded,
                   registry_.database.read([&](SqlSession& sql) { return versions::files(sql, row.model, row.version); }));
        if (recorded == expected) return {};
        Finding& finding = found(FindingKind::files_differ, fmt::format("{}@{}", row.model, row.version),
                                 fmt::format("the database records {} files that are not, one by one, the {} of the manifest",
                                             recorded.size(), expected.size()));
        if (!repair_ || !unblobbed_.empty()) return {};  // rows of files need those of their blobs
        TRY(registry_.database.write([&](SqlWrite& sql) { return versions::replace_files(sql, row.model, row.version, expected); }));
        finding.repaired = true;
        return {};
    }

    Result<void> check_versions() {
        std::string model_after;
        for (;;) {
            TRY_ASSIGN(const auto rows, registry_.database.read([&](SqlSession& sql) { return models::list(sql, model_after, "", page); }));
            for (const ModelRow& model : rows) TRY(check_versions_of(model.name));
            if (rows.size() < static_cast<std::size_t>(page)) return {};
            model_after = rows.back().name;
        }
    }

    Result<void> check_versions_of(const std::string& model) {
        std::int64_t before = 0;
        for (;;) {
            TRY_ASSIGN(const auto rows,
                       registry_.database.read([&](SqlSession& sql) { return versions::list(sql, model, before, std::nullopt, page); }));
            for (const VersionRow& row : rows) TRY(check_version(row));
            if (rows.size() < static_cast<std::size_t>(page)) return {};
            before = rows.back().version;
        }
    }

    Result<void> check_manifest_files() {
        return registry_.manifests.for_each([&](const StoredManifest& stored) -> Result<void> {
            if (!stored.manifest) return {};  // a tombstone alone: the bytes were collected
            ++report_.manifests;
            const auto manifest = read_manifest(*stored.manifest);
            if (!manifest) {
                found(FindingKind::manifest_damaged, fmt::format("{}/{}.json", stored.directory, stored.version), manifest.error().message);
                return {};
            }
            TRY_ASSIGN(const auto row,
                       registry_.database.read([&](SqlSession& sql) { return versions::find(sql, manifest->model, manifest->version); }));
            if (manifest->version != stored.version || ManifestStore::directory_of(manifest->model) != stored.directory) {
                found(FindingKind::manifest_damaged, fmt::format("{}/{}.json", stored.directory, stored.version),
                      fmt::format("it is the manifest of {}, under another name", printable(manifest->name(), 300)));
                return {};
            }
            if (!row) return check_unrecorded(*manifest, stored);
            return {};
        });
    }

    /// Looks again after the writes of others: the registration may have been under way.
    Result<void> check_unrecorded(const Manifest& manifest, const StoredManifest& stored) {
        bool lost = false;
        TRY_ASSIGN(const auto row, registry_.database.write([&](SqlWrite& sql) -> Result<std::optional<VersionRow>> {
            TRY_ASSIGN(lost, lost_its_row(sql, manifest));
            return versions::find(sql, manifest.model, manifest.version);
        }));
        if (row) return {};
        if (!lost) {
            found(FindingKind::manifest_unrecorded, manifest.name(),
                  "a registration that was cut off before it was acknowledged; its number stays taken");
            return {};
        }
        const auto problem = problem_of(manifest, stored);
        found(FindingKind::version_lost, manifest.name(),
              problem.value_or("the database knows neither it nor its blobs: it is older than this version, or another one"));
        if (problem || !repair_) return {};
        TRY_ASSIGN(const Timestamp created_at, Timestamp::parse(manifest.created_at));
        lost_.push_back({created_at, manifest.model, manifest.version, stored.tombstone.has_value()});
        report_.findings.back().repaired = true;
        return {};
    }

    Result<void> restore_lost() {
        std::vector<std::string> problems;  // check_versions finds them anew
        return restore_versions(registry_, std::move(lost_), problems);
    }

    Registry& registry_;
    bool repair_;
    FsckReport report_;
    std::vector<Digest> verified_;   ///< found good, to be noted
    std::vector<Restorable> lost_;   ///< to be restored, once the blobs have rows
    std::vector<Digest> unblobbed_;  ///< named by the manifest that is looked at, without a row
};

}  // namespace

bool Finding::is_damage() const { return kind != FindingKind::blob_unrecorded && kind != FindingKind::manifest_unrecorded; }

bool FsckReport::is_clean() const {
    return std::ranges::none_of(findings, [](const Finding& finding) { return finding.is_damage() && !finding.repaired; });
}

Result<FsckReport> fsck(Registry& registry, Repair repair) { return Checker(registry, repair).run(); }

std::string_view to_string(FindingKind kind) {
    switch (kind) {
        case FindingKind::blob_missing: return "blob-missing";
        case FindingKind::blob_corrupt: return "blob-corrupt";
        case FindingKind::blob_unrecorded: return "blob-unrecorded";
        case FindingKind::chunks_wrong: return "chunks-wrong";
        case FindingKind::manifest_missing: return "manifest-missing";
        case FindingKind::manifest_differs: return "manifest-differs";
        case FindingKind::manifest_unrecorded: return "manifest-unrecorded";
        case FindingKind::version_lost: return "version-lost";
        case FindingKind::manifest_damaged: return "manifest-damaged";
        case FindingKind::tombstone_differs: return "tombstone-differs";
        case FindingKind::file_unblobbed: return "file-unblobbed";
        case FindingKind::files_differ: return "files-differ";
        case FindingKind::database: return "database";
    }
    return "database";
}

Json to_json(const FsckReport& report) {
    Json findings = Json::array();
    for (const Finding& finding : report.findings) {
        findings.push_back({{"kind", to_string(finding.kind)},
                            {"what", finding.what},
                            {"detail", finding.detail},
                            {"affects", finding.affects},
                            {"damage", finding.is_damage()},
                            {"repaired", finding.repaired}});
    }
    return {{"clean", report.is_clean()},  {"blobs", report.blobs},         {"bytes", report.bytes},
            {"versions", report.versions}, {"manifests", report.manifests}, {"findings", findings}};
}

}  // namespace assay
