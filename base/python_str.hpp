#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// A str of Python: code points. Absent when the bytes are no UTF-8.
[[nodiscard]] std::optional<std::u32string> to_code_points(std::string_view text);
[[nodiscard]] std::string to_utf8(std::u32string_view text);

/// Whether Python's releases agree on what the code point is: their Unicode is 11 (3.7) to 15.1 (3.13), and a letter of a newer one is none
/// in an older one. Of the others nothing else here is to be asked.
[[nodiscard]] bool is_settled(char32_t code_point);

/// `\w` of Python's re: a letter, a number, the underscore.
[[nodiscard]] bool is_word(char32_t code_point);
/// `\s` of Python's re, and what str.split() splits at.
[[nodiscard]] bool is_space(char32_t code_point);
/// `\d` of Python's re.
[[nodiscard]] bool is_decimal(char32_t code_point);
/// Whether unicodedata.combining is not 0.
[[nodiscard]] bool is_combining(char32_t code_point);
/// str.lower, with its final sigma and the dotted I.
[[nodiscard]] std::u32string to_lower(std::u32string_view text);
/// unicodedata.normalize("NFKD", …).
[[nodiscard]] std::u32string to_nfkd(std::u32string_view text);

}  // namespace assay
