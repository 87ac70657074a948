#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

/// Checks and normalises (Unicode NFC) the name of a model. Any text of 1 to 256 characters is a name, unless it
/// holds '@', '/', a control character or is not UTF-8: whatever MLflow accepts is accepted. `invalid`, code
/// "invalid-name".
[[nodiscard]] Result<std::string> model_name(std::string_view text);

/// Checks and normalises an alias: 1 to 255 characters of `[\w-]` (letters and digits of any script, '_', '-'), but
/// not "latest" in any case, not 'v' and digits, not digits alone: those mean versions. `invalid`, code
/// "invalid-alias".
[[nodiscard]] Result<std::string> alias_name(std::string_view text);

/// Checks the key of a tag: 1 to 250 bytes of UTF-8 without control characters. `invalid`, code "invalid-tag".
[[nodiscard]] Result<std::string> tag_key(std::string_view text);

/// Checks the value of a tag: at most 100,000 bytes of UTF-8. `invalid`, code "invalid-tag".
[[nodiscard]] Result<void> check_tag_value(std::string_view value);

/// Whether a text can be the id of a run: 32 hexadecimal digits, small letters.
[[nodiscard]] bool is_run_id(std::string_view text);

}  // namespace assay
