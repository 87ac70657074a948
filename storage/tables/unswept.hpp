#pragma once

#include "storage/sql/database.hpp"

#include <optional>
#include <string>

// The table `unswept`: what is left of what went for good.

namespace assay::unswept {

struct UnsweptRow {
    std::string kind;  ///< points · experiment · run · logged-model
    std::string id;    ///< the number in metric_points, or what the files belonged to
    std::string folder;
};

[[nodiscard]] Result<void> add(SqlWrite& sql, const UnsweptRow& row);
[[nodiscard]] Result<std::optional<UnsweptRow>> first(SqlSession& sql);
[[nodiscard]] Result<void> remove(SqlWrite& sql, const UnsweptRow& row);

}  // namespace assay::unswept
