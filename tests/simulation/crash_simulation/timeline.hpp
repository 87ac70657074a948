#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace assay::simulation {

using InodeId = std::uint32_t;

/// What a name in a directory stands for.
struct SimEntry {
    InodeId inode = 0;  ///< 0 for a directory
    [[nodiscard]] bool is_directory() const { return inode == 0; }
};

using SimNames = std::map<std::string, SimEntry>;

/// A file system at rest. Contents and directories are shared between images and copied before they are changed.
struct SimImage {
    std::unordered_map<std::string, std::shared_ptr<SimNames>> directories;  ///< by absolute path
    std::unordered_map<InodeId, std::shared_ptr<std::string>> files;         ///< with or without a name
};

/// The shared value, made our own before it is changed.
template <class T>
T& own(std::shared_ptr<T>& shared) {
    if (shared.use_count() > 1) shared = std::make_shared<T>(*shared);
    return *shared;
}

/// One call that matters after a power cut.
struct SimOperation {
    enum class Kind {
        write,           ///< bytes at position of inode
        truncate,        ///< inode to position bytes
        sync_file,       ///< inode
        lose_writes,     ///< a sync of inode failed: the kernel forgets what was not written
        add_name,        ///< inode as directory/name
        make_directory,  ///< directory/name
        remove_name,     ///< directory/name
        rename,          ///< directory/name to to_directory/to_name; atomic, as on every journalling file system
        sync_directory,  ///< directory
        rot,             ///< bytes at position of inode change on the disk itself
    };
    Kind kind;
    InodeId inode = 0;
    std::uint64_t position = 0;
    std::string bytes = {};
    std::string directory = {};
    std::string name = {};
    std::string to_directory = {};
    std::string to_name = {};
};

/// Everything that happened, in order: blobs, manifests and the database on one line. Grows only.
using Timeline = std::vector<SimOperation>;

inline void write_into(std::string& content, std::uint64_t position, const std::string& bytes) {
    if (content.size() < position + bytes.size()) content.resize(position + bytes.size(), '\0');
    content.replace(position, bytes.size(), bytes);
}

}  // namespace assay::simulation
