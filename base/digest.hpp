#pragma once

#include "base/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace assay {

/// A SHA-256 digest. The only spelling of a hash in Assay is "sha256:" and 64 lowercase hex digits.
class Digest {
public:
    static constexpr std::size_t size_bytes = 32;
    using Bytes = std::array<std::uint8_t, size_bytes>;

    explicit Digest(const Bytes& bytes) : bytes_(bytes) {}

    /// Parses "sha256:<64 lowercase hex>"; anything else, other algorithms and upper case included, is `invalid`.
    [[nodiscard]] static Result<Digest> parse(std::string_view text);
    /// Parses the 64 hex digits alone (a file name in the store).
    [[nodiscard]] static Result<Digest> parse_hex(std::string_view hex);

    [[nodiscard]] const Bytes& bytes() const { return bytes_; }
    [[nodiscard]] std::string hex() const;
    [[nodiscard]] std::string to_string() const { return "sha256:" + hex(); }
    /// The first 12 hex digits, for people.
    [[nodiscard]] std::string short_hex() const { return hex().substr(0, 12); }

    friend auto operator<=>(const Digest&, const Digest&) = default;

private:
    Bytes bytes_;
};

}  // namespace assay

template <>
struct std::hash<assay::Digest> {
    std::size_t operator()(const assay::Digest& digest) const noexcept {
        std::size_t value = 0;
        for (std::size_t i = 0; i < sizeof value; ++i) value = (value << 8U) | digest.bytes()[i];
        return value;
    }
};
