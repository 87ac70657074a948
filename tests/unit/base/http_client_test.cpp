#include "base/http_client.hpp"

#include "tests/support/result.hpp"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace assay::test {

namespace {

/// A server that reads one request after the other and answers each with the next text of a script; an empty text, and the end of the
/// script, close the connection.
class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<std::string> answers)
        : answers_(std::move(answers)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 8) != 0)
            FAIL("no port to listen on");
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
        thread_ = std::thread([this] { serve(); });
    }
    ~ScriptedServer() { stop(); }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    /// Ends the server; what it was asked can be looked at after that.
    void stop() {
        if (!thread_.joinable()) return;
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }

    std::string url;
    std::vector<std::string> requests;
    int connections = 0;

private:
    void serve() {
        std::size_t next = 0;
        while (next < answers_.size()) {
            const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (client < 0) return;
            ++connections;
            std::string pending;
            while (next < answers_.size() && read_request(client, pending)) {
                const std::string& answer = answers_[next++];
                if (answer.empty()) break;
                for (std::size_t sent = 0; sent < answer.size();) {
                    const ssize_t count = ::send(client, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
                    if (count <= 0) break;
                    sent += static_cast<std::size_t>(count);
                }
            }
            ::close(client);
        }
    }

    bool read_request(int client, std::string& pending) {
        std::string text = std::exchange(pending, {});
        char buffer[65536];
        for (;;) {
            if (const std::size_t end = text.find("\r\n\r\n"); end != std::string::npos) {
                const std::size_t at = text.find("Content-Length: ");
                const std::size_t length = at < end ? std::stoul(text.substr(at + 16)) : 0;
                if (text.size() >= end + 4 + length) {
                    requests.push_back(std::move(text));
                    return true;
                }
            }
            const ssize_t count = ::recv(client, buffer, sizeof buffer, 0);
            if (count <= 0) return false;
            text.append(buffer, static_cast<std::size_t>(count));
        }
    }

    std::vector<std::string> answers_;
    int listener_;
    std::thread thread_;
};

HttpRequest get(std::string target) {
    HttpRequest request;
    request.target = std::move(target);
    return request;
}

HttpRequest put(Source& source, std::uint64_t size) {
    HttpRequest request = get("/b");
    request.method = "PUT";
    request.upload = &source;
    request.upload_size = size;
    return request;
}

std::string answer(std::string_view status, const std::string& body) {
    return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nX-Note: Yes\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("requests travel over one connection, with the target as it was given") {
    ScriptedServer server({answer("200 OK", "one"), answer("404 Not Found", "two")});
    const auto client = must(make_http_client(server.url));
    HttpRequest request = get("/v1/models/a%20b%2Fc?x=%C3%A9");
    request.headers = {{"X-Mine", "1"}};
    const HttpResponse first = must(client->send(request));
    CHECK(first.status == 200);
    CHECK(first.body == "one");
    CHECK(first.header("x-note") == "Yes");
    CHECK_FALSE(first.header("absent"));
    const HttpResponse second = must(client->send(request));
    CHECK(second.status == 404);
    CHECK(second.body == "two");
    server.stop();
    CHECK(server.connections == 1);
    CHECK(server.requests.at(0).starts_with("GET /v1/models/a%20b%2Fc?x=%C3%A9 HTTP/1.1\r\n"));
    CHECK(server.requests[0].find("X-Mine: 1\r\n") != std::string::npos);
}

TEST_CASE("a redirection is an answer, not an order") {
    ScriptedServer server({"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"});
    CHECK(must(must(make_http_client(server.url))->send({})).status == 302);
}

TEST_CASE("an upload is streamed with its length, and a source that ends too early is an error") {
    const std::string bytes(3'000'000, 'u');
    ScriptedServer server({answer("201 Created", "{}"), ""});
    const auto client = must(make_http_client(server.url));
    MemorySource source(bytes);
    CHECK(must(client->send(put(source, bytes.size()))).status == 201);
    MemorySource too_short("abc");
    CHECK(error_of(client->send(put(too_short, 10))).code == "source-too-short");
    server.stop();
    CHECK(server.requests.at(0).ends_with("\r\n\r\n" + bytes));
}

TEST_CASE("a 2xx body is handed to the receiver in large pieces; another one is kept") {
    const std::string bytes(3'000'000, 'd');
    ScriptedServer server({answer("200 OK", bytes), answer("409 Conflict", "why")});
    const auto client = must(make_http_client(server.url));
    std::string received;
    int pieces = 0;
    HttpRequest request = get("/");
    request.receive = [&](std::string_view piece) -> Result<void> {
        received += piece;
        ++pieces;
        return {};
    };
    CHECK(must(client->send(request)).body.empty());
    CHECK(received == bytes);
    CHECK(pieces <= 13);
    received.clear();
    CHECK(must(client->send(request)).body == "why");
    CHECK(received.empty());
}

TEST_CASE("an error of the receiver stops the transfer and comes back") {
    ScriptedServer server({answer("200 OK", std::string(3'000'000, 'd'))});
    const auto client = must(make_http_client(server.url));
    HttpRequest request = get("/");
    request.receive = [](std::string_view) -> Result<void> { return fail(ErrorKind::no_space, "no-space", "full"); };
    CHECK(error_of(client->send(request)).code == "no-space");
}

TEST_CASE("a body cut short is a lost connection, and never taken for the whole") {
    ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"});  // the last of a script: the connection closes
    CHECK(error_of(must(make_http_client(server.url))->send({})).code == "connection-lost");
}

TEST_CASE("a server that is not there is a failed connection") {
    std::string url;
    {
        const ScriptedServer gone({});
        url = gone.url;
    }
    const Error error = error_of(must(make_http_client(url))->send({}));
    CHECK(error.kind == ErrorKind::network);
    CHECK(error.code == "connection-failed");
}

TEST_CASE("a server that takes the connection and stays silent is given up when the patience of the request ends") {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener, 8) == 0);  // the kernel takes the connection, and nobody reads it
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    HttpRequest request = get("/");
    request.patience = std::chrono::milliseconds(50);
    const auto client = must(make_http_client("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port))));
    CHECK(error_of(client->send(request)).code == "connection-lost");
    request.patience = std::chrono::milliseconds(-1);  // it ended before the request began
    CHECK(error_of(client->send(request)).kind == ErrorKind::network);
    ::close(listener);
}

TEST_CASE("a header or target that would smuggle a line is not sent") {
    const auto client = must(make_http_client("http://127.0.0.1:9"));
    HttpRequest request = get("/");
    request.headers = {{"A", "b\r\nC: d"}};
    CHECK(error_of(client->send(request)).code == "invalid-request");
    CHECK(error_of(client->send(get("/a\r\nb"))).code == "invalid-request");
}

TEST_CASE("only http URLs with a host and port are servers") {
    for (const char* good :
         {"http://localhost", "http://127.0.0.1:8080", "http://127.0.0.1:8080/", "http://[::1]:8080", "http://a-b.example"})
        CHECK(make_http_client(good).has_value());
    for (const char* bad :
         {"", "localhost:8080", "https://x", "ftp://x", "http://", "http://:80", "http://x:0", "http://x:65536", "http://x:a",
          "http://x/path", "http://x?q", "http://u:p@x", "http://[::1", "http://[::1]x", "http://a b", "http://a\r\nb"}) {
        CAPTURE(bad);
        CHECK(error_of(make_http_client(bad)).code == "invalid-url");
    }
}

}  // namespace assay::test
