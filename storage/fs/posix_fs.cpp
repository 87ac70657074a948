#include "storage/fs/posix_fs.hpp"

#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>

namespace assay {

namespace {

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);  // read-only or already synced: close has nothing left to lose
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

class PosixFile final : public FsFile {
public:
    PosixFile(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

    [[nodiscard]] int descriptor() const { return descriptor_.number(); }

    [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) override {
        std::size_t done = 0;
        while (done < buffer.size()) {
            const ssize_t count = ::pread(descriptor(), buffer.data() + done, buffer.size() - done, static_cast<off_t>(offset + done));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return fail(posix_error(name_, errno).with_context("reading"));
            if (count == 0) break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

    [[nodiscard]] Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
        while (!bytes.empty()) {
            const ssize_t count = ::pwrite(descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return fail(posix_error(name_, errno).with_context("writing"));
            bytes = bytes.subspan(static_cast<std::size_t>(count));
            offset += static_cast<std::uint64_t>(count);
        }
        return {};
    }

    [[nodiscard]] Result<void> reserve(std::uint64_t size) override {
        if (size == 0) return {};
        while (::fallocate(descriptor(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(size)) != 0) {
            if (errno == EINTR) continue;
            if (errno == EOPNOTSUPP || errno == ENOSYS) return {};
            return fail(posix_error(name_, errno).with_context(fmt::format("reserving {} bytes", size)));
        }
        return {};
    }

    [[nodiscard]] Result<void> start_writeback(std::uint64_t offset, std::uint64_t size) override {
        // Only starts it: the WAIT flags would consume a write error that sync() must still see.
        if (::sync_file_range(descriptor(), static_cast<off_t>(offset), static_cast<off_t>(size), SYNC_FILE_RANGE_WRITE) != 0 &&
            (errno == EIO || errno == ENOSPC || errno == EDQUOT)) {
            return fail(posix_error(name_, errno).with_context("starting to write a file back"));
        }
        return {};
    }

    [[nodiscard]] Result<void> sync() override {
        // Never repeated, not even after EINTR: a second fsync may succeed over pages the kernel has dropped.
        if (::fsync(descriptor()) != 0) return fail(posix_error(name_, errno).with_context("making a file durable"));
        return {};
    }

    [[nodiscard]] Result<std::uint64_t> size() override {
        struct stat status{};
        if (::fstat(descriptor(), &status) != 0) return fail(posix_error(name_, errno));
        return static_cast<std::uint64_t>(status.st_size);
    }

private:
    Descriptor descriptor_;
    std::string name_;
};

Result<std::unique_ptr<FsFile>> open_regular(const std::string& path, int mode) {
    // O_NONBLOCK: a pipe in the place of a file is refused below instead of waited for.
    const int descriptor = ::open(path.c_str(), mode | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0 && errno == ELOOP) return fail(ErrorKind::invalid, "not-a-file", path + " is a symbolic link");
    if (descriptor < 0 && errno == EISDIR) return fail(ErrorKind::invalid, "not-a-file", path + " is a directory");
    if (descriptor < 0) return fail(posix_error(path, errno));
    auto file = std::make_unique<PosixFile>(descriptor, path);
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) return fail(posix_error(path, errno));
    if (!S_ISREG(status.st_mode)) return fail(ErrorKind::invalid, "not-a-file", path + " is not a regular file");
    return file;
}

FsEntry entry_of(std::string name, const struct stat& status) {
    const bool is_directory = S_ISDIR(status.st_mode);
    return {std::move(name), is_directory, is_directory ? 0 : static_cast<std::uint64_t>(status.st_size),
            Timestamp{std::int64_t{status.st_mtim.tv_sec} * 1'000'000 + status.st_mtim.tv_nsec / 1'000}};
}

}  // namespace

Result<std::unique_ptr<FsFile>> PosixFs::create_unnamed(const std::string& directory) {
    const int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0444);
    if (descriptor < 0) {
        Error error = posix_error(directory, errno);
        if (errno == EOPNOTSUPP)
            error = std::move(error)
                        .with_because("this file system cannot hold files without a name (O_TMPFILE)")
                        .with_fix("put the data directory on ext4, XFS, btrfs or tmpfs");
        return fail(std::move(error).with_context("creating a file"));
    }
    return std::make_unique<PosixFile>(descriptor, "a new file in " + directory);
}

Result<void> PosixFs::link(FsFile& file, const std::string& path) {
    const auto& posix = dynamic_cast<PosixFile&>(file);
    const std::string from = fmt::format("/proc/self/fd/{}", posix.descriptor());
    if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0) {
        if (errno == EEXIST) return fail(ErrorKind::conflict, "file-exists", path + " exists already");
        return fail(posix_error(path, errno).with_context("naming a file"));
    }
    return {};
}

Result<std::unique_ptr<FsFile>> PosixFs::open(const std::string& path) { return open_regular(path, O_RDONLY); }

Result<std::unique_ptr<FsFile>> PosixFs::open_to_append(const std::string& path) {
    auto file = open_regular(path, O_RDWR);
    if (file || file.error().kind != ErrorKind::permission) return file;
    // Read-only, as it was made: writable for as long as it takes to open it.
    TRY_ASSIGN(const auto guard, open_regular(path, O_RDONLY));
    const int descriptor = dynamic_cast<PosixFile&>(*guard).descriptor();
    struct stat status{};
    if (::fstat(descriptor, &status) != 0 || ::fchmod(descriptor, status.st_mode | S_IWUSR) != 0) return fail(posix_error(path, errno));
    file = open_regular(path, O_RDWR);
    if (::fchmod(descriptor, status.st_mode) != 0) return fail(posix_error(path, errno));
    return file;
}

Result<void> PosixFs::sync_directory(const std::string& path) {
    const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.number() < 0) return fail(posix_error(path, errno));
    if (::fsync(directory.number()) != 0) return fail(posix_error(path, errno).with_context("making a directory durable"));
    return {};
}

Result<void> PosixFs::make_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) == 0) return {};
    if (errno != EEXIST) return fail(posix_error(path, errno).with_context("creating a directory"));
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return fail(posix_error(path, errno));
    if (!S_ISDIR(status.st_mode)) return fail(ErrorKind::conflict, "not-a-directory", path + " exists and is not a directory");
    return {};
}

Result<void> PosixFs::remove(const std::string& path) {
    if (::unlink(path.c_str()) != 0) return fail(posix_error(path, errno).with_context("removing a file"));
    return {};
}

Result<void> PosixFs::rename(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return fail(posix_error(from, errno).with_context("renaming it to " + to));
    return {};
}

Result<std::vector<FsEntry>> PosixFs::list(const std::string& directory) {
    const std::unique_ptr<DIR, int (*)(DIR*)> handle(::opendir(directory.c_str()), &::closedir);
    if (!handle) return fail(posix_error(directory, errno));
    std::vector<FsEntry> entries;
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(handle.get());
        if (entry == nullptr) {
            if (errno != 0) return fail(posix_error(directory, errno).with_context("listing a directory"));
            return entries;
        }
        const std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        struct stat status{};
        if (::fstatat(::dirfd(handle.get()), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno == ENOENT) continue;  // removed while we were listing
            return fail(posix_error(directory + "/" + name, errno));
        }
        entries.push_back(entry_of(name, status));
    }
}

Result<std::optional<FsEntry>> PosixFs::stat(const std::string& path) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) return std::nullopt;
        return fail(posix_error(path, errno));
    }
    return entry_of(path.substr(path.rfind('/') + 1), status);
}

}  // namespace assay
