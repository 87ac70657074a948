#include "base/json_lines.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("a value's line is found by its path, through strings that look like structure") {
    constexpr const char* text =
        "{\n  \"a]\": \"x\\\"}\",\n  \"rules\": [\n    {\"id\": [1, {\"b\": 2}]},\n    {\"id\": 1,\n     \"offered\": 2}\n  ]\n}\n";
    CHECK(json_line(text, "") == 1);
    CHECK(json_line(text, "rules") == 3);
    CHECK(json_line(text, "rules[0]") == 4);
    CHECK(json_line(text, "rules[1]") == 5);
    CHECK(json_line(text, "rules[1].offered") == 6);
    CHECK(json_line(text, "rules[0].id[1].b") == 4);
}

TEST_CASE("of a path that leads nowhere, the line of the part that does") {
    constexpr const char* text = "{\n\"rules\": [\n{\"id\": 1}\n]}";
    CHECK(json_line(text, "rules[0].offered") == 3);
    CHECK(json_line(text, "rules[7].offered") == 2);
    CHECK(json_line(text, "rules[x]") == 2);
    CHECK(json_line(text, "other") == 1);
    CHECK(json_line("", "rules") == std::nullopt);
    CHECK(json_line("\"\\", "rules") == 1);
}

}  // namespace assay::test
