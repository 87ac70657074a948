#include "clients/cpp/answer.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("a member of what is no object, or is not there, is null") {
    CHECK(member(Json::array({1}), "a").is_null());
    CHECK(member(Json("text"), "a").is_null());
    CHECK(member(Json{{"a", 1}}, "b").is_null());
    CHECK(member(Json{{"a", 1}}, "a") == 1);
}

TEST_CASE("a text that would move the cursor is escaped, and what is no text is empty") {
    CHECK(text_of(Json{{"a", "x\x1b[31m"}}, "a") == "x\\x1b[31m");
    CHECK(text_of(Json{{"a", 3}}, "a").empty());
    CHECK(text_of(Json::object(), "a").empty());
    CHECK(text_of(Json{{"a", std::string(100'000, 'x')}}, "a").size() < 5'000);
}

TEST_CASE("a time is shown to the second, and what is no time as it is") {
    const auto shown = [](const char* text) { return time_of({{"at", text}}, "at"); };
    CHECK(shown("2026-11-22T21:14:03.123456Z") == "2026-11-22T21:14:03Z");
    CHECK(shown("2026-11-22T21:14:03.5+02:00") == "2026-11-22T21:14:03+02:00");
    CHECK(shown("2026-11-22T21:14:03Z") == "2026-11-22T21:14:03Z");
    CHECK(shown("2026-11-22T21:14:03.") == "2026-11-22T21:14:03");
    CHECK(shown("yesterday") == "yesterday");
    CHECK(time_of({{"at", 5}}, "at").empty());
}

TEST_CASE("an integer fits into 64 bits with a sign, or is none") {
    CHECK(integer_of(Json{{"a", 3}}, "a") == 3);
    CHECK(integer_of(Json{{"a", INT64_MIN}}, "a") == INT64_MIN);
    CHECK_FALSE(integer_of(Json{{"a", UINT64_MAX}}, "a"));
    CHECK_FALSE(integer_of(Json{{"a", 3.0}}, "a"));
    CHECK_FALSE(integer_of(Json{{"a", "3"}}, "a"));
}

TEST_CASE("a list that is none is empty, and of a list only the strings are strings") {
    CHECK(list_of(Json{{"a", 1}}, "a").empty());
    CHECK(list_of(Json(nullptr), "a").empty());
    CHECK(list_of(Json{{"a", {1, 2}}}, "a").size() == 2);
    CHECK(strings_of(Json::array({"x", 1, nullptr, "y\x1b"})) == std::vector<std::string>{"x", "y\\x1b"});
    CHECK(strings_of(Json("x")).empty());
}

TEST_CASE("a value in plain words: text as it is, numbers shortest, nothing as a dash") {
    CHECK(plain(Json(nullptr)) == "-");
    CHECK(plain(Json("production")) == "production");
    CHECK(plain(Json(0.1)) == "0.1");
    CHECK(plain(Json(3)) == "3");
    CHECK(plain(Json(true)) == "true");
    CHECK(plain(Json{{"a", 1}}) == R"({"a":1})");
}

}  // namespace assay::test
