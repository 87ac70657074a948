#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// The candidate that a mistyped word was most likely meant to be: the only one that it begins, else the one with the fewest wrong letters
/// (Levenshtein's distance; at most 2, or a third of the word), the first of equals. Absent when none is near.
[[nodiscard]] std::optional<std::string> nearest_word(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace assay
