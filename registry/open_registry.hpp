#pragma once

#include "registry/registry.hpp"
#include "storage/blobs/disk_blob_store.hpp"
#include "storage/data_directory.hpp"
#include "storage/fs/posix_fs.hpp"

#include <memory>
#include <string>

namespace assay {

enum class DatabaseIn {
    data_directory,  ///< the one that is there, brought to the newest schema
    fresh,           ///< a new one; one that is there is kept aside as assay.db.lost-<time>
};

struct OpenOptions {
    Policy policy = {};
    bool allow_volatile = false;
    DatabaseIn database = DatabaseIn::data_directory;
    bool must_exist = false;  ///< `not_found`, code "no-data-directory", instead of making one: for commands that look at what is there
};

/// A data directory opened for one process: everything a Registry refers to, and the Registry.
class OpenRegistry {
public:
    /// Locks the directory, creates what is missing, migrates and checks the database. Fails as DataDirectory::open,
    /// open_sqlite, migrate and check_integrity do.
    [[nodiscard]] static Result<std::unique_ptr<OpenRegistry>> open(const std::string& path, const OpenOptions& options);

    [[nodiscard]] Registry& registry() { return *registry_; }
    [[nodiscard]] const DataDirectory& directory() const { return *directory_; }
    [[nodiscard]] int schema() const { return schema_; }

private:
    OpenRegistry() = default;

    PosixFs fs_;
    SystemClock clock_;
    std::unique_ptr<DataDirectory> directory_;
    std::unique_ptr<BlobStore> blobs_;
    std::unique_ptr<ManifestStore> manifests_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Registry> registry_;
    int schema_ = 0;
};

}  // namespace assay
