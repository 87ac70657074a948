#include "artifact/pipeline/token_pattern.hpp"

#include "base/python_str.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace assay::pipeline {

namespace {

constexpr std::size_t max_items = 64;          // of a whole pattern
constexpr std::size_t max_repeats = 1000;      // that are written down
constexpr std::size_t without_end = std::numeric_limits<std::size_t>::max();
constexpr std::u32string_view class_names = U"wWdDsS";

bool is_of_class(char32_t c, char32_t name) {
    switch (name) {
        case U'w': return is_word(c);
        case U'W': return !is_word(c);
        case U'd': return is_decimal(c);
        case U'D': return !is_decimal(c);
        case U's': return is_space(c);
        default: return !is_space(c);
    }
}

bool is_word_at(std::u32string_view text, std::size_t place) { return place < text.size() && is_word(text[place]); }

bool is_boundary(std::u32string_view text, std::size_t place) { return (place > 0 && is_word(text[place - 1])) != is_word_at(text, place); }

/// What a backslash makes of a letter or digit that is no class: absent for what means something else.
std::optional<char32_t> escaped(char32_t c) {
    switch (c) {
        case U'n': return U'\n';
        case U't': return U'\t';
        case U'r': return U'\r';
        case U'f': return U'\f';
        case U'v': return U'\v';
        default: break;
    }
    const bool is_letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return is_letter_or_digit || c >= 0x80 ? std::nullopt : std::optional(c);
}

}  // namespace

bool TokenPattern::Item::matches(char32_t c) const {
    const bool found = std::ranges::any_of(ranges, [&](const Range& range) { return c >= range.first && c <= range.last; }) ||
                       std::ranges::any_of(classes, [&](char32_t name) { return is_of_class(c, name); });
    return found != negated;
}

class TokenPattern::Reader {
public:
    explicit Reader(std::u32string_view text) : text_(text) {}

    Result<TokenPattern> read() {
        if (text_.starts_with(U"(?u)")) at_ = 4;
        TokenPattern made;
        made.alternatives_.emplace_back();
        while (at_ < text_.size()) {
            if (text_[at_] == U'|') {
                ++at_;
                made.alternatives_.emplace_back();
                continue;
            }
            if (++items_ > max_items) return wrong("it is longer than any that is read");
            TRY_ASSIGN(Item item, read_item());
            if (item.kind == Item::Kind::group_begin) made.has_group_ = true;
            made.alternatives_.back().push_back(std::move(item));
        }
        if (in_group_) return wrong("its group has no end");
        if (made.has_group_ && made.alternatives_.size() > 1) return wrong("it has a group and alternatives");
        for (const Sequence& sequence : made.alternatives_) {
            const bool takes_any =
                std::ranges::any_of(sequence, [](const Item& item) { return item.kind == Item::Kind::characters && item.least > 0; });
            if (!takes_any) return wrong("it matches the empty text");
        }
        return made;
    }

private:
    [[nodiscard]] static std::unexpected<Error> wrong(std::string_view why) {
        return fail(ErrorKind::invalid, "no-token-pattern", std::string(why));
    }
    [[nodiscard]] bool at(char32_t c) const { return at_ < text_.size() && text_[at_] == c; }

    Result<Item> read_item() {
        const char32_t c = text_[at_++];
        Item item;
        switch (c) {
            case U'\\': {
                if (at_ == text_.size()) return wrong("it ends with a backslash");
                const char32_t next = text_[at_++];
                if (next == U'b' || next == U'B') {
                    item.kind = next == U'b' ? Item::Kind::boundary : Item::Kind::no_boundary;
                    return item;
                }
                if (class_names.find(next) != std::u32string_view::npos) {
                    item.classes = next;
                } else if (const auto literal = escaped(next)) {
                    item.ranges = {{*literal, *literal}};
                } else {
                    return wrong("it has an escape that is not known here");
                }
                break;
            }
            case U'[': TRY(read_set(item)); break;
            case U'(':
                if (at(U'?')) return wrong("it has groups of other kinds than one that captures");
                if (had_group_) return wrong("it has several groups");
                had_group_ = in_group_ = true;
                item.kind = Item::Kind::group_begin;
                return item;
            case U')':
                if (!in_group_) return wrong("it closes a group that it has not opened");
                if (at(U'+') || at(U'*') || at(U'?') || at(U'{')) return wrong("its group is repeated");
                in_group_ = false;
                item.kind = Item::Kind::group_end;
                return item;
            case U'.':
                item.negated = true;
                item.ranges = {{U'\n', U'\n'}};
                break;
            case U'^':
            case U'$':
            case U'*':
            case U'+':
            case U'?':
            case U'{':
            case U'}':
            case U']': return wrong("it has a sign that is not known here, where it stands");
            default: item.ranges = {{c, c}}; break;
        }
        TRY(read_repeats(item));
        return item;
    }

