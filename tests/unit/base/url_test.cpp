#include "base/url.hpp"

#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

TEST_CASE("only unreserved characters stand for themselves") {
    CHECK(encode_component("AZaz09-._~") == "AZaz09-._~");
    CHECK(encode_component("a b/c@d?e#f%g:h+i&j=k") == "a%20b%2Fc%40d%3Fe%23f%25g%3Ah%2Bi%26j%3Dk");
    CHECK(encode_component("\u00e9") == "%C3%A9");
    CHECK(encode_component(std::string_view("\0", 1)) == "%00");
    CHECK(encode_component("").empty());
}

TEST_CASE("dot segments are encoded so that nobody folds them away") {
    CHECK(encode_component(".") == "%2E");
    CHECK(encode_component("..") == "%2E%2E");
    CHECK(encode_component("...") == "...");
    CHECK(encode_path("a/../b c/.") == "a/%2E%2E/b%20c/%2E");
}

TEST_CASE("decoding undoes encoding once") {
    for (const char* text : {"", "a b", "..", "100%", "%25", "\u00e9\U0001f600", "a+b"}) CHECK(must(decode_component(encode_component(text))) == text);
    CHECK(must(decode_component("%2525")) == "%25");
    CHECK(must(decode_component("a+b")) == "a+b");
    CHECK(must(decode_component("%c3%A9")) == "\u00e9");
}

TEST_CASE("what is not validly encoded is refused") {
    for (const char* bad : {"%", "%4", "a%", "%zz", "%4g", "%00", "%ff", "%c3", "%ed%a0%80", "%c0%af", "\xff"}) {
        CAPTURE(bad);
        CHECK(error_of(decode_component(bad)).code == "invalid-encoding");
    }
}

}  // namespace assay::test
