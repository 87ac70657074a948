#include "base/url.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace assay {

namespace {

bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string encode_component(std::string_view text) {
    const bool dots = text == "." || text == "..";
    std::string encoded;
    for (const char c : text) {
        if (is_unreserved(c) && !dots) {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return encoded;
}

std::string encode_path(std::string_view path) {
    std::vector<std::string> segments = split(path, '/');
    for (std::string& segment : segments) segment = encode_component(segment);
    return join(segments, "/");
}

namespace {

/// How many characters of UTF-8 a text begins with.
std::size_t valid_characters(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (!is_utf8(text.substr(at, size))) break;
        at += size;
    }
    return count;
}

}  // namespace

Result<std::string> decode_component(std::string_view text) {
    const auto refuse = [&](std::string because) {
        return fail(Error(ErrorKind::invalid, "invalid-encoding", "'" + printable(text, 100) + "' is not validly percent-encoded")
                        .with_because(std::move(because)));
    };
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const std::string digits = to_lower_ascii(text.substr(i + 1, 2));
        if (digits.size() != 2 || hex_value(digits[0]) < 0 || hex_value(digits[1]) < 0)
            return refuse("a '%' is not followed by two hexadecimal digits");
        decoded += static_cast<char>(hex_value(digits[0]) * 16 + hex_value(digits[1]));
        i += 2;
    }
    if (decoded.find('\0') != std::string::npos) return refuse("it holds a NUL byte");
    if (!is_utf8(decoded)) {
        return fail(Error(ErrorKind::invalid, "invalid-encoding", "'" + printable(text, 100) + "' is not UTF-8")
                        .with_because(fmt::format("the decoded bytes are not UTF-8 from character {} on", valid_characters(decoded) + 1)));
    }
    return decoded;
}

}  // namespace assay
