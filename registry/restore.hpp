#pragma once

#include "base/clock.hpp"
#include "registry/manifest.hpp"
#include "registry/registry.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace assay {

/// A version whose manifest file is sound and whose rows can be made from it.
struct Restorable {
    Timestamp created_at;
    std::string model;
    std::int64_t version = 0;
    bool deleted = false;  ///< it has a tombstone
};

/// What manifests and blobs do not hold: it comes from a backup of the database, or is gone.
inline constexpr std::string_view not_restored =
    "aliases, tags, descriptions, history, metrics of runs by step, environments, fetches, imported rules and derived datasets";

/// What is wrong with a manifest that could be read; absent when its version may be restored.
[[nodiscard]] std::optional<std::string> problem_of(const Manifest& manifest, const StoredManifest& stored);

/// Whether a manifest without a row belongs to a version whose row was lost, and not to a registration that was cut off
/// before its commit: a registration begins only when its blobs have rows, so one whose blobs have none was
/// registered in another database.
[[nodiscard]] Result<bool> lost_its_row(SqlSession& sql, const Manifest& manifest);

/// Fails (`integrity`, "database-lost") when the database holds no version at all, and manifests of versions that lost
/// their rows are there: serving it would show an empty registry.
[[nodiscard]] Result<void> check_not_lost(Registry& registry);

/// Makes the rows of versions, models, files, facts, runs and lineage from their manifests, one transaction each, in the
/// order of their registration, so that what became known first is known first again. A blob without a row gets one that says
/// it is lost (`problems`, one line each): pushing the same bytes heals it. REQUIRES: none of the versions has a row.
[[nodiscard]] Result<void> restore_versions(Registry& registry, std::vector<Restorable> versions, std::vector<std::string>& problems);

}  // namespace assay
