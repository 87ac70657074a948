#include "artifact/pipeline/token_pattern.hpp"
#include "base/python_str.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

using pipeline::TokenPattern;

std::vector<std::string> tokens(std::string_view pattern, std::string_view text) {
    const std::u32string given = to_code_points(text).value();
    std::uint64_t budget = 1'000'000;
    std::vector<std::string> found;
    const TokenPattern parsed = must(TokenPattern::parse(pattern));
    const auto all = parsed.find_all(given, budget);
    REQUIRE(all.has_value());
    for (const TokenPattern::Token& token : *all) found.push_back(to_utf8(given.substr(token.first, token.last - token.first)));
    return found;
}

using Tokens = std::vector<std::string>;

}  // namespace

TEST_CASE("tokens are those that Python's re.findall finds") {
    CHECK(tokens(R"((?u)\b\w\w+\b)", "I don't know, naïve café 3rd x²") == Tokens{"don", "know", "naïve", "café", "3rd", "x²"});
    CHECK(tokens(R"((?u)\b\w+\b)", "I don't") == Tokens{"I", "don", "t"});
    CHECK(tokens("[a-zA-Z]+", "café n°5") == Tokens{"caf", "n"});
    CHECK(tokens(R"(\w+|\$[\d\.]+|\S+)", "for $9.99!") == Tokens{"for", "$9.99", "!"});
    CHECK(tokens(R"(\b(\w{2})\w*\b)", "abc d efgh") == Tokens{"ab", "ef"});
    CHECK(tokens(R"([^\s,;.]{1,4}\B)", "abcdefg, hi") == Tokens{"abcd", "ef", "h"});
    CHECK(tokens(R"(a?ab)", "aab ab") == Tokens{"aab", "ab"});
    CHECK(tokens(R"([]^-]x[a\]-]{2,})", "]xa]- ^xa -x--") == Tokens{"]xa]-", "-x--"});
    CHECK(tokens(R"(.\n.)", "a\nb\n\nc") == Tokens{"a\nb"});
}

TEST_CASE("a pattern with anything else is refused in words") {
    for (const char* pattern :
         {"",   "a*",    R"(\w+|)", "(?i)a", "(?:a)", "(a",         "a)",  "(a)+", "(a)(b)", "(a)|b", "a+?",  "a++",    "^a",
          "a$", R"(\1)", R"(\x41)", "[a",    "[b-a]", R"([\w-z]x)", "a{2", "a{,}", "a{3,2}", "a\\",   "\xff", R"(\b\b)"}) {
        CAPTURE(pattern);
        const auto parsed = TokenPattern::parse(pattern);
        REQUIRE_FALSE(parsed.has_value());
        CHECK_FALSE(parsed.error().message.empty());
    }
}

TEST_CASE("a pattern that goes back and forth without end is given up") {
    const std::u32string text(3000, U'a');
    std::uint64_t budget = 1'000'000;
    CHECK_FALSE(must(TokenPattern::parse("a*a*a*a*a*b")).find_all(text, budget).has_value());
    CHECK(budget == 0);
}

}  // namespace assay::test
