#include "registry/release.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace assay {

namespace {

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }
bool is_lower_alphanumeric(char c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'z'); }

Error not_a_release(std::string_view text, std::string because) {
    return Error(ErrorKind::invalid, "invalid-release", fmt::format("'{}' is not a release", printable(text, 100)))
        .with_because(std::move(because));
}

/// The White_Space characters beyond ASCII and the separators that Python counts too, as UTF-8.
constexpr std::array<std::string_view, 19> wide_spaces = {"\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
                                                          "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
                                                          "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
                                                          "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};

bool is_narrow_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || (c >= '\x1c' && c <= '\x1f'); }

}  // namespace

std::string_view trim_unicode_space(std::string_view text) {
    const auto leading = [&]() -> std::size_t {
        if (is_narrow_space(text.front())) return 1;
        const auto it = std::ranges::find_if(wide_spaces, [&](std::string_view space) { return text.starts_with(space); });
        return it == wide_spaces.end() ? 0 : it->size();
    };
    const auto trailing = [&]() -> std::size_t {
        if (is_narrow_space(text.back())) return 1;
        const auto it = std::ranges::find_if(wide_spaces, [&](std::string_view space) { return text.ends_with(space); });
        return it == wide_spaces.end() ? 0 : it->size();
    };
    for (std::size_t n = 0; !text.empty() && (n = leading()) > 0;) text.remove_prefix(n);
    for (std::size_t n = 0; !text.empty() && (n = trailing()) > 0;) text.remove_suffix(n);
    return text;
}

/// Recursive descent over the lower-cased text. Each optional part is taken as far as it goes, never given back: what may
/// follow a part never needs a separator that the part has swallowed.
class ReleaseParser {
public:
    explicit ReleaseParser(std::string_view text) : original_(text), lower_(to_lower_ascii(trim_unicode_space(text))), rest_(lower_) {}

    Result<Release> parse() {
        if (rest_.starts_with('v')) rest_.remove_prefix(1);
        TRY(read_numbers());
        TRY(read_pre());
        TRY(read_post());
        TRY(read_dev());
        TRY(read_local());
        if (!rest_.empty()) return fail(not_a_release(original_, fmt::format("nothing is expected at '{}'", printable(rest_, 40))));
        return std::move(release_);
    }

private:
    Result<std::uint64_t> read_number() {
        std::uint64_t value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (error == std::errc::result_out_of_range) return fail(not_a_release(original_, "a number in it does not fit 64 bits"));
        if (error != std::errc()) return fail(not_a_release(original_, "a number is missing"));
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }

    Result<std::uint64_t> read_optional_number() {
        if (rest_.empty() || !is_ascii_digit(rest_.front())) return 0;
        return read_number();
    }

    Result<void> read_numbers() {
        TRY_ASSIGN(std::uint64_t first, read_number());
        if (rest_.starts_with('!')) {
            rest_.remove_prefix(1);
            release_.epoch_ = first;
            TRY_ASSIGN(first, read_number());
        }
        release_.numbers_.push_back(first);
        while (rest_.size() >= 2 && rest_[0] == '.' && is_ascii_digit(rest_[1])) {
            rest_.remove_prefix(1);
            TRY_ASSIGN(const std::uint64_t next, read_number());
            release_.numbers_.push_back(next);
        }
        return {};
    }

    /// Takes `[._-]? WORD [._-]?` and says which word it was (the first that fits), or takes nothing.
    template <std::size_t N>
    std::optional<std::size_t> take_word(const std::array<std::string_view, N>& words) {
        std::string_view after = rest_;
        if (!after.empty() && is_separator(after.front())) after.remove_prefix(1);
        for (std::size_t i = 0; i < N; ++i) {
            if (!after.starts_with(words[i])) continue;
            after.remove_prefix(words[i].size());
            if (!after.empty() && is_separator(after.front())) after.remove_prefix(1);
            rest_ = after;
            return i;
        }
        return std::nullopt;
    }

    Result<void> read_pre() {
        static constexpr std::array<std::string_view, 8> words = {"alpha", "a", "beta", "b", "preview", "pre", "c", "rc"};
        const auto word = take_word(words);
        if (!word) return {};
        TRY_ASSIGN(const std::uint64_t number, read_optional_number());
        release_.pre_.emplace(*word < 2 ? Release::Stage::alpha : *word < 4 ? Release::Stage::beta : Release::Stage::candidate, number);
        return {};
    }

    Result<void> read_post() {
        if (rest_.size() >= 2 && rest_[0] == '-' && is_ascii_digit(rest_[1])) {  // the implicit form: 1.0-1
            rest_.remove_prefix(1);
            TRY_ASSIGN(release_.post_, read_number());
            return {};
        }
        static constexpr std::array<std::string_view, 3> words = {"post", "rev", "r"};
        if (!take_word(words)) return {};
        TRY_ASSIGN(release_.post_, read_optional_number());
        return {};
    }

    Result<void> read_dev() {
        static constexpr std::array<std::string_view, 1> words = {"dev"};
        if (!take_word(words)) return {};
        TRY_ASSIGN(release_.dev_, read_optional_number());
        return {};
    }

