#pragma once

#include "base/json.hpp"
#include "registry/registry.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace assay {

enum class FindingKind {
    blob_missing,       ///< a row says the blob is here, and there is no file
    blob_corrupt,       ///< the file's bytes are not what their name says
    blob_unrecorded,    ///< a file without a row: an upload that was never acknowledged, or a lost row
    chunks_wrong,       ///< the kept chunk digests are not those of the (good) bytes
    manifest_missing,   ///< a version without its manifest file
    manifest_differs,   ///< the manifest file is not, byte for byte, what the row holds
    manifest_unrecorded,  ///< a manifest file without a version: a registration that was cut off before its commit
    version_lost,       ///< a manifest file without a version whose blobs have no rows either: the database is older, or another one
    manifest_damaged,   ///< the row's manifest does not have the row's digest
    tombstone_differs,  ///< the tombstone and the version's state say different things
    file_unblobbed,     ///< a file of a version whose blob has no row
    files_differ,       ///< the recorded files of a version are not those of its manifest
    database,           ///< SQLite's own check
};

struct Finding {
    FindingKind kind;
    std::string what;    ///< the blob or version
    std::string detail;
    std::vector<std::string> affects;  ///< versions that hold it (at most 20)
    bool repaired = false;
    /// Bytes are lost or wrong. Otherwise it is a leftover that harms nothing.
    [[nodiscard]] bool is_damage() const;
};

struct FsckReport {
    std::int64_t blobs = 0;
    std::uint64_t bytes = 0;
    std::int64_t versions = 0;
    std::int64_t manifests = 0;
    std::vector<Finding> findings;
    [[nodiscard]] bool is_clean() const;  ///< no damage that is not repaired
};

enum class Repair { no, yes };

/// Compares rows with files and files with hashes, both ways, reading every byte; checks the database. Works beside a
/// running server (through it) as well as alone. Repair marks damaged blobs corrupt and sets them aside, records
/// unrecorded good blobs, rewrites chunk digests, recorded files, tombstones and missing manifests from the database, and
/// makes the rows of lost versions from their manifests; it never invents bytes.
[[nodiscard]] Result<FsckReport> fsck(Registry& registry, Repair repair);

[[nodiscard]] Json to_json(const FsckReport& report);
[[nodiscard]] std::string_view to_string(FindingKind kind);

}  // namespace assay
