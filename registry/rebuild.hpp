#pragma once

#include "base/json.hpp"
#include "registry/registry.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace assay {

struct RebuildReport {
    std::int64_t blobs = 0;
    std::int64_t models = 0;
    std::int64_t versions = 0;
    std::int64_t deleted_versions = 0;       ///< restored as deleted: their tombstones say so
    std::vector<std::string> problems;       ///< what could not be restored, one line each
};

/// Restores blobs, models, versions, files, facts, runs and lineage from `manifests/` and `blobs/` into an empty
/// database, hashing every byte. REQUIRES: a migrated database without models (`conflict`, code "database-not-empty").
[[nodiscard]] Result<RebuildReport> rebuild(Registry& registry);

[[nodiscard]] Json to_json(const RebuildReport& report);

}  // namespace assay
