#include "base/python_str.hpp"

#include "base/text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <span>

namespace assay {

namespace {

struct Range {
    char32_t first, last;
};

/// Code points of which Python 3.7 and 3.13, or a release between, say different things: str.isspace, str.lower, re's \w, NFKD, combining.
/// What none of them has assigned lies between some.
constexpr auto unsettled = std::to_array<Range>({
    {0x55f, 0x55f},     {0x870, 0x89f},     {0x8b5, 0x8b5},     {0x8be, 0x8d2},     {0xb55, 0xb55},     {0xc3c, 0xc3c},
    {0xc5d, 0xc5d},     {0xcdd, 0xcdd},     {0xd04, 0xd04},     {0xd81, 0xd81},     {0xe86, 0xe86},     {0xe89, 0xe89},
    {0xe8c, 0xe8c},     {0xe8e, 0xe93},     {0xe98, 0xe98},     {0xea0, 0xea0},     {0xea8, 0xea9},     {0xeac, 0xeac},
    {0xeba, 0xeba},     {0xece, 0xece},     {0x170d, 0x170d},   {0x1715, 0x171f},   {0x1734, 0x1734},   {0x180f, 0x180f},
    {0x1abf, 0x1ace},   {0x1b4c, 0x1b4c},   {0x1cf2, 0x1cf3},   {0x1cfa, 0x1cfa},   {0x1dfa, 0x1dfa},   {0x2c2f, 0x2c2f},
    {0x2c5f, 0x2c5f},   {0x31bb, 0x31bf},   {0x32ff, 0x32ff},   {0x4db6, 0x4dbf},   {0x9ff0, 0x9fff},   {0xa7ba, 0xa7f6},
    {0xa82c, 0xa82c},   {0xa9bd, 0xa9bd},   {0xab66, 0xab6b},   {0xfbc2, 0xfbc2},   {0x10570, 0x105bc}, {0x10780, 0x107ba},
    {0x10e80, 0x10eac}, {0x10eb0, 0x10eff}, {0x10f70, 0x10f85}, {0x10fb0, 0x10ff6}, {0x11070, 0x11075}, {0x110c2, 0x110c2},
    {0x11147, 0x11147}, {0x111cf, 0x111cf}, {0x1123f, 0x11241}, {0x1145f, 0x11461}, {0x116b8, 0x116b8}, {0x11740, 0x11746},
    {0x11900, 0x1192f}, {0x11938, 0x1193f}, {0x11941, 0x11941}, {0x11943, 0x11943}, {0x11950, 0x119d0}, {0x119d4, 0x119db},
    {0x119e0, 0x119e1}, {0x119e3, 0x119e3}, {0x11a84, 0x11a85}, {0x11ab0, 0x11abf}, {0x11f00, 0x11f02}, {0x11f04, 0x11f33},
    {0x11f36, 0x11f3a}, {0x11f40, 0x11f42}, {0x11f50, 0x11fd4}, {0x12f90, 0x12ff0}, {0x1342f, 0x13455}, {0x16a70, 0x16ac9},
    {0x16f45, 0x16f4f}, {0x16fe3, 0x16ff1}, {0x187f2, 0x187f7}, {0x18af3, 0x1affe}, {0x1b11f, 0x1b167}, {0x1cf00, 0x1cf46},
    {0x1d2c0, 0x1d2d3}, {0x1df00, 0x1df2a}, {0x1e030, 0x1e14e}, {0x1e290, 0x1e2f9}, {0x1e4d0, 0x1e7fe}, {0x1e94b, 0x1e94b},
    {0x1ed01, 0x1ed2d}, {0x1ed2f, 0x1ed3d}, {0x1f16c, 0x1f16c}, {0x1fbf0, 0x1fbf9}, {0x2a6d7, 0x2a6df}, {0x2b735, 0x2b739},
    {0x2ebf0, 0x2ee5d}, {0x30000, 0x323af},
});

/// Beside letters with case: Other_Lowercase and Other_Uppercase of DerivedCoreProperties.txt, but those that are case-ignorable.
constexpr auto other_cased = std::to_array<Range>(
    {{0xaa, 0xaa}, {0xba, 0xba}, {0x2160, 0x217f}, {0x24b6, 0x24e9}, {0x1f130, 0x1f149}, {0x1f150, 0x1f169}, {0x1f170, 0x1f189}});
/// Beside marks, formats and modifiers: the word breaks MidLetter, MidNumLet and Single_Quote.
constexpr std::u32string_view mid_letters =
    U"\x27\x2e\x3a\xb7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a";

constexpr char32_t capital_sigma = 0x3a3;

bool lies_in(std::span<const Range> ranges, char32_t code_point) {
    const auto after = std::ranges::upper_bound(ranges, code_point, {}, &Range::first);
    return after != ranges.begin() && code_point <= std::prev(after)->last;
}

const utf8proc_property_t& property_of(char32_t code_point) { return *utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point)); }

