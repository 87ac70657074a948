#include "tests/support/http_test_server.hpp"
#include "tests/support/result.hpp"

#include "base/http_client.hpp"
#include "base/json.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <thread>
#include <vector>

// Each case is an attack that the stock library of Debian 12 falls for, over a real socket.

using namespace assay;
using namespace assay::test;
using namespace std::chrono_literals;

namespace {

/// Sends a head (without its last empty line) that must be refused with `code`; the connection must then be closed, and no
/// second request be found in what follows.
void check_refused(const HttpTestServer& server, const std::string& head, int status, const std::string& code) {
    CAPTURE(head);
    HttpProbe probe = server.probe();
    probe.send(head + "\r\n\r\nGET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const auto answer = probe.answer();
    CHECK(answer.status == status);
    CHECK(code_of(answer) == code);
    CHECK(answer.header("Connection") == "close");
    CHECK(probe.is_closed());
}

/// Resident memory of this process, in KiB.
std::size_t resident_kib() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    file >> total >> resident;
    return resident * 4;
}

}  // namespace

TEST_CASE("attack: framing that two readers could understand differently is refused, and nothing behind it is read as a request") {
    HttpTestServer server;
    const std::string post = "POST /echo HTTP/1.1\r\nHost: localhost\r\n";
    check_refused(server, post + "Content-Length: 5\r\nTransfer-Encoding: chunked", 400, "ambiguous-framing");
    check_refused(server, post + "Content-Length: 5\r\nContent-Length: 6", 400, "repeated-header");
    check_refused(server, post + "Content-Length: 5\r\nContent-Length: 5", 400, "repeated-header");
    for (const char* length : {"abc", "+5", "-5", "5, 5", "0x5", "5 5", "", "18446744073709551621"}) {
        check_refused(server, post + "Content-Length: " + length, 400, "invalid-content-length");
    }
    for (const char* coding : {"xchunked", "chunked, chunked", "identity", "gzip, chunked", "\"chunked\""}) {
        check_refused(server, post + "Transfer-Encoding: " + coding, 400, "invalid-transfer-encoding");
    }
    check_refused(server, "POST /echo HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked", 400, "invalid-transfer-encoding");
    check_refused(server, post + "Content-Length : 5", 400, "invalid-header");
    check_refused(server, post + "Transfer-Encoding: chunked\r\n x: y", 400, "folded-header");
    check_refused(server, post + "\tContent-Length: 5", 400, "folded-header");
    check_refused(server, post + "NoColon", 400, "invalid-header");
    check_refused(server, post + ": empty", 400, "invalid-header");
    check_refused(server, post + "X: a\nContent-Length: 5", 400, "invalid-line-end");
    check_refused(server, post + "X: a\rContent-Length: 5", 400, "invalid-header");
}

TEST_CASE("attack: control characters in a header, plain or percent-encoded, are refused") {
    HttpTestServer server;
    const std::string get = "GET /hello HTTP/1.1\r\nHost: localhost\r\n";
    for (const std::string& value : {std::string("a\0b", 3), std::string("a\x01") + "b", std::string("a\x7f"),
                                     std::string("a%0d%0aSet-Cookie: b"), std::string("%0A"), std::string("%00")}) {
        check_refused(server, get + "X-Name: " + value, 400, "invalid-header");
    }
    check_refused(server, "GET /hello\x01 HTTP/1.1\r\nHost: localhost", 400, "invalid-target");
    check_refused(server, "GET /h\xc3\xa9 HTTP/1.1\r\nHost: localhost", 400, "invalid-target");
}

TEST_CASE("attack: a missing or repeated Host is refused, whatever the version") {
    HttpTestServer server;
    check_refused(server, "GET /hello HTTP/1.1", 400, "missing-host");
    check_refused(server, "GET /hello HTTP/1.0", 400, "missing-host");
    check_refused(server, "GET /hello HTTP/1.1\r\nHost: localhost\r\nHost: localhost", 400, "repeated-header");
    check_refused(server, "GET /hello HTTP/1.1\r\nHost:", 400, "missing-host");
}

