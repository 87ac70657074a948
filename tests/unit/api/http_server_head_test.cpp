#include "api/http_server_head.hpp"

#include "tests/support/result.hpp"

namespace assay::test {

namespace {

Request parsed(const std::string& fields) {
    static const HeadParser parser;
    return must(parser.parse(must(check_head("PUT /v1/blobs/x?a=%20b HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n"))));
}

}  // namespace

TEST_CASE("a handler sees the fields of a head as they were sent") {
    const Request request = parsed("If-None-Match: \"a%41\"\r\nRange: bytes=0-1\r\nExpect: 100-continue\r\nContent-Length: 12\r\n");
    CHECK(request.target == "/v1/blobs/x?a=%20b");
    CHECK(request.method == Method::put);
    CHECK(request.content_length == 12);
    CHECK(request.headers.find("if-none-match") == "\"a%41\"");
    CHECK(request.headers.find("range") == "bytes=0-1");
    CHECK(request.headers.find("expect") == "100-continue");  // for routes that answer before the body
}

TEST_CASE("a field without a value reaches the handler, which may have to refuse it") {
    const Request request = parsed("Idempotency-Key:\r\nAssay-Environment: \r\n");
    CHECK(request.headers.find("Idempotency-Key") == "");
    CHECK(request.headers.find("Assay-Environment") == "");
}

}  // namespace assay::test
