#include "artifact/value_word.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace assay {

namespace {

constexpr std::size_t longest_text = 40;     // bytes of a text that is told
constexpr std::size_t most_fields = 40;      // of a structure
constexpr std::size_t most_steps = 4;        // texts in the places of steps that are told
constexpr std::uint64_t most_counted = 2;    // more elements are "n"

std::string extent_word(std::uint64_t extent) { return extent <= most_counted ? std::to_string(extent) : "n"; }

}  // namespace

std::string integer_word(std::int64_t value) { return value >= -1 && value <= 3 ? std::to_string(value) : "int"; }

std::string real_word(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return "float";
}

std::string text_word(std::string_view text) {
    return text.size() <= longest_text && is_utf8(text) && !has_control_characters(text) ? fmt::format("'{}'", text) : "str";
}

std::string sequence_word(std::string_view kind, std::uint64_t count) { return fmt::format("{} [{}]", kind, extent_word(count)); }

std::string steps_word(const std::set<std::string>& texts) {
    return texts.empty() || texts.size() > most_steps ? std::string() : fmt::format(" ({})", fmt::join(texts, ","));
}

std::string dtype_word(const DType& dtype) {
    std::string word = dtype.str();
    if (dtype.fields.empty()) return word;
    word += '{';
    for (std::size_t i = 0; i < dtype.fields.size() && i < most_fields; ++i) {
        const DType::Field& field = dtype.fields[i];
        word += fmt::format("{}{}:{}@{}", i == 0 ? "" : ",", printable(field.name, longest_text), field.type, field.offset);
    }
    return word + '}';
}

std::string fields_word(const DType& dtype) { return dtype.fields.empty() ? std::string() : dtype_word(dtype); }

std::string array_word(std::string_view dtype, const std::vector<std::uint64_t>& shape) {
    std::string word = fmt::format("array {} [", dtype);
    for (std::size_t i = 0; i < shape.size(); ++i) word += (i == 0 ? "" : ",") + extent_word(shape[i]);
    return word + ']';
}

}  // namespace assay
