#pragma once

#include "registry/registry.hpp"
#include "registry/version_ref.hpp"
#include "storage/records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace assay {

/// A version with everything that may change about it.
struct VersionView {
    VersionRow row;
    std::vector<std::string> aliases;
    std::vector<TagRow> tags;
};

/// Finds the version; `not_found` ("model-not-found", "version-not-found", "version-failed", "alias-not-found") says what is missing and
/// what there is. A deleted version is found by number and digest only.
[[nodiscard]] Result<VersionRow> resolve(SqlSession& sql, const std::string& model, const VersionRef& ref);
/// A version that is not `ready` is refused: `conflict`, code "version-deleted"; `unsafe`, code "version-quarantined", with the reasons why
/// it was judged so.
[[nodiscard]] Result<void> require_ready(const Registry& registry, SqlSession& sql, const VersionRow& row);
/// As resolve, of those that are ready.
[[nodiscard]] Result<VersionRow> resolve_ready(const Registry& registry, SqlSession& sql, const std::string& model, const VersionRef& ref);

[[nodiscard]] Result<VersionView> view_of(SqlSession& sql, VersionRow row);
[[nodiscard]] Result<VersionView> show_version(Registry& registry, const std::string& model, const VersionRef& ref);
/// Newest first, below `before` (0: from the newest); of one state, or of all when absent.
[[nodiscard]] Result<std::vector<VersionView>> list_versions(Registry& registry, const std::string& model, std::int64_t before,
                                                             std::optional<VersionState> state, std::int64_t limit);

[[nodiscard]] Result<VersionView> describe_version(Registry& registry, const std::string& model, const VersionRef& ref,
                                                   const std::string& text, const std::string& actor);

enum class WithAliases { refuse, remove };
/// Marks the version deleted and leaves a tombstone; its number stays taken. `conflict`, code "version-has-aliases",
/// when aliases point to it and they are not to be removed.
[[nodiscard]] Result<void> delete_version(Registry& registry, const std::string& model, const VersionRef& ref, WithAliases with_aliases,
                                          const std::string& actor);
/// Makes a deleted version ready again. `conflict`, code "version-not-deleted", when it is not deleted.
[[nodiscard]] Result<VersionView> undelete_version(Registry& registry, const std::string& model, const VersionRef& ref,
                                                   const std::string& actor);

}  // namespace assay
