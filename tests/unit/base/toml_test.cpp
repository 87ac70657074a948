#include "base/toml.hpp"

#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

TEST_CASE("TOML becomes JSON of the same shape") {
    const Json json =
        must(parse_toml("a = 1\nb = \"x\"\nc = true\nd = 1.5\ne = [1, \"two\"]\n[t]\nk = { \"a.b\" = 2 }\n[[m]]\nn = 1\n[[m]]\nn = 2\n"));
    CHECK(json == must(parse_json(R"({"a":1,"b":"x","c":true,"d":1.5,"e":[1,"two"],"t":{"k":{"a.b":2}},"m":[{"n":1},{"n":2}]})")));
    CHECK(must(parse_toml("")).is_object());
}

TEST_CASE("an error in TOML names the line") {
    const Error error = error_of(parse_toml("a = 1\nb = \n"));
    CHECK(error.code == "invalid-toml");
    CHECK(error.message.find("line 2") != std::string::npos);
    CHECK_FALSE(error.because.empty());
    CHECK(error_of(parse_toml("a = 1\n\na = 2\n")).message.find("line 3") != std::string::npos);
}

TEST_CASE("what JSON has no word for is refused") {
    for (const char* bad :
         {"a = nan", "a = inf", "a = -inf", "a = 2026-11-23", "a = 10:00:00", "a = 2026-11-23T10:00:00Z", "a = [1, [2026-11-23]]"}) {
        CAPTURE(bad);
        CHECK(error_of(parse_toml(bad)).code == "invalid-toml");
    }
}

TEST_CASE("hostile TOML is an error, never a crash") {
    for (const std::string& bad :
         {std::string("\xff"), std::string("a = \"\xff\""), std::string("a = ") + std::string(5000, '['), std::string("a."),
          std::string("[a]\n[a]"), std::string("a = \"\\ud800\""), std::string("a = 9223372036854775808"), std::string("a\0= 1", 5)}) {
        CHECK_FALSE(parse_toml(bad).has_value());
    }
    CHECK(error_of(parse_toml(std::string((std::size_t{1} << 20U) + 1, ' '))).kind == ErrorKind::too_large);
}

TEST_CASE("TOML is nested to 64 levels, whatever makes them") {
    const auto dotted = [](std::size_t keys) {
        std::string key = "a";
        for (std::size_t i = 1; i < keys; ++i) key += ".a";
        return key;
    };
    CHECK(parse_toml(dotted(63) + " = 1").has_value());
    CHECK_FALSE(parse_toml("[" + dotted(40) + "]\n" + dotted(21) + " = { a.b = [[]] }").has_value());
    CHECK(parse_toml("[" + dotted(40) + "]\n" + dotted(20) + " = { a.b = [[]] }").has_value());
    std::string tables = "a = 1";
    for (int i = 0; i < 250; ++i) tables = dotted(60) + " = { " + tables + " }";
    for (const std::string& bad :
         {dotted(65) + " = 1", dotted(400'000) + " = 1", "[" + dotted(400'000) + "]", "[[" + dotted(400'000) + "]]",
          "a = { " + dotted(400'000) + " = 1 }", "a = [ { " + dotted(400'000) + " = 1 } ]", tables,
          "x = \"\\\"\"\n" + dotted(400'000) + " = 1", "x = '\\'\n" + dotted(400'000) + " = 1",
          "x = \"\"\"a\"\"\"\"\"\n" + dotted(400'000) + " = 1", "x = '''#\n''''\n" + dotted(400'000) + " = 1",
          "# \"\n" + dotted(400'000) + " = 1", "a = 1 # '\n" + dotted(400'000) + " = 1"}) {
        const Error error = error_of(parse_toml(bad));
        CHECK(error.code == "invalid-toml");
        CHECK(error.because == "it is nested deeper than 64 levels");
    }
    const Error error = error_of(parse_toml("a = 1\n\n" + dotted(70) + " = 1"));
    CHECK(error.message.find("line 3") != std::string::npos);
    // Dots that nest nothing.
    const std::string dots = std::string(500, '.');
    CHECK(must(parse_toml("a = \"" + dots + "\"\nb = '" + dots + "'\nc = \"\"\"\n" + dots + "\"\"\" # " + dots + "\n\"" + dots +
                          "\" = 1"))["a"] == dots);
    std::string numbers = "a = [";
    for (int i = 0; i < 500; ++i) numbers += i % 10 == 0 ? "1.5,\n" : "1.5, ";
    CHECK(must(parse_toml(numbers + "]"))["a"].size() == 500);
    std::string keys;
    for (int i = 0; i < 500; ++i) keys += "a.k" + std::to_string(i) + " = 1.5\n";
    CHECK(must(parse_toml(keys))["a"].size() == 500);
}

TEST_CASE("strings and keys survive writing and reading") {
    for (const std::string& text : {std::string("plain"), std::string("with \"quotes\" and \\"),
                                    std::string("tab\tnewline\nbell\x07 del\x7f"), std::string("\u00e9\u20ac\U0001f600"), std::string()}) {
        CHECK(must(parse_toml("a = " + toml_string(text)))["a"] == text);
        CHECK(must(parse_toml(toml_key(text) + " = 1")).begin().key() == text);
    }
    CHECK(toml_key("scikit-learn_2") == "scikit-learn_2");
    CHECK(toml_key("a.b") == "\"a.b\"");
}

}  // namespace assay::test
