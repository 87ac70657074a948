#include "api/header_gate.hpp"

#include "tests/support/result.hpp"

#include <doctest/doctest.h>

using namespace assay;
using namespace assay::test;

namespace {

std::string get_with(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }

}  // namespace

TEST_CASE("a good head is read as sent") {
    const RequestHead head =
        must(check_head("PUT /a%2Fb?x=1 HTTP/1.1\r\nhOST: h:80\r\nContent-Length: 12\r\nX-A:\t v w \t\r\nX-a: second\r\nREMOTE_ADDR: "
                        "1\r\nX-Empty:\r\nExpect: 100-Continue\r\n\r\n"));
    CHECK(head.method == "PUT");
    CHECK(head.target == "/a%2Fb?x=1");
    CHECK(head.host == "h:80");
    CHECK(head.authority == "h:80");
    CHECK(head.content_length == 12);
    CHECK(head.has_body());
    CHECK(head.keep_alive);
    CHECK(head.expects_continue);
    CHECK(head.find("x-A") == "v w");
    CHECK(head.find("x-empty") == "");
    CHECK_FALSE(head.find("REMOTE_ADDR"));
    CHECK(head.fields.size() == 6);
}

TEST_CASE("the version and the Connection field decide whether the connection stays open") {
    const auto keeps = [](const std::string& version, const std::string& connection) {
        return must(check_head("GET / " + version + "\r\nHost: h\r\n" + connection + "\r\n")).keep_alive;
    };
    CHECK(keeps("HTTP/1.1", ""));
    CHECK(keeps("HTTP/1.1", "Connection: keep-alive\r\n"));
    CHECK_FALSE(keeps("HTTP/1.1", "Connection: Close\r\n"));
    CHECK_FALSE(keeps("HTTP/1.1", "Connection: upgrade , close\r\n"));
    CHECK_FALSE(keeps("HTTP/1.1", "Connection: x\r\nConnection: close\r\n"));
    CHECK_FALSE(keeps("HTTP/1.0", ""));
    CHECK(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST_CASE("an absolute target gives path and authority") {
    const RequestHead head = must(check_head("GET HTTP://other:1?x=/y HTTP/1.1\r\nHost: h\r\n\r\n"));
    CHECK(head.target == "/?x=/y");
    CHECK(head.authority == "other:1");
    CHECK(head.host == "h");
}

TEST_CASE("a head that breaks a rule is refused with the code of the rule") {
    struct Row {
        std::string head;
        const char* code;
    };
    const Row rows[] = {
        {"", "invalid-request-line"},
        {"\r\n", "invalid-request-line"},
        {"GET / HTTP/1.1\r\nHost: h\r\n", "invalid-request-line"},
        {"G(T / HTTP/1.1\r\nHost: h\r\n\r\n", "invalid-request-line"},
        {"GET / http/1.1\r\nHost: h\r\n\r\n", "invalid-request-line"},
        {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", "invalid-request-line"},
        {"GET / HTTP/1.2\r\nHost: h\r\n\r\n", "http-version-not-supported"},
        {"get / HTTP/1.1\r\nHost: h\r\n\r\n", "method-not-implemented"},
        {"GET /# HTTP/1.1\r\nHost: h\r\n\r\n", "invalid-target"},
        {"GET http:///x HTTP/1.1\r\nHost: h\r\n\r\n", "invalid-target"},
        {"GET * HTTP/1.1\r\nHost: h\r\n\r\n", "invalid-target"},
        {get_with("X Y: z\r\n"), "invalid-header"},
        {get_with("X\x80: z\r\n"), "invalid-header"},
        {get_with("X: z\r\n") + "more", "invalid-header"},
        {get_with("Range: bytes=0-1\r\nrange: bytes=2-3\r\n"), "repeated-header"},
        {get_with("Assay-Environment: none\r\nAssay-Environment: x\r\n"), "repeated-header"},
        {get_with("Content-Length: 1\r\n"), "body-not-allowed"},
        {get_with("Transfer-Encoding: chunked\r\n"), "body-not-allowed"},
        {get_with("Content-Encoding: br\r\n"), "unsupported-content-encoding"},
        {get_with("Expect: 200-ok\r\n"), "expectation-failed"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.head);
        CHECK(error_of(check_head(row.head)).code == row.code);
    }
}

TEST_CASE("limits hold at their edge") {
    const std::string line = "GET /" + std::string(7999, 'a') + " HTTP/1.1\r\nHost: h\r\n";
    CHECK(check_head(line + "\r\n"));
    CHECK(error_of(check_head("GET /" + std::string(8000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n")).code == "target-too-long");
    std::string fields;
    for (int i = 0; i < 99; ++i) fields += "A: b\r\n";
    CHECK(check_head(get_with(fields)));
    CHECK(error_of(check_head(get_with(fields + "A: b\r\n"))).code == "too-many-headers");
    const std::string padding = get_with("X: ");
    CHECK(check_head(get_with("X: " + std::string(16384 - padding.size() - 2, 'x') + "\r\n")));
    CHECK(error_of(check_head(get_with("X: " + std::string(16384 - padding.size() - 1, 'x') + "\r\n"))).code == "header-too-large");
}

TEST_CASE("a file path of 1,024 bytes and a name of 256 code points, all percent-encoded, fit the target") {
    std::string target = "/v1/models/";
    for (int i = 0; i < 256; ++i) target += "%F0%9F%90%A7";
    target += "/versions/sha256:" + std::string(64, 'a') + "/files/";
    for (int i = 0; i < 1024; ++i) target += "%20";
    CHECK(check_head("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n"));
}

TEST_CASE("the end of a head is found wherever the pieces break") {
    const std::string head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    for (std::size_t step = 1; step <= head.size(); ++step) {
        HeadScan scan;
        HeadScan::State state = HeadScan::State::incomplete;
        std::size_t given = 0;
        while (state == HeadScan::State::incomplete && given < head.size()) {
            given = std::min(given + step, head.size());
            state = scan.advance(std::string_view(head).substr(0, given));
        }
        CHECK(state == HeadScan::State::complete);
        CHECK(scan.length == head.size());
        CHECK(given == head.size());
    }
}

TEST_CASE("a line that ends without CR is seen at once") {
    HeadScan scan;
    CHECK(scan.advance("GET / HTTP/1.1\n") == HeadScan::State::malformed);
    HeadScan at_start;
    CHECK(at_start.advance("\n") == HeadScan::State::malformed);
}
