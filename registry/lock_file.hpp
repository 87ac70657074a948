#pragma once

#include "base/digest.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct LockedFile {
    std::string path;  ///< inside the version
    std::uint64_t size = 0;
    Digest digest;
    friend bool operator==(const LockedFile&, const LockedFile&) = default;
};

/// One pinned version.
struct LockedModel {
    std::string name;
    std::string requested;  ///< what was asked for: "@production", "@3", "@latest", "@sha256:…"
    std::int64_t version = 0;
    Digest digest;                                   ///< of the manifest
    std::vector<LockedFile> files;                   ///< sorted by path
    std::map<std::string, std::string> environment;  ///< python and the packages used → releases, of the training side
    std::optional<std::string> path;                 ///< folder fetched to, as given; relative to the lock file's folder

    /// "churn@production": what a person asks for.
    [[nodiscard]] std::string reference() const { return name + requested; }
    /// "churn@3".
    [[nodiscard]] std::string version_name() const { return name + "@" + std::to_string(version); }
    friend bool operator==(const LockedModel&, const LockedModel&) = default;
};

/// assay.lock (docs/formats.md): which versions a project uses, byte for byte.
struct LockFile {
    std::string registry;  ///< URL of the server
    std::vector<LockedModel> models;

    /// Puts an entry in the place of the one with the same name and request, or adds it.
    void set(LockedModel model);
    /// The entry for a name and request ("@production"); absent when there is none.
    [[nodiscard]] const LockedModel* find(std::string_view name, std::string_view requested) const;
    friend bool operator==(const LockFile&, const LockFile&) = default;
};

/// Reads a lock file strictly: `invalid` (code "invalid-lock") with every problem; `invalid` (code "lock-too-new") for a later
/// format. Paths of files are those that names.hpp allows.
[[nodiscard]] Result<LockFile> parse_lock_file(std::string_view text);

/// The one spelling of a lock file: models by name and request, files by path, packages by name, no time of day. Equal content
/// has equal bytes.
[[nodiscard]] std::string to_text(const LockFile& lock);

}  // namespace assay
