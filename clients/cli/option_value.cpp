#include "clients/cli/option_value.hpp"

#include "base/nearest.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

ValueCheck whole_number(std::int64_t least, std::int64_t most) {
    return [least, most](const std::string& text) -> std::string {
        const auto number = parse_integer(text);
        if (number && *number >= least && *number <= most) return "";
        const std::string range = most == INT64_MAX ? fmt::format("from {}", least) : fmt::format("from {} to {}", least, most);
        return fmt::format("'{}' is not a whole number {}", printable(text, 100), range);
    };
}

ValueCheck one_of(std::vector<std::string> words) {
    return [words = std::move(words)](const std::string& text) -> std::string {
        if (std::ranges::find(words, text) != words.end()) return "";
        const auto near = nearest_word(text, words);
        return fmt::format("'{}' is none of {}{}", printable(text, 100), join(words, ", "),
                           near ? fmt::format("; did you mean '{}'?", *near) : std::string());
    };
}

}  // namespace assay
