#pragma once

#include "registry/gate.hpp"
#include "registry/manifest.hpp"
#include "storage/sql/database.hpp"

#include <string>

namespace assay {

/// What the gate knows of a version: what it uses, and the releases of that and of python. Without the version's name and digest.
[[nodiscard]] Recorded needs_of(const Facts& facts);
/// The same as canonical JSON, {"libraries":{…},"uses":[…]}. Versions with the same text get the same verdict, but for proofs and waivers.
[[nodiscard]] Result<std::string> needs_text(const Recorded& needs);
[[nodiscard]] Result<Recorded> read_needs(std::string_view text);

/// Counts a ready version among those that questions about the whole registry are asked of.
[[nodiscard]] Result<void> record_needs(SqlWrite& sql, const Manifest& manifest);

/// The part of an environment that counts for a version, as canonical JSON: implementation, the releases (null: missing) of what the
/// version uses, and the Python if the version says which it was made with. Environments that are equal in it are the same to the gate.
[[nodiscard]] Result<std::string> considered_text(const Recorded& recorded, const Environment& environment);

}  // namespace assay
