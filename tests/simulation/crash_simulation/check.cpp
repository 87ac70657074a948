#include "tests/simulation/crash_simulation/check.hpp"

#include "base/crypto.hpp"
#include "storage/blobs/disk_blob_store.hpp"
#include "storage/sql/integrity.hpp"
#include "storage/sql/sqlite.hpp"
#include "tests/simulation/crash_simulation/registrar.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace assay::simulation {

namespace {

/// Reads a blob as a fetch does, to its end.
Result<void> read_through(BlobStore& store, const BlobInfo& info) {
    TRY_ASSIGN(const auto reader, store.open(info));
    for (std::uint64_t offset = 0; offset < info.size;) {
        TRY_ASSIGN(const auto part, reader->read_at(offset, blob_chunk_bytes));
        offset += part.size();
    }
    return {};
}

class Check {
public:
    Check(SimImage left, const Promises& promises, SimVfs& vfs) : disk_(std::move(left)), promises_(promises), vfs_(vfs) {}

    std::vector<std::string> run(bool open_database, bool go_on) {
        auto blobs = DiskBlobStore::open(disk_, blobs_path, quarantine_path, uploads_path);
        auto manifests = ManifestStore::open(disk_, manifests_path);
        if (!blobs || !manifests) {
            broken_.push_back("the stores cannot be opened: " + describe(!blobs ? blobs.error() : manifests.error()));
            return std::move(broken_);
        }
        blobs_ = std::move(*blobs);
        manifests_ = std::move(*manifests);
        check_blobs();
        check_manifests();
        if (open_database) check_database(go_on);
        return std::move(broken_);
    }

private:
    void expect(const Result<void>& result, std::string_view promise) {
        if (!result) broken_.push_back(fmt::format("{}: {}", promise, result.error().message));
    }

    void check_blobs() {
        for (const auto& [digest, info] : promises_.blobs()) expect(read_through(*blobs_, info), "an acknowledged blob cannot be read");
        expect(blobs_->for_each([&](const Digest& digest, std::uint64_t) -> Result<void> {
            if (promises_.blobs().contains(digest) || promises_.is_rotten(digest)) return {};
            TRY_ASSIGN(const BlobInfo found, blobs_->describe(digest));
            if (found.digest != digest) broken_.push_back("a name holds other bytes: " + digest.to_string());
            return {};
        }),
               "the blobs cannot be listed");
        if (const auto uploads = blobs_->partials(); !uploads)
            broken_.push_back("the uploads cannot be listed: " + uploads.error().message);
    }

    void check_manifests() {
        std::map<std::pair<std::string, std::int64_t>, StoredManifest> found;
        expect(manifests_->for_each([&](const StoredManifest& stored) -> Result<void> {
            const auto key = std::pair(stored.directory, stored.version);
            if (stored.manifest) {
                const auto expected = promises_.ledger().manifests.find(key);
                if (expected == promises_.ledger().manifests.end() || expected->second != *stored.manifest) {
                    broken_.push_back(fmt::format("manifest {}@{} holds other bytes", stored.directory, stored.version));
                }
            }
            found.emplace(key, stored);
            return {};
        }),
               "the manifests cannot be listed");
        const auto stored_of = [&](std::size_t version) -> const StoredManifest* {
            const VersionRecord& record = promises_.ledger().versions[version];
            const auto place = found.find({ManifestStore::directory_of(record.model), record.number});
            return place == found.end() ? nullptr : &place->second;
        };
        for (const std::size_t version : promises_.versions()) {
            const StoredManifest* stored = stored_of(version);
            if (stored == nullptr || !stored->manifest) broken_.push_back("an acknowledged version has no manifest");
        }
        for (const auto& [version, tombstone] : promises_.tombstones()) {
            const StoredManifest* stored = stored_of(version);
            if (stored != nullptr && stored->tombstone != tombstone) broken_.push_back("an acknowledged deletion or undeletion is undone");
        }
    }

