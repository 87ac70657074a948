#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables that versions are found by: `version_attributes`, `version_metrics`, `version_params`, `version_libraries`,
// `version_datasets` and `search_state`.

namespace assay::search_tables {

/// Puts these in place of what is recorded for the version.
[[nodiscard]] Result<void> replace(SqlWrite& sql, const std::string& model, std::int64_t version, const SearchableRow& row);

/// Which way of filling these tables filled them; 0 when none did.
[[nodiscard]] Result<std::int64_t> generation(SqlSession& sql);
[[nodiscard]] Result<void> set_generation(SqlWrite& sql, std::int64_t generation);

}  // namespace assay::search_tables
