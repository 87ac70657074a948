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
    if (!is_utf8(decoded)) return refuse("the decoded bytes are not UTF-8");
    return decoded;
}

}  // namespace assay
