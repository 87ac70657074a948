#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

[[nodiscard]] std::string to_hex(std::string_view bytes);
/// The value of one lowercase hexadecimal digit, or -1.
[[nodiscard]] int hex_value(char digit);

/// RFC 4648 §4, with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Strict: no whitespace, padding required, no stray bits. Absent when it is not base64.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// Well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view text);
/// Number of code points of well-formed UTF-8.
[[nodiscard]] std::size_t utf8_length(std::string_view text);
/// Appends the UTF-8 of a code point up to U+10FFFF; of a surrogate its three bytes, which is no well-formed UTF-8.
void append_utf8(std::string& text, std::uint32_t code_point);
/// Unicode normalisation form C of well-formed UTF-8; `invalid` when it is not well formed.
[[nodiscard]] Result<std::string> to_nfc(std::string_view text);
/// True when the text holds a Unicode control character (C0, DEL, C1) or a line or paragraph separator.
[[nodiscard]] bool has_control_characters(std::string_view text);
/// True for one or more of 0 to 9 and nothing else.
[[nodiscard]] bool all_digits(std::string_view text);

/// True for what Python's `\w` matches in a str: letters, marks that are word characters, digits, underscore.
[[nodiscard]] bool is_word_text(std::string_view text);

/// Safe to print: control characters and broken UTF-8 as \xNN, cut to `max_bytes` with "…".
[[nodiscard]] std::string printable(std::string_view text, std::size_t max_bytes);

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// What was said in several lines, in one: "a; b".
[[nodiscard]] std::string in_one_line(std::string text);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

/// A decimal integer, whole text, no sign but '-', no leading '+' or spaces. Absent when it is none or does
/// not fit 64 bits.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
/// A finite decimal number as strtod reads it in the C locale, whole text. "nan" and "inf" are absent.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

/// "1 blob", "3 blobs", "2 entries": for people. `plural` is needed where it is more than `noun` and "s".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural = {});
/// "1.4 MiB", "512 B": for people.
[[nodiscard]] std::string human_size(std::uint64_t bytes);

}  // namespace assay
