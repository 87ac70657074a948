#include "base/json.hpp"

#include "tests/support/result.hpp"

#include <bit>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace assay::test {

namespace {

std::string canonical(std::string_view text) { return must(canonical_json(must(parse_json(text)))); }
std::string refused(std::string_view text) { return error_of(parse_json(text)).because; }

}  // namespace

TEST_CASE("canonical JSON of the example of RFC 8785 is what the RFC prints") {
    CHECK(canonical(R"({
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    })") ==
          "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"\u20ac$\\u000f\\nA'"
          "B\\\"\\\\\\\\\\\"/\"}");
}

TEST_CASE("canonical JSON sorts keys by UTF-16 code units, as RFC 8785 3.2.3 shows") {
    const std::string text = canonical(R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
        "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"})");
    std::size_t last = 0;
    for (const char* value : {"Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
                              "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"}) {
        const std::size_t at = text.find(value);
        REQUIRE(at != std::string::npos);
        CHECK(at > last);
        last = at;
    }
}

TEST_CASE("numbers are written as the table of RFC 8785 appendix B says") {
    const std::vector<std::pair<std::uint64_t, std::string>> table = {
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"},
        {0x41b3de4355555556, "333333333.3333334"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
    };
    for (const auto& [bits, expected] : table) {
        CHECK(shortest_number(std::bit_cast<double>(bits)) == expected);
        CHECK(must(canonical_json(Json(std::bit_cast<double>(bits)))) == expected);
    }
}

TEST_CASE("what canonical JSON cannot express is refused") {
    CHECK(error_of(canonical_json(Json(std::numeric_limits<double>::quiet_NaN()))).code == "not-canonical-json");
    CHECK(error_of(canonical_json(Json(std::numeric_limits<double>::infinity()))).code == "not-canonical-json");
    CHECK(error_of(canonical_json(Json("\xff"))).code == "not-canonical-json");
    CHECK(error_of(canonical_json(Json{{"\xff", 1}})).code == "not-canonical-json");
    CHECK(must(canonical_json(Json(std::int64_t{1} << 53U))) == "9007199254740992");
    CHECK_FALSE(canonical_json(Json((std::int64_t{1} << 53U) + 1)).has_value());
    CHECK_FALSE(canonical_json(Json(-(std::int64_t{1} << 53U) - 1)).has_value());
    CHECK_FALSE(canonical_json(Json(std::numeric_limits<std::uint64_t>::max())).has_value());
}

TEST_CASE("a key that appears twice is refused, at any depth") {
    CHECK(refused(R"({"a":1,"a":1})").find("'a' appears twice") != std::string::npos);
    CHECK(refused(R"([{"x":{"b":1,"\u0062":2}}])").find("appears twice") != std::string::npos);
    CHECK(must(parse_json(R"({"a":{"a":1},"b":{"a":2}})")).size() == 2);
}

TEST_CASE("nesting is bounded exactly") {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    CHECK(parse_json(nested(64)).has_value());
    CHECK(refused(nested(65)).find("deeper than 64") != std::string::npos);
    CHECK_FALSE(parse_json(std::string(1'000'000, '[')).has_value());
    CHECK_FALSE(parse_json(R"({"a":{"a":1}})", JsonLimits{.max_bytes = 100, .max_depth = 1}).has_value());
}

TEST_CASE("the canonical text of every double reads back as that double, also where it looks like an integer of more than 64 bits") {
    for (const double value : {1e20, 90071922203685036854.24, -123456789012345680000.0, 9.999999999999999e20, 1e21, 1e19, 1e17}) {
        const std::string text = must(canonical_json(value));
        CAPTURE(text);
        CHECK(must(parse_json(text)).get<double>() == value);
    }
    CHECK(error_of(parse_json("100000000000000000001")).because.find("64 bits") != std::string::npos);
    CHECK(error_of(parse_json("1000000000000000000000")).because.find("64 bits") != std::string::npos);  // a double is 1e+21
}

TEST_CASE("integers keep 64 bits, and wider ones are refused instead of rounded") {
    CHECK(must(parse_json("9223372036854775807")) == std::numeric_limits<std::int64_t>::max());
    CHECK(must(parse_json("-9223372036854775808")) == std::numeric_limits<std::int64_t>::min());
    CHECK(must(parse_json("18446744073709551615")) == std::numeric_limits<std::uint64_t>::max());
    CHECK(refused("18446744073709551616").find("64 bits") != std::string::npos);
    CHECK(refused("-9223372036854775809").find("64 bits") != std::string::npos);
    CHECK_FALSE(parse_json("1e400").has_value());
    CHECK(must(parse_json("1e308")) == 1e308);
}

TEST_CASE("only one well-formed text is JSON") {
    for (const char* bad : {"",
                            " ",
                            "{",
                            "[1,]",
                            "{\"a\":1,}",
                            "nul",
                            "01",
                            "1 2",
                            "{} x",
                            "'a'",
                            "\"\t\"",
                            "\"\\x\"",
                            "\"\\ud800\"",
                            "NaN",
                            "Infinity",
                            "+1",
                            ".5",
                            "1.",
                            "// c\n1",
                            "\"\xff\"",
                            "\"\xc0\xaf\"",
                            "\"\xed\xa0\x80\""}) {
        CAPTURE(bad);
        CHECK(error_of(parse_json(bad)).code == "invalid-json");
    }
    CHECK_FALSE(parse_json(std::string_view("1\0", 2)).has_value());
    CHECK(error_of(parse_json("12345", JsonLimits{.max_bytes = 4, .max_depth = 1})).kind == ErrorKind::too_large);
}

TEST_CASE("text of our own making replaces broken UTF-8 instead of failing") {
    CHECK(to_text(Json("a\xff")) == "\"a\uFFFD\"");
    CHECK(to_pretty_text(Json{{"a", 1}}) == "{\n  \"a\": 1\n}");
}

}  // namespace assay::test
