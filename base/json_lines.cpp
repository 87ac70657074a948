#include "base/json_lines.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace assay {

namespace {

/// Walks over JSON that is known to be well formed.
class JsonWalker {
public:
    explicit JsonWalker(std::string_view text) : text_(text) {}

    /// Goes to the value at the path and says where the last one on the way begins.
    std::size_t go(std::string_view path) {
        skip_space();
        std::size_t found = place_;
        while (!path.empty()) {
            const bool element = path.front() == '[';
            const std::size_t end = element ? std::min(path.find(']') + 1, path.size()) : std::min(path.find_first_of(".["), path.size());
            const std::string_view step = path.substr(0, end);
            if (!(element ? enter_element(step) : enter_member(step))) break;
            found = place_;
            path.remove_prefix(end);
            if (path.starts_with('.')) path.remove_prefix(1);
        }
        return found;
    }

    [[nodiscard]] std::size_t line_at(std::size_t place) const {
        return 1 + static_cast<std::size_t>(std::ranges::count(text_.substr(0, place), '\n'));
    }

private:
    [[nodiscard]] char here() const { return place_ < text_.size() ? text_[place_] : '\0'; }

    void skip_space() { place_ = std::min(text_.find_first_not_of(" \t\r\n", place_), text_.size()); }

    std::string_view take_string() {
        const std::size_t begin = ++place_;
        while (place_ < text_.size() && text_[place_] != '"') place_ += text_[place_] == '\\' ? 2 : 1;
        place_ = std::min(place_, text_.size());
        const std::string_view inner = text_.substr(begin, place_ - begin);
        place_ = std::min(place_ + 1, text_.size());
        return inner;
    }

    /// Over a value, with all that is in it.
    void skip_value() {
        std::size_t depth = 0;
        while (place_ < text_.size()) {
            const char c = here();
            if (c == '"') {
                (void)take_string();
                if (depth == 0) return;
                continue;
            }
            if (c == '{' || c == '[') ++depth;
            if (c == '}' || c == ']') {
                if (depth == 0) return;
                if (--depth == 0) {
                    ++place_;
                    return;
                }
            }
            if (depth == 0 && c == ',') return;
            ++place_;
        }
    }

    bool enter_element(std::string_view step) {
        std::size_t index = 0;
        if (here() != '[' || step.size() < 3) return false;
        if (std::from_chars(step.data() + 1, step.data() + step.size() - 1, index).ec != std::errc()) return false;
        ++place_;
        skip_space();
        for (std::size_t i = 0; i < index; ++i) {
            skip_value();
            skip_space();
            if (here() != ',') return false;
            ++place_;
            skip_space();
        }
        return here() != ']' && here() != '\0';
    }

    bool enter_member(std::string_view key) {
        if (here() != '{') return false;
        ++place_;
        skip_space();
        while (here() == '"') {
            const std::string_view name = take_string();
            skip_space();
            if (here() != ':') return false;
            ++place_;
            skip_space();
            if (name == key) return true;
            skip_value();
            skip_space();
            if (here() != ',') return false;
            ++place_;
            skip_space();
        }
        return false;
    }

    std::string_view text_;
    std::size_t place_ = 0;
};

}  // namespace

std::optional<std::size_t> json_line(std::string_view text, std::string_view path) {
    if (text.empty()) return std::nullopt;
    JsonWalker walker(text);
    return walker.line_at(walker.go(path));
}

}  // namespace assay
