#include "artifact/pickle/line_values.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace assay::test {

namespace {

std::string int_of(std::string_view line, bool is_long = false) {
    const auto value = parse_int_line(line, is_long);
    if (!value) return "none";
    if (const auto* boolean = std::get_if<bool>(&*value)) return *boolean ? "True" : "False";
    if (const auto* number = std::get_if<std::int64_t>(&*value)) return std::to_string(*number);
    return "big " + std::get<std::string>(*value);
}

/// The text of a line fed in pieces of `step`; "broken" when it is none.
template <class Decoder>
std::string decoded(std::string_view line, std::size_t step) {
    Decoder decoder;
    std::string text;
    for (std::size_t at = 0; at < line.size(); at += step) text += decoder.feed(line.substr(at, step));
    return decoder.finish() ? text : "broken";
}

/// The same whatever the pieces.
template <class Decoder>
std::string decoded(std::string_view line) {
    std::string whole = decoded<Decoder>(line, 1000);
    for (const std::size_t step : {1U, 2U, 3U}) CHECK(decoded<Decoder>(line, step) == whole);
    return whole;
}

}  // namespace

TEST_CASE("integers of protocol 0 are whatever some Python reads as one") {
    CHECK(int_of("0") == "0");
    CHECK(int_of("-7") == "-7");
    CHECK(int_of("00") == "False");
    CHECK(int_of("01") == "True");
    CHECK(int_of("000") == "0");
    CHECK(int_of("9223372036854775807") == "9223372036854775807");
    CHECK(int_of("-9223372036854775808") == "-9223372036854775808");
    CHECK(int_of("9223372036854775808") == "big 9223372036854775808");
    CHECK(int_of("7L", true) == "7");
    CHECK(int_of("7", true) == "7");
    CHECK(int_of("01", true) == "1");
    CHECK(int_of(std::string(4300, '9')) == "big " + std::string(4300, '9'));
    CHECK(int_of("+1") == "1");
    CHECK(int_of(" 1\r") == "1");
    CHECK(int_of("1_000") == "1000");
    CHECK(int_of("0x1F") == "31");
    CHECK(int_of("-0b11") == "-3");
    CHECK(int_of("0o17") == "15");
    CHECK(int_of("017") == "15");  // of C's reader
    CHECK(int_of("0x10L", true) == "16");
    for (const char* bad : {"", "-", " ", "_", "0x", "0x1g", "08", "1.0", "7L", "--1", "1-", "1 2", "one"}) {
        CAPTURE(bad);
        CHECK(int_of(bad) == "none");
    }
    CHECK(int_of("L", true) == "none");
    CHECK(int_of(std::string(5000, '9')) == "big " + std::string(5000, '9'));  // up to Python 3.10
}

TEST_CASE("floats of protocol 0 are decimal numbers, infinities or nan") {
    CHECK(parse_float_line("0.1") == 0.1);
    CHECK(parse_float_line("-1e-300") == -1e-300);
    CHECK(parse_float_line("1") == 1.0);
    CHECK(parse_float_line("inf") == INFINITY);
    CHECK(parse_float_line("-inf") == -INFINITY);
    REQUIRE(parse_float_line("nan"));
    CHECK(std::isnan(*parse_float_line("nan")));
    CHECK(parse_float_line(" +1_0.5 ") == 10.5);
    for (const char* bad : {"", "+", "1,5", "0x1p3", "1.0 2", "one"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_float_line(bad));
    }
}

TEST_CASE("a Python 2 string has quotes and its escapes") {
    CHECK(decoded<StringLineDecoder>("'plain'") == "plain");
    CHECK(decoded<StringLineDecoder>("\"it's\"") == "it's");
    CHECK(decoded<StringLineDecoder>(R"('a\n\t\\\'\"')") == "a\n\t\\'\"");
    CHECK(decoded<StringLineDecoder>(R"('\x41\x6f')") == "Ao");
    CHECK(decoded<StringLineDecoder>(R"('\101\7')") == "A\a");
    CHECK(decoded<StringLineDecoder>(R"('\1019')") == "A9");
    CHECK(decoded<StringLineDecoder>(R"('\q')") == "\\q");
    CHECK(decoded<StringLineDecoder>("''") == "");
    for (const char* bad : {"", "plain", "'open", "'a'b", "open'", R"('\x4')", R"('\xg1')", "'a\\'"}) {
        CAPTURE(bad);
        CHECK(decoded<StringLineDecoder>(bad) == "broken");
    }
}

TEST_CASE("quotes within a string are its own, the outermost are taken off") {
    StringLineDecoder decoder;
    std::string text(decoder.feed("'a'b"));
    text += decoder.feed("''");
    CHECK(text == "a'b'");
    CHECK(decoder.finish());
    StringLineDecoder open;
    (void)open.feed("'a'b");
    CHECK(!open.finish());
}

TEST_CASE("a unicode line is Latin-1 with escapes") {
    CHECK(decoded<UnicodeLineDecoder>("plain") == "plain");
    CHECK(decoded<UnicodeLineDecoder>("\xe9") == "\xc3\xa9");
    CHECK(decoded<UnicodeLineDecoder>(R"(\u00e9\U0001f427)") == "\xc3\xa9\xf0\x9f\x90\xa7");
    CHECK(decoded<UnicodeLineDecoder>(R"(a\nb)") == "a\\nb");  // only \u and \U are escapes
    CHECK(decoded<UnicodeLineDecoder>("\\u000a") == "\n");
    for (const char* bad : {R"(\u12)", R"(\u12g4)", R"(\U00110000)", R"(\Uffffffff)"}) {
        CAPTURE(bad);
        CHECK(decoded<UnicodeLineDecoder>(bad) == "broken");
    }
}

TEST_CASE("a str is UTF-8 in which single surrogates may stand") {
    CHECK(is_python_text("plain", true));
    CHECK(is_python_text("\xc3\xa9\xf0\x9f\x90\xa7", true));
    CHECK(is_python_text("\xed\xa0\x80", true));  // surrogatepass
    CHECK_FALSE(is_python_text("\xff", true));
    CHECK_FALSE(is_python_text("\xc0\x80", true));          // too long a way to write NUL
    CHECK_FALSE(is_python_text("\xe0\x80\x80", true));
    CHECK_FALSE(is_python_text("\xf0\x80\x80\x80", true));
    CHECK_FALSE(is_python_text("\xf4\x90\x80\x80", true));  // beyond U+10FFFF
    CHECK_FALSE(is_python_text("\xc3", true));
    CHECK(is_python_text("\xc3", false));  // the rest was not kept
    CHECK_FALSE(is_python_text("\xc3(", false));
}

}  // namespace assay::test
