#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Reading a server's answers: whatever a server sends, the client neither throws nor reads beyond it.

namespace assay {

/// The member of an object, or a JSON null when there is none or `json` is no object.
[[nodiscard]] const Json& member(const Json& json, std::string_view key);
/// A member's text, made safe to print; empty when it is absent or no string.
[[nodiscard]] std::string text_of(const Json& json, std::string_view key);
/// A member's text as it is, for what is not shown; empty when it is absent or no string.
[[nodiscard]] std::string string_of(const Json& json, std::string_view key);
/// A member that is a time of RFC 3339, to the second, as tables show it; the whole of it is in --json. Any other text is as it is.
[[nodiscard]] std::string time_of(const Json& json, std::string_view key);
[[nodiscard]] std::optional<std::int64_t> integer_of(const Json& json, std::string_view key);
/// An array member; an empty array when it is absent or no array.
[[nodiscard]] const Json& list_of(const Json& json, std::string_view key);
/// A scalar as people read it: text as it is, numbers shortest, null as "-".
[[nodiscard]] std::string plain(const Json& value);
/// The strings of an array, made safe to print.
[[nodiscard]] std::vector<std::string> strings_of(const Json& array);

}  // namespace assay
