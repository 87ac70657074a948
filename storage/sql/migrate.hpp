#pragma once

#include "base/clock.hpp"
#include "base/embedded_file.hpp"
#include "base/result.hpp"
#include "storage/sql/database.hpp"

#include <span>

namespace assay {

/// The files of migrations/, compiled in, sorted by name.
[[nodiscard]] std::span<const EmbeddedFile> embedded_migrations();

/// Brings the schema to the newest of `files` and gives its number (0 without any). The files are named
/// NNNN_name.sql, without gaps from 0001; each runs once, in a transaction together with its row in
/// schema_migrations, so that after a crash a migration is done whole or not at all.
///
/// `conflict`, code "schema-newer", when the database has been migrated further than `files` go; `integrity`,
/// code "migration-edited", when a migration that it has recorded is not, byte for byte, the file of that
/// number. Nothing is changed then. A migration that fails leaves the schema of the one before it.
[[nodiscard]] Result<int> migrate(Database& database, std::span<const EmbeddedFile> files, const Clock& clock = SystemClock());

}  // namespace assay
