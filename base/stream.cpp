#include "base/stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace assay {

namespace {

class RandomFile final : public RandomSource {
public:
    RandomFile(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size), buffer_(std::size_t{256} << 10U) {}
    ~RandomFile() override { ::close(descriptor_); }
    RandomFile(const RandomFile&) = delete;
    RandomFile& operator=(const RandomFile&) = delete;

    [[nodiscard]] std::uint64_t size() const override { return size_; }

    [[nodiscard]] Result<std::span<const std::byte>> read_at(std::uint64_t offset, std::size_t max_bytes) override {
        if (offset >= size_) return std::span<const std::byte>();
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>({max_bytes, buffer_.size(), size_ - offset}));
        for (;;) {
            const ssize_t count = ::pread(descriptor_, buffer_.data(), wanted, static_cast<off_t>(offset));
            if (count >= 0) return std::span<const std::byte>(buffer_.data(), static_cast<std::size_t>(count));
            if (errno != EINTR) return fail(posix_error("the file", errno));
        }
    }

private:
    int descriptor_;
    std::uint64_t size_;
    std::vector<std::byte> buffer_;
};

}  // namespace

Result<std::uint64_t> Source::skip(std::uint64_t count) {
    std::array<std::byte, 16384> buffer;
    std::uint64_t passed = 0;
    while (passed < count) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), count - passed));
        TRY_ASSIGN(const std::size_t got, read(std::span(buffer).first(wanted)));
        if (got == 0) break;
        passed += got;
    }
    return passed;
}

RangeSource::RangeSource(RandomSource& whole, std::uint64_t offset, std::uint64_t length)
    : whole_(whole), at_(std::min(offset, whole.size())), end_(at_ + std::min(length, whole.size() - at_)) {}

Result<std::size_t> RangeSource::read(std::span<std::byte> buffer) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end_ - at_));
    if (wanted == 0) return 0;
    TRY_ASSIGN(const std::span<const std::byte> found, whole_.read_at(at_, wanted));
    std::copy(found.begin(), found.end(), buffer.begin());
    at_ += found.size();
    return found.size();
}

Result<std::uint64_t> RangeSource::skip(std::uint64_t count) {
    const std::uint64_t passed = std::min(count, end_ - at_);
    at_ += passed;
    return passed;
}

Result<std::span<const std::byte>> MemoryBytes::read_at(std::uint64_t offset, std::size_t max_bytes) {
    if (offset >= bytes_.size()) return std::span<const std::byte>();
    const std::string_view found = bytes_.substr(static_cast<std::size_t>(offset), max_bytes);
    return std::as_bytes(std::span(found.data(), found.size()));
}

Result<std::unique_ptr<RandomSource>> open_random_file(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return fail(posix_error(path, errno));
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) {
        const int problem = errno;
        ::close(descriptor);
        return fail(posix_error(path, problem));
    }
    if (!S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return fail(ErrorKind::invalid, "not-a-file", path + " is no regular file");
    }
    return std::make_unique<RandomFile>(descriptor, static_cast<std::uint64_t>(status.st_size));
}

Result<std::size_t> MemorySource::read(std::span<std::byte> buffer) {
    const std::size_t count = std::min(buffer.size(), rest_.size());
    if (count == 0) return 0;  // memcpy may not be given the null of an empty buffer
    std::memcpy(buffer.data(), rest_.data(), count);
    rest_.remove_prefix(count);
    return count;
}

Result<std::string> read_all(Source& source, std::size_t max_bytes) {
    std::string text;
    std::array<std::byte, 16384> buffer;
    for (;;) {
        TRY_ASSIGN(const std::size_t count, source.read(buffer));
        if (count == 0) return text;
        if (text.size() + count > max_bytes) {
            return fail(ErrorKind::too_large, "too-large", fmt::format("there are more than {} bytes", max_bytes));
        }
        text.append(reinterpret_cast<const char*>(buffer.data()), count);
    }
}

}  // namespace assay
