#include "tests/support/http_test_server.hpp"
#include "tests/support/result.hpp"

#include "base/json.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace assay;
using namespace assay::test;

TEST_CASE("a GET is answered with length, date, request id and nosniff, and is not compressed") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    const auto answer = probe.ask("GET", "/hello", "Accept-Encoding: gzip, deflate, br\r\nX-Request-Id: my-id.1\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.body == "hello");
    CHECK(answer.header("Content-Length") == "5");
    CHECK(answer.header("X-Request-Id") == "my-id.1");
    CHECK(answer.header("X-Content-Type-Options") == "nosniff");
    CHECK(answer.header("Date"));
    CHECK_FALSE(answer.header("Content-Encoding"));
    CHECK_FALSE(answer.header("Connection"));
}

TEST_CASE("a malformed request id is replaced, not repeated") {
    HttpTestServer server;
    const auto answer = server.probe().ask("GET", "/hello", "X-Request-Id: a b\r\n");
    CHECK(answer.header("X-Request-Id").value_or("").size() == 16);
}

TEST_CASE("one connection answers many requests") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    for (int i = 0; i < 20; ++i) {
        CHECK(probe.ask("GET", "/hello").body == "hello");
        CHECK(probe.ask("POST", "/echo", "", "body " + std::to_string(i)).body == "body " + std::to_string(i));
    }
}

TEST_CASE("pipelined requests are all answered, in order") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    std::string text;
    for (int i = 0; i < 50; ++i) {
        text += "GET /things/" + std::to_string(i) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        text += "POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc";
        text += "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n";
    }
    probe.send(text);
    for (int i = 0; i < 50; ++i) {
        CHECK(must(parse_json(probe.answer().body)).at("params").at("name") == std::to_string(i));
        CHECK(probe.answer().body == "abc");
        CHECK(probe.answer().body == "de");
    }
}

TEST_CASE("a request that arrives byte by byte is answered") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    for (const char c : std::string("\r\nPOST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nabcd"))
        probe.send(std::string(1, c));
    CHECK(probe.answer().body == "abcd");
}

TEST_CASE("HEAD answers as GET without the body, and a HEAD route of its own may announce a length") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    const auto head = probe.ask("HEAD", "/hello");
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "5");
    CHECK(probe.ask("HEAD", "/length").header("Content-Length") == "12345");
    CHECK(probe.ask("HEAD", "/stream?size=70000").header("Content-Length") == "70000");
    CHECK(probe.ask("GET", "/hello").body == "hello");  // nothing of a body was left in between
}

TEST_CASE("204 has neither body nor Content-Length") {
    HttpTestServer server;
    const auto answer = server.probe().ask("DELETE", "/things/a");
    CHECK(answer.status == 204);
    CHECK_FALSE(answer.header("Content-Length"));
}

TEST_CASE("an unknown path is 404, a known one with another method 405 with Allow, OPTIONS says what is allowed") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    const auto missing = probe.ask("GET", "/nothing");
    CHECK(missing.status == 404);
    CHECK(code_of(missing) == "route-not-found");
    const auto other = probe.ask("PUT", "/things/a");
    CHECK(other.status == 405);
    CHECK(code_of(other) == "method-not-allowed");
    CHECK(other.header("Allow") == "GET, HEAD, DELETE, OPTIONS");
    const auto options = probe.ask("OPTIONS", "/things/a");
    CHECK(options.status == 204);
    CHECK(options.header("Allow") == "GET, HEAD, DELETE, OPTIONS");
    CHECK(probe.ask("OPTIONS", "*").status == 204);
    CHECK(probe.ask("OPTIONS", "/nothing").status == 404);
}

TEST_CASE("path and query reach the handler decoded once") {
    HttpTestServer server;
    const auto answer = server.probe().ask("GET", "/things/a%2Fb%2525/files/x%20y/z?q=a+b%2Bc&empty=&flag");
    const Json json = must(parse_json(answer.body));
    CHECK(json.at("params") == Json{{"name", "a/b%25"}, {"path", "x y/z"}});
    CHECK(json.at("query") == Json{{"q", "a b+c"}, {"empty", ""}, {"flag", ""}});
}

TEST_CASE("header values reach the handler as sent") {
    HttpTestServer server;
    const auto answer =
        server.probe().ask("GET", "/headers", "Assay-Consumer: nightly%20job@h\r\nRange: bytes=0-1\r\nIf-None-Match:   \"x%41\"  \r\n");
    const Json headers = must(parse_json(answer.body)).at("headers");
    CHECK(headers.at("assay-consumer") == "nightly%20job@h");
    CHECK(headers.at("if-none-match") == "\"x%41\"");
    CHECK(headers.at("range") == "bytes=0-1");
}

TEST_CASE("HTTP/1.0 closes after the answer unless it asks to keep alive") {
    HttpTestServer server;
    HttpProbe plain = server.probe();
    CHECK(plain.ask_raw("GET /hello HTTP/1.0\r\nHost: localhost\r\n\r\n").header("Connection") == "close");
    CHECK(plain.is_closed());
    HttpProbe keeping = server.probe();
    CHECK(keeping.ask_raw("GET /hello HTTP/1.0\r\nHost: localhost\r\nConnection: Keep-Alive\r\n\r\n").header("Connection") == "keep-alive");
    CHECK(keeping.ask("GET", "/hello").status == 200);
}

