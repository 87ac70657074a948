#include "registry/names.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace assay {

namespace {

Error bad(std::string code, std::string_view what, std::string_view text, std::string because) {
    return Error(ErrorKind::invalid, std::move(code), fmt::format("'{}' cannot be {}", printable(text, 100), what))
        .with_because(std::move(because));
}

/// Marks that show what follows in another direction, or nothing at all: a name that has one looks like another name.
bool has_direction_marks(std::string_view text) {
    constexpr std::array<std::string_view, 12> marks = {"\u061c", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c",
                                                        "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"};
    return std::ranges::any_of(marks, [&](std::string_view mark) { return text.find(mark) != std::string_view::npos; });
}

}  // namespace

Result<std::string> model_name(std::string_view text) {
    const auto refuse = [&](std::string because) { return fail(bad("invalid-name", "the name of a model", text, std::move(because))); };
    if (text.empty()) return refuse("a name has at least one character");
    if (!is_utf8(text)) return refuse("it is not UTF-8");
    TRY_ASSIGN(std::string name, to_nfc(text));
    if (utf8_length(name) > 256) return refuse(fmt::format("it has {} characters, at most 256 are allowed", utf8_length(name)));
    if (name.find('@') != std::string::npos) return refuse("'@' separates a name from its version or alias");
    if (name.find('/') != std::string::npos) return refuse("it holds '/'");
    if (has_control_characters(name)) return refuse("it holds a control character");
    if (has_direction_marks(name)) return refuse("it holds a mark of writing direction, and would look like another name");
    return name;
}

Result<std::string> alias_name(std::string_view text) {
    const auto refuse = [&](std::string because) { return fail(bad("invalid-alias", "an alias", text, std::move(because))); };
    if (text.empty()) return refuse("an alias has at least one character");
    if (!is_utf8(text)) return refuse("it is not UTF-8");
    TRY_ASSIGN(std::string alias, to_nfc(text));
    if (utf8_length(alias) > 255) return refuse("at most 255 characters are allowed");
    std::string without_dashes = alias;
    std::erase(without_dashes, '-');
    if (!is_word_text(without_dashes)) return refuse("only letters, digits, '_' and '-' are allowed");
    if (equals_ignoring_case(alias, "latest")) return refuse("'latest' always means the highest version");
    if (all_digits(alias)) return refuse("digits alone mean a version number");
    if ((alias[0] == 'v' || alias[0] == 'V') && all_digits(std::string_view(alias).substr(1)))
        return refuse("'v' and digits look like a version number");
    return alias;
}

Result<std::string> tag_key(std::string_view text) {
    const auto refuse = [&](std::string because) { return fail(bad("invalid-tag", "the key of a tag", text, std::move(because))); };
    if (text.empty()) return refuse("it is empty");
    if (text.size() > 250) return refuse("at most 250 bytes are allowed");
    if (!is_utf8(text)) return refuse("it is not UTF-8");
    if (has_control_characters(text)) return refuse("it holds a control character");
    return std::string(text);
}

Result<void> check_tag_value(std::string_view value) {
    if (value.size() > 100'000) return fail(ErrorKind::invalid, "invalid-tag", "the value of a tag has at most 100000 bytes");
    if (!is_utf8(value)) return fail(ErrorKind::invalid, "invalid-tag", "the value of a tag is not UTF-8");
    return {};
}

bool is_run_id(std::string_view text) { return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

}  // namespace assay
