#pragma once

#include "artifact/limits.hpp"
#include "base/stream.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// Reads a stranger's bytes front to back, in little-endian numbers, by way of a buffer of 64 KiB. After the end, or when the source
/// fails, ok() is false, every further read gives zeros and nothing, and offset() stays where the missing bytes should begin: a parser
/// may read on and look once. No read allocates what a length claims.
class ByteCursor {
public:
    static constexpr std::size_t buffer_bytes = 65'536;

    /// `source` outlives the cursor; its first byte is called `first_offset`.
    explicit ByteCursor(Source& source, std::uint64_t first_offset = 0);

    [[nodiscard]] bool ok() const { return !ended_early_; }
    /// Why the source failed; absent when it simply ended.
    [[nodiscard]] const std::optional<Error>& source_error() const { return source_error_; }
    /// Of the next byte, counted from the front of the source.
    [[nodiscard]] std::uint64_t offset() const { return first_offset_ + passed_ + at_; }
    /// Whether no byte is left. False after a failure.
    [[nodiscard]] bool at_end();

    [[nodiscard]] std::uint8_t u8() {
        if (at_ == filled_ && !fill(1)) return 0;
        return static_cast<std::uint8_t>(buffer_[at_++]);
    }
    [[nodiscard]] std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    [[nodiscard]] std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    [[nodiscard]] std::uint64_t u64() { return number(8); }

    /// The next `count` (at most buffer_bytes) bytes, valid until the next call; empty when there are fewer.
    [[nodiscard]] std::string_view take(std::size_t count);
    /// Up to `count` (at most buffer_bytes) next bytes without passing over them, valid until the next call.
    [[nodiscard]] std::string_view peek(std::size_t count);
    /// What is in the buffer, at least one byte unless the source ended, at most `max`; passes over it. Valid until the next call.
    [[nodiscard]] std::string_view some(std::uint64_t max);
    void skip(std::uint64_t count);
    /// The bytes up to the next '\n', which is passed over and not part of them; absent when there is none within `max_bytes` (ok() is
    /// then still true) or before the end (it is not). The cursor has moved in any case.
    [[nodiscard]] std::optional<std::string> line(std::size_t max_bytes);

private:
    [[nodiscard]] bool fill(std::size_t wanted);
    [[nodiscard]] std::uint64_t number(std::size_t width);

    Source& source_;
    std::vector<std::byte> buffer_;
    std::uint64_t first_offset_;
    std::uint64_t passed_ = 0;  ///< bytes before the buffer
    std::size_t at_ = 0;
    std::size_t filled_ = 0;
    bool ended_early_ = false;
    bool source_ended_ = false;
    std::optional<Error> source_error_;
};

/// `bytes` as a little-endian number: 1, 2, 4 or 8 of them.
[[nodiscard]] std::uint64_t little_endian(std::string_view bytes);

}  // namespace assay
