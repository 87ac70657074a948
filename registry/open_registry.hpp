#pragma once

#include "registry/registry.hpp"
#include "storage/blobs/disk_blob_store.hpp"
#include "storage/data_directory.hpp"
#include "storage/fs/posix_fs.hpp"

#include <future>
#include <memory>
#include <optional>
#include <string>

namespace assay {

enum class DatabaseIn {
    data_directory,  ///< the one that is there, brought to the newest schema
    fresh,           ///< a new one beside it, which takes its place when replace_database() is called, and is gone otherwise
};

struct OpenOptions {
    Policy policy = {};
    bool allow_volatile = false;
    UploadLimits uploads = {};
    DatabaseIn database = DatabaseIn::data_directory;
    bool replace_living = false;  ///< `fresh`: also when the database that is there can be read and holds versions
    bool must_exist = false;  ///< `not_found`, code "no-data-directory", instead of making one: for commands that look at what is there
};

/// A data directory opened for one process: everything a Registry refers to, and the Registry.
class OpenRegistry {
public:
    /// Locks the directory, creates what is missing, migrates and checks the database. Fails as DataDirectory::open,
    /// open_sqlite, migrate and check_integrity do, and with
    /// - `integrity`, "database-lost", when there are manifests and no database (never with `fresh`);
    /// - `conflict`, "database-lives", when `fresh` would replace a database that can be read and holds versions.
    [[nodiscard]] static Result<std::unique_ptr<OpenRegistry>> open(const std::string& path, const OpenOptions& options);
    ~OpenRegistry();

    /// Closes a registry opened with a fresh database and puts that in the place of the old one, durably. The old one is
    /// kept as assay.db.lost-<time>: its name; absent when there was none. A crash leaves the old database, the new one,
    /// or none at all, which open() refuses.
    [[nodiscard]] static Result<std::optional<std::string>> replace_database(std::unique_ptr<OpenRegistry> opened);

    [[nodiscard]] Registry& registry() { return *registry_; }
    [[nodiscard]] const DataDirectory& directory() const { return *directory_; }
    [[nodiscard]] int schema() const { return schema_; }

private:
    OpenRegistry() = default;
    void close_database();
    [[nodiscard]] std::string fresh_database() const { return directory_->database() + ".rebuilding"; }

    PosixFs fs_;
    SystemClock clock_;
    std::unique_ptr<DataDirectory> directory_;
    std::unique_ptr<BlobStore> blobs_;
    std::unique_ptr<ManifestStore> manifests_;
    std::unique_ptr<UploadSessions> uploads_;
    std::unique_ptr<Database> database_;
    std::future<void> reading_rules_;
    std::unique_ptr<Registry> registry_;
    int schema_ = 0;
    bool fresh_ = false;  ///< the database is at fresh_database(), and goes with this object
};

}  // namespace assay
