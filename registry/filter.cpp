#include "registry/filter.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace assay {

namespace {

using MakeError = Error (*)(std::size_t at, const std::string& what, const std::string& fix);

enum class Token { end, word, quoted_name, double_quoted, single_quoted, number, op, open, close, comma };

struct Lexeme {
    Token token = Token::end;
    std::string text;    ///< without quotes
    std::size_t at = 1;  ///< characters from 1
    bool joined = false;  ///< nothing stands between it and the one before
};

std::string shown(const Lexeme& lexeme) {
    if (lexeme.token == Token::end) return "the end";
    return "'" + printable(lexeme.text, 60) + "'";
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool continues_word(char c) { return begins_word(c) || is_digit(c) || c == '-' || c == '.' || c == '/'; }

class Lexer {
public:
    Lexer(std::string_view text, MakeError error) : text_(text), error_(error) {}

    Result<Lexeme> next() {
        Lexeme lexeme;
        const std::size_t before = position_;
        while (position_ < text_.size() && std::string_view(" \t\r\n").contains(text_[position_])) ++position_;
        lexeme.joined = position_ == before;
        counted_ += utf8_length(text_.substr(counted_to_, position_ - counted_to_));
        counted_to_ = position_;
        lexeme.at = counted_ + 1;
        if (position_ == text_.size()) return lexeme;
        TRY(read(lexeme));
        return lexeme;
    }

private:
    Result<void> read(Lexeme& lexeme) {
        const std::size_t start = position_;
        const char c = text_[position_];
        if (c == '\'' || c == '"' || c == '`') return quoted(lexeme, c);
        if (begins_word(c)) {
            while (position_ < text_.size() && continues_word(text_[position_])) ++position_;
            lexeme.token = Token::word;
        } else if (is_digit(c) || ((c == '-' || c == '+' || c == '.') && position_ + 1 < text_.size() &&
                                   (is_digit(text_[position_ + 1]) || text_[position_ + 1] == '.'))) {
            number();
            lexeme.token = Token::number;
        } else if (c == '(' || c == ')' || c == ',') {
            ++position_;
            lexeme.token = c == '(' ? Token::open : c == ')' ? Token::close : Token::comma;
        } else {
            while (position_ < text_.size() && std::string_view("=!<>~").contains(text_[position_])) ++position_;
            lexeme.token = Token::op;
            if (position_ == start) return fail(error_(lexeme.at, fmt::format("'{}' has no meaning here", one_character(start)), ""));
        }
        lexeme.text = text_.substr(start, position_ - start);
        return {};
    }

    void number() {
        ++position_;
        while (position_ < text_.size()) {
            const char c = text_[position_];
            const char last = text_[position_ - 1];
            const bool sign = (c == '+' || c == '-') && (last == 'e' || last == 'E');
            if (!sign && !is_digit(c) && c != '.' && !begins_word(c)) return;
            ++position_;
        }
    }

    Result<void> quoted(Lexeme& lexeme, char quote) {
        for (++position_; position_ < text_.size(); ++position_) {
            if (text_[position_] != quote) {
                lexeme.text += text_[position_];
                continue;
            }
            ++position_;
            if (position_ >= text_.size() || text_[position_] != quote) {
                lexeme.token = quote == '\'' ? Token::single_quoted : quote == '"' ? Token::double_quoted : Token::quoted_name;
                return {};
            }
            lexeme.text += quote;
        }
        return fail(
            error_(lexeme.at, fmt::format("the text that begins with {} has no end", quote), fmt::format("close it with {}", quote)));
    }

    std::string one_character(std::size_t start) const {
        std::size_t end = start + 1;
        while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80) ++end;
        return printable(text_.substr(start, end - start), 20);
    }

    std::string_view text_;
    MakeError error_;
    std::size_t position_ = 0;
    std::size_t counted_ = 0;  ///< characters up to counted_to_
    std::size_t counted_to_ = 0;
};

class Parser {
public:
    Parser(std::string_view text, MakeError error, const FilterLimits& limits) : lexer_(text, error), error_(error), limits_(limits) {}

    Result<void> advance() {
        TRY_ASSIGN(current_, lexer_.next());
        return {};
    }

    Result<std::optional<FilterNode>> filter() {
        TRY(advance());
        if (current_.token == Token::end) return std::nullopt;
        TRY_ASSIGN(FilterNode node, any(0));
        if (current_.token != Token::end) return fail(expected("AND, OR or the end"));
        return node;
    }

