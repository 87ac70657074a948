#pragma once

#include "registry/inspections.hpp"

#include <optional>
#include <string>

namespace assay {

/// The state in which a version of this verdict is kept: `ready` when policy hands it out (or somebody trusts it), else `quarantined`.
/// `differs`: the server's replay found that it predicts otherwise.
[[nodiscard]] VersionState state_for(const Registry& registry, Safety verdict, bool differs, bool trusted);

/// The state that a version would have if it were registered now: as state_for(), of what its files are and who trusts it.
[[nodiscard]] Result<VersionState> standing_of(Registry& registry, const VersionRow& version);

/// Hands a version out (`ready`) or keeps it aside (`quarantined`) from now on, and writes down why.
[[nodiscard]] Result<void> change_state(Registry& registry, SqlWrite& sql, const VersionRow& version, VersionState now,
                                        const std::string& why, const std::string& actor);

/// Lets a version be handed out that waits because it would run code nobody has judged, and writes down who says so and why. `conflict`,
/// code "nothing-to-trust", when it does not wait; `unsafe`, code "unsafe-artifact", when it is dangerous or malformed: no word makes
/// that safe. `invalid` for a reason that is empty or longer than 1,000 bytes.
[[nodiscard]] Result<VersionView> trust_version(Registry& registry, const std::string& model, const VersionRef& ref, const std::string& why,
                                                const std::string& actor);

/// Inspects a version anew where the lists of names have changed since, and puts it into the state that it would have now: one that turns
/// out to need trust waits, one that waited and turns out safe is handed out again; both are written down. A deleted one stays deleted.
struct Reinspected {
    VersionRow row;
    VersionInspection inspection;
    VersionState before = VersionState::ready;
};
[[nodiscard]] Result<Reinspected> reinspect_version(Registry& registry, const std::string& model, const VersionRef& ref,
                                                    const std::string& actor);

[[nodiscard]] Result<std::optional<TrustRow>> find_trust(Registry& registry, const VersionRow& version);

}  // namespace assay
