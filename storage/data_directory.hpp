#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace assay {

struct DataDirectoryOptions {
    bool allow_volatile = false;  ///< accept a file system that is gone after a power cut (tmpfs, ramfs)
};

/// A data directory, opened and locked for the life of this object:
///
///     FORMAT       "assay.data/1": what the rest means
///     LOCK         held by the one process that uses the directory; holds its process id
///     blobs/       DiskBlobStore
///     manifests/   ManifestStore
///     uploads/     UploadSessions: blobs to be, of which some bytes are here
///     quarantine/  damaged blobs, kept aside
///     assay.db     the metadata database
class DataDirectory {
public:
    /// Opens or creates `path` (its parents too) and makes what it creates durable. Checks that all of it is one file system
    /// on which write, fsync and link work. Fails with:
    /// - `conflict`, "data-directory-locked": another process has it; the message names its id;
    /// - `conflict`, "not-a-data-directory": there is something else in it;
    /// - `conflict`, "data-format-newer": a later Assay wrote it; `integrity`, "data-format-unreadable": nobody did;
    /// - `conflict`, "volatile-file-system" unless allowed; `conflict`, "several-file-systems";
    /// - what the probe met: `no_space`, `permission`, `internal`.
    [[nodiscard]] static Result<std::unique_ptr<DataDirectory>> open(const std::string& path, const DataDirectoryOptions& options);
    ~DataDirectory();
    DataDirectory(const DataDirectory&) = delete;
    DataDirectory& operator=(const DataDirectory&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }  ///< absolute
    [[nodiscard]] std::string blobs() const { return path_ + "/blobs"; }
    [[nodiscard]] std::string manifests() const { return path_ + "/manifests"; }
    [[nodiscard]] std::string uploads() const { return path_ + "/uploads"; }
    [[nodiscard]] std::string quarantine() const { return path_ + "/quarantine"; }
    [[nodiscard]] std::string database() const { return path_ + "/assay.db"; }

    /// The kernel's name for the file system ("ext4", "xfs", "0x1234" when it is none we know).
    [[nodiscard]] const std::string& file_system() const { return file_system_; }
    /// Bytes that are left for us, now.
    [[nodiscard]] Result<std::uint64_t> free_bytes() const;

private:
    DataDirectory(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

    std::string path_;
    std::string file_system_;
    int lock_;  ///< descriptor of LOCK; closing it gives the lock back
};

}  // namespace assay
