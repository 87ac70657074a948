#include "clients/cpp/answer.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace assay {

namespace {

constexpr std::size_t longest_text = 4096;

}  // namespace

const Json& member(const Json& json, std::string_view key) {
    static const Json nothing;
    if (!json.is_object()) return nothing;
    const auto it = json.find(key);
    return it == json.end() ? nothing : *it;
}

std::string text_of(const Json& json, std::string_view key) {
    const Json& value = member(json, key);
    return value.is_string() ? printable(value.get_ref<const std::string&>(), longest_text) : std::string();
}

std::string string_of(const Json& json, std::string_view key) {
    const Json& value = member(json, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::string time_of(const Json& json, std::string_view key) {
    std::string text = text_of(json, key);
    constexpr std::size_t to_the_second = std::string_view("2026-11-22T21:14:03").size();
    if (text.size() <= to_the_second || text[to_the_second] != '.') return text;
    const std::size_t behind = std::min(text.find_first_not_of("0123456789", to_the_second + 1), text.size());
    return text.erase(to_the_second, behind - to_the_second);
}

std::optional<std::int64_t> integer_of(const Json& json, std::string_view key) {
    const Json& value = member(json, key);
    if (!value.is_number_integer()) return std::nullopt;
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return value.get<std::int64_t>();
}

const Json& list_of(const Json& json, std::string_view key) {
    static const Json empty = Json::array();
    const Json& value = member(json, key);
    return value.is_array() ? value : empty;
}

std::string plain(const Json& value) {
    if (value.is_null()) return "-";
    if (value.is_string()) return printable(value.get_ref<const std::string&>(), longest_text);
    if (value.is_number_float()) return shortest_number(value.get<double>());
    return printable(to_text(value), longest_text);
}

std::vector<std::string> strings_of(const Json& array) {
    std::vector<std::string> strings;
    if (!array.is_array()) return strings;
    for (const Json& item : array) {
        if (item.is_string()) strings.push_back(printable(item.get_ref<const std::string&>(), longest_text));
    }
    return strings;
}

}  // namespace assay