    Result<std::vector<FilterOrder>> order() {
        constexpr std::size_t max_keys = 10;
        std::vector<FilterOrder> keys;
        TRY(advance());
        if (current_.token == Token::end) return keys;
        for (;;) {
            if (keys.size() == max_keys) return fail(error_(current_.at, fmt::format("there are more than {} keys", max_keys), ""));
            FilterOrder one;
            TRY_ASSIGN(one.key, key());
            one.descending = is_word("DESC");
            if (one.descending || is_word("ASC")) TRY(advance());
            keys.push_back(std::move(one));
            if (current_.token == Token::end) return keys;
            if (current_.token != Token::comma) return fail(expected("ASC, DESC, ',' or the end"));
            TRY(advance());
        }
    }

private:
    Error expected(std::string_view what) const {
        return error_(current_.at, fmt::format("expected {}, found {}", what, shown(current_)), "");
    }
    bool is_word(std::string_view word) const { return current_.token == Token::word && equals_ignoring_case(current_.text, word); }

    Result<FilterNode> any(std::size_t depth) { return series(FilterNode::Kind::any, "OR", depth); }

    /// One or more parts joined by the word; a single one stands for itself.
    Result<FilterNode> series(FilterNode::Kind kind, std::string_view word, std::size_t depth) {
        FilterNode node;
        node.kind = kind;
        for (;;) {
            const bool outer = kind == FilterNode::Kind::any;
            TRY_ASSIGN(FilterNode part, outer ? series(FilterNode::Kind::all, "AND", depth) : one(depth));
            node.parts.push_back(std::move(part));
            if (!is_word(word)) break;
            TRY(advance());
        }
        if (node.parts.size() > 1) return node;
        FilterNode only = std::move(node.parts.front());
        return only;
    }

    Result<FilterNode> one(std::size_t depth) {
        if (depth > limits_.max_depth) return fail(error_(current_.at, fmt::format("it is nested deeper than {}", limits_.max_depth), ""));
        if (is_word("NOT")) {
            TRY(advance());
            FilterNode node;
            node.kind = FilterNode::Kind::negation;
            TRY_ASSIGN(FilterNode part, one(depth + 1));
            node.parts.push_back(std::move(part));
            return node;
        }
        if (current_.token != Token::open) return comparison();
        const std::size_t opened_at = current_.at;
        TRY(advance());
        TRY_ASSIGN(FilterNode node, any(depth + 1));
        if (current_.token != Token::close) {
            return fail(error_(current_.at,
                               fmt::format("expected AND, OR or the ')' for the '(' at character {}, found {}", opened_at, shown(current_)),
                               ""));
        }
        TRY(advance());
        return node;
    }

    Result<FilterKey> key() {
        FilterKey key;
        key.at = current_.at;
        if (current_.token == Token::quoted_name || current_.token == Token::double_quoted) {
            key.name = current_.text;
            TRY(advance());
        } else if (current_.token == Token::word) {
            const std::string word = current_.text;
            const std::size_t dot = word.find('.');
            if (dot == std::string::npos) {
                key.name = word;
            } else {
                key.entity = to_lower_ascii(word.substr(0, dot));
                key.name = word.substr(dot + 1);
            }
            TRY(advance());
            if (dot != std::string::npos && key.name.empty()) {
                if (!current_.joined || (current_.token != Token::quoted_name && current_.token != Token::double_quoted))
                    return fail(expected(fmt::format("a name after '{}'", printable(word, 60))));
                key.name = current_.text;
                TRY(advance());
            }
        } else {
            return fail(expected("a key such as metrics.accuracy"));
        }
        if (key.name.empty()) return fail(error_(key.at, "the name of a key cannot be empty", ""));
        return key;
    }

    Result<FilterNode> comparison() {
        if (++comparisons_ > limits_.max_comparisons)
            return fail(error_(current_.at, fmt::format("there are more than {} comparisons", limits_.max_comparisons), ""));
        FilterNode node;
        TRY_ASSIGN(node.key, key());
        node.op_at = current_.at;
        if (is_word("IS")) return null_test(std::move(node));
        const bool negated = is_word("NOT");
        if (negated) TRY(advance());
        if (is_word("IN")) {
            node.op = negated ? FilterOperator::not_in : FilterOperator::in;
            TRY(list(node));
            return node;
        }
        if (negated) return fail(expected("IN after NOT"));
        TRY_ASSIGN(node.op, comparator());
        TRY_ASSIGN(FilterValue read, value());
        node.values.push_back(std::move(read));
        return node;
    }

    Result<FilterNode> null_test(FilterNode node) {
        TRY(advance());
        const bool negated = is_word("NOT");
        if (negated) TRY(advance());
        if (!is_word("NULL")) return fail(expected(negated ? "NULL" : "NULL or NOT NULL"));
        TRY(advance());
        node.op = negated ? FilterOperator::is_not_null : FilterOperator::is_null;
        return node;
    }

