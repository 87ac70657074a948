#include "base/python_json.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

std::string in_brackets(std::string_view word) { return "<" + std::string(word) + ">"; }

}  // namespace

TEST_CASE("what Python writes for no number is replaced, and the same words in a string stay") {
    CHECK(replace_python_numbers(R"([NaN, -Infinity,Infinity, 1])", in_brackets) == "[<NaN>, <-Infinity>,<Infinity>, 1]");
    CHECK(replace_python_numbers(R"({"NaN \"NaN": "Infinity", "b\\": NaN})", in_brackets) == R"({"NaN \"NaN": "Infinity", "b\\": <NaN>})");
    CHECK(replace_python_numbers(R"("a\)", in_brackets) == R"("a\)");
    CHECK(replace_python_numbers("", in_brackets) == "");
}

}  // namespace assay::test
