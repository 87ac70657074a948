#pragma once

#include "base/result.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace assay {

/// A JSON value. Objects are sorted by key; integers keep 64 bits.
using Json = nlohmann::json;

struct JsonLimits {
    std::size_t max_bytes = std::size_t{16} << 20U;
    std::size_t max_depth = 64;
};

/// Parses one JSON text (RFC 8259) strictly: UTF-8, no duplicate keys, no integers beyond 64 bits (but those that are the
/// canonical text of a double, as 1e20 is), nothing beyond the range of a double, nothing after the value, within the limits.
/// `invalid` (code "invalid-json") says where.
[[nodiscard]] Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

/// RFC 8785 (JSON Canonicalization Scheme): keys in UTF-16 order, no spaces, ECMAScript numbers.
/// `invalid` for what the scheme cannot express: NaN, infinities, invalid UTF-8, integers beyond ±2^53.
[[nodiscard]] Result<std::string> canonical_json(const Json& value);

/// Compact text of a value of our own making, for responses and logs; invalid UTF-8 is replaced.
[[nodiscard]] std::string to_text(const Json& value);
/// The same indented by two spaces, for people.
[[nodiscard]] std::string to_pretty_text(const Json& value);

/// A finite double as ECMAScript's Number::toString writes it (the shortest text that reads back equal).
[[nodiscard]] std::string shortest_number(double value);

}  // namespace assay
