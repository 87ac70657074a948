#include "base/text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>

namespace assay {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Reads one code point at `position` and advances it; -1 where the bytes are not UTF-8 (position unchanged).
std::int32_t next_code_point(std::string_view text, std::size_t& position) {
    utf8proc_int32_t code_point = -1;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + position,
                                         static_cast<utf8proc_ssize_t>(text.size() - position), &code_point);
    if (length <= 0) return -1;
    position += static_cast<std::size_t>(length);
    return code_point;
}

bool is_control(std::int32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point == 0x2028 || code_point == 0x2029;
}

}  // namespace

std::string to_hex(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += hex_digits[byte >> 4U];
        text += hex_digits[byte & 15U];
    }
    return text;
}

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return -1;
}

std::string to_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = bytes.size() - i;
        std::uint32_t group = static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << 16U;
        if (left > 1) group |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i + 1])) << 8U;
        if (left > 2) group |= static_cast<unsigned char>(bytes[i + 2]);
        text += base64_digits[(group >> 18U) & 63U];
        text += base64_digits[(group >> 12U) & 63U];
        text += left > 1 ? base64_digits[(group >> 6U) & 63U] : '=';
        text += left > 2 ? base64_digits[group & 63U] : '=';
    }
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        const bool last = i + 4 == text.size();
        std::size_t padding = 0;
        if (last && text[i + 3] == '=') padding = text[i + 2] == '=' ? 2 : 1;
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            std::size_t value = 0;
            if (k < 4 - padding) {
                value = base64_digits.find(text[i + k]);
                if (value == std::string_view::npos) return std::nullopt;
            }
            group = (group << 6U) | static_cast<std::uint32_t>(value);
        }
        if ((padding == 1 && (group & 0xffU) != 0) || (padding == 2 && (group & 0xffffU) != 0)) return std::nullopt;
        bytes += static_cast<char>((group >> 16U) & 0xffU);
        if (padding < 2) bytes += static_cast<char>((group >> 8U) & 0xffU);
        if (padding < 1) bytes += static_cast<char>(group & 0xffU);
    }
    return bytes;
}

void append_utf8(std::string& text, std::uint32_t code_point) {
    const auto put = [&](std::uint32_t byte) { text.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    if (code_point < 0x80) return put(code_point);
    if (code_point < 0x800) {
        put(0xc0U | code_point >> 6U);
    } else {
        if (code_point < 0x10000) {
            put(0xe0U | code_point >> 12U);
        } else {
            put(0xf0U | code_point >> 18U);
            put(0x80U | (code_point >> 12U & 0x3fU));
        }
        put(0x80U | (code_point >> 6U & 0x3fU));
    }
    put(0x80U | (code_point & 0x3fU));
}

bool is_utf8(std::string_view text) {
    for (std::size_t position = 0; position < text.size();) {
        if (next_code_point(text, position) < 0) return false;
    }
    return true;
}

std::size_t utf8_length(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
    return count;
}

Result<std::string> to_nfc(std::string_view text) {
    utf8proc_uint8_t* raw = nullptr;
    const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                                     &raw, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(raw, &std::free);
    if (length < 0) return fail(ErrorKind::invalid, "invalid-utf8", "'" + printable(text, 100) + "' is not UTF-8");
    return std::string(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length));
}

bool has_control_characters(std::string_view text) {
    for (std::size_t position = 0; position < text.size();) {
        const std::int32_t code_point = next_code_point(text, position);
        if (code_point < 0) {
            ++position;
            continue;
        }
        if (is_control(code_point)) return true;
    }
    return false;
}

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_word_text(std::string_view text) {
    for (std::size_t position = 0; position < text.size();) {
        const std::int32_t code_point = next_code_point(text, position);
        if (code_point < 0) return false;
        if (code_point == '_') continue;
        switch (utf8proc_category(code_point)) {
            case UTF8PROC_CATEGORY_LU:
            case UTF8PROC_CATEGORY_LL:
            case UTF8PROC_CATEGORY_LT:
            case UTF8PROC_CATEGORY_LM:
            case UTF8PROC_CATEGORY_LO:
            case UTF8PROC_CATEGORY_ND:
            case UTF8PROC_CATEGORY_NL:
            case UTF8PROC_CATEGORY_NO: break;
            default: return false;
        }
    }
    return true;
}

std::string printable(std::string_view text, std::size_t max_bytes) {
    std::string safe;
    for (std::size_t position = 0; position < text.size();) {
        const std::size_t start = position;
        const std::int32_t code_point = next_code_point(text, position);
        std::string piece;
        if (code_point < 0 || is_control(code_point)) {
            if (code_point < 0) position = start + 1;
            for (std::size_t i = start; i < position; ++i) {
                piece += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
            }
        } else {
            piece = text.substr(start, position - start);
        }
        if (safe.size() + piece.size() > max_bytes) return safe + "…";
        safe += piece;
    }
    return safe;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    std::size_t start = 0;
    for (;;) {
        const std::size_t end = text.find(separator, start);
        parts.emplace_back(text.substr(start, end == std::string_view::npos ? end : end - start));
        if (end == std::string_view::npos) return parts;
        start = end + 1;
    }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) text += separator;
        text += parts[i];
    }
    return text;
}

std::string in_one_line(std::string text) {
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
        const std::size_t next = std::min(text.find_first_not_of(" \n", at), text.size());
        text.replace(at, next - at, next == text.size() ? "" : "; ");
    }
    return text;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string to_lower_ascii(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) { return to_lower_ascii(a) == to_lower_ascii(b); }

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<double> parse_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural) {
    if (count == 1) return fmt::format("1 {}", noun);
    return plural.empty() ? fmt::format("{} {}s", count, noun) : fmt::format("{} {}", count, plural);
}

std::string human_size(std::uint64_t bytes) {
    if (bytes < 1024) return fmt::format("{} B", bytes);
    constexpr std::string_view units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < std::size(units)) {
        value /= 1024;
        ++unit;
    }
    return fmt::format("{:.1f} {}", value, units[unit]);
}

}  // namespace assay
