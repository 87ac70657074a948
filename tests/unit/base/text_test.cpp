#include "base/text.hpp"

#include "tests/support/result.hpp"

#include <limits>
#include <string>

namespace assay::test {

TEST_CASE("base64 gives the vectors of RFC 4648, both ways") {
    const std::pair<const char*, const char*> vectors[] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        CHECK(to_base64(plain) == encoded);
        CHECK(from_base64(encoded) == plain);
    }
    const std::string all = "\xfb\xff\xfe\x01";
    CHECK(from_base64(to_base64(all)) == all);
}

TEST_CASE("what is not exactly base64 is absent") {
    for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "====", "Z===", "Zm9v\n", "Zm 9v", "Zh==", "Zm9=", "Zg==Zg==", "Zm9-", "=Zm9"}) {
        CAPTURE(bad);
        CHECK_FALSE(from_base64(bad));
    }
}

TEST_CASE("UTF-8 is well formed or it is not") {
    for (const char* good : {"", "a", "\u00e9", "\u20ac", "\U0001f600", "\U0010ffff"}) CHECK(is_utf8(good));
    for (const char* bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80",
                            "\xf5\x80\x80\x80", "\xff", "a\xe2\x82"}) {
        CHECK_FALSE(is_utf8(bad));
    }
    CHECK(utf8_length("a\u00e9\u20ac\U0001f600") == 4);
}

TEST_CASE("NFC composes, and refuses what is not UTF-8") {
    CHECK(must(to_nfc("e\u0301")) == "\u00e9");
    CHECK(must(to_nfc("\u212b")) == "\u00c5");
    CHECK(must(to_nfc("\u1112\u1161\u11ab")) == "\ud55c");
    CHECK(must(to_nfc("")).empty());
    CHECK(error_of(to_nfc("\xff")).code == "invalid-utf8");
}

TEST_CASE("control characters are found in every range") {
    for (const std::string_view bad :
         {std::string_view("a\0b", 3), std::string_view("\n"), std::string_view("\x1b"), std::string_view("\x7f"),
          std::string_view("\u0085"), std::string_view("\u2028"), std::string_view("\u2029")}) {
        CHECK(has_control_characters(bad));
    }
    CHECK_FALSE(has_control_characters("plain \u00e9 \u20ac"));
}

TEST_CASE("word text is letters, digits and underscores of any script") {
    for (const char* good : {"abc", "A_1", "\u00fcml\u00e4ut", "\u4e2d\u6587", "\u0663", "\u2160"}) CHECK(is_word_text(good));
    for (const char* bad : {"a-b", "a b", "a.b", "\u2014", "\U0001f600", "\xff"}) CHECK_FALSE(is_word_text(bad));
}

TEST_CASE("all digits are one or more of the ten, and nothing else") {
    CHECK(all_digits("0123456789"));
    for (const std::string_view text : {"", "1a", "-1", " 1", "\xd9\xa1"}) CHECK_FALSE(all_digits(text));
}

TEST_CASE("printable text never carries a control sequence, and is cut between characters") {
    CHECK(printable("a\x1b[31m", 100) == "a\\x1b[31m");
    CHECK(printable("\xff\xfe", 100) == "\\xff\\xfe");
    CHECK(printable("\u0085", 100) == "\\xc2\\x85");
    CHECK(printable("abcdef", 3) == "abc\u2026");
    CHECK(printable("ab\u20accd", 4) == "ab\u2026");
    CHECK(printable("abc", 3) == "abc");
}

TEST_CASE("what was said in several lines is said in one") {
    CHECK(in_one_line("a:\n  b\n\n  fix: c") == "a:; b; fix: c");
    CHECK(in_one_line("a") == "a");
    CHECK(in_one_line("a\n ") == "a");
}

TEST_CASE("splitting keeps empty parts, and joining undoes it") {
    CHECK(split("", ',') == std::vector<std::string>{""});
    CHECK(split("a,,b,", ',') == std::vector<std::string>{"a", "", "b", ""});
    CHECK(join(split("a,,b,", ','), ",") == "a,,b,");
    CHECK(trim(" \t a b \r\n") == "a b");
    CHECK(trim(" \n").empty());
    CHECK(equals_ignoring_case("Content-Type", "content-TYPE"));
    CHECK_FALSE(equals_ignoring_case("\u00c4", "\u00e4"));
}

TEST_CASE("integers are whole decimal texts that fit 64 bits") {
    CHECK(parse_integer("0") == 0);
    CHECK(parse_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    CHECK(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
    for (const char* bad : {"", "-", "+1", " 1", "1 ", "1.0", "0x10", "9223372036854775808", "1e3", "--1"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_integer(bad));
    }
}

TEST_CASE("numbers are whole finite texts") {
    CHECK(parse_number("0.1") == 0.1);
    CHECK(parse_number("-1e-3") == -0.001);
    for (const char* bad : {"", "nan", "inf", "-inf", "1e400", "1,5", "0.1 ", " 0.1", "0x1p3", "+1", "abc"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_number(bad));
    }
}

TEST_CASE("what is counted is one thing or several") {
    CHECK(counted(0, "blob") == "0 blobs");
    CHECK(counted(1, "blob") == "1 blob");
    CHECK(counted(2, "blob") == "2 blobs");
    CHECK(counted(1, "entry", "entries") == "1 entry");
    CHECK(counted(3, "entry", "entries") == "3 entries");
}

TEST_CASE("sizes are for people") {
    CHECK(human_size(0) == "0 B");
    CHECK(human_size(1023) == "1023 B");
    CHECK(human_size(1024) == "1.0 KiB");
    CHECK(human_size(1536) == "1.5 KiB");
    CHECK(human_size(std::uint64_t{1} << 30U) == "1.0 GiB");
    CHECK(human_size(std::numeric_limits<std::uint64_t>::max()) == "16384.0 PiB");
}

TEST_CASE("hexadecimal digits are lower case") {
    CHECK(to_hex(std::string_view("\x00\xff\x10", 3)) == "00ff10");
    CHECK(hex_value('f') == 15);
    CHECK(hex_value('F') == -1);
    CHECK(hex_value('g') == -1);
}

}  // namespace assay::test
