#pragma once

#include "registry/environment.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// An environment as the server keeps it, with the digest that names it there.
struct LocalEnvironment {
    Environment environment;
    Digest digest;

    /// The release of a package or of "python"; absent when it is not there. `package` is normalised first.
    [[nodiscard]] std::optional<std::string> release_of(std::string_view package) const;
};

/// Reads an environment document (`assay env capture` writes one), as the server will: `invalid` (code "invalid-environment") lists every
/// problem.
[[nodiscard]] Result<LocalEnvironment> environment_from_text(std::string_view json_text);

/// Asks a Python interpreter what it has, by running it. What is installed under a name that no package can have is left out.
[[nodiscard]] Result<LocalEnvironment> capture_environment(const std::string& python);

/// The interpreter of the active virtual environment, else "python3".
[[nodiscard]] std::string default_python(const std::function<std::optional<std::string>(std::string_view)>& variables);

/// What --environment says: "auto" captures the default interpreter's, "none" is absent, everything else is a file ("-": standard input).
[[nodiscard]] Result<std::optional<LocalEnvironment>> choose_environment(
    const std::string& choice, const std::function<std::optional<std::string>(std::string_view)>& variables);

}  // namespace assay
