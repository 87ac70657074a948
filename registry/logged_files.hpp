#pragma once

#include "registry/registry.hpp"
#include "storage/tables/logged_files.hpp"

#include <memory>
#include <string>
#include <vector>

namespace assay {

// Files that runs and logged models log: they may be written again and deleted, until a version takes them over. Paths are checked ones
// (base/file_path.hpp).

/// Stores the bytes and names them; acknowledged means durable. `conflict`, code "path-is-folder" or "path-is-file", where a folder would
/// have to be a file or a file a folder.
[[nodiscard]] Result<LoggedFileRow> log_file(Registry& registry, const std::string& path, Source& source,
                                             std::optional<std::uint64_t> size);

/// The same errors, before anything is stored.
[[nodiscard]] Result<void> refuse_path_clash(SqlSession& sql, const std::string& path);

struct OpenedFile {
    LoggedFileRow row;
    std::unique_ptr<BlobReader> reader;  ///< verified; must not outlive the registry's blob store
};
/// `not_found`, code "file-not-found"; `invalid`, code "path-is-folder".
[[nodiscard]] Result<OpenedFile> open_logged_file(Registry& registry, const std::string& path);

/// What lies directly in a folder ("" is the root), by name; nothing when there is no such folder.
[[nodiscard]] Result<std::vector<logged_files::Entry>> list_logged_files(Registry& registry, const std::string& folder);

/// Forgets the file of that path and all below it; nothing happens when there is none.
[[nodiscard]] Result<void> delete_logged_files(Registry& registry, const std::string& path);

}  // namespace assay