    void check_database(bool go_on) {
        vfs_.use(disk_);
        SqliteOptions options;
        options.vfs = vfs_.name();
        options.writer_inline = true;
        options.on_fatal = [](const Error& error) {
            fmt::print(stderr, "the simulated disk does not fail, yet: {}\n", describe(error));
            std::abort();
        };
        auto database = open_sqlite(database_path, options);
        if (!database) {
            broken_.push_back("the database cannot be opened: " + database.error().message);
            return;
        }
        expect(check_integrity(**database), "the database is damaged");
        const auto tables = (*database)->read([](SqlSession& session) {
            return session.first("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('version', 'file')", {},
                                 [](const Row& row) { return row.integer(0); });
        });
        if (!tables || tables->value_or(0) != 2) {
            if (promises_.schema())
                broken_.push_back("acknowledged tables are gone");
            else if (tables && tables->value_or(0) != 0)
                broken_.push_back("half a transaction is there");
            return;
        }
        check_rows(**database);
        if (go_on) check_it_goes_on(**database);
    }

    void check_rows(Database& database) {
        std::map<std::pair<std::string, std::int64_t>, std::string> rows;
        std::map<std::pair<std::string, std::int64_t>, std::size_t> files;
        expect(database.read([&](SqlSession& session) -> Result<void> {
            TRY(session.each("SELECT model, number, manifest_digest FROM version", {}, [&](const Row& row) -> Result<void> {
                rows[{row.text(0), row.integer(1)}] = row.text(2);
                return {};
            }));
            return session.each("SELECT model, number, blob FROM file", {}, [&](const Row& row) -> Result<void> {
                ++files[{row.text(0), row.integer(1)}];
                TRY_ASSIGN(const Digest digest, Digest::parse(row.text(2)));
                if (promises_.is_rotten(digest) || promises_.blobs().contains(digest)) return {};  // the latter was read already
                const auto found = blobs_->describe(digest);
                if (!found || found->digest != digest) broken_.push_back("a row's blob is missing or wrong");
                return {};
            });
        }),
               "the rows cannot be read");
        for (const auto& [key, digest] : rows) {
            const auto manifest = manifests_->read(key.first, key.second);
            if (!manifest || sha256(*manifest).to_string() != digest) broken_.push_back("a row's manifest is missing or wrong");
        }
        for (const std::size_t version : promises_.versions()) {
            const VersionRecord& record = promises_.ledger().versions[version];
            const auto row = rows.find({record.model, record.number});
            if (row == rows.end() || row->second != sha256(record.manifest).to_string()) {
                broken_.push_back("an acknowledged version has no row");
            } else if (files[{record.model, record.number}] != record.files) {
                broken_.push_back("an acknowledged version lacks rows of its files");
            }
        }
    }

    void check_it_goes_on(Database& database) {
        bool acknowledged = false;
        std::optional<VersionRecord> registered;
        std::vector<BlobInfo> stored;
        const Listener listener{[&](const BlobInfo& info) { stored.push_back(info); },
                                [&](const VersionRecord& record) { registered = record; }, [&] { acknowledged = true; }};
        expect(register_version({*blobs_, *manifests_, database}, "churn", {"after the crash", ""}, Mutant::none, listener),
               "nothing can be registered any more");
        if (!acknowledged) return;
        for (const BlobInfo& info : stored) expect(read_through(*blobs_, info), "a blob of after the crash cannot be read");
        const auto manifest = manifests_->read(registered->model, registered->number);
        if (!manifest || *manifest != registered->manifest) broken_.push_back("a manifest of after the crash cannot be read");
    }

    SimFs disk_;
    const Promises& promises_;
    SimVfs& vfs_;
    std::unique_ptr<DiskBlobStore> blobs_;
    std::unique_ptr<ManifestStore> manifests_;
    std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> broken_promises(SimImage left, const Promises& promises, SimVfs& vfs, bool open_database, bool go_on) {
    return Check(std::move(left), promises, vfs).run(open_database, go_on);
}

}  // namespace assay::simulation
