#pragma once

#include "registry/gate.hpp"
#include "registry/manifest.hpp"
#include "storage/records.hpp"
#include "storage/sql/database.hpp"

#include <set>
#include <string>
#include <vector>

namespace assay {

/// What the gate knows of a version by its facts: what it uses, and the releases of that and of python. Without the version's name and
/// digest.
[[nodiscard]] Recorded needs_of(const Facts& facts);
/// What an inspection (`assay.inspection/1`, its parts included) says that loading needs: Recorded::names and Recorded::formats.
void add_byte_needs(const Json& inspection, Recorded& needs);
/// Both together, of the facts and the inspected files of one model.
[[nodiscard]] Recorded needs_of(const Facts& facts, const std::vector<Json>& inspections);
/// What is known of a file that is in no registry: the releases that wrote it, as far as its bytes say, and what it needs.
[[nodiscard]] Recorded needs_of_file(const Json& inspection);
/// What is needed of these packages (PEP 503 names; "python" too) alone.
[[nodiscard]] Recorded needs_of_packages(Recorded needs, const std::set<std::string>& packages);
/// What is known of a registered version: its facts, and what its bytes import as far as they have been inspected.
[[nodiscard]] Result<Recorded> needs_of(SqlSession& sql, const VersionRow& version);
/// The same as canonical JSON, {"libraries":{…},"formats":{…},"names":{…},"uses":[…]}. Versions with the same text get the same verdict,
/// but for proofs and waivers.
[[nodiscard]] Result<std::string> needs_text(const Recorded& needs);
[[nodiscard]] Result<Recorded> read_needs(std::string_view text);

/// Counts a ready version among those that questions about the whole registry are asked of.
[[nodiscard]] Result<void> record_needs(SqlWrite& sql, const Manifest& manifest);

/// The part of an environment that counts for a version, as canonical JSON: implementation, the releases (null: missing) of what the
/// version uses or its bytes import, and the Python if the version says which it was made with. Environments that are equal in it are the
/// same to the gate.
[[nodiscard]] Result<std::string> considered_text(const Recorded& recorded, const Environment& environment);

}  // namespace assay