TEST_CASE("attack: request lines that are none are refused") {
    HttpTestServer server;
    const std::string host = "\r\nHost: localhost";
    check_refused(server, "GET /hello" + host, 400, "invalid-request-line");
    check_refused(server, "GET  HTTP/1.1 x" + host, 400, "invalid-request-line");
    check_refused(server, "GET /a b HTTP/1.1" + host, 400, "invalid-target");
    check_refused(server, "GET /hello HTTP/2.0" + host, 505, "http-version-not-supported");
    check_refused(server, "PRI * HTTP/2.0", 505, "http-version-not-supported");
    check_refused(server, "BREW /hello HTTP/1.1" + host, 501, "method-not-implemented");
    check_refused(server, "CONNECT localhost:80 HTTP/1.1" + host, 501, "method-not-implemented");
    check_refused(server, "GET ftp://localhost/hello HTTP/1.1" + host, 400, "invalid-target");
    check_refused(server, "GET hello HTTP/1.1" + host, 400, "invalid-target");
    check_refused(server, "GET /" + std::string(8100, 'a') + " HTTP/1.1" + host, 414, "target-too-long");
}

TEST_CASE("attack: a header line of 64 MiB is refused after 16 KiB, in bounded memory") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    probe.send("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: ");
    const std::size_t before = resident_kib();
    const std::string piece(1 << 20, 'a');
    for (int i = 0; i < 64 && probe.send(piece); ++i) {
    }
    CHECK(resident_kib() < before + 16 * 1024);
    HttpProbe reader = server.probe();
    reader.send("GET /hello HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'a'));
    CHECK(code_of(reader.answer()) == "header-too-large");
}

TEST_CASE("attack: 200,000 header fields are refused, as are 101 small ones") {
    HttpTestServer server;
    std::string many = "GET /hello HTTP/1.1\r\nHost: localhost\r\n";
    for (int i = 0; i < 200'000; ++i) many += "A: b\r\n";
    HttpProbe probe = server.probe();
    probe.send(many + "\r\n");
    CHECK(probe.answer().status == 431);
    std::string just_too_many = "GET /hello HTTP/1.1\r\nHost: localhost";
    for (int i = 0; i < 100; ++i) just_too_many += "\r\nA: b";
    check_refused(server, just_too_many, 431, "too-many-headers");
}

TEST_CASE("attack: a chunked body cannot outgrow the route's limit") {
    HttpTestServer server;
    const std::string head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    HttpProbe probe = server.probe();
    std::string chunks;
    for (int i = 0; i < 17; ++i) chunks += "10000\r\n" + std::string(65536, 'a') + "\r\n";
    probe.send(head + chunks);
    const auto answer = probe.answer();
    CHECK(answer.status == 413);
    CHECK(code_of(answer) == "body-too-large");
    HttpProbe announced = server.probe();
    CHECK(announced.ask_raw(head + "FFFFFFFFFFFF\r\n").status == 413);
}

TEST_CASE("attack: chunks that are none are refused, and nothing behind them is read as a request") {
    HttpTestServer server;
    const std::string head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const char* body : {"-1\r\n", "0x3\r\nabc\r\n", "3 \r\nabc\r\n", "\r\n", "3\nabc\n0\n\n", "3\r\nabcd\r\n0\r\n\r\n",
                             "3\r\nabc0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n", "0\r\nno colon\r\n\r\n", "0\r\n bad: name\r\n\r\n"}) {
        CAPTURE(body);
        HttpProbe probe = server.probe();
        probe.send(head + body + "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const auto answer = probe.answer();
        CHECK(answer.status == 400);
        CHECK(code_of(answer) == "invalid-chunk");
        CHECK(probe.is_closed());
    }
    HttpProbe endless = server.probe();
    CHECK(endless.ask_raw(head + "3;" + std::string(5000, 'x')).status == 400);
    HttpProbe trailers = server.probe();
    std::string many;
    for (int i = 0; i < 30; ++i) many += "A: b\r\n";
    CHECK(trailers.ask_raw(head + "0\r\n" + many + "\r\n").status == 400);
}

TEST_CASE("attack: a compressed body is refused before it is unpacked") {
    HttpTestServer server;
    check_refused(server, "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Encoding: gzip", 415,
                  "unsupported-content-encoding");
}

TEST_CASE("attack: REMOTE_ADDR and its kin from a client do not reach the handler") {
    HttpTestServer server;
    const auto answer = server.probe().ask(
        "GET", "/headers", "REMOTE_ADDR: 6.6.6.6\r\nRemote_Port: 1\r\nLOCAL_ADDR: 6.6.6.6\r\nX-Accel-Redirect: /etc/passwd\r\n");
    const Json json = must(parse_json(answer.body));
    CHECK(json.at("remote") == "127.0.0.1");
    CHECK(answer.body.find("6.6.6.6") == std::string::npos);
    CHECK(answer.body.find("passwd") == std::string::npos);
    CHECK(json.at("headers").size() == 1);
}

TEST_CASE("attack: the text of an exception is not told to the client") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    const auto answer = probe.ask("GET", "/throw");
    CHECK(answer.status == 500);
    CHECK(code_of(answer) == "internal-error");
    for (const auto& [name, value] : answer.headers) CHECK(value.find("secret") == std::string::npos);
    CHECK(answer.body.find("secret") == std::string::npos);
    CHECK(probe.ask("GET", "/hello").status == 200);
}

