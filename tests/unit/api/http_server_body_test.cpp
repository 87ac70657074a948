#include "api/http_server_body.hpp"

#include "tests/support/result.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

namespace assay::test {

namespace {

using namespace std::chrono_literals;

/// A connection that has received `buffered` already, and another end that may send more.
struct Client {
    ClientConnection connection;
    int other = -1;

    explicit Client(const std::string& buffered) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
        connection.fd = ends[0];
        other = ends[1];
        connection.input.append(buffered.data(), buffered.size());
    }
    ~Client() {
        ::close(connection.fd);
        ::close(other);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(const std::string& bytes) const {
        REQUIRE(::send(other, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }
    [[nodiscard]] std::string received() const {
        std::array<char, 1000> buffer{};
        const ssize_t count = ::recv(other, buffer.data(), buffer.size(), MSG_DONTWAIT);
        return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : "";
    }
};

RequestHead with_length(std::uint64_t length, bool expects_continue = false) {
    RequestHead head;
    head.content_length = length;
    head.expects_continue = expects_continue;
    return head;
}

RequestHead chunked() {
    RequestHead head;
    head.chunked = true;
    return head;
}

constexpr Pace patient{60'000ms, 1};
constexpr std::uint64_t limit = 1000;

std::string error_code_of_chunks(const std::string& bytes) {
    Client client(bytes);
    RequestBody body(client.connection, chunked(), limit, patient);
    const auto read = read_all(body, 10'000);
    if (read) return "read: " + *read;
    CHECK(body.failure());
    return read.error().code;
}

}  // namespace

TEST_CASE("a body of known length ends there, and the next request stays where it is") {
    Client client("hello wGET /next");
    RequestBody body(client.connection, with_length(7), limit, patient);
    CHECK(!body.complete());
    CHECK(must(read_all(body, limit)) == "hello w");
    CHECK(body.complete());
    CHECK(body.received() == 7);
    CHECK(client.connection.input.view() == "GET /next");
    std::array<std::byte, 10> buffer{};
    CHECK(must(body.read(buffer)) == 0);
}

TEST_CASE("no body is complete at once and reads nothing") {
    for (const RequestHead& head : {RequestHead{}, with_length(0)}) {
        Client client("GET /next");
        RequestBody body(client.connection, head, limit, patient);
        CHECK(body.complete());
        CHECK(must(read_all(body, limit)).empty());
        CHECK(client.connection.input.view() == "GET /next");
    }
}

TEST_CASE("what is not buffered is received, in both framings") {
    Client plain("he");
    plain.send("llo");
    RequestBody body(plain.connection, with_length(5), limit, patient);
    CHECK(must(read_all(body, limit)) == "hello");
    Client pieces("5\r");
    pieces.send("\nhello\r\n0\r\n\r\nGET");
    RequestBody chunks(pieces.connection, chunked(), limit, patient);
    CHECK(must(read_all(chunks, limit)) == "hello");
    CHECK(chunks.complete());
    CHECK(pieces.connection.input.view() == "GET");
}

TEST_CASE("chunks are joined, their extensions and trailers dropped, and anything else is refused") {
    for (const auto& [bytes, outcome] : {std::pair{"0\r\n\r\n", "read: "},
                                         {"3\r\nabc\r\n2;x=\"y\"\r\nde\r\n0\r\n\r\n", "read: abcde"},
                                         {"00A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n", "read: 0123456789"},
                                         {"a\r\n0123456789\r\n0\r\n\r\n", "read: 0123456789"},
                                         {"3\nabc\r\n0\r\n\r\n", "invalid-chunk"},
                                         {"\r\n0\r\n\r\n", "invalid-chunk"},
                                         {"0x3\r\nabc\r\n0\r\n\r\n", "invalid-chunk"},
                                         {"-3\r\nabc\r\n0\r\n\r\n", "invalid-chunk"},
                                         {"3 \r\nabc\r\n0\r\n\r\n", "invalid-chunk"},
                                         {"3\r\nabcd\r\n0\r\n\r\n", "invalid-chunk"},
                                         {"0000000000000003\r\nabc\r\n0\r\n\r\n", "invalid-chunk"},
                                         {"3e9\r\n", "body-too-large"},
                                         {"fffffffffffffff\r\n", "body-too-large"},
                                         {"0\r\nno colon\r\n\r\n", "invalid-chunk"},
                                         {"0\r\na b: c\r\n\r\n", "invalid-chunk"}}) {
        CAPTURE(bytes);
        CHECK(error_code_of_chunks(bytes) == outcome);
    }
    std::string trailers = "0\r\n";
    for (int i = 0; i < 20; ++i) trailers += "X: y\r\n";
    CHECK(error_code_of_chunks(trailers + "\r\n") == "read: ");
    CHECK(error_code_of_chunks(trailers + "X: y\r\n\r\n") == "invalid-chunk");
    CHECK(error_code_of_chunks("1;" + std::string(10'000, 'x') + "\r\na\r\n0\r\n\r\n") == "invalid-chunk");
}

TEST_CASE("the limit counts the chunks together, and holds at its edge") {
    const std::string half = "1f4\r\n" + std::string(500, 'h') + "\r\n";
    CHECK(error_code_of_chunks(half + half + "0\r\n\r\n") == "read: " + std::string(1000, 'h'));
    CHECK(error_code_of_chunks(half + half + "1\r\nx\r\n0\r\n\r\n") == "body-too-large");
}

TEST_CASE("100 Continue is sent once, before the first byte is waited for, and not to a client that did not wait") {
    Client waits("");
    RequestBody body(waits.connection, with_length(5, true), limit, {0ms, 1});
    CHECK(waits.received().empty());
    std::array<std::byte, 10> buffer{};
    CHECK(error_of(body.read(buffer)).code == "request-timeout");
    CHECK(waits.received() == "HTTP/1.1 100 Continue\r\n\r\n");
    Client sent("hello");
    RequestBody here(sent.connection, with_length(5, true), limit, patient);
    CHECK(must(read_all(here, limit)) == "hello");
    CHECK(sent.received().empty());
}

TEST_CASE("a client that goes away, or is too slow, fails the body for good") {
    Client gone("he");
    ::shutdown(gone.other, SHUT_RDWR);
    RequestBody body(gone.connection, with_length(5), limit, patient);
    for (int twice = 0; twice < 2; ++twice) {
        const Error error = error_of(read_all(body, limit));
        CHECK(error.kind == ErrorKind::integrity);
        CHECK(error.code == "body-truncated");
    }
    CHECK(!body.complete());
    Client slow("he");
    RequestBody late(slow.connection, with_length(5), limit, {0ms, 1'000'000});
    CHECK(error_of(read_all(late, limit)).code == "request-timeout");
    CHECK(!late.connection_lost());
}

TEST_CASE("what has arrived is skipped without waiting, and without asking for what was not sent") {
    Client whole("hello");
    RequestBody body(whole.connection, with_length(5), limit, patient);
    body.skip_what_is_here();
    CHECK(body.complete());
    Client part("he");
    RequestBody cut(part.connection, with_length(5), limit, patient);
    cut.skip_what_is_here();
    CHECK(!cut.complete());
    Client asks("");
    RequestBody owed(asks.connection, with_length(5, true), limit, patient);
    owed.skip_what_is_here();
    CHECK(!owed.complete());
    CHECK(asks.received().empty());
    Client large("");
    large.send(std::string(80'000, 'x'));
    RequestBody too_much(large.connection, with_length(80'000), 100'000, patient);
    too_much.skip_what_is_here();
    CHECK(!too_much.complete());
    CHECK(too_much.received() < 80'000);
}

}  // namespace assay::test
