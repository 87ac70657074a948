#pragma once

#include "base/digest.hpp"
#include "registry/facts.hpp"
#include "storage/records.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// The largest number of a version: the largest integer that canonical JSON keeps.
inline constexpr std::int64_t max_version = (std::int64_t{1} << 53) - 1;

struct ManifestFile {
    std::string path;
    Digest digest;
    std::uint64_t size = 0;  ///< bytes
    std::string media_type;
};

/// One version, complete: what `name@sha256:…` pins. Format "assay.manifest/1" (docs/formats.md).
struct Manifest {
    std::string model;
    std::int64_t version = 0;
    std::string created_at;           ///< RFC 3339
    std::vector<ManifestFile> files;  ///< sorted by path
    Facts facts;

    [[nodiscard]] std::string name() const { return model + "@" + std::to_string(version); }
};

/// The canonical bytes (RFC 8785); their SHA-256 is the version's digest. `invalid` when a fact cannot be expressed
/// (an integer beyond 2^53).
[[nodiscard]] Result<std::string> canonical_bytes(const Manifest& manifest);

/// The files as rows of the database, in the manifest's order.
[[nodiscard]] std::vector<FileRow> file_rows(const Manifest& manifest);

/// The canonical bytes of a deleted version's tombstone ("assay.tombstone/1").
[[nodiscard]] Result<std::string> tombstone_bytes(const VersionRow& version, const std::string& deleted_at);

/// Reads a manifest of ours back. `integrity`, code "manifest-damaged", when it is none.
[[nodiscard]] Result<Manifest> read_manifest(std::string_view bytes);

/// The digest of what makes a version worth having again: files and facts, without the date of training, the run, and what
/// the registry filled in (parents' digests, missing). Equal for a push of the same things.
[[nodiscard]] Result<Digest> content_digest(const Manifest& manifest);

}  // namespace assay
