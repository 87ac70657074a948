#include "artifact/pipeline/ubjson.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace std::string_literals;

namespace assay::test {

namespace {

std::string json_of(const std::string& bytes) { return must(pipeline::parse_ubjson(bytes)).dump(); }

bool is_refused(const std::string& bytes, const pipeline::UbjsonLimits& limits = {}) {
    const auto read = pipeline::parse_ubjson(bytes, limits);
    return !read && read.error().code == "invalid-ubjson" && !read.error().message.empty();
}

}  // namespace

TEST_CASE("UBJSON has numbers of all widths, texts, lists and objects") {
    CHECK(json_of("Z") == "null");
    CHECK(json_of("T") == "true");
    CHECK(json_of("i\xff"s) == "-1");
    CHECK(json_of("U\xff"s) == "255");
    CHECK(json_of("I\xff\xfe"s) == "-2");
    CHECK(json_of("l\x00\x01\x00\x00"s) == "65536");
    CHECK(json_of("L\xff\xff\xff\xff\xff\xff\xff\xff"s) == "-1");
    CHECK(json_of("d\x3f\x00\x00\x00"s) == "0.5");
    CHECK(json_of("D\xbf\xe0\x00\x00\x00\x00\x00\x00"s) == "-0.5");
    CHECK(json_of("SU\x02\xc3\xa9"s) == "\"é\"");
    CHECK(json_of("[U\x01TFZ]"s) == "[1,true,false,null]");
    CHECK(json_of("[#U\x02U\x01Z"s) == "[1,null]");
    CHECK(json_of("[$U#U\x03\x01\x02\x03"s) == "[1,2,3]");
    CHECK(json_of("{U\x01"
                  "aU\x01i\x01"
                  "b[]}"s) == R"({"a":1,"b":[]})");
}

TEST_CASE("UBJSON that is cut, goes on, claims more than it has or is nested without end is refused") {
    const std::string sound =
        "{U\x01"
        "a[$d#U\x02\x3f\x00\x00\x00\x3f\x00\x00\x00i\x01"
        "bSU\x02hi}"s;
    CHECK(json_of(sound) == R"({"a":[0.5,0.5],"b":"hi"})");
    for (std::size_t length = 0; length < sound.size(); ++length) CHECK(is_refused(sound.substr(0, length)));
    CHECK(is_refused(sound + "Z"));
    CHECK(is_refused("[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff"s));
    CHECK(is_refused("[$d#l\xff\xff\xff\xff"s));
    CHECK(is_refused("[$Z#U\x05"s));
    CHECK(is_refused("[$[#U\x01]"s));
    CHECK(is_refused("[$U\x01"s));
    CHECK(is_refused("SL\x7f\xff\xff\xff\xff\xff\xff\xff"s));
    CHECK(is_refused("SU\x01\xff"s));
    CHECK(is_refused("{d\x3f\x00\x00\x00Z}"s));
    CHECK(
        is_refused("{U\x01"
                   "aZU\x01"
                   "aZ}"s));
    CHECK(is_refused("N"));
    CHECK(is_refused(std::string(100'000, '[')));
    CHECK(is_refused("[ZZZ]", {.max_depth = 32, .max_values = 3}));
}

}  // namespace assay::test
