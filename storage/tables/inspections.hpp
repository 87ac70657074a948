#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables `inspections`, `blob_terms` and `blob_releases`, of blobs, and `trusts`, of versions.

namespace assay::inspections {

/// Keeps an inspection, in place of an older one of the same blob.
[[nodiscard]] Result<void> put(SqlWrite& sql, const InspectionRow& row);
[[nodiscard]] Result<std::optional<InspectionRow>> find(SqlSession& sql, const std::string& digest);

/// Keeps a trust, in place of an older one.
[[nodiscard]] Result<void> trust(SqlWrite& sql, const TrustRow& row);
[[nodiscard]] Result<std::optional<TrustRow>> find_trust(SqlSession& sql, const std::string& model, std::int64_t version);

}  // namespace assay::inspections
