#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace assay {

/// Checks and normalises (Unicode NFC) a stranger's path that is to stay below a folder: relative, '/' between segments, at most
/// 1,024 bytes of UTF-8 and 32 segments of at most 255 bytes, none of them empty, "." or "..", no control characters, no backslash.
/// `invalid`, code "invalid-path".
[[nodiscard]] Result<std::string> file_path(std::string_view text);

}  // namespace assay
