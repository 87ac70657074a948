#pragma once

#include "registry/fetch.hpp"

#include <optional>
#include <string>

namespace assay {

/// The gate for a logged file that no version was registered from; absent when no folder above it is a model, by an MLmodel in it. What is
/// known of the nearest one is what it says of itself: by the bytes of its files, and by MLmodel and requirements.txt where they prove
/// nothing. `unsafe`, code "unsafe-artifact", when one of them is dangerous, or the one asked for malformed; what would wait for trust if
/// it were registered passes. Without an environment the verdict is to allow. Reads the files when nobody has inspected them yet; no fetch
/// is recorded, as there is no version of which.
[[nodiscard]] Result<std::optional<Verdict>> check_logged(Registry& registry, const std::string& path, const EnvironmentClaim& claim);

/// The bytes of a logged file; absent when there is none of that path.
[[nodiscard]] Result<std::optional<Digest>> digest_of_logged(Registry& registry, const std::string& path);

/// Whether a file's bytes are a text, which no loader runs, whatever their name says.
[[nodiscard]] Result<bool> is_text(Registry& registry, const std::string& path, const Digest& digest);

}  // namespace assay
