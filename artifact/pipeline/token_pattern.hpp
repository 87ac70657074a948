#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::pipeline {

/// A `token_pattern`: a regular expression of Python's re, as far as tokens are described by sequences of character classes, which are
/// repeated or stand at the edge of a word ("(?u)\b\w\w+\b", "[a-zA-Z']{2,}|\d+").
class TokenPattern {
public:
    /// `invalid` when the pattern has anything else: what it is.
    [[nodiscard]] static Result<TokenPattern> parse(std::string_view pattern);

    /// Where a token is in a text.
    struct Token {
        std::size_t first, last;  ///< `last` is behind it
    };
    /// re.findall: what the pattern matches, or its one group. Absent when it would take `budget` steps or more, which are counted down.
    [[nodiscard]] std::optional<std::vector<Token>> find_all(std::u32string_view text, std::uint64_t& budget) const;

private:
    struct Range {
        char32_t first, last;
    };
    struct Item {
        enum class Kind : std::uint8_t { characters, boundary, no_boundary, group_begin, group_end };
        Kind kind = Kind::characters;
        bool negated = false;
        std::vector<Range> ranges = {};
        std::u32string classes = {};  ///< of w W d D s S: those that it has
        std::size_t least = 1;
        std::size_t most = 1;
        [[nodiscard]] bool matches(char32_t c) const;
    };
    using Sequence = std::vector<Item>;
    class Reader;
    struct Match;

    std::vector<Sequence> alternatives_;
    bool has_group_ = false;
};

}  // namespace assay::pipeline
