#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace assay {

// The values that protocol 0 writes as lines of text (CPython, Lib/pickle.py: load_int, load_long, load_float, load_string, load_unicode).

/// INT and LONG: "01" is true, "-7" a number, digits beyond 64 bits stay text; LONG may end in "L". Takes every spelling that some Python
/// takes (space around, a plus, 1_000, 0x10, 010, however many digits), so that absent means: every Python stops here.
[[nodiscard]] std::optional<std::variant<bool, std::int64_t, std::string>> parse_int_line(std::string_view line, bool is_long);

/// Whether the line of INT or LONG is what a pickler writes: readers disagree about the others (010 is 8, 10 or none).
[[nodiscard]] bool is_written_int_line(std::string_view line, bool is_long);

/// GET and PUT: always to base 10, with the same liberties: "010" is 10.
[[nodiscard]] std::optional<std::variant<bool, std::int64_t, std::string>> parse_index_line(std::string_view line);

/// FLOAT: a decimal number, "inf", "-inf" or "nan", with the same liberties.
[[nodiscard]] std::optional<double> parse_float_line(std::string_view line);

/// Whether Python decodes the bytes as a str: UTF-8, in which single surrogates may stand. When they are not `whole`, a character that
/// is cut off at their end is none of theirs.
[[nodiscard]] bool is_python_text(std::string_view bytes, bool whole);

/// STRING: a quoted Python 2 str with its escapes, fed in pieces. Quotes within are those of the text: Python takes off the outermost.
class StringLineDecoder {
public:
    /// The bytes that this piece of the line stands for; valid until the next call.
    [[nodiscard]] std::string_view feed(std::string_view piece);
    /// Whether it was a whole, quoted string.
    [[nodiscard]] bool finish() const { return state_ == State::closed; }

private:
    enum class State { before, inside, escape, octal, hex, closed, broken };
    void feed_one(char byte);
    void feed_inside(char byte);
    void feed_escape(char byte);
    void put(unsigned value) { out_.push_back(static_cast<char>(value)); }

    State state_ = State::before;
    char quote_ = 0;
    unsigned value_ = 0;
    int digits_ = 0;
    std::size_t returns_ = 0;  ///< behind what may be the last quote
    std::string out_;
};

/// UNICODE: raw-unicode-escape, fed in pieces: Latin-1 with \uXXXX and \UXXXXXXXX.
class UnicodeLineDecoder {
public:
    /// The UTF-8 (single surrogates included) of this piece of the line; valid until the next call.
    [[nodiscard]] std::string_view feed(std::string_view piece);
    [[nodiscard]] bool finish() const { return !broken_ && state_ != State::escape; }
    /// What the end of the line adds.
    [[nodiscard]] std::string_view rest() const { return state_ == State::backslash ? "\\" : ""; }

private:
    enum class State { plain, backslash, escape };
    void feed_one(char byte);

    State state_ = State::plain;
    int digits_ = 0;
    std::uint32_t value_ = 0;
    bool broken_ = false;
    std::string out_;
};

}  // namespace assay