TEST_CASE("Connection: close is honoured") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    CHECK(probe.ask("GET", "/hello", "Connection: close\r\n").header("Connection") == "close");
    CHECK(probe.is_closed());
}

TEST_CASE("a client that sends no more still gets its answer") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    probe.request("GET", "/hello");
    probe.finish_sending();
    CHECK(probe.answer().body == "hello");
    CHECK(probe.is_closed());
}

TEST_CASE("an absolute-form target is routed by its path and judged by its host") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    CHECK(probe.ask("GET", "http://localhost:1/hello").body == "hello");
    CHECK(probe.ask("GET", "http://evil.example/hello").status == 403);
}

TEST_CASE("chunked bodies arrive whole, whatever their pieces") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    std::string body = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::string expected;
    for (std::size_t size = 1; size < 70'000; size = size * 3 + 1) {
        const std::string piece(size, static_cast<char>('a' + size % 26));
        char line[32];
        (void)std::snprintf(line, sizeof line, "%zX;ext=1\r\n", size);
        body += line + piece + "\r\n";
        expected += piece;
    }
    probe.send(body + "0\r\nX-Trailer: dropped\r\n\r\n");
    CHECK(probe.answer().body == expected);
    CHECK(probe.ask("GET", "/headers").body.find("dropped") == std::string::npos);
}

TEST_CASE("a large answer to a client that reads late arrives whole, and holds no thread meanwhile") {
    HttpTestServer server({.quick = {1, 8}});
    HttpProbe slow = server.probe();
    slow.request("GET", "/big?size=16000000");
    // The only quick thread is free for others although the first client has read nothing.
    CHECK(server.probe().ask("GET", "/hello").body == "hello");
    CHECK(slow.answer().body.size() == 16'000'000);
    CHECK(slow.ask("GET", "/hello").body == "hello");
}

TEST_CASE("a stream arrives whole, and the connection goes on") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    CHECK(probe.ask("GET", "/stream?size=5000001").body == std::string(5'000'001, 'x'));
    CHECK(probe.ask("GET", "/stream?size=0").body.empty());
    CHECK(probe.ask("GET", "/hello").body == "hello");
}

TEST_CASE("a stream that fails resets the connection, so that no part passes for the whole") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    probe.request("GET", "/broken-stream");
    const auto [received, ended] = probe.rest();
    CHECK(received.size() < (1 << 20));
    CHECK_FALSE(ended);
}

TEST_CASE("stop finishes a running request, closes idle connections, and nobody can connect afterwards") {
    auto server = std::make_unique<HttpTestServer>();
    HttpProbe idle = server->probe();
    CHECK(idle.ask("GET", "/hello").status == 200);
    HttpProbe half = server->probe();
    half.send("GET /hel");
    HttpProbe running = server->probe();
    running.request("GET", "/wait");
    server->door.wait_for_visitors(1);
    std::thread stopper([&] { server->server().stop(); });
    CHECK(idle.is_closed());
    CHECK(half.is_closed());
    server->door.open();
    const auto answer = running.answer();
    CHECK(answer.body == "waited");
    CHECK(answer.header("Connection") == "close");
    stopper.join();
    server->server().stop();  // twice is once
}

TEST_CASE("a search whose client has left while it waited is not carried out, and searches keep no other request waiting") {
    HttpTestServer server({.search = {1, 8}, .search_wait = std::chrono::milliseconds(0)});
    HttpProbe first = server.probe();
    first.request("GET", "/search");
    server.door.wait_for_visitors(1);
    {
        HttpProbe leaver = server.probe();
        leaver.request("GET", "/search");
        CHECK(server.probe().ask("GET", "/hello").status == 200);  // the one before has arrived, too
    }
    HttpProbe second = server.probe();
    second.request("GET", "/search");
    server.door.open();
    CHECK(first.answer().body == "found");
    CHECK(second.answer().body == "found");
    CHECK(server.door.visitors() == 2);
}

TEST_CASE("stop cuts a request that does not end within its grace") {
    HttpTestServer server({.stop_grace = std::chrono::milliseconds(50)});
    HttpProbe probe = server.probe();
    probe.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
    CHECK(probe.answer().status == 100);
    server.server().stop();
    CHECK(probe.is_closed());
}

TEST_CASE("a second server on the same port is refused in words") {
    HttpTestServer first;
    Metrics metrics;
    HttpServer second(Router(), {.port = first.port()}, metrics);
    CHECK(error_of(second.start()).code == "address-in-use");
    HttpServer nowhere(Router(), {.host = "no.such.host.invalid"}, metrics);
    CHECK(error_of(nowhere.start()).code == "invalid-listen-address");
}

TEST_CASE("requests are counted by route, never by path") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    CHECK(probe.ask("GET", "/things/secret-name").status == 200);
    CHECK(probe.ask("GET", "/nothing/here").status == 404);
    server.server().stop();  // a request is counted after its answer has left
    const std::string text = server.metrics().to_prometheus();
    CHECK(text.find(R"(assay_http_requests_total{route="/things/{name}",method="GET",status="200"} 1)") != std::string::npos);
    CHECK(text.find(R"(assay_http_requests_total{route="-",method="GET",status="404"} 1)") != std::string::npos);
    CHECK(text.find("secret-name") == std::string::npos);
    CHECK(text.find("assay_http_connections 0") != std::string::npos);
}
