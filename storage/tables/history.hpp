#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The table `history`: every change of what may change.

namespace assay::history {

/// Appends; `row.seq` is ignored and given.
[[nodiscard]] Result<void> append(SqlWrite& sql, const HistoryRow& row);
/// Up to `limit` rows of a model with seq below `before` (0: from the newest), newest first.
[[nodiscard]] Result<std::vector<HistoryRow>> of_model(SqlSession& sql, const std::string& model, std::int64_t before, std::int64_t limit);
/// The same for one kind and key (an alias's moves).
[[nodiscard]] Result<std::vector<HistoryRow>> of_key(SqlSession& sql, const std::string& model, const std::string& kind,
                                                     const std::string& key, std::int64_t before, std::int64_t limit);
/// Every key of a kind that ever changed, in order.
[[nodiscard]] Result<std::vector<std::string>> keys_of(SqlSession& sql, const std::string& model, const std::string& kind);

}  // namespace assay::history
