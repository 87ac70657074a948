#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The table `waivers`: permissions to pass the gate in spite of a refusal.

namespace assay::waivers {

/// Keeps the waiver; its id is given.
[[nodiscard]] Result<std::int64_t> insert(SqlWrite& sql, const WaiverRow& waiver);
[[nodiscard]] Result<std::optional<WaiverRow>> find(SqlSession& sql, std::int64_t id);
[[nodiscard]] Result<void> end(SqlWrite& sql, std::int64_t id, const std::string& at, const std::string& actor);

/// One that holds at `now` (microseconds) for the version in environments that are `considered`; of several the one that holds longest.
[[nodiscard]] Result<std::optional<WaiverRow>> in_force(SqlSession& sql, const std::string& model, std::int64_t version,
                                                        const std::string& considered, std::int64_t now);

/// Which waivers are listed.
struct Wanted {
    std::string model;           ///< empty: of every model
    std::int64_t version = 0;    ///< 0: of every version
    std::int64_t holding_at = 0; ///< only those that hold at this time (microseconds); 0: also what has ended
    std::int64_t before = 0;     ///< ids below this; 0: from the newest
};
/// Up to `limit`, newest first.
[[nodiscard]] Result<std::vector<WaiverRow>> list(SqlSession& sql, const Wanted& wanted, std::int64_t limit);

}  // namespace assay::waivers
