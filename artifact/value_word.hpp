#pragma once

#include "artifact/numpy/dtype.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// The words that an ObjectFact says what values are with, for every format. docs/formats.md, "Words for values".

[[nodiscard]] std::string integer_word(std::int64_t value);
[[nodiscard]] std::string real_word(double value);
/// The text in quotes, or "str" when it is long or not printable.
[[nodiscard]] std::string text_word(std::string_view text);
/// "list [2]": how many there are, as far as it may matter.
[[nodiscard]] std::string sequence_word(std::string_view kind, std::uint64_t count);
/// What a list of steps says behind that: " ('drop','passthrough')", the texts in the places of steps; empty of none and of many.
[[nodiscard]] std::string steps_word(const std::set<std::string>& texts);
/// "array <f8 [n,2]"; of a structure its fields: "array |V64{left_child:<i8,…} [n]".
[[nodiscard]] std::string array_word(std::string_view dtype, const std::vector<std::uint64_t>& shape);
/// "<f8", or "|V64{left_child:<i8@0,…}".
[[nodiscard]] std::string dtype_word(const DType& dtype);
/// That of a structure; empty for other dtypes (ArrayFact::fields).
[[nodiscard]] std::string fields_word(const DType& dtype);

}  // namespace assay
