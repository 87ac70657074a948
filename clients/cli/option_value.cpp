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

std::optional<std::int64_t> seconds_in(std::string_view text) {
    constexpr std::pair<char, double> units[] = {{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}};
    constexpr double most = 300.0 * 366 * 86'400;
    double seconds = 0;
    bool any = false;
    for (const auto& [unit, length] : units) {
        const std::size_t end = text.find(unit);
        if (end == std::string_view::npos) continue;
        const std::string_view digits = text.substr(0, end);
        const auto number = digits.find_first_not_of("0123456789.") == std::string_view::npos ? parse_number(digits) : std::nullopt;
        if (!number) return std::nullopt;
        seconds += *number * length;
        text.remove_prefix(end + 1);
        any = true;
    }
    if (!any || !text.empty() || seconds > most) return std::nullopt;
    return static_cast<std::int64_t>(seconds);
}

ValueCheck an_age() {
    return [](const std::string& text) -> std::string {
        return seconds_in(text) ? "" : fmt::format("'{}' is no age: write 30d, 12h or 1d12h30m", printable(text, 100));
    };
}

}  // namespace assay