    Result<void> read_local() {
        if (!rest_.starts_with('+')) return {};
        do {
            rest_.remove_prefix(1);
            const auto end = std::ranges::find_if_not(rest_, is_lower_alphanumeric);
            const std::string_view segment(rest_.begin(), end);
            if (segment.empty()) return fail(not_a_release(original_, "its local label has an empty part"));
            if (std::ranges::all_of(segment, is_ascii_digit)) {
                TRY_ASSIGN(const std::uint64_t number, read_number());
                release_.local_.emplace_back(number);
            } else {
                release_.local_.emplace_back(std::string(segment));
                rest_.remove_prefix(segment.size());
            }
        } while (!rest_.empty() && is_separator(rest_.front()));
        return {};
    }

    std::string_view original_;
    std::string lower_;
    std::string_view rest_;
    Release release_;
};

Result<Release> Release::parse(std::string_view text) {
    if (text.size() > max_release_bytes) {
        return fail(not_a_release(text, fmt::format("it has {} bytes, at most {} are read", text.size(), max_release_bytes)));
    }
    return ReleaseParser(text).parse();
}

std::string Release::to_string() const {
    std::string text = epoch_ == 0 ? "" : fmt::format("{}!", epoch_);
    for (std::size_t i = 0; i < numbers_.size(); ++i) text += fmt::format("{}{}", i == 0 ? "" : ".", numbers_[i]);
    if (pre_) text += fmt::format("{}{}", pre_->first == Stage::alpha ? "a" : pre_->first == Stage::beta ? "b" : "rc", pre_->second);
    if (post_) text += fmt::format(".post{}", *post_);
    if (dev_) text += fmt::format(".dev{}", *dev_);
    for (std::size_t i = 0; i < local_.size(); ++i) {
        text += i == 0 ? "+" : ".";
        std::visit([&](const auto& segment) { text += fmt::format("{}", segment); }, local_[i]);
    }
    return text;
}

std::string Release::sort_key() const {
    // A number is its count of digits as a letter, then its digits. '!' ends a list and is less than whatever may follow in one.
    const auto number = [](std::uint64_t value) {
        const std::string digits = std::to_string(value);
        return static_cast<char>('a' + digits.size()) + digits;
    };
    std::string key = number(epoch_);
    std::size_t count = numbers_.size();
    while (count > 1 && numbers_[count - 1] == 0) --count;
    for (std::size_t i = 0; i < count; ++i) key += number(numbers_[i]);
    key += '!';
    // As PEP 440 sorts: what leads up to a release before its pre-releases, before it.
    if (pre_) {
        key += '1';
        key += static_cast<char>('a' + static_cast<int>(pre_->first));
        key += number(pre_->second);
    } else {
        key += dev_ && !post_ ? '0' : '2';
    }
    key += post_ ? '1' + number(*post_) : "0";
    key += dev_ ? '1' + number(*dev_) : "2";
    if (local_.empty()) return key + '0';
    key += '1';
    for (const LocalSegment& segment : local_) {
        const auto* text = std::get_if<std::string>(&segment);
        key += text != nullptr ? 'A' + *text + '!' : 'B' + number(std::get<std::uint64_t>(segment));
    }
    return key + '!';
}

Release Release::earliest_dev() const {
    Release release = *this;
    release.dev_ = 0;
    release.local_.clear();
    return release;
}

namespace {

std::weak_ordering compare_numbers(const Release& a, const Release& b) {
    const std::size_t count = std::max(a.numbers().size(), b.numbers().size());
    for (std::size_t i = 0; i < count; ++i) {
        if (const auto order = a.number(i) <=> b.number(i); order != 0) return order;
    }
    return std::weak_ordering::equivalent;
}

/// PEP 440, "Summary of permitted suffixes and relative ordering", as numbers that compare one after the other:
/// a release that has only a dev number comes before every pre-release, one without pre-release after them.
std::array<std::uint64_t, 6> suffix_order(const Release& release) {
    std::uint64_t stage = 4;
    if (release.pre()) {
        stage = 1 + static_cast<std::uint64_t>(release.pre()->first);
    } else if (!release.post() && release.dev()) {
        stage = 0;
    }
    return {stage,
            release.pre() ? release.pre()->second : 0,
            release.post() ? 1U : 0U,
            release.post().value_or(0),
            release.dev() ? 0U : 1U,
            release.dev().value_or(0)};
}

}  // namespace

std::weak_ordering operator<=>(const Release& a, const Release& b) {
    if (const auto order = a.epoch_ <=> b.epoch_; order != 0) return order;
    if (const auto order = compare_numbers(a, b); order != 0) return order;
    if (const auto order = suffix_order(a) <=> suffix_order(b); order != 0) return order;
    return a.local_ <=> b.local_;
}

bool same_numbers(const Release& a, const Release& b) { return a.epoch() == b.epoch() && compare_numbers(a, b) == 0; }

bool same_public(const Release& a, const Release& b) { return same_numbers(a, b) && suffix_order(a) == suffix_order(b); }

bool same_patch_line(const Release& a, const Release& b) { return same_numbers(a, b) && a.pre() == b.pre() && a.dev() == b.dev(); }

bool same_minor(const Release& a, const Release& b) {
    return a.epoch() == b.epoch() && a.number(0) == b.number(0) && a.number(1) == b.number(1);
}

}  // namespace assay
