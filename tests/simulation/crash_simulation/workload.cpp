#include "tests/simulation/crash_simulation/workload.hpp"

#include "base/crypto.hpp"
#include "storage/blobs/disk_blob_store.hpp"
#include "storage/sql/sqlite.hpp"
#include "tests/simulation/crash_simulation/registrar.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace assay::simulation {

namespace {

constexpr int steps = 24;
constexpr std::uint64_t checkpoint_bytes = 64U << 10U;  // small, so that checkpoints happen within a short life

SimImage empty_data_directory() {
    SimImage image;
    image.directories[data_path] =
        std::make_shared<SimNames>(SimNames{{"blobs", {}}, {"manifests", {}}, {"uploads", {}}, {"quarantine", {}}});
    for (const char* path : {blobs_path, manifests_path, uploads_path, quarantine_path})
        image.directories[path] = std::make_shared<SimNames>();
    return image;
}

class Living {
public:
    Living(Random& random, Mutant mutant, Life& life, std::vector<std::size_t> acked, SimFs& disk, Stores stores)
        : random_(random), mutant_(mutant), life_(life), known_(life.known), acked_(std::move(acked)), disk_(disk), stores_(stores) {}

    Result<void> step() {
        switch (random_.below(13)) {
            case 0: return push_again();
            case 1: return rot_and_push_again();
            case 2: return push_with_failing_sync();
            case 3: return change_tombstone();
            case 4:
            case 5: return push_by_upload();
            case 6: return go_on_with_uploads();
            default: return push(new_files());
        }
    }

    void note(LedgerEvent event) {
        event.place = life_.timeline.size();
        life_.ledger.events.push_back(std::move(event));
    }

private:
    std::string new_bytes() {
        std::uint64_t size = random_.below(6000);
        if (random_.one_in(20)) size = random_.below(3);
        if (random_.one_in(80)) size = blob_chunk_bytes + random_.below(3000);
        std::string bytes(size, '\0');
        std::uint64_t state = random_.next();
        for (char& byte : bytes) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            byte = static_cast<char>(state >> 56U);
        }
        return bytes;
    }

    std::vector<std::string> new_files() {
        std::vector<std::string> files;
        for (std::uint64_t count = 1 + random_.below(3); count > 0; --count) {
            if (!known_.empty() && random_.one_in(4))
                files.push_back(known_[random_.below(known_.size())]);
            else
                files.push_back(new_bytes());
        }
        return files;
    }

    std::string some_model() {
        static const std::string awkward(300, 'm');
        switch (random_.below(5)) {
            case 0: return "..";
            case 1: return awkward;
            case 2: return fmt::format("model {}", random_.below(20));
            default: return "churn";
        }
    }

    Result<void> push(const std::vector<std::string>& files) {
        std::size_t version = 0;
        const Listener listener{[&](const BlobInfo& info) { note({.kind = LedgerEvent::Kind::blob_acked, .blob = info}); },
                                [&](const VersionRecord& record) {
                                    version = life_.ledger.versions.size();
                                    life_.ledger.versions.push_back(record);
                                    life_.ledger.manifests[{ManifestStore::directory_of(record.model), record.number}] = record.manifest;
                                },
                                [&] {
                // Counted among the files even by a mutant that has not stored them yet.
                                    acked_.push_back(version);
                                    note({.kind = LedgerEvent::Kind::version_acked, .version = version});
                                }};
        TRY(register_version(stores_, some_model(), files, mutant_, listener));
        known_.insert(known_.end(), files.begin(), files.end());
        return {};
    }

    Result<void> push_again() {
        if (known_.empty()) return push(new_files());
        const std::string bytes = known_[random_.below(known_.size())];
        MemorySource source(bytes);
        TRY_ASSIGN(const BlobInfo info, stores_.blobs.put(source, {}));
        note({.kind = LedgerEvent::Kind::blob_acked, .blob = info});
        return {};
    }

    /// The bytes come in parts, and perhaps not to their end: then a later step, or a later life, goes on.
    Result<void> push_by_upload() {
        const std::string bytes = new_bytes();
        const Digest digest = sha256(bytes);
        TRY_ASSIGN(const auto partial, stores_.blobs.begin_partial(digest.hex()));
        known_.push_back(bytes);
        TRY(partial->append(std::as_bytes(std::span(bytes)).first(random_.below(bytes.size() + 1))));
        return random_.one_in(3) ? Result<void>() : finish_upload(*partial, bytes);
    }

    Result<void> go_on_with_uploads() {
        TRY_ASSIGN(const auto entries, stores_.blobs.partials());
        for (const PartialBlobEntry& entry : entries) {
            const auto bytes = std::ranges::find_if(known_, [&](const std::string& known) { return sha256(known).hex() == entry.name; });
            if (bytes == known_.end()) return fail(ErrorKind::internal, "unknown-upload", entry.name + " was never begun");
            TRY_ASSIGN(const auto partial, stores_.blobs.open_partial(entry.name));
            TRY(finish_upload(*partial, std::string(*bytes)));
        }
        return {};
    }

