#include "artifact/byte_cursor.hpp"

#include <algorithm>
#include <cstring>

namespace assay {

ByteCursor::ByteCursor(Source& source, std::uint64_t first_offset) : source_(source), buffer_(buffer_bytes), first_offset_(first_offset) {}

/// True when at least `wanted` bytes are in the buffer.
bool ByteCursor::fill(std::size_t wanted) {
    if (ended_early_) return false;
    if (filled_ - at_ >= wanted) return true;
    std::memmove(buffer_.data(), buffer_.data() + at_, filled_ - at_);
    passed_ += at_;
    filled_ -= at_;
    at_ = 0;
    while (filled_ < wanted && !source_ended_) {
        auto count = source_.read(std::span(buffer_).subspan(filled_));
        if (!count) {
            source_error_ = std::move(count).error();
            source_ended_ = true;
        } else if (*count == 0) {
            source_ended_ = true;
        } else {
            filled_ += *count;
        }
    }
    if (filled_ >= wanted) return true;
    ended_early_ = true;
    return false;
}

bool ByteCursor::at_end() {
    if (ended_early_) return false;
    if (at_ < filled_) return false;
    const bool more = fill(1);
    if (!more && !source_error_) ended_early_ = false;  // to have looked is no failure
    return !more && !source_error_;
}

std::uint64_t ByteCursor::number(std::size_t width) {
    const std::string_view bytes = take(width);
    return bytes.empty() ? 0 : little_endian(bytes);
}

std::string_view ByteCursor::take(std::size_t count) {
    if (count > buffer_.size() || !fill(count)) {
        ended_early_ = true;
        filled_ = at_;  // what is left is too little, and no read gives it any more
        return {};
    }
    const std::string_view bytes(reinterpret_cast<const char*>(buffer_.data()) + at_, count);
    at_ += count;
    return bytes;
}

std::string_view ByteCursor::peek(std::size_t count) {
    if (ended_early_) return {};
    if (!fill(std::min(count, buffer_.size()))) ended_early_ = false;  // what is there before the end, or before the source fails
    return {reinterpret_cast<const char*>(buffer_.data()) + at_, std::min(count, filled_ - at_)};
}

std::string_view ByteCursor::some(std::uint64_t max) {
    if (max == 0 || !fill(1)) return {};
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(max, filled_ - at_));
    const std::string_view bytes(reinterpret_cast<const char*>(buffer_.data()) + at_, count);
    at_ += count;
    return bytes;
}

void ByteCursor::skip(std::uint64_t count) {
    if (ended_early_) return;
    const std::uint64_t buffered = std::min<std::uint64_t>(count, filled_ - at_);
    at_ += static_cast<std::size_t>(buffered);
    count -= buffered;
    if (count == 0) return;
    auto passed = source_ended_ ? Result<std::uint64_t>(0) : source_.skip(count);
    if (!passed) {
        source_error_ = std::move(passed).error();
        source_ended_ = ended_early_ = true;
        return;
    }
    passed_ += *passed;
    if (*passed < count) source_ended_ = ended_early_ = true;
}

std::optional<std::string> ByteCursor::line(std::size_t max_bytes) {
    std::string text;
    for (;;) {
        if (!fill(1)) return std::nullopt;
        const char* const begin = reinterpret_cast<const char*>(buffer_.data()) + at_;
        const auto* const end = static_cast<const char*>(std::memchr(begin, '\n', filled_ - at_));
        const std::size_t count = end == nullptr ? filled_ - at_ : static_cast<std::size_t>(end - begin);
        if (text.size() + count > max_bytes) return std::nullopt;
        text.append(begin, count);
        at_ += count;
        if (end == nullptr) continue;
        ++at_;
        return text;
    }
}

std::uint64_t little_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8U | static_cast<std::uint8_t>(bytes[i - 1]);
    return value;
}

}  // namespace assay
