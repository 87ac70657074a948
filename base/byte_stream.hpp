#pragma once

#include <cstddef>
#include <streambuf>
#include <string>
#include <string_view>

namespace assay {

/// Memory that outlives it, as a stream to read from.
class ByteViewStream : public std::streambuf {
public:
    /// The first byte is called `first_offset`.
    explicit ByteViewStream(std::string_view bytes, std::size_t first_offset = 0) : first_offset_(first_offset) {
        char* const begin = const_cast<char*>(bytes.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast): never written to
        setg(begin, begin, begin + bytes.size());
    }
    [[nodiscard]] std::size_t offset() const { return first_offset_ + static_cast<std::size_t>(gptr() - eback()); }
    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(egptr() - gptr()); }
    /// The next `count` bytes where they are, and passes over them. REQUIRES that there are so many.
    [[nodiscard]] std::string_view take(std::size_t count) {
        const std::string_view taken(gptr(), count);
        setg(eback(), gptr() + count, egptr());
        return taken;
    }

private:
    std::size_t first_offset_;
};

/// A stream that appends what is written to a string that outlives it.
class AppendingStream : public std::streambuf {
public:
    explicit AppendingStream(std::string& bytes) : bytes_(bytes) {}

protected:
    std::streamsize xsputn(const char* data, std::streamsize count) override {
        bytes_.append(data, static_cast<std::size_t>(count));
        return count;
    }

private:
    std::string& bytes_;
};

}  // namespace assay
