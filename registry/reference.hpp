#pragma once

#include "base/digest.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace assay {

struct LatestVersion {
    friend bool operator==(const LatestVersion&, const LatestVersion&) = default;
};
struct AliasName {
    std::string alias;
    friend bool operator==(const AliasName&, const AliasName&) = default;
};
/// What comes after the name: a number (from 1), an alias, a manifest's digest, or the highest ready version.
using VersionSelector = std::variant<LatestVersion, std::int64_t, AliasName, Digest>;

/// A reference to one version of a model.
struct Reference {
    std::string model;  ///< checked and NFC-normalised
    VersionSelector version = LatestVersion{};

    /// Reads "name", "name@3", "name@alias", "name@latest", "name@sha256:…", "models:/name/3", "models:/name/latest" and
    /// "models:/name@alias". `invalid` (code "invalid-reference", or the name's and alias's own codes) says what is wrong.
    [[nodiscard]] static Result<Reference> parse(std::string_view text);

    /// "churn@3", "churn@production", "churn@sha256:…", "churn@latest".
    [[nodiscard]] std::string to_string() const { return model + "@" + version_text(); }
    /// "3", "production", "sha256:…", "latest".
    [[nodiscard]] std::string version_text() const;
    /// How the HTTP API spells it: "3", "@production", "@latest", "sha256:…".
    [[nodiscard]] std::string path_segment() const;

    friend bool operator==(const Reference&, const Reference&) = default;
};

/// A version number as people write it: decimal digits without sign or leading zeros, 1 to 2^63 - 1. `invalid`, code
/// "invalid-version".
[[nodiscard]] Result<std::int64_t> version_number(std::string_view text);

}  // namespace assay
