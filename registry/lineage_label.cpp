#include "registry/lineage_label.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace assay {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Range {
    char32_t first;
    char32_t last;
};
// Unicode 15, East_Asian_Width W and F, and the emoji blocks that terminals show two columns wide.
constexpr std::array wide{Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},   Range{0x3400, 0x4DBF},
                          Range{0x4E00, 0xA4CF},   Range{0xA960, 0xA97F},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
                          Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
                          Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x1FA70, 0x1FAFF}, Range{0x20000, 0x3FFFD}};
// The combining marks of common scripts, variation selectors and joiners.
constexpr std::array narrow{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD}, Range{0x0610, 0x061A},
                            Range{0x064B, 0x065F}, Range{0x06D6, 0x06DC}, Range{0x0900, 0x0902}, Range{0x093C, 0x093C},
                            Range{0x0941, 0x0948}, Range{0x094D, 0x094D}, Range{0x0E31, 0x0E31}, Range{0x0E34, 0x0E3A},
                            Range{0x0E47, 0x0E4E}, Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200D},
                            Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};

template <std::size_t N>
bool holds(const std::array<Range, N>& ranges, char32_t point) {
    const auto at = std::lower_bound(ranges.begin(), ranges.end(), point, [](const Range& range, char32_t p) { return range.last < p; });
    return at != ranges.end() && at->first <= point;
}

std::size_t sequence_length(char lead) {
    const auto byte = static_cast<unsigned char>(lead);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// The code point at the start of well-formed UTF-8.
char32_t code_point(std::string_view text) {
    const std::size_t length = sequence_length(text[0]);
    if (length == 1) return static_cast<unsigned char>(text[0]);
    char32_t point = static_cast<unsigned char>(text[0]) & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) point = (point << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return point;
}

bool is_printable(char32_t point) {
    if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return false;
    if (point == 0x061C || point == 0x200E || point == 0x200F) return false;  // direction marks
    if (point >= 0x2028 && point <= 0x202E) return false;                     // line separators, embeddings and overrides
    if (point >= 0x2066 && point <= 0x2069) return false;                     // isolates
    if (point >= 0xFDD0 && point <= 0xFDEF) return false;                     // noncharacters
    return point != 0xFEFF && (point & 0xFFFEU) != 0xFFFEU;
}

std::size_t width_of(char32_t point) {
    if (point < 0x300) return 1;
    return holds(wide, point) ? 2 : holds(narrow, point) ? 0 : 1;
}

}  // namespace

std::string clean_label(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = std::min(sequence_length(text[0]), text.size());
        const std::string_view sequence = text.substr(0, length);
        if (!is_utf8(sequence)) {
            clean += replacement;
            text.remove_prefix(1);
            continue;
        }
        clean += is_printable(code_point(sequence)) ? sequence : replacement;
        text.remove_prefix(length);
    }
    return clean;
}

std::size_t cells(std::string_view text) {
    std::size_t total = 0;
    for (; !text.empty(); text.remove_prefix(sequence_length(text[0]))) total += width_of(code_point(text));
    return total;
}

std::string shorten(std::string_view text, std::size_t limit) {
    if (cells(text) <= limit) return std::string(text);
    if (limit == 0) return {};
    std::size_t used = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t width = width_of(code_point(text.substr(at)));
        if (used + width > limit - 1) break;
        used += width;
        at += sequence_length(text[at]);
    }
    return std::string(text.substr(0, at)) + "…";
}

std::string node_label(const LineageNode& node) { return clean_label(node.label.empty() ? node.id : node.label); }

std::string relation_label(std::string_view relation) {
    std::string label = clean_label(relation);
    std::replace(label.begin(), label.end(), '_', ' ');
    return label;
}

}  // namespace assay
