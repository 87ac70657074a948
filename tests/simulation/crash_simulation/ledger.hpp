#pragma once

#include "storage/blobs/blob_store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace assay::simulation {

/// A registration that was begun. Its place in Ledger::versions is its id.
struct VersionRecord {
    std::string model;
    std::int64_t number = 0;
    std::string manifest;
    std::size_t files = 0;  ///< how many rows of files it has
};

/// What the client of the store has been told, and when, in places of the timeline.
struct LedgerEvent {
    enum class Kind {
        schema_made,
        blob_acked,         ///< blob
        blob_rotten,        ///< blob: the disk has damaged it; nothing is promised until it is acked again
        version_acked,      ///< version
        tombstone_changing, ///< version: from here to the ack it may be there or not
        tombstone_acked,    ///< version, tombstone
    };
    Kind kind;
    std::size_t place = 0;  ///< holds for every cut at or after it
    std::optional<BlobInfo> blob = {};
    std::size_t version = 0;
    std::optional<std::string> tombstone = {};
};

struct Ledger {
    std::vector<VersionRecord> versions;
    std::vector<LedgerEvent> events;  ///< by place
    /// What a name below manifests/ holds, if it is there at all: by directory and version.
    std::map<std::pair<std::string, std::int64_t>, std::string> manifests;
};

/// What must hold after a power cut at one place of the timeline.
class Promises {
public:
    explicit Promises(const Ledger& ledger) : ledger_(ledger) {}

    void advance_to(std::size_t cut) {
        for (; next_ < ledger_.events.size() && ledger_.events[next_].place <= cut; ++next_) apply(ledger_.events[next_]);
    }

    /// The same promises, to be kept by a later life that writes its own ledger (which starts with what was begun before).
    [[nodiscard]] Promises carried_into(const Ledger& later) const {
        Promises carried(later);
        carried.schema_ = schema_;
        carried.blobs_ = blobs_;
        carried.rotten_ = rotten_;
        carried.versions_ = versions_;
        carried.tombstones_ = tombstones_;
        return carried;
    }

    [[nodiscard]] const Ledger& ledger() const { return ledger_; }
    [[nodiscard]] bool schema() const { return schema_; }
    [[nodiscard]] const std::map<Digest, BlobInfo>& blobs() const { return blobs_; }
    [[nodiscard]] bool is_rotten(const Digest& digest) const { return rotten_.contains(digest); }
    [[nodiscard]] const std::set<std::size_t>& versions() const { return versions_; }
    /// By version: the text, or that there is none. Versions that are not in it are in between.
    [[nodiscard]] const std::map<std::size_t, std::optional<std::string>>& tombstones() const { return tombstones_; }

private:
    void apply(const LedgerEvent& event) {
        switch (event.kind) {
            case LedgerEvent::Kind::schema_made: schema_ = true; break;
            case LedgerEvent::Kind::blob_acked:
                blobs_.insert_or_assign(event.blob->digest, *event.blob);
                rotten_.erase(event.blob->digest);
                break;
            case LedgerEvent::Kind::blob_rotten:
                blobs_.erase(event.blob->digest);
                rotten_.insert(event.blob->digest);
                break;
            case LedgerEvent::Kind::version_acked:
                versions_.insert(event.version);
                tombstones_.emplace(event.version, std::nullopt);
                break;
            case LedgerEvent::Kind::tombstone_changing: tombstones_.erase(event.version); break;
            case LedgerEvent::Kind::tombstone_acked: tombstones_.insert_or_assign(event.version, event.tombstone); break;
        }
    }

    const Ledger& ledger_;
    std::size_t next_ = 0;
    bool schema_ = false;
    std::map<Digest, BlobInfo> blobs_;
    std::set<Digest> rotten_;
    std::set<std::size_t> versions_;
    std::map<std::size_t, std::optional<std::string>> tombstones_;
};

}  // namespace assay::simulation
