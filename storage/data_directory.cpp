#include "storage/data_directory.hpp"

#include "base/text.hpp"
#include "storage/fs/posix_fs.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

namespace assay {

namespace {

constexpr std::string_view format_name = "assay.data/";
constexpr std::int64_t format_version = 1;
constexpr std::int64_t xfs_magic = 0x58465342;   // not in <linux/magic.h>
constexpr std::int64_t zfs_magic = 0x2fc12fc1;   // nor this
constexpr std::size_t max_format_bytes = 64;

std::string parent_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
}

Result<void> make_durable_directory(PosixFs& fs, const std::string& path) {
    TRY_ASSIGN(const auto entry, fs.stat(parent_of(path)));
    if (!entry) TRY(make_durable_directory(fs, parent_of(path)));
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
    TRY(fs.make_directory(path));
    return fs.sync_directory(parent_of(path));
}

std::string file_system_name(std::int64_t magic) {
    switch (magic) {
        case EXT4_SUPER_MAGIC: return "ext4";  // ext2 and ext3 share the number
        case xfs_magic: return "xfs";
        case BTRFS_SUPER_MAGIC: return "btrfs";
        case zfs_magic: return "zfs";
        case F2FS_SUPER_MAGIC: return "f2fs";
        case TMPFS_MAGIC: return "tmpfs";
        case RAMFS_MAGIC: return "ramfs";
        case OVERLAYFS_SUPER_MAGIC: return "overlayfs";
        case NFS_SUPER_MAGIC: return "nfs";
        case FUSE_SUPER_MAGIC: return "fuse";
        default: return fmt::format("{:#x}", magic);
    }
}

Result<std::string> read_short(const std::string& path) {
    PosixFs fs;
    TRY_ASSIGN(const auto file, fs.open(path));
    std::array<std::byte, max_format_bytes> buffer{};
    TRY_ASSIGN(const std::size_t count, file->read_at(0, buffer));
    return std::string(reinterpret_cast<const char*>(buffer.data()), count);
}

Result<int> take_lock(const std::string& directory) {
    const std::string path = directory + "/LOCK";
    const int lock = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (lock < 0) return fail(posix_error(path, errno).with_context("locking the data directory"));
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        ::close(lock);
        if (error != EWOULDBLOCK) return fail(posix_error(path, error).with_context("locking the data directory"));
        const auto holder = read_short(path);
        const std::string process = holder && !holder->empty() ? "process " + printable(trim(*holder), 20) : "another process";
        return fail(Error(ErrorKind::conflict, "data-directory-locked", fmt::format("{} is in use by {}", directory, process))
                        .with_because("one process at a time may use a data directory")
                        .with_fix("stop that process, or use another --data directory"));
    }
    const std::string id = fmt::format("{}\n", ::getpid());
    if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, id.data(), id.size(), 0) != static_cast<ssize_t>(id.size())) {
        const int error = errno;
        ::close(lock);
        return fail(posix_error(path, error).with_context("locking the data directory"));
    }
    return lock;
}

/// Names that a directory may hold before FORMAT is written: what an interrupted creation leaves, and mkfs.
bool is_ours_without_format(const std::string& name) {
    static constexpr std::array<std::string_view, 6> names{"LOCK", "blobs", "manifests", "uploads", "quarantine", "lost+found"};
    return std::ranges::find(names, name) != names.end();
}

Result<void> check_format(const std::string& path, std::string_view text) {
    const std::string_view line = trim(text);
    const auto version = line.starts_with(format_name) ? parse_integer(line.substr(format_name.size())) : std::nullopt;
    if (!version || *version < 1) {
        return fail(ErrorKind::integrity, "data-format-unreadable",
                    fmt::format("{} does not say '{}{}'", path, format_name, format_version));
    }
    if (*version > format_version) {
        return fail(Error(ErrorKind::conflict, "data-format-newer",
                          fmt::format("the data directory has format {} and this Assay knows only up to {}", *version, format_version))
                        .with_fix("use the release of Assay that wrote it, or a later one"));
    }
    return {};
}

/// Whether the directory is a data directory already; false when it may become one.
Result<bool> has_format(PosixFs& fs, const std::string& directory) {
    const std::string path = directory + "/FORMAT";
    auto text = read_short(path);
    if (text) {
        TRY(check_format(path, *text));
        return true;
    }
    if (text.error().kind != ErrorKind::not_found) return fail(std::move(text).error());
    TRY_ASSIGN(const auto entries, fs.list(directory));
    for (const FsEntry& entry : entries) {
        if (is_ours_without_format(entry.name)) continue;
        return fail(Error(ErrorKind::conflict, "not-a-data-directory",
                          fmt::format("{} holds '{}' and is not a data directory of Assay", directory, printable(entry.name, 100)))
                        .with_fix("use an empty or new directory for --data"));
    }
    return false;
}

