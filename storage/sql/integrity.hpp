#pragma once

#include "base/result.hpp"
#include "storage/sql/database.hpp"

namespace assay {

enum class IntegrityCheck {
    quick,  ///< pages and rows are well formed; reads the whole file. For the start
    full,   ///< also every index entry against its row, and every foreign key. For fsck
};

/// Reads a SQLite database through and compares it with itself. `integrity`, code "database-corrupt", with every finding
/// (at most 100) as a problem; the field says where ("sqlite", or the table of a row without its parent).
[[nodiscard]] Result<void> check_integrity(Database& database, IntegrityCheck check = IntegrityCheck::full);

}  // namespace assay
