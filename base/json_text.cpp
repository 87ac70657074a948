#include "base/json_text.hpp"

namespace assay {

namespace {

/// Behind the string that begins at `at`; npos when it does not end.
std::size_t after_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            return at + 1;
        }
    }
    return std::string_view::npos;
}

/// Behind the value that begins at `at`; npos when it does not end.
std::size_t after_value(std::string_view text, std::size_t at) {
    std::size_t depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = after_string(text, at);
            if (depth == 0 || at == std::string_view::npos) return at;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']')) return at;  // a number or a word has ended
        ++at;
        if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at;
        }
    }
    return std::string_view::npos;
}

}  // namespace

std::string_view member_text(std::string_view object, std::string_view key) {
    const std::string quoted = to_text(Json(key));
    std::size_t at = 1;
    while (object.starts_with('{') && at < object.size() && object[at] == '"') {
        const std::size_t colon = after_string(object, at);
        if (colon >= object.size() || object[colon] != ':') return {};
        const std::size_t end = after_value(object, colon + 1);
        if (end >= object.size()) return {};
        if (object.substr(at, colon - at) == quoted) return object.substr(colon + 1, end - colon - 1);
        at = end + 1;
    }
    return {};
}

ObjectText& ObjectText::add_text(std::string_view key, std::string_view json) {
    text_ += text_.empty() ? '{' : ',';
    text_ += to_text(Json(key));
    text_ += ':';
    text_ += json;
    return *this;
}

}  // namespace assay
