#include "base/digest.hpp"

#include "base/text.hpp"

namespace assay {

namespace {

Error not_a_digest(std::string_view text) {
    return Error(ErrorKind::invalid, "invalid-digest", "'" + printable(text, 100) + "' is not a digest")
        .with_because("a digest is 'sha256:' followed by 64 lowercase hexadecimal digits");
}

}  // namespace

Result<Digest> Digest::parse(std::string_view text) {
    constexpr std::string_view prefix = "sha256:";
    if (!text.starts_with(prefix)) return fail(not_a_digest(text));
    auto digest = parse_hex(text.substr(prefix.size()));
    if (!digest) return fail(not_a_digest(text));
    return digest;
}

Result<Digest> Digest::parse_hex(std::string_view hex) {
    Bytes bytes{};
    if (hex.size() != 2 * size_bytes) return fail(not_a_digest(hex));
    for (std::size_t i = 0; i < size_bytes; ++i) {
        const int high = hex_value(hex[2 * i]);
        const int low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0) return fail(not_a_digest(hex));
        bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return Digest(bytes);
}

std::string Digest::hex() const { return to_hex({reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}); }

}  // namespace assay
