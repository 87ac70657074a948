#pragma once

#include "base/json.hpp"

#include <string_view>

namespace assay {

/// Parses one TOML 1.0 document of at most 1 MiB into a JSON object. Refused as `invalid` (code "invalid-toml", with
/// line and column): malformed text, repeated keys, dates and times, NaN and infinities, more than 64 levels. Never throws.
[[nodiscard]] Result<Json> parse_toml(std::string_view text);

/// `text` as a TOML basic string, quotes included; control characters are escaped. The text is UTF-8.
[[nodiscard]] std::string toml_string(std::string_view text);
/// `key` as it stands before '=': bare where TOML allows it, else as a basic string.
[[nodiscard]] std::string toml_key(std::string_view key);

}  // namespace assay