    Result<void> read_set(Item& item) {
        if (at(U'^')) {
            item.negated = true;
            ++at_;
        }
        const std::size_t first = at_;
        while (at_ < text_.size() && (text_[at_] != U']' || at_ == first)) {
            TRY_ASSIGN(const std::optional<char32_t> from, read_member(item));
            if (!from) continue;
            if (!at(U'-') || at_ + 1 == text_.size() || text_[at_ + 1] == U']') {
                item.ranges.push_back({*from, *from});
                continue;
            }
            ++at_;
            TRY_ASSIGN(const std::optional<char32_t> to, read_member(item));
            if (!to || *to < *from) return wrong("it has a range of characters that is none");
            item.ranges.push_back({*from, *to});
        }
        if (!at(U']')) return wrong("it has a set of characters without end");
        ++at_;
        return {};
    }

    /// One character of a set; absent for a class, which is put into it.
    Result<std::optional<char32_t>> read_member(Item& item) {
        const char32_t c = text_[at_++];
        if (c != U'\\') return std::optional(c);
        if (at_ == text_.size()) return wrong("it ends with a backslash");
        const char32_t next = text_[at_++];
        if (class_names.find(next) != std::u32string_view::npos) {
            item.classes += next;
            if (at(U'-') && at_ + 1 < text_.size() && text_[at_ + 1] != U']') return wrong("it has a range of characters that is none");
            return std::optional<char32_t>();
        }
        if (const auto literal = escaped(next)) return std::optional(*literal);
        return wrong("it has an escape that is not known here");
    }

    Result<void> read_repeats(Item& item) {
        if (at(U'+') || at(U'*') || at(U'?')) {
            const char32_t c = text_[at_++];
            item.least = c == U'+' ? 1 : 0;
            item.most = c == U'?' ? 1 : without_end;
        } else if (at(U'{')) {
            ++at_;
            const auto least = read_number();
            const bool comma = at(U',');
            if (comma) ++at_;
            const auto most = comma ? read_number() : least;
            if (!at(U'}') || (!least && !most)) return wrong("it has a number of repeats that is none");
            ++at_;
            item.least = least.value_or(0);
            item.most = most.value_or(without_end);
            if (item.most < item.least) return wrong("it has a number of repeats that is none");
        }
        if (at(U'?') || at(U'+') || at(U'*') || at(U'{'))
            return wrong("it has repeats that take as few as they can, or that give nothing back");
        return {};
    }

    std::optional<std::size_t> read_number() {
        std::optional<std::size_t> number;
        while (at_ < text_.size() && text_[at_] >= U'0' && text_[at_] <= U'9')
            number = std::min(number.value_or(0) * 10 + (text_[at_++] - U'0'), max_repeats);
        return number;
    }

    std::u32string_view text_;
    std::size_t at_ = 0;
    std::size_t items_ = 0;
    bool had_group_ = false;
    bool in_group_ = false;
};

Result<TokenPattern> TokenPattern::parse(std::string_view pattern) {
    const auto text = to_code_points(pattern);
    if (!text) return fail(ErrorKind::invalid, "no-token-pattern", "it is no text");
    return Reader(*text).read();
}

/// Tries a sequence at a place, as re does: each item takes as many characters as it can, and gives them back one by one.
struct TokenPattern::Match {
    const Sequence& items;
    std::u32string_view text;
    std::uint64_t& budget;
    Token group{0, 0};

    std::optional<std::size_t> end_from(std::size_t item, std::size_t place) {
        if (budget == 0) return std::nullopt;
        --budget;
        if (item == items.size()) return place;
        const Item& one = items[item];
        switch (one.kind) {
            case Item::Kind::boundary: return is_boundary(text, place) ? end_from(item + 1, place) : std::nullopt;
            case Item::Kind::no_boundary: return is_boundary(text, place) ? std::nullopt : end_from(item + 1, place);
            case Item::Kind::group_begin: {
                const auto end = end_from(item + 1, place);
                if (end) group.first = place;
                return end;
            }
            case Item::Kind::group_end: {
                const auto end = end_from(item + 1, place);
                if (end) group.last = place;
                return end;
            }
            default: break;
        }
        std::size_t count = 0;
        while (count < one.most && place + count < text.size() && budget != 0 && one.matches(text[place + count])) {
            ++count;
            --budget;
        }
        for (;; --count) {
            if (count < one.least) return std::nullopt;
            if (const auto end = end_from(item + 1, place + count)) return end;
            if (count == 0) return std::nullopt;
        }
    }
};

std::optional<std::vector<TokenPattern::Token>> TokenPattern::find_all(std::u32string_view text, std::uint64_t& budget) const {
    std::vector<Token> found;
    for (std::size_t place = 0; place < text.size();) {
        std::optional<std::size_t> end;
        for (const Sequence& sequence : alternatives_) {
            Match match{sequence, text, budget};
            end = match.end_from(0, place);
            if (budget == 0) return std::nullopt;
            if (!end) continue;
            found.push_back(has_group_ ? match.group : Token{place, *end});
            break;
        }
        place = end ? *end : place + 1;
    }
    return found;
}

}  // namespace assay::pipeline
