#include "api/http_server_head.hpp"

#include "tests/support/result.hpp"

namespace assay::test {

namespace {

Request parsed(const std::string& text) { return request_of(must(check_head(text))); }

}  // namespace

TEST_CASE("a head becomes a request with its method, its target as sent and its fields") {
    const Request request = parsed(
        "PATCH /v1/models/a%2Fb?x=%20 HTTP/1.1\r\nHost: localhost\r\nIf-Match: \"2\"\r\nX-A: one, two\r\nContent-Length: 17\r\n\r\n");
    CHECK(request.method == Method::patch);
    CHECK(request.target == "/v1/models/a%2Fb?x=%20");
    CHECK(request.headers.find("if-match") == "\"2\"");
    CHECK(request.headers.find("x-a") == "one, two");
    CHECK(request.content_length == 17);
}

TEST_CASE("every method of the house reaches its handler as itself") {
    for (const char* method : {"GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"}) {
        CHECK(to_string(parsed(std::string(method) + " /a HTTP/1.1\r\nHost: localhost\r\n\r\n").method) == method);
    }
}

TEST_CASE("a chunked body has no length") {
    CHECK(!parsed("POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n").content_length);
}

TEST_CASE("every field reaches the handler, and so does one without a value") {
    const Request request = parsed(
        "PUT /a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nRange: bytes=0-1\r\nAccept-Encoding: gzip\r\nX-Empty:\r\n"
        "Content-Length: 1\r\n\r\n");
    CHECK(request.headers.find("Expect") == "100-continue");
    CHECK(request.headers.find("Range") == "bytes=0-1");
    CHECK(request.headers.find("Accept-Encoding") == "gzip");
    CHECK(request.headers.find("X-Empty") == "");
}

TEST_CASE("nothing that a field's value says is decoded") {
    const Request request = parsed("GET /a HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \"a%41\"\r\n\r\n");
    CHECK(request.headers.find("if-none-match") == "\"a%41\"");
}

TEST_CASE("a field may be as long as the head") {
    const std::string value(12'000, 'v');
    CHECK(parsed("GET /a HTTP/1.1\r\nHost: localhost\r\nX-A: " + value + "\r\n\r\n").headers.find("x-a") == value);
}

}  // namespace assay::test
