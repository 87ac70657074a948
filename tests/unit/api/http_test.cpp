#include "api/http.hpp"

#include "api/router.hpp"

#include <doctest/doctest.h>

namespace assay::test {

TEST_CASE("a method reads back as it is written") {
    for (const Method method : {Method::get, Method::head, Method::put, Method::post, Method::patch, Method::del}) {
        CHECK(parse_method(to_string(method)) == method);
    }
    CHECK(to_string(Method::del) == "DELETE");
}

TEST_CASE("header names are one whatever their case, values keep theirs") {
    Headers headers;
    CHECK(!headers.find("ETag"));
    headers.add("ETag", "\"A\"");
    for (const char* name : {"ETag", "etag", "ETAG"}) CHECK(headers.find(name) == "\"A\"");
    CHECK(!headers.find("ETa"));
    CHECK(!headers.find("ETag "));
}

TEST_CASE("add keeps what is there, set replaces every field of the name and no other") {
    Headers headers;
    headers.add("Link", "a");
    headers.add("Allow", "GET");
    headers.add("link", "b");
    CHECK(headers.find("Link") == "a");
    CHECK(headers.all().size() == 3);
    headers.set("LINK", "c");
    CHECK(headers.all() == std::vector<std::pair<std::string, std::string>>{{"Allow", "GET"}, {"LINK", "c"}});
}

}  // namespace assay::test