bool is_mark_or_format(char32_t code_point) {
    switch (property_of(code_point).category) {
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_ME:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_SK: return true;
        default: return false;
    }
}

bool has_case(char32_t code_point) {
    const auto category = property_of(code_point).category;
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL || category == UTF8PROC_CATEGORY_LT;
}

bool is_case_ignorable(char32_t code_point) {
    return is_mark_or_format(code_point) || mid_letters.find(code_point) != std::u32string_view::npos;
}

/// Of what is not case-ignorable.
bool is_cased(char32_t code_point) { return has_case(code_point) || lies_in(other_cased, code_point); }

/// A capital sigma ends a word when a cased letter stands before it and none behind it (Unicode, SpecialCasing.txt, Final_Sigma).
bool is_final_sigma(std::u32string_view text, std::size_t place) {
    std::size_t before = place;
    while (before > 0 && is_case_ignorable(text[before - 1])) --before;
    if (before == 0 || !is_cased(text[before - 1])) return false;
    std::size_t after = place + 1;
    while (after < text.size() && is_case_ignorable(text[after])) ++after;
    return after == text.size() || !is_cased(text[after]);
}

}  // namespace

std::optional<std::u32string> to_code_points(std::string_view text) {
    if (!is_utf8(text)) return std::nullopt;
    std::u32string found;
    found.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        char32_t code_point = length == 1 ? lead : lead & (0x7fU >> length);
        for (std::size_t k = 1; k < length; ++k) code_point = code_point << 6U | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
        found += code_point;
        i += length;
    }
    return found;
}

std::string to_utf8(std::u32string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (const char32_t code_point : text) append_utf8(bytes, code_point);
    return bytes;
}

bool is_settled(char32_t code_point) {
    return code_point < 0x80 || (property_of(code_point).category != UTF8PROC_CATEGORY_CN && !lies_in(unsettled, code_point));
}

bool is_word(char32_t code_point) {
    if (code_point < 0x80)
        return (code_point >= 'a' && code_point <= 'z') || (code_point >= 'A' && code_point <= 'Z') ||
               (code_point >= '0' && code_point <= '9') || code_point == '_';
    switch (property_of(code_point).category) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_NO: return true;
        default: return false;
    }
}

bool is_space(char32_t code_point) {
    return (code_point >= 9 && code_point <= 0xd) || (code_point >= 0x1c && code_point <= 0x20) || code_point == 0x85 ||
           code_point == 0xa0 || code_point == 0x1680 || (code_point >= 0x2000 && code_point <= 0x200a) || code_point == 0x2028 ||
           code_point == 0x2029 || code_point == 0x202f || code_point == 0x205f || code_point == 0x3000;
}

bool is_decimal(char32_t code_point) {
    return code_point < 0x80 ? code_point >= '0' && code_point <= '9' : property_of(code_point).category == UTF8PROC_CATEGORY_ND;
}

bool is_combining(char32_t code_point) { return code_point >= 0x80 && property_of(code_point).combining_class != 0; }

std::u32string to_lower(std::u32string_view text) {
    std::u32string lower;
    lower.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char32_t code_point = text[i];
        if (code_point < 0x80) {
            lower += code_point >= 'A' && code_point <= 'Z' ? code_point + ('a' - 'A') : code_point;
        } else if (code_point == capital_sigma) {
            lower += is_final_sigma(text, i) ? U'\u03c2' : U'\u03c3';
        } else if (code_point == 0x130) {
            lower += U"i\u0307";
        } else {
            lower += static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code_point)));
        }
    }
    return lower;
}

std::u32string to_nfkd(std::u32string_view text) {
    const std::string bytes = to_utf8(text);
    utf8proc_uint8_t* raw = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
    const auto length =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(bytes.data()), static_cast<utf8proc_ssize_t>(bytes.size()), &raw, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(raw, &std::free);
    if (length < 0) return std::u32string(text);
    const std::string_view made(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length));
    return to_code_points(made).value_or(std::u32string(text));
}

}  // namespace assay
