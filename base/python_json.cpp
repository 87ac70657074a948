#include "base/python_json.hpp"

#include <algorithm>
#include <array>

namespace assay {

std::string replace_python_numbers(std::string_view text, std::string (*instead)(std::string_view word)) {
    std::string json;
    json.reserve(text.size());
    bool quoted = false;
    while (!text.empty()) {
        constexpr std::array<std::string_view, 3> words = {"NaN", "Infinity", "-Infinity"};
        const auto word = std::ranges::find_if(words, [&](std::string_view one) { return !quoted && text.starts_with(one); });
        const std::size_t length = word != words.end() ? word->size() : quoted && text.starts_with('\\') && text.size() > 1 ? 2 : 1;
        if (text.starts_with('"')) quoted = !quoted;
        if (word != words.end()) {
            json += instead(*word);
        } else {
            json += text.substr(0, length);
        }
        text.remove_prefix(length);
    }
    return json;
}

}  // namespace assay
