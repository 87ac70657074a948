#include "base/python_str.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

using namespace std::string_literals;

namespace {

std::string lower(std::string_view text) { return to_utf8(to_lower(to_code_points(text).value())); }
std::string nfkd(std::string_view text) { return to_utf8(to_nfkd(to_code_points(text).value())); }

}  // namespace

TEST_CASE("code points are read from UTF-8 and written back, and nothing else is") {
    for (const char* text : {"", "a", "é", "日本", "😀", "a\xf4\x8f\xbf\xbf"}) CHECK(to_utf8(to_code_points(text).value()) == text);
    CHECK(to_code_points("é😀").value().size() == 2);
    CHECK_FALSE(to_code_points("\xff").has_value());
    CHECK_FALSE(to_code_points("\xc3").has_value());
}

TEST_CASE("lower case is that of Python's str.lower") {
    CHECK(lower("Straße ẞ Đ Ⅷ Ⓐ ǅ") == "straße ß đ ⅷ ⓐ ǆ");
    CHECK(lower("İI") == "i̇i");
    CHECK(lower("ΟΔΥΣΣΕΥΣ") == "οδυσσευς");
    CHECK(lower("Σ") == "σ");
    CHECK(lower("ΑΣ.") == "ας.");
    CHECK(lower("ΑΣ'Β") == "ασ'β");
    CHECK(lower("Α.Σ 1Σ") == "α.ς 1σ");
    CHECK(lower("ªΣ") == "ªς");
}

TEST_CASE("words, spaces and digits are those of Python's re") {
    for (const char32_t c : U"aZ_5éÅ日ⅧⓁ½²"s) CHECK(is_word(c) == (c != U'Ⓛ'));
    for (const char32_t c : U" -.'\u0301\u20ac\u200d"s) CHECK_FALSE(is_word(c));
    for (const char32_t c : U" \t\n\u001c\u0085\u00a0\u2003\u3000"s) CHECK(is_space(c));
    CHECK_FALSE(is_space(U'\u200b'));
    CHECK(is_decimal(U'५'));
    CHECK_FALSE(is_decimal(U'²'));
}

TEST_CASE("compatibility decomposition takes ligatures and accents apart") {
    CHECK(nfkd("ﬁ é ½") == "fi e\u0301 1\u20442");
    CHECK(is_combining(U'\u0301'));
    CHECK_FALSE(is_combining(U'e'));
}

TEST_CASE("a letter that releases of Unicode have added since Python 3.7 is not settled") {
    for (const char32_t c : U"aé日😀\u00ad"s) CHECK(is_settled(c));
    CHECK_FALSE(is_settled(U'\u1c89'));      // of Unicode 16
    CHECK_FALSE(is_settled(U'\U0001e2c0'));  // Wancho, of Unicode 12
    CHECK_FALSE(is_settled(U'\u0378'));      // never assigned
}

}  // namespace assay::test