    Result<void> finish_upload(PartialBlob& partial, const std::string& bytes) {
        const Digest digest = sha256(bytes);
        TRY(partial.append(std::as_bytes(std::span(bytes)).subspan(partial.size())));
        const auto info = stores_.blobs.complete(partial, {digest, bytes.size()});
        // What a power cut has made of the first part is found out here, and dropped.
        if (!info && info.error().code != "digest-mismatch") return fail(info.error());
        if (info) note({.kind = LedgerEvent::Kind::blob_acked, .blob = *info});
        TRY(stores_.blobs.remove_partial(digest.hex()));
        return info && random_.one_in(2) ? push({bytes}) : Result<void>();
    }

    Result<void> rot_and_push_again() {
        if (known_.empty()) return push(new_files());
        const std::string bytes = known_[random_.below(known_.size())];
        if (bytes.empty()) return {};
        const Digest digest = sha256(bytes);
        const auto inode = disk_.find(fmt::format("{}/{}/{}", blobs_path, digest.hex().substr(0, 2), digest.hex()));
        if (!inode) return push({bytes});  // it was not acknowledged before the last power cut
        note({.kind = LedgerEvent::Kind::blob_rotten, .blob = BlobInfo{digest, bytes.size(), {}}});
        disk_.rot(*inode, random_.below(bytes.size()), static_cast<unsigned>(random_.below(8)));
        if (random_.one_in(4)) return push(new_files());  // somebody else in between
        return push({bytes});
    }

    Result<void> push_with_failing_sync() {
        const std::string bytes = new_bytes();
        disk_.fail_next_file_sync();
        MemorySource source(bytes);
        const auto info = stores_.blobs.put(source, {});
        disk_.forget_failure();
        if (info) note({.kind = LedgerEvent::Kind::blob_acked, .blob = *info});  // a mutant says so
        return {};
    }

    Result<void> change_tombstone() {
        if (acked_.empty()) return push(new_files());
        const std::size_t version = acked_[random_.below(acked_.size())];
        const VersionRecord& record = life_.ledger.versions[version];
        TRY_ASSIGN(const auto now, stores_.manifests.read_tombstone(record.model, record.number));
        note({.kind = LedgerEvent::Kind::tombstone_changing, .version = version});
        std::optional<std::string> then;
        if (now) {
            TRY(stores_.manifests.remove_tombstone(record.model, record.number));
        } else {
            then = fmt::format("deleted at step {}", random_.next());
            TRY(stores_.manifests.write_tombstone(record.model, record.number, *then));
        }
        note({.kind = LedgerEvent::Kind::tombstone_acked, .version = version, .tombstone = then});
        return {};
    }

    Random& random_;
    Mutant mutant_;
    Life& life_;
    std::vector<std::string>& known_;
    std::vector<std::size_t> acked_;  ///< versions
    SimFs& disk_;
    Stores stores_;
};

}  // namespace

Result<Life> live(std::uint64_t seed, Mutant mutant, SimVfs& vfs, const Past* past) {
    Random random(seed);
    Life life;
    life.start = past != nullptr ? past->left : empty_data_directory();
    if (past != nullptr) {
        life.ledger = past->ledger;
        life.known = past->known;
    }
    SimFs disk(life.start, &life.timeline);
    vfs.use(disk);
    MutantFs fs(disk, mutant);
    TRY_ASSIGN(const auto blobs, DiskBlobStore::open(fs, blobs_path, quarantine_path, uploads_path));
    TRY_ASSIGN(const auto manifests, ManifestStore::open(fs, manifests_path));
    TrustingBlobStore trusting(*blobs);
    life.opened_at = life.timeline.size();
    fs.arm();

    SqliteOptions options;
    options.vfs = vfs.name();
    options.writer_inline = true;
    options.checkpoint_bytes = checkpoint_bytes;
    if (mutant == Mutant::synchronous_normal) options.synchronous = Synchronous::normal;
    TRY_ASSIGN(const auto database, open_sqlite(database_path, options));
    BlobStore& store = mutant == Mutant::eexist_trusted ? static_cast<BlobStore&>(trusting) : *blobs;
    Living living(random, mutant, life, past != nullptr ? past->acked : std::vector<std::size_t>(), disk, {store, *manifests, *database});
    TRY(make_schema(*database));
    living.note({.kind = LedgerEvent::Kind::schema_made});
    for (int i = 0; i < steps; ++i) TRY_WHILE(living.step(), fmt::format("living step {}", i));
    return life;
}

}  // namespace assay::simulation
