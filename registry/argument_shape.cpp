#include "registry/argument_shape.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace assay {

namespace {

constexpr auto known_words = std::to_array<std::string_view>(
    {"none",  "bool",     "int",  "float",  "str",     "bytes",     "tuple",  "list",   "dict",    "set", "array",       "dtype",
     "class", "function", "type", "object", "literal", "container", "number", "random", "partial", "any", "distribution"});

bool is_literal(std::string_view argument) {
    constexpr auto plain = std::to_array<std::string_view>({"none", "bool", "int", "float", "str", "bytes", "scalar", "number"});
    return argument.starts_with("literal ") || argument.starts_with("str=") ||
           std::find(plain.begin(), plain.end(), argument) != plain.end();
}

bool word_fits(std::string_view word, std::string_view argument, const ArgumentShape::IsA& is_a) {
    if (word == "any" || word == "object") return true;  // what it is, is judged where it is made
    if (word.starts_with('=')) {
        const std::string_view exact = word.substr(1);
        return argument == "str=" + std::string(exact) || argument == "global=" + std::string(exact);
    }
    if (word == "literal") return is_literal(argument);
    if (word == "distribution") return argument.starts_with("object=scipy.stats.") && argument.ends_with("_gen");
    if (word == "str") return argument == "str" || argument.starts_with("str=");
    if (word == "class" || word == "function" || word == "type") return argument.starts_with("global=") && is_a(word, argument.substr(7));
    if (argument == "scalar") return word == "int" || word == "float" || word == "bool";
    if (argument.starts_with("literal ")) argument.remove_prefix(8);
    return argument == word;
}

}  // namespace

Result<ArgumentShape> ArgumentShape::parse(std::string_view text) {
    const auto wrong = [&] { return fail(ErrorKind::invalid, "invalid-shape", "'" + printable(text, 200) + "' is no shape of arguments"); };
    text = trim(text);
    if (!text.starts_with('(') || !text.ends_with(')')) return wrong();
    const std::string_view inner = trim(text.substr(1, text.size() - 2));
    ArgumentShape shape;
    if (inner.empty()) return shape;
    for (const std::string& part : split(inner, ',')) {
        if (!shape.slots_.empty() && shape.slots_.back().repeated) return wrong();
        std::string_view slot_text = trim(part);
        Slot slot;
        if (slot_text.ends_with('*')) {
            slot.repeated = true;
            slot_text.remove_suffix(1);
        }
        for (const std::string& word : split(slot_text, '|')) {
            const std::string_view trimmed = trim(word);
            const bool known = (trimmed.size() > 1 && trimmed.starts_with('=')) ||
                               std::find(known_words.begin(), known_words.end(), trimmed) != known_words.end();
            if (!known) return wrong();
            slot.words.emplace_back(trimmed);
        }
        shape.slots_.push_back(std::move(slot));
    }
    return shape;
}

bool ArgumentShape::fits(const Slot& slot, std::string_view argument, const IsA& is_a) {
    return std::any_of(slot.words.begin(), slot.words.end(), [&](const std::string& word) { return word_fits(word, argument, is_a); });
}

bool ArgumentShape::matches(const std::vector<std::string>& arguments, const IsA& is_a) const {
    const bool open = !slots_.empty() && slots_.back().repeated;
    const std::size_t fixed = slots_.size() - (open ? 1 : 0);
    if (arguments.size() < fixed || (!open && arguments.size() > fixed)) return false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (!fits(slots_[std::min(i, slots_.size() - 1)], arguments[i], is_a)) return false;
    }
    return true;
}

}  // namespace assay
