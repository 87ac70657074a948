#include "artifact/pickle/line_values.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace assay {

namespace {

int any_hex_value(char digit) { return hex_value(digit >= 'A' && digit <= 'F' ? static_cast<char>(digit - 'A' + 'a') : digit); }

/// Without what Python's int() and float() pass over: space around, a plus, underscores between digits.
std::string plain_number(std::string_view line) {
    constexpr std::string_view space = " \t\n\r\f\v";
    while (!line.empty() && space.find(line.front()) != std::string_view::npos) line.remove_prefix(1);
    while (!line.empty() && space.find(line.back()) != std::string_view::npos) line.remove_suffix(1);
    if (line.starts_with('+')) line.remove_prefix(1);
    std::string plain(line);
    std::erase(plain, '_');
    return plain;
}

/// Python's int(text, 0), and strtol's, for which a leading zero means octal.
int base_of(std::string_view digits) {
    if (digits.size() < 2 || digits.front() != '0') return 10;
    switch (digits[1]) {
        case 'x':
        case 'X': return 16;
        case 'b':
        case 'B': return 2;
        default: return 8;
    }
}

using IntLine = std::variant<bool, std::int64_t, std::string>;

/// In the base that the digits say when `base` is 0.
std::optional<IntLine> parse_digits(std::string_view line, int base) {
    std::string text = plain_number(line);
    const bool negative = text.starts_with('-');
    std::string_view digits = std::string_view(text).substr(negative ? 1 : 0);
    if (digits.empty() || digits.front() < '0' || digits.front() > '9') return std::nullopt;
    if (base == 0) base = base_of(digits);
    if (base != 10) digits.remove_prefix(base == 8 && digits.size() > 1 && digits[1] >= '0' && digits[1] <= '9' ? 1 : 2);
    const auto is_digit = [&](char c) { return any_hex_value(c) >= 0 && any_hex_value(c) < base; };
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
    const std::string signed_digits = (negative ? "-" : "") + std::string(digits);
    std::int64_t value = 0;
    if (std::from_chars(signed_digits.data(), signed_digits.data() + signed_digits.size(), value, base).ec == std::errc()) return value;
    return text;
}

}  // namespace

std::optional<IntLine> parse_int_line(std::string_view line, bool is_long) {
    if (!is_long && (line == "00" || line == "01")) return line == "01";
    if (is_long && line.ends_with('L')) line.remove_suffix(1);
    return parse_digits(line, 0);
}