Result<void> write_format(PosixFs& fs, const std::string& directory) {
    const std::string text = fmt::format("{}{}\n", format_name, format_version);
    TRY_ASSIGN(const auto file, fs.create_unnamed(directory));
    TRY(file->write_at(0, std::as_bytes(std::span(text))));
    TRY(file->sync());
    TRY(fs.link(*file, directory + "/FORMAT"));
    return fs.sync_directory(directory);
}

Result<void> check_one_file_system(const DataDirectory& directory) {
    struct stat root{};
    if (::stat(directory.path().c_str(), &root) != 0) return fail(posix_error(directory.path(), errno));
    for (const std::string& path : {directory.blobs(), directory.manifests(), directory.uploads(), directory.quarantine()}) {
        struct stat part{};
        if (::stat(path.c_str(), &part) != 0) return fail(posix_error(path, errno));
        if (part.st_dev != root.st_dev) {
            return fail(Error(ErrorKind::conflict, "several-file-systems", path + " is on another file system than " + directory.path())
                            .with_because("files are moved between the two, and that works only within one")
                            .with_fix("mount the whole data directory, not a part of it"));
        }
    }
    return {};
}

/// Does once what every upload does, so that a file system that cannot is known before the first one.
Result<void> probe(PosixFs& fs, const DataDirectory& directory) {
    static constexpr std::string_view text = "assay\n";
    const std::string path = directory.quarantine() + "/probe";
    TRY_ASSIGN(const auto left_behind, fs.stat(path));
    if (left_behind) TRY(fs.remove(path));
    TRY_ASSIGN(const auto file, fs.create_unnamed(directory.blobs()));
    TRY(file->reserve(text.size()));
    TRY(file->write_at(0, std::as_bytes(std::span(text))));
    TRY(file->sync());
    TRY(fs.link(*file, path));
    TRY(fs.sync_directory(directory.quarantine()));
    TRY_ASSIGN(const std::string read, read_short(path));
    TRY(fs.remove(path));
    if (read == text) return {};
    return fail(ErrorKind::internal, "probe-failed", directory.path() + " does not give back what was written to it");
}

}  // namespace

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::string& path, const DataDirectoryOptions& options) {
    if (path.empty()) return fail(ErrorKind::invalid, "invalid-path", "the data directory has an empty name");
    PosixFs fs;
    std::string absolute = std::filesystem::absolute(path).lexically_normal().string();
    while (absolute.size() > 1 && absolute.ends_with('/')) absolute.pop_back();
    TRY_WHILE(make_durable_directory(fs, absolute), "creating the data directory");

    struct statfs status{};
    if (::statfs(absolute.c_str(), &status) != 0) return fail(posix_error(absolute, errno));
    std::string file_system = file_system_name(status.f_type);
    if (!options.allow_volatile && (file_system == "tmpfs" || file_system == "ramfs")) {
        return fail(Error(ErrorKind::conflict, "volatile-file-system", absolute + " is on " + file_system + ", which a power cut empties")
                        .with_fix("use a --data directory on a disk, or accept the loss with --allow-volatile"));
    }

    TRY(has_format(fs, absolute));  // before LOCK is left in somebody else's directory
    TRY_ASSIGN(const int lock, take_lock(absolute));
    std::unique_ptr<DataDirectory> directory(new DataDirectory(std::move(absolute), lock));
    directory->file_system_ = std::move(file_system);
    TRY_ASSIGN(const bool formatted, has_format(fs, directory->path()));
    if (!formatted) TRY(write_format(fs, directory->path()));
    for (const std::string& part : {directory->blobs(), directory->manifests(), directory->uploads(), directory->quarantine()}) {
        TRY(fs.make_directory(part));
    }
    TRY(fs.sync_directory(directory->path()));
    TRY(check_one_file_system(*directory));
    TRY_WHILE(probe(fs, *directory), "trying whether the data directory can store a file durably");
    return directory;
}

DataDirectory::~DataDirectory() { ::close(lock_); }

Result<std::uint64_t> DataDirectory::free_bytes() const {
    struct statvfs status{};
    if (::statvfs(path_.c_str(), &status) != 0) return fail(posix_error(path_, errno));
    return std::uint64_t{status.f_bavail} * status.f_frsize;
}

}  // namespace assay