    Result<FilterOperator> comparator() {
        static constexpr std::array<std::pair<std::string_view, FilterOperator>, 8> all = {{{"=", FilterOperator::equal},
                                                                                            {"!=", FilterOperator::not_equal},
                                                                                            {"<", FilterOperator::less},
                                                                                            {"<=", FilterOperator::less_equal},
                                                                                            {">", FilterOperator::greater},
                                                                                            {">=", FilterOperator::greater_equal},
                                                                                            {"LIKE", FilterOperator::like},
                                                                                            {"ILIKE", FilterOperator::ilike}}};
        if (current_.token == Token::op || current_.token == Token::word) {
            for (const auto& [text, op] : all) {
                if (!equals_ignoring_case(current_.text, text)) continue;
                TRY(advance());
                return op;
            }
        }
        return fail(expected("=, !=, <, <=, >, >=, LIKE, ILIKE, IN or IS"));
    }

    Result<FilterValue> value() {
        FilterValue value;
        value.at = current_.at;
        if (current_.token == Token::single_quoted || current_.token == Token::double_quoted) {
            value.held = current_.text;
        } else if (current_.token == Token::number) {
            if (const auto integer = parse_integer(current_.text)) {
                value.held = *integer;
            } else if (const auto real = parse_number(current_.text)) {
                value.held = *real;
            } else {
                return fail(error_(current_.at, fmt::format("{} is no number, or none that is finite", shown(current_)), ""));
            }
        } else {
            return fail(error_(
                current_.at, fmt::format("expected a number or a 'quoted' text, found {}", shown(current_)),
                current_.token == Token::word ? fmt::format("write '{}' in quotes if it is a text", printable(current_.text, 60)) : ""));
        }
        TRY(advance());
        return value;
    }

    Result<void> list(FilterNode& node) {
        TRY(advance());
        if (current_.token != Token::open) return fail(expected("'(' and a list of values"));
        do {
            TRY(advance());
            if (node.values.size() == limits_.max_list)
                return fail(error_(current_.at, fmt::format("the list has more than {} values", limits_.max_list), ""));
            TRY_ASSIGN(FilterValue read, value());
            node.values.push_back(std::move(read));
        } while (current_.token == Token::comma);
        if (current_.token != Token::close) return fail(expected("',' or ')'"));
        return advance();
    }

    Lexer lexer_;
    MakeError error_;
    FilterLimits limits_;
    Lexeme current_;
    std::size_t comparisons_ = 0;
};

Result<void> check_text(std::string_view text, std::size_t max_bytes, MakeError error) {
    if (text.size() > max_bytes) {
        std::size_t end = max_bytes;
        while (end > 0 && !is_utf8(text.substr(0, end)) && max_bytes - end < 4) --end;  // not within a character
        return fail(error(utf8_length(text.substr(0, end)) + 1, fmt::format("it is longer than {} bytes", max_bytes), ""));
    }
    if (is_utf8(text)) return {};
    std::size_t good = 0;  // the longest prefix that is well formed
    for (std::size_t end = 1; end <= text.size(); ++end) {
        if (is_utf8(text.substr(0, end))) good = end;
        if (end > good + 4) break;
    }
    return fail(error(utf8_length(text.substr(0, good)) + 1, "it is not UTF-8", ""));
}

Error error_at(std::string_view what, std::string_view code, std::size_t at, const std::string& message, const std::string& fix) {
    Error error = Error(ErrorKind::invalid, std::string(code), fmt::format("the {} cannot be used", what))
                      .with_because(fmt::format("character {}: {}", at, message));
    if (!fix.empty()) error.fixes.push_back(fix);
    return error;
}

}  // namespace

std::string_view to_string(FilterOperator op) {
    static constexpr std::array<std::string_view, 12> names = {
        "=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL"};
    return names.at(static_cast<std::size_t>(op));
}

Error filter_error(std::size_t at, const std::string& what, const std::string& fix) {
    return error_at("filter", "invalid-filter", at, what, fix);
}

Error order_error(std::size_t at, const std::string& what, const std::string& fix) {
    return error_at("order", "invalid-order", at, what, fix);
}

Result<std::optional<FilterNode>> parse_filter(std::string_view text, const FilterLimits& limits) {
    TRY(check_text(text, limits.max_bytes, filter_error));
    return Parser(text, filter_error, limits).filter();
}

Result<std::vector<FilterOrder>> parse_order(std::string_view text) {
    const FilterLimits limits;
    TRY(check_text(text, limits.max_bytes, order_error));
    return Parser(text, order_error, limits).order();
}

}  // namespace assay
