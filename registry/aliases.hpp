#pragma once

#include "registry/versions.hpp"

namespace assay {

/// What must hold before an alias is changed (compare-and-set).
struct AliasPrecondition {
    std::optional<std::int64_t> points_to;  ///< it points to this version now
    bool must_be_new = false;               ///< it does not exist yet
    bool must_exist = false;                ///< it points to some version
};

struct AliasMove {
    std::string alias;
    std::int64_t version = 0;
    std::optional<std::int64_t> previous;  ///< absent when it was new
};

/// Points the alias to a ready version. `precondition`, code "alias-moved", when `expected` does not hold.
[[nodiscard]] Result<AliasMove> set_alias(Registry& registry, const std::string& model, const std::string& alias, const VersionRef& ref,
                                          const AliasPrecondition& expected, const std::string& actor);
/// The same inside a write that does more.
[[nodiscard]] Result<AliasMove> set_alias(SqlWrite& sql, const std::string& model, const std::string& alias, std::int64_t version,
                                          const AliasPrecondition& expected, const std::string& actor, const std::string& now);
[[nodiscard]] Result<void> remove_alias(Registry& registry, const std::string& model, const std::string& alias,
                                        const AliasPrecondition& expected, const std::string& actor);
/// Back to where it pointed before its last move. `conflict`, code "nothing-to-roll-back".
[[nodiscard]] Result<AliasMove> roll_back_alias(Registry& registry, const std::string& model, const std::string& alias,
                                                const std::string& actor);

struct AliasView {
    AliasRow row;
    std::string digest;  ///< of the version it points to
};
[[nodiscard]] Result<AliasView> show_alias(Registry& registry, const std::string& model, const std::string& alias);
[[nodiscard]] Result<std::vector<AliasView>> list_aliases(Registry& registry, const std::string& model);
/// Where it pointed at a time that has been, deleted versions included. `not_found`, code "alias-not-found", when it did not exist then;
/// `invalid`, code "invalid-time", for a time to come.
[[nodiscard]] Result<AliasView> show_alias_at(Registry& registry, const std::string& model, const std::string& alias, Timestamp at);
/// Every alias that the model had at that time.
[[nodiscard]] Result<std::vector<AliasView>> list_aliases_at(Registry& registry, const std::string& model, Timestamp at);
/// Its moves, newest first; also after it was removed. `not_found` when there never was such an alias.
[[nodiscard]] Result<std::vector<HistoryRow>> alias_history(Registry& registry, const std::string& model, const std::string& alias,
                                                            std::int64_t before, std::int64_t limit);

}  // namespace assay