TEST_CASE("attack: a handler's value with CR LF becomes no header of its own") {
    HttpTestServer server;
    const auto answer = server.probe().ask("GET", "/inject");
    CHECK(answer.status == 500);
    CHECK(code_of(answer) == "invalid-response");
    CHECK_FALSE(answer.header("Set-Cookie"));
}

TEST_CASE("attack: a thousand ranges reach the handler as one bounded header and multiply nothing") {
    HttpTestServer server;
    std::string ranges = "Range: bytes=0-";
    for (int i = 0; i < 1000; ++i) ranges += ",0-";
    const auto answer = server.probe().ask("GET", "/big?size=1000", ranges + "\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.body.size() == 1000);
    CHECK(server.probe().ask("GET", "/hello", "Range: bytes=0-" + std::string(20'000, ',') + "\r\n").status == 431);
}

TEST_CASE("attack: the body of a GET is not taken for a second request") {
    HttpTestServer server;
    const std::string smuggled = "GET /headers HTTP/1.1\r\nHost: localhost\r\n\r\n";
    check_refused(server, "GET /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(smuggled.size()), 400,
                  "body-not-allowed");
    check_refused(server, "HEAD /hello HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked", 400, "body-not-allowed");
    HttpProbe removing = server.probe();
    CHECK(code_of(removing.ask("DELETE", "/things/a", "", smuggled)) == "body-not-allowed");
    HttpProbe empty = server.probe();
    CHECK(empty.ask("GET", "/hello", "Content-Length: 0\r\n").status == 200);
    CHECK(empty.ask("DELETE", "/things/a", "Content-Length: 0\r\n").status == 204);
}

TEST_CASE("attack: a body that nobody read is not taken for a second request") {
    HttpTestServer server;
    HttpProbe small = server.probe();  // small and here already: skipped, the connection goes on
    CHECK(small.ask("POST", "/ignore", "", "GET /headers HTTP/1.1\r\nHost: localhost\r\n\r\n").body == "ignored");
    CHECK(small.ask("GET", "/hello").body == "hello");
    HttpProbe large = server.probe();  // not here: closed
    large.send("POST /ignore HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n");
    const auto answer = large.answer();
    CHECK(answer.body == "ignored");
    CHECK(answer.header("Connection") == "close");
    large.send("GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
    large.finish_sending();
    CHECK(large.is_closed());
}

TEST_CASE("attack: 64 idle and 8 half-sent connections do not delay the next client") {
    HttpTestServer server({.quick = {2, 16}, .transfer = {2, 16}});
    std::vector<HttpProbe> others;
    for (int i = 0; i < 64; ++i) {
        others.push_back(server.probe());
        if (i % 2 == 0) CHECK(others.back().ask("GET", "/hello").status == 200);  // idle after a request, and idle from the start
    }
    for (int i = 0; i < 8; ++i) {
        others.push_back(server.probe());
        others.back().send(i % 2 == 0 ? "GET /hello HTTP/1.1\r\nHo"
                                      : "POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf a bo");
    }
    HttpProbe next = server.probe();
    CHECK(next.ask("GET", "/hello").body == "hello");  // while all of them are open
    CHECK(others.front().ask("GET", "/hello").body == "hello");
}

TEST_CASE("attack: slow large uploads fill the transfer lane only") {
    HttpTestServer server({.quick = {1, 4}, .transfer = {2, 8}});
    std::vector<HttpProbe> slow;
    for (int i = 0; i < 6; ++i) {
        slow.push_back(server.probe());
        slow.back().send("POST /small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500000\r\n\r\nbegun");
    }
    CHECK(server.probe().ask("GET", "/hello").body == "hello");
}

TEST_CASE("attack: a body that drips slower than the pace is cut") {
    HttpTestServer server({.body_grace = 50ms, .min_bytes_per_second = 100'000});
    for (const char* path : {"/echo", "/small"}) {
        CAPTURE(path);
        HttpProbe probe = server.probe();
        probe.send(std::string("POST ") + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\ndrip");
        const auto answer = probe.answer();
        CHECK(answer.status == 408);
        CHECK(code_of(answer) == "request-timeout");
        CHECK(probe.is_closed());
    }
}

TEST_CASE("attack: a header that is not complete in time is cut, however it drips") {
    HttpTestServer server({.head_deadline = 60ms});
    HttpProbe probe = server.probe();
    probe.send("GET /hello HTTP/1.1\r\n");
    while (!probe.has_input() && probe.send("X")) std::this_thread::sleep_for(1ms);  // a byte that comes does not earn more time
    CHECK(probe.answer().status == 408);
}

TEST_CASE("attack: a client that does not read its answer is cut, and its worker is free again") {
    HttpTestServer server({.write_stall = 50ms, .transfer = {1, 4}});
    HttpProbe deaf = server.probe();
    deaf.request("GET", "/stream?size=100000000");
    CHECK(server.probe().ask("GET", "/stream?size=10").body.size() == 10);  // waits for the only thread of the lane
    CHECK(deaf.rest().first.size() < 100'000'000);
}

TEST_CASE("an idle connection is closed after its time") {
    HttpTestServer server({.keep_alive_idle = 40ms});
    HttpProbe probe = server.probe();
    CHECK(probe.ask("GET", "/hello").status == 200);
    CHECK(probe.is_closed());
    HttpProbe silent = server.probe();
    CHECK(silent.is_closed());
}

TEST_CASE("attack: a foreign Host is refused (DNS rebinding)") {
    HttpTestServer server({.allowed_hosts = {"registry.example", "proxy.example:8443"}});
    const auto status_of_host = [&](const std::string& host) {
        HttpProbe probe = server.probe();
        return probe.ask_raw("GET /hello HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status;
    };
    for (const char* good :
         {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:9", "[::1]:80", "registry.example:1", "proxy.example:8443"}) {
        CAPTURE(good);
        CHECK(status_of_host(good) == 200);
    }
    for (const char* bad : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "proxy.example:80", "10.0.0.1",
                            "user@localhost", "localhost:80:80", "[::1", "localhost,evil", "localhost/x"}) {
        CAPTURE(bad);
        CHECK(status_of_host(bad) == 403);
    }
    const auto answer = server.probe().ask_raw("GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    CHECK(code_of(answer) == "host-not-allowed");
}

TEST_CASE("attack: a page of a foreign origin is refused") {
    HttpTestServer server({.allowed_origins = {"https://ui.example"}});
    const auto ask = [&](const std::string& origin) {
        HttpProbe probe = server.probe();
        return probe.ask_raw("POST /small HTTP/1.1\r\nHost: localhost:8080\r\nOrigin: " + origin + "\r\nContent-Length: 1\r\n\r\nx");
    };
    for (const char* good : {"http://localhost:8080", "https://localhost:8080", "https://ui.example"}) CHECK(ask(good).status == 200);
    for (const char* bad :
         {"null", "http://localhost", "http://localhost:9090", "http://evil.example", "https://ui.example.evil", "file://"}) {
        CAPTURE(bad);
        CHECK(code_of(ask(bad)) == "origin-not-allowed");
    }
}

TEST_CASE("attack: a form of another site cannot reach a JSON route") {
    HttpTestServer server;
    const auto ask = [&](const std::string& type) {
        return server.probe().ask("POST", "/json", type.empty() ? "" : "Content-Type: " + type + "\r\n", "{}");
    };
    for (const char* good : {"application/json", "Application/JSON; charset=UTF-8"}) CHECK(ask(good).status == 200);
    for (const char* bad :
         {"", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/json; charset=utf-16"}) {
        CAPTURE(bad);
        const auto answer = ask(bad);
        CHECK(answer.status == 415);
        CHECK(code_of(answer) == "unsupported-media-type");
    }
}

TEST_CASE("attack: paths with empty and dot segments reach no handler") {
    HttpTestServer server;
    for (const char* path : {"/things//files/x", "/hello/", "/things/a/files/", "/things/a/files/x//y"}) {
        CAPTURE(path);
        CHECK(server.probe().ask("GET", path).status == 404);
    }
    for (const char* path :
         {"/../hello", "/things/../hello", "/./hello", "/things/a/files/../x", "/things/a/files/%2e%2e/x", "/things/a/files/a%2Fb"}) {
        CAPTURE(path);
        const auto answer = server.probe().ask("GET", path);
        CHECK(answer.status == 400);
        CHECK(code_of(answer) == "invalid-path");
    }
    for (const char* path : {"/things/%", "/things/%zz", "/things/%00", "/things/%ff"}) {
        CAPTURE(path);
        CHECK(code_of(server.probe().ask("GET", path)) == "invalid-encoding");
    }
    CHECK(code_of(server.probe().ask("GET", "/hello?a=1&a=2")) == "repeated-parameter");
}

TEST_CASE("a body beyond the route's limit is refused before it is read, and the client gets to see it") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    probe.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n");
    probe.send(std::string(1'048'577, 'x'));
    const auto answer = probe.answer();
    CHECK(answer.status == 413);
    CHECK(code_of(answer) == "body-too-large");
    CHECK(answer.header("Connection") == "close");
    CHECK(server.probe().ask("POST", "/echo", "", std::string(1'048'576, 'x')).body.size() == 1'048'576);
}

TEST_CASE("a refusal reaches a client that sends all of a large body before it reads") {
    HttpTestServer server;
    HttpProbe probe = server.probe();
    constexpr std::size_t size = std::size_t{32} << 20U;
    probe.send(fmt::format("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", size));
    CHECK(probe.send(std::string(size, 'x')));
    CHECK(probe.answer().status == 413);
    CHECK(probe.is_closed());
}

TEST_CASE("our own client hears why its upload is refused, and can go on") {
    HttpTestServer server;
    const auto client = must(make_http_client(fmt::format("http://127.0.0.1:{}", server.port())));
    const std::string bytes(std::size_t{32} << 20U, 'x');
    MemorySource source(bytes);
    HttpRequest upload;
    upload.method = "POST";
    upload.target = "/echo";
    upload.upload = &source;
    upload.upload_size = bytes.size();
    CHECK(must(client->send(upload)).status == 413);
    HttpRequest next;
    next.target = "/hello";
    CHECK(must(client->send(next)).body == "hello");
}

TEST_CASE("attack: a client that never stops sending after its answer is cut at the limit") {
    HttpTestServer server({.linger_bytes = std::uint64_t{1} << 20U});
    HttpProbe probe = server.probe();
    probe.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n");
    const std::string piece(std::size_t{1} << 20U, 'x');
    bool taken = true;
    for (int i = 0; taken && i < 1000; ++i) taken = probe.send(piece);
    CHECK_FALSE(taken);
}

TEST_CASE("a body that ends before its announced end is refused, collected or streamed, and its client gets to see it") {
    HttpTestServer server;
    for (const std::string_view route : {"/small", "/echo"}) {
        for (const std::string_view framing : {"Content-Length: 100\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n64\r\nabc"}) {
            HttpProbe probe = server.probe();
            probe.send(fmt::format("POST {} HTTP/1.1\r\nHost: localhost\r\n{}", route, framing));
            probe.finish_sending();
            const auto answer = probe.answer();
            CHECK(answer.status == 422);
            CHECK(code_of(answer) == "body-truncated");
        }
    }
}

TEST_CASE("100 Continue is sent when the body is wanted, and only then") {
    HttpTestServer server;
    HttpProbe wanted = server.probe();
    wanted.send("PUT /early HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    CHECK(wanted.answer().status == 100);
    wanted.send("body");
    CHECK(wanted.answer().body == "body");
    CHECK(wanted.ask("GET", "/hello").body == "hello");

    const auto refused = [&](const std::string& head) {
        HttpProbe probe = server.probe();
        const auto answer = probe.ask_raw(head + "Expect: 100-continue\r\n\r\n");
        CHECK(answer.header("Connection") == "close");
        probe.finish_sending();
        CHECK(probe.is_closed());
        return answer;
    };
    CHECK(refused("PUT /early HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nX-Have: 1\r\n").body == "is-here");
    CHECK(refused("PUT /early HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000000\r\n").status == 413);
    CHECK(refused("PUT /nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n").status == 404);
    CHECK(refused("PUT /early HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 4\r\n").status == 403);
    CHECK(server.probe().ask("PUT", "/early", "X-Have: 1\r\n", "body").body == "is-here");  // also without Expect
    check_refused(server, "PUT /early HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: something", 417, "expectation-failed");
}

TEST_CASE("beyond the queue of a lane the answer is 503 with Retry-After") {
    HttpTestServer server({.quick = {1, 1}});
    HttpProbe running = server.probe();
    running.request("GET", "/wait");
    server.door.wait_for_visitors(1);
    HttpProbe first = server.probe();
    HttpProbe second = server.probe();
    first.request("GET", "/hello");
    second.request("GET", "/hello");
    // One of the two waits in the queue, the other is turned away.
    const bool first_refused = first.wait_for_input(second);
    const auto refused = (first_refused ? first : second).answer();
    CHECK(refused.status == 503);
    CHECK(code_of(refused) == "overloaded");
    CHECK(refused.header("Retry-After") == "1");
    server.door.open();
    CHECK((first_refused ? second : first).answer().body == "hello");
    CHECK(running.answer().body == "waited");
}

TEST_CASE("at the limit of connections the longest idle one makes room, and without one the newcomer gets 503") {
    HttpTestServer server({.max_connections = 2, .quick = {4, 8}});
    HttpProbe idle = server.probe();  // it asks nothing: after an answer nobody outside knows when the server has it back
    HttpProbe busy = server.probe();
    busy.request("GET", "/wait");
    server.door.wait_for_visitors(1);
    HttpProbe next = server.probe();
    next.request("GET", "/wait");
    server.door.wait_for_visitors(2);
    CHECK(idle.is_closed());
    HttpProbe surplus = server.probe();
    CHECK(code_of(surplus.answer()) == "too-many-connections");
    server.door.open();
    CHECK(busy.answer().body == "waited");
    CHECK(next.answer().body == "waited");
}
