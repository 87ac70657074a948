#pragma once

#include "base/stream.hpp"

#include <string>

namespace assay {

/// "json" or "text" when the whole source is UTF-8 without control characters but the usual white space; empty when it is not. The
/// error of a source that fails. JSON is what begins with a brace or bracket: it is not checked further.
[[nodiscard]] Result<std::string> text_format(Source& source);

}  // namespace assay
