#include "clients/cpp/local_file.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace assay {

namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20U;

class FileSource final : public Source {
public:
    FileSource(std::string path, int descriptor, OnBytes on_bytes)
        : path_(std::move(path)), descriptor_(descriptor), on_bytes_(std::move(on_bytes)) {}
    ~FileSource() override { ::close(descriptor_); }
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    Result<std::size_t> read(std::span<std::byte> buffer) override {
        for (;;) {
            const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
            if (count >= 0) {
                if (on_bytes_) on_bytes_(static_cast<std::uint64_t>(count));
                return static_cast<std::size_t>(count);
            }
            if (errno != EINTR) return fail(posix_error(path_, errno));
        }
    }

private:
    std::string path_;
    int descriptor_;
    OnBytes on_bytes_;
};

std::string folder_of(const std::string& path) {
    const std::string folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

Result<void> sync_folder(const std::string& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return fail(posix_error(folder, errno));
    const int status = ::fsync(descriptor);
    const int reason = errno;
    ::close(descriptor);
    // Some file systems cannot sync a folder; the rename is then as durable as they make it.
    if (status != 0 && reason != EINVAL && reason != EROFS) return fail(posix_error(folder, reason));
    return {};
}

std::string part_of(const std::string& path, const Digest& digest) { return folder_of(path) + "/.assay-" + digest.hex() + ".part"; }

/// Whether the open file is the one of that name, and nobody else can have it open or change it under another.
bool is_ours_alone(int descriptor, const std::string& path) {
    struct stat opened{};
    struct stat named{};
    return ::fstat(descriptor, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && S_ISREG(opened.st_mode) && opened.st_nlink == 1 &&
           opened.st_uid == ::geteuid() && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

Result<std::unique_ptr<Source>> open_file(const std::string& path, OnBytes on_bytes, std::uint64_t offset) {
    // O_NONBLOCK: opening a pipe must not wait for a writer that never comes.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        if (errno == ELOOP) {
            return fail(Error(ErrorKind::invalid, "not-a-file", printable(path, 1000) + " is a symbolic link")
                            .with_fix("name the file it points to"));
        }
        return fail(posix_error(printable(path, 1000), errno));
    }
    struct stat status{};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return fail(ErrorKind::invalid, "not-a-file", printable(path, 1000) + " is not a regular file");
    }
    if (::lseek(descriptor, static_cast<off_t>(offset), SEEK_SET) < 0) {
        const int reason = errno;
        ::close(descriptor);
        return fail(posix_error(printable(path, 1000), reason));
    }
    return std::make_unique<FileSource>(path, descriptor, std::move(on_bytes));
}

Result<LocalFile> hash_file(const std::string& path, OnBytes on_bytes) {
    TRY_ASSIGN(const auto source, open_file(path, std::move(on_bytes)));
    Sha256 hash;
    std::uint64_t size = 0;
    std::vector<std::byte> piece(piece_bytes);
    for (;;) {
        TRY_ASSIGN(const std::size_t count, source->read(piece));
        if (count == 0) break;
        hash.update(std::span(piece).first(count));
        size += count;
    }
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0 || static_cast<std::uint64_t>(status.st_size) != size) {
        return fail(ErrorKind::invalid, "file-changed", printable(path, 1000) + " changed while it was being read");
    }
    return LocalFile{path, size, hash.finish()};
}

Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes) {
    const auto read_descriptor = [&](int descriptor) -> Result<std::string> {
        std::string text;
        std::array<char, 65536> buffer;
        for (;;) {
            const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return fail(posix_error(printable(path, 1000), errno));
            if (count == 0) return text;
            if (text.size() + static_cast<std::size_t>(count) > max_bytes) {
                return fail(ErrorKind::too_large, "file-too-large",
                            fmt::format("{} is larger than {}", printable(path, 1000), human_size(max_bytes)));
            }
            text.append(buffer.data(), static_cast<std::size_t>(count));
        }
    };
    if (path == "-") return read_descriptor(STDIN_FILENO);
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fail(posix_error(printable(path, 1000), errno));
    auto text = read_descriptor(descriptor);
    ::close(descriptor);
    return text;
}

Result<void> write_text_file(const std::string& path, std::string_view text) {
    TRY_ASSIGN(PendingFile file, PendingFile::create(path));
    TRY(file.write(text));
    return file.publish();
}

Result<void> make_folders(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) return fail(posix_error(printable(path, 1000), error.value()));
    return {};
}

Result<PendingFile> PendingFile::create(const std::string& path) {
    std::string temporary = folder_of(path) + "/.assay-" + random_hex(8) + ".part";
    const int descriptor = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor < 0) return fail(posix_error(printable(path, 1000), errno));
    return PendingFile(path, std::move(temporary), descriptor, false);
}

Result<PendingFile> PendingFile::resume(const std::string& path, const Digest& digest) {
    std::string part = part_of(path, digest);
    const int descriptor = ::open(part.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
    if (descriptor < 0 && errno != ELOOP && errno != EACCES && errno != EISDIR) return fail(posix_error(printable(path, 1000), errno));
    // Locked before it is looked at: whoever had it may just have given it its name, and then it is nobody's to write.
    if (descriptor >= 0 && ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && is_ours_alone(descriptor, part))
        return PendingFile(path, std::move(part), descriptor, true);
    if (descriptor >= 0) ::close(descriptor);
    return create(path);
}

bool PendingFile::can_resume(const std::string& path, const Digest& digest) {
    struct stat status{};
    return ::lstat(part_of(path, digest).c_str(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
}

PendingFile::PendingFile(PendingFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      keeps_(other.keeps_) {
    other.temporary_.clear();
}

PendingFile::~PendingFile() {
    // Unlinked while it is still locked: afterwards the name may be somebody else's.
    struct stat status{};
    const bool is_empty = descriptor_ >= 0 && ::fstat(descriptor_, &status) == 0 && status.st_size == 0;
    if (!temporary_.empty() && (!keeps_ || is_empty)) ::unlink(temporary_.c_str());
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> PendingFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(posix_error(printable(path_, 1000), errno));
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> PendingFile::restart() {
    if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) != 0) return fail(posix_error(printable(path_, 1000), errno));
    return {};
}

Result<std::uint64_t> PendingFile::size() const {
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) return fail(posix_error(printable(path_, 1000), errno));
    return static_cast<std::uint64_t>(status.st_size);
}

Result<void> PendingFile::hash_into(Sha256& hash, const OnBytes& on_bytes) const {
    std::vector<std::byte> piece(piece_bytes);
    for (std::uint64_t offset = 0;;) {
        const ssize_t count = ::pread(descriptor_, piece.data(), piece.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(posix_error(printable(path_, 1000), errno));
        if (count == 0) return {};
        hash.update(std::span(piece).first(static_cast<std::size_t>(count)));
        offset += static_cast<std::uint64_t>(count);
        if (on_bytes) on_bytes(static_cast<std::uint64_t>(count));
    }
}

Result<void> PendingFile::publish() {
    if (::fsync(descriptor_) != 0) return fail(posix_error(printable(path_, 1000), errno));
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) return fail(posix_error(printable(path_, 1000), errno));
    temporary_.clear();
    ::close(std::exchange(descriptor_, -1));
    return sync_folder(folder_of(path_));
}

}  // namespace assay
