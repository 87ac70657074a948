#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace assay {

/// Percent-encodes everything but RFC 3986 unreserved characters: safe as one path segment or query value.
/// The segments "." and ".." are encoded too, so that no client folds them away.
[[nodiscard]] std::string encode_component(std::string_view text);
/// As encode_component, keeping "/" between segments.
[[nodiscard]] std::string encode_path(std::string_view path);
/// Decodes %XX once. `invalid` (code "invalid-encoding") for a stray '%', a decoded NUL or a result that is not UTF-8.
[[nodiscard]] Result<std::string> decode_component(std::string_view text);

}  // namespace assay
