#pragma once

#include "base/digest.hpp"
#include "registry/facts.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

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

/// Reads a manifest of ours back. `integrity`, code "manifest-damaged", when it is none.
[[nodiscard]] Result<Manifest> read_manifest(std::string_view bytes);

/// The digest of what makes a version worth having again: files and facts, without the run and what parents' digests
/// or the registry filled in. Equal for a push of the same things.
[[nodiscard]] Result<Digest> content_digest(const Manifest& manifest);

}  // namespace assay
