#pragma once

#include "base/digest.hpp"
#include "base/json_reader.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// What a loader has: content-addressed JSON,
/// `{"python":"3.12.3","implementation":"cpython","platform":"linux-x86_64","packages":{"numpy":"2.1.3"}}`.
struct Environment {
    std::optional<std::string> python;            ///< absent exactly when the implementation is "native"
    std::string implementation;                   ///< "cpython", "pypy", "native"
    std::string platform;                         ///< "linux-x86_64"
    std::map<std::string, std::string> packages;  ///< PEP 503 name → release, free text

    [[nodiscard]] bool is_native() const { return implementation == "native"; }
    /// The release of a package (PEP 503 name); "python" gives the interpreter's. Absent when it is not there.
    [[nodiscard]] std::optional<std::string> release_of(std::string_view package) const;
    friend bool operator==(const Environment&, const Environment&) = default;
};

inline constexpr std::size_t max_environment_packages = 5'000;

/// A package's name as PEP 503 normalises it ("Scikit_Learn" → "scikit-learn"). `invalid`, code "invalid-package", when it is
/// not 1 to 128 ASCII letters, digits, '.', '-', '_' that begin and end with a letter or digit.
[[nodiscard]] Result<std::string> package_name(std::string_view text);

/// Why a text cannot be the release of a library (empty, longer than 256 bytes, not printable UTF-8); absent when it can. It
/// need not be PEP 440.
[[nodiscard]] std::optional<std::string> problem_of_release_text(std::string_view text);

/// Reads an environment from a stranger, normalising the names. `invalid`, code "invalid-environment", with every problem:
/// unknown and missing members, two spellings of one package, more than 5,000 packages, a native environment with a python.
/// `path` is where the environment stands in what was sent ("environment"); the problems name their fields below it.
[[nodiscard]] Result<Environment> read_environment(const Json& value, const std::string& path = {});

[[nodiscard]] Json to_json(const Environment& environment);
/// The RFC 8785 bytes: what is stored, and what the digest is taken of. Fails only for text that is not UTF-8, which
/// read_environment never lets in.
[[nodiscard]] Result<std::string> canonical_bytes(const Environment& environment);
[[nodiscard]] Result<Digest> digest_of(const Environment& environment);

/// One exact requirement: "numpy==2.1.3", or "name===text" when the release is not PEP 440. Empty when pip cannot name it. Holds
/// only letters, digits and `.-_+!=`, so that single quotes make it one word of a shell.
[[nodiscard]] std::string pip_pin(const std::string& package, const std::string& release);

/// As a pip requirements file: one `name==release` per line below a comment that names python and platform. A release that is
/// not PEP 440 is pinned with `===`. `invalid`, code "native-environment", for a native one.
[[nodiscard]] Result<std::string> to_pip(const Environment& environment);
/// As a conda environment file: python from conda, the packages through pip, because their names on conda are others.
[[nodiscard]] Result<std::string> to_conda(const Environment& environment);

}  // namespace assay
