#pragma once

#include <string>
#include <string_view>

namespace assay {

/// The text with what Python's json module writes for no number, and JSON cannot have: bare NaN, Infinity and -Infinity, each as
/// `instead(word)`. The same words within strings stay.
[[nodiscard]] std::string replace_python_numbers(std::string_view text, std::string (*instead)(std::string_view word));

}  // namespace assay
