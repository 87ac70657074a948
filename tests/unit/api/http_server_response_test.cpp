#include "api/http_server_response.hpp"

#include "tests/support/result.hpp"

#include <string>

namespace assay::test {

namespace {

class OfSize final : public BodyStream {
public:
    explicit OfSize(std::uint64_t size) : size_(size) {}
    [[nodiscard]] std::uint64_t size() const override { return size_; }
    [[nodiscard]] Result<std::span<const std::byte>> next() override { return std::span<const std::byte>(); }

private:
    std::uint64_t size_;
};

std::string head_of(const Response& response, ResponseFrame frame = {}) {
    frame.request_id = "id-1";
    std::string head = must(render_head(response, frame));
    // The one line that changes with time: "Date: Sun, 06 Nov 1994 08:49:37 GMT".
    const std::size_t at = head.find("Date: ");
    REQUIRE(at != std::string::npos);
    const std::string date = head.substr(at, head.find("\r\n", at) - at);
    CHECK(date.size() == 35);
    CHECK(date.ends_with(" GMT"));
    return head.erase(at, date.size() + 2);
}

}  // namespace

TEST_CASE("a head has its status, its fields, its length and an empty line") {
    Response response;
    response.status = 201;
    response.headers.set("ETag", "\"1\"");
    response.body = "12345";
    CHECK(head_of(response) ==
          "HTTP/1.1 201 Created\r\nX-Request-Id: id-1\r\nX-Content-Type-Options: nosniff\r\nETag: \"1\"\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("the length is that of the stream, of the body, or what a HEAD route announces") {
    const auto length = [](const Response& response, bool head_only) {
        const std::string head = head_of(response, {.head_only = head_only, .request_id = ""});
        const std::size_t at = head.find("Content-Length: ");
        return at == std::string::npos ? "none" : head.substr(at + 16, head.find("\r\n", at) - at - 16);
    };
    Response response;
    response.headers.set("Content-Length", "77");
    CHECK(length(response, true) == "77");
    CHECK(length(response, false) == "0");  // a handler cannot announce what it does not send
    response.body = "12345";
    CHECK(length(response, true) == "5");
    CHECK(length(response, false) == "5");
    response.stream = std::make_unique<OfSize>(std::uint64_t{1} << 40U);
    CHECK(length(response, false) == "1099511627776");
    response.status = 204;
    CHECK(length(response, false) == "none");
    response.status = 304;
    CHECK(length(response, false) == "none");
}

TEST_CASE("the connection is said to close, or to stay open to HTTP/1.0, and the framing is the server's alone") {
    Response response;
    for (const char* name : {"Connection", "transfer-encoding", "Date", "X-Request-ID", "Keep-Alive"}) response.headers.add(name, "mine");
    for (const auto& [frame, line] : {std::pair{ResponseFrame{}, ""},
                                      {ResponseFrame{.keep_alive = false, .request_id = ""}, "Connection: close\r\n"},
                                      {ResponseFrame{.keep_alive = false, .http_1_0 = true, .request_id = ""}, "Connection: close\r\n"},
                                      {ResponseFrame{.http_1_0 = true, .request_id = ""}, "Connection: keep-alive\r\n"}}) {
        const std::string head = head_of(response, frame);
        CHECK(head.find("mine") == std::string::npos);
        CHECK(head.ends_with("Content-Length: 0\r\n" + std::string(line) + "\r\n"));
    }
}

TEST_CASE("a status that is none, and names or values that could end their line, are refused whole") {
    for (const int status : {-1, 0, 100, 199, 600}) {
        Response response;
        response.status = status;
        CHECK(error_of(render_head(response, {})).code == "invalid-response");
    }
    for (const auto& [name, value] : {std::pair{"X", "a\r\nSet-Cookie: b"},
                                      {"X", "a\nb"},
                                      {"X", "a\rb"},
                                      {"X", "a\x7f"},
                                      {"X Y", "a"},
                                      {"X\r\nY", "a"},
                                      {"X:", "a"},
                                      {"", "a"}}) {
        Response response;
        response.headers.add(name, value);
        CHECK(error_of(render_head(response, {})).code == "invalid-response");
    }
    Response nul;
    nul.headers.add("X", std::string("a\0b", 3));
    CHECK(error_of(render_head(nul, {})).code == "invalid-response");
    Response tab;
    tab.headers.add("X", "a\tb");
    CHECK(head_of(tab).find("X: a\tb\r\n") != std::string::npos);
}

TEST_CASE("no body belongs to 1xx, 204 and 304") {
    for (const int status : {100, 101, 204, 304}) CHECK(is_bodiless(status));
    for (const int status : {200, 201, 206, 404, 409, 500}) CHECK(!is_bodiless(status));
}

}  // namespace assay::test