bool is_written_int_line(std::string_view line, bool is_long) {
    if (!is_long && (line == "00" || line == "01")) return true;
    if (is_long && line.ends_with('L')) line.remove_suffix(1);
    if (line == "0") return true;
    if (line.starts_with('-')) line.remove_prefix(1);
    return !line.empty() && line.front() != '0' && line.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<IntLine> parse_index_line(std::string_view line) { return parse_digits(line, 10); }

std::optional<double> parse_float_line(std::string_view line) {
    const std::string text = plain_number(line);
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || problem == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
    return value;
}

bool is_python_text(std::string_view bytes, bool whole) {
    std::size_t i = 0;
    while (i < bytes.size()) {
        const auto lead = static_cast<unsigned char>(bytes[i]);
        const std::size_t length = lead < 0x80                   ? 1
                                   : lead >= 0xc2 && lead < 0xe0 ? 2
                                   : lead >= 0xe0 && lead < 0xf0 ? 3
                                   : lead >= 0xf0 && lead < 0xf5 ? 4
                                                                 : 0;
        if (length == 0) return false;
        if (i + length > bytes.size()) return !whole;
        for (std::size_t k = 1; k < length; ++k) {
            if ((static_cast<unsigned char>(bytes[i + k]) & 0xc0U) != 0x80U) return false;
        }
        const auto second = static_cast<unsigned char>(length > 1 ? bytes[i + 1] : 0);
        if ((lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second >= 0x90)) return false;
        i += length;
    }
    return true;
}

std::string_view StringLineDecoder::feed(std::string_view piece) {
    out_.clear();
    for (const char byte : piece) feed_one(byte);
    return out_;
}

void StringLineDecoder::feed_one(char byte) {
    switch (state_) {
        case State::before:
            quote_ = byte;
            state_ = byte == '\'' || byte == '"' ? State::inside : State::broken;
            return;
        case State::inside: return feed_inside(byte);
        case State::escape: return feed_escape(byte);
        case State::octal:
            if (digits_ < 3 && byte >= '0' && byte <= '7') {
                value_ = value_ * 8 + static_cast<unsigned>(byte - '0');
                ++digits_;
                return;
            }
            put(value_ & 0xffU);
            state_ = State::inside;
            return feed_inside(byte);
        case State::hex:
            if (any_hex_value(byte) < 0) {
                state_ = State::broken;
                return;
            }
            value_ = value_ * 16 + static_cast<unsigned>(any_hex_value(byte));
            if (++digits_ == 2) {
                put(value_);
                state_ = State::inside;
            }
            return;
        case State::closed:
            if (byte == '\r') {
                ++returns_;
                return;
            }
            // Not the last quote: Python minds the outermost only.
            out_.push_back(quote_);
            out_.append(returns_, '\r');
            returns_ = 0;
            state_ = State::inside;
            return feed_inside(byte);
        case State::broken: return;
    }
}

void StringLineDecoder::feed_inside(char byte) {
    if (byte == quote_) {
        state_ = State::closed;
    } else if (byte == '\\') {
        state_ = State::escape;
    } else {
        out_.push_back(byte);
    }
}

void StringLineDecoder::feed_escape(char byte) {
    state_ = State::inside;
    switch (byte) {
        case '\\':
        case '\'':
        case '"': out_.push_back(byte); return;
        case 'a': out_.push_back('\a'); return;
        case 'b': out_.push_back('\b'); return;
        case 'f': out_.push_back('\f'); return;
        case 'n': out_.push_back('\n'); return;
        case 'r': out_.push_back('\r'); return;
        case 't': out_.push_back('\t'); return;
        case 'v': out_.push_back('\v'); return;
        case 'x':
            state_ = State::hex;
            value_ = 0;
            digits_ = 0;
            return;
        default: break;
    }
    if (byte >= '0' && byte <= '7') {
        state_ = State::octal;
        value_ = static_cast<unsigned>(byte - '0');
        digits_ = 1;
        return;
    }
    out_.push_back('\\');  // Python keeps an escape that it does not know
    out_.push_back(byte);
}

std::string_view UnicodeLineDecoder::feed(std::string_view piece) {
    out_.clear();
    for (const char byte : piece) feed_one(byte);
    return out_;
}

void UnicodeLineDecoder::feed_one(char byte) {
    switch (state_) {
        case State::plain:
            if (byte == '\\') {
                state_ = State::backslash;
            } else {
                append_utf8(out_, static_cast<unsigned char>(byte));
            }
            return;
        case State::backslash:
            if (byte == 'u' || byte == 'U') {
                state_ = State::escape;
                digits_ = byte == 'u' ? 4 : 8;
                value_ = 0;
                return;
            }
            out_.push_back('\\');
            state_ = State::plain;
            if (byte != '\\') return feed_one(byte);
            out_.push_back('\\');  // a pair, and no beginning of an escape
            return;
        case State::escape:
            if (any_hex_value(byte) < 0) broken_ = true;
            value_ = value_ << 4U | static_cast<std::uint32_t>(std::max(0, any_hex_value(byte)));
            if (--digits_ > 0) return;
            if (value_ > 0x10ffff) broken_ = true;
            if (!broken_) append_utf8(out_, value_);
            state_ = State::plain;
            return;
    }
}

}  // namespace assay
