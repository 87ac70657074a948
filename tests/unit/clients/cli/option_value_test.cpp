#include "clients/cli/option_value.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

std::string problem_of(const ValueCheck& check, const std::string& text) { return check(text); }

}  // namespace

TEST_CASE("a whole number within its bounds is taken, and anything else is named with the bounds") {
    const auto depth = whole_number(1, 1000);
    for (const char* good : {"1", "77", "1000"}) CHECK(problem_of(depth, good).empty());
    for (const char* bad : {"0", "1001", "-1", "abc", "", "1.5", "1e3", "99999999999999999999"}) {
        CAPTURE(bad);
        CHECK(problem_of(depth, bad) == "'" + std::string(bad) + "' is not a whole number from 1 to 1000");
    }
    CHECK(problem_of(whole_number(1, INT64_MAX), "x") == "'x' is not a whole number from 1");
    CHECK(problem_of(whole_number(1, INT64_MAX), "9223372036854775807").empty());
}

TEST_CASE("one of some words is taken as it is written, and the nearest is offered") {
    const auto format = one_of({"json", "pip", "conda"});
    CHECK(problem_of(format, "pip").empty());
    CHECK(problem_of(format, "PIP") == "'PIP' is none of json, pip, conda");
    CHECK(problem_of(format, "jsn") == "'jsn' is none of json, pip, conda; did you mean 'json'?");
    CHECK(problem_of(format, "\x1b") == "'\\x1b' is none of json, pip, conda");
}

TEST_CASE("an age is days, hours, minutes and seconds in this order, also with a fraction") {
    CHECK(seconds_in("30d") == 30 * 86'400);
    CHECK(seconds_in("12h") == 12 * 3'600);
    CHECK(seconds_in("1d2h3m4s") == 93'784);
    CHECK(seconds_in("1.5h") == 5'400);
    CHECK(seconds_in("0d") == 0);
    for (const char* bad : {"", "30", "d", "d30", "1h1d", "1d1d", "-1d", "1e3d", "1 d", "1w", ".d", "200000d", "1d3"}) {
        CAPTURE(bad);
        CHECK(!seconds_in(bad));
        CHECK(problem_of(an_age(), bad) == "'" + std::string(bad) + "' is no age: write 30d, 12h or 1d12h30m");
    }
    CHECK(problem_of(an_age(), "30d").empty());
}

}  // namespace assay::test
