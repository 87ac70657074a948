#include "base/json_text.hpp"

#include "tests/support/result.hpp"

namespace assay::test {

TEST_CASE("a member's text is found by its key, whatever its value is and whatever stands before it") {
    const Json object = {{"a", {{"b", "}],\"a\":"}, {"c", Json::array({1, "]", Json::array()})}}},
                         {"number", -1.5e300},
                         {"text \"in\" quotes\\", "\\\"\n\x01"},
                         {"true", true},
                         {"void", nullptr},
                         {"z", Json::object()},
                         {"\xC3\xA4", "\xC3\xA4"}};
    const std::string text = to_text(object);
    for (const auto& [key, value] : object.items()) {
        CAPTURE(key);
        CHECK(member_text(text, key) == to_text(value));
    }
    CHECK(member_text(text, "b").empty());  // a member's member is none of its own
    CHECK(member_text("{}", "a").empty());
}

TEST_CASE("a text that is cut anywhere gives a whole member or none, and what is no object gives none") {
    const std::string text = R"({"a":[1,{"b":"c\\"}],"d":7})";
    for (std::size_t size = 0; size < text.size(); ++size) {
        CAPTURE(size);
        const std::string_view found = member_text(std::string_view(text).substr(0, size), "a");
        CHECK((found.empty() || found == R"([1,{"b":"c\\"}])"));
    }
    CHECK(member_text(text, "d") == "7");
    for (const char* no_object : {"", "{", "[", R"(["a",1])", R"("a")", R"({"a)", R"({"a"})", R"({"a":})", R"({"a" 1})", "{a:1}"}) {
        CAPTURE(no_object);
        CHECK(member_text(no_object, "a").empty());
    }
}

TEST_CASE("an object is written member by member, of values and of texts") {
    CHECK(ObjectText().text() == "{}");
    ObjectText object;
    object.add("a\"", 1).add_text("b", R"({"c":[]})").add("d", "e");
    CHECK(object.text() == R"({"a\"":1,"b":{"c":[]},"d":"e"})");
}

}  // namespace assay::test
