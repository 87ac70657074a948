#pragma once

#include "storage/sql/database.hpp"

#include <optional>
#include <string>

// The table `collected`: what went for good.

namespace assay::collected {

struct CollectedRow {
    std::string kind;  ///< experiment · run · logged-model
    std::string id;
    std::string name;
    std::int64_t at = 0;  ///< milliseconds
    std::string actor;
};

/// One that went before, and came again with an import, goes again.
[[nodiscard]] Result<void> add(SqlWrite& sql, const CollectedRow& row);
/// By its id, or, of an experiment, its name: the last that had it.
[[nodiscard]] Result<std::optional<CollectedRow>> find(SqlSession& sql, std::string_view kind, const std::string& id_or_name);
/// The highest number of an experiment that went; 0 when none did.
[[nodiscard]] Result<std::int64_t> highest_experiment(SqlSession& sql);

}  // namespace assay::collected
