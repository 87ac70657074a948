#pragma once

#include "clients/cli/download.hpp"
#include "registry/lock_file.hpp"

#include <string>

namespace assay {

/// Reads a lock file; `not_found` (code "lock-not-found") when there is none.
[[nodiscard]] Result<LockFile> read_lock(const std::string& path);

/// The entry that pins a version.
[[nodiscard]] LockedModel locked(const RemoteVersion& version, const std::string& requested);

/// `integrity` when a version is not exactly what the lock pins.
[[nodiscard]] Result<void> must_match(const RemoteVersion& version, const LockedModel& entry);

/// Where each file of an entry is: below the folder it was fetched to (relative to that of the lock file), else in the shared
/// cache, by digest.
[[nodiscard]] std::string place_of(const LockedModel& entry, const LockedFile& file, const std::string& lock_path,
                                   const std::string& cache);

/// True when an entry remembers no folder and the cache holds nothing of it: it was locked, and never fetched.
[[nodiscard]] bool was_never_fetched(const LockedModel& entry, const std::string& cache);

/// Every file of an entry that is missing or has other bytes than were locked; empty when all is well.
[[nodiscard]] std::vector<FieldProblem> differences_of(const LockedModel& entry, const std::string& lock_path, const std::string& cache);

}  // namespace assay
