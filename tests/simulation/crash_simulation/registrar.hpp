#pragma once

#include "storage/blobs/blob_store.hpp"
#include "storage/manifests/manifest_store.hpp"
#include "storage/sql/database.hpp"
#include "tests/simulation/crash_simulation/ledger.hpp"
#include "tests/simulation/crash_simulation/mutants.hpp"

#include <functional>
#include <string>
#include <vector>

namespace assay::simulation {

// Where things are on a simulated disk.
inline constexpr const char* data_path = "/data";
inline constexpr const char* blobs_path = "/data/blobs";
inline constexpr const char* manifests_path = "/data/manifests";
inline constexpr const char* uploads_path = "/data/uploads";
inline constexpr const char* quarantine_path = "/data/quarantine";
inline constexpr const char* database_path = "/data/assay.db";

/// The stores a registration goes through.
struct Stores {
    BlobStore& blobs;
    ManifestStore& manifests;
    Database& database;
};

/// Whom a registration tells what it has done. Each is called the moment it holds.
struct Listener {
    std::function<void(const BlobInfo&)> blob_stored;
    std::function<void(const VersionRecord&)> manifest_begun;  ///< before its name may exist
    std::function<void()> acknowledged;
};

[[nodiscard]] Result<void> make_schema(Database& database);

/// Registers a version in the normative order: blobs; manifest prepared; rows, manifest published and its directory
/// synced within one commit; acknowledgement. A mutant changes the order it is named after.
[[nodiscard]] Result<void> register_version(Stores stores, const std::string& model, const std::vector<std::string>& files, Mutant mutant,
                                            const Listener& listener);

}  // namespace assay::simulation
