#include "api/http_server_head.hpp"

#include "tests/support/result.hpp"

namespace assay::test {

namespace {

Request parsed(const std::string& text) {
    const RequestHead head = must(check_head(text));
    return must(HeadParser().parse(head));
}

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

TEST_CASE("a chunked body has no length, and nothing that the library makes up is a field") {
    const Request request = parsed("POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    CHECK(!request.content_length);
    for (const char* name : {"REMOTE_ADDR", "REMOTE_PORT", "LOCAL_ADDR", "LOCAL_PORT"}) CHECK(!request.headers.find(name));
}

TEST_CASE("what is kept from the library still reaches the handler, and so does a field without a value") {
    const Request request = parsed(
        "PUT /a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nRange: bytes=0-1\r\nAccept-Encoding: gzip\r\nX-Empty:\r\n"
        "Content-Length: 1\r\n\r\n");
    CHECK(request.headers.find("Expect") == "100-continue");
    CHECK(request.headers.find("Range") == "bytes=0-1");
    CHECK(request.headers.find("Accept-Encoding") == "gzip");
    CHECK(request.headers.find("X-Empty") == "");
}

TEST_CASE("the library decodes nothing that a field's value says") {
    const Request request = parsed("GET /a HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \"a%41\"\r\n\r\n");
    CHECK(request.headers.find("if-none-match") == "\"a%41\"");
}

TEST_CASE("one parser reads many heads, each for itself") {
    const HeadParser parser;
    for (int i = 0; i < 3; ++i) {
        const std::string path = "/" + std::to_string(i);
        const Request request = must(
            parser.parse(must(check_head("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nX-" + std::to_string(i) + ": yes\r\n\r\n"))));
        CHECK(request.target == path);
        CHECK(request.headers.find("X-" + std::to_string(i)) == "yes");
        CHECK(!request.headers.find("X-" + std::to_string(i - 1)));
    }
}

}  // namespace assay::test
