#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace assay {

/// The line, from 1, on which the value at `path` begins ("rules[3].offered"); of a path that leads nowhere, the line of the part of it
/// that does. For texts that parse_json has read: of another, absent or some line of it.
[[nodiscard]] std::optional<std::size_t> json_line(std::string_view text, std::string_view path);

}  // namespace assay
