#include "tests/support/api_test_server.hpp"

#include <fmt/format.h>

#include <thread>

namespace assay::test {

namespace {

constexpr const char* octets = "Content-Type: application/octet-stream\r\n";

std::string range(std::uint64_t first, std::uint64_t last, const std::string& total) {
    return fmt::format("{}Content-Range: bytes {}-{}/{}\r\n", octets, first, last, total);
}

struct Uploading {
    ApiTestServer server;

    std::string begin(std::uint64_t size) {
        return "/v1/uploads/" +
               server.ask_json(201, "POST", "/v1/uploads", fmt::format(R"({{"size":{}}})", size)).at("id").get<std::string>();
    }
    HttpProbe::Answer send(const std::string& upload, std::uint64_t first, const std::string& bytes, const std::string& total = "*") {
        return server.ask("PATCH", upload, bytes, range(first, first + bytes.size() - 1, total));
    }
    std::string offset(const std::string& upload) { return server.ask("HEAD", upload).header("Upload-Offset").value_or("none"); }
    HttpProbe::Answer finish(const std::string& upload, const std::string& bytes) {
        return server.ask("PUT", upload + "?digest=" + digest_text(bytes));
    }
};

}  // namespace

TEST_CASE("an upload is begun, filled in parts, asked about and finished") {
    Uploading http;
    const auto begun = http.server.ask("POST", "/v1/uploads", R"({"size":11})");
    CHECK(begun.status == 201);
    const Json upload = must(parse_json(begun.body));
    const std::string target = begun.header("Location").value_or("");
    CHECK(target == "/v1/uploads/" + upload.at("id").get<std::string>());
    CHECK(upload.at("offset") == 0);
    CHECK(upload.at("size") == 11);
    CHECK(upload.at("receiving") == false);
    CHECK(upload.at("expires_at").is_string());
    const auto sent = http.send(target, 0, "hello ", "11");
    CHECK(sent.status == 204);
    CHECK(sent.header("Upload-Offset") == "6");
    const auto shown = http.server.ask("GET", target);
    CHECK(shown.status == 200);
    CHECK(shown.header("Upload-Offset") == "6");
    CHECK(shown.header("Cache-Control") == "no-store");
    CHECK(must(parse_json(shown.body)).at("offset") == 6);
    CHECK(http.send(target, 6, "world").status == 204);
    const auto finished = http.finish(target, "hello world");
    CHECK(finished.status == 201);
    CHECK(finished.header("ETag") == '"' + digest_text("hello world") + '"');
    CHECK(must(parse_json(finished.body)) == Json{{"digest", digest_text("hello world")}, {"size", 11}});
    CHECK(http.server.ask("HEAD", "/v1/blobs/" + digest_text("hello world")).status == 200);
    CHECK(http.server.refusal(404, "GET", target) == "upload-not-found");
    CHECK(http.server.refusal(404, "PUT", target + "?digest=" + digest_text("hello world")) == "upload-not-found");
    const std::string again = http.begin(11);
    CHECK(http.send(again, 0, "hello world").status == 204);
    CHECK(http.finish(again, "hello world").status == 200);
}

TEST_CASE("parts that do not fit are refused with what would, and change nothing") {
    Uploading http;
    const std::string upload = http.begin(10);
    CHECK(http.send(upload, 0, "hello").status == 204);
    const auto refusal = [&](int status, const std::string& headers, const std::string& bytes) {
        return http.server.refusal(status, "PATCH", upload, bytes, headers);
    };
    CHECK(refusal(409, range(4, 6, "10"), "o w") == "upload-offset-mismatch");
    CHECK(refusal(409, range(6, 8, "10"), "rld") == "upload-offset-mismatch");
    CHECK(refusal(413, range(5, 10, "*"), "sixsix") == "upload-too-long");
    CHECK(refusal(400, range(5, 9, "11"), "world") == "invalid-content-range");
    CHECK(refusal(400, range(5, 8, "10"), "world") == "invalid-content-range");
    CHECK(refusal(400, octets, "world") == "invalid-content-range");
    CHECK(refusal(400, range(5, 9, "10") + "Content-Digest: sha-256=:AAAA:\r\n", "world") == "unsupported-digest");
    CHECK(http.offset(upload) == "5");
    CHECK(http.server.refusal(409, "PUT", upload + "?digest=" + digest_text("hello")) == "upload-incomplete");
    CHECK(http.server.refusal(400, "PUT", upload) == "digest-needed");
    CHECK(http.server.refusal(400, "PUT", upload + "?digest=md5:x") == "invalid-digest");
    CHECK(http.server.refusal(400, "PUT", upload + "?sha=1") == "unknown-parameter");
    CHECK(http.server.refusal(400, "PUT", upload + "?digest=" + digest_text("x"), "a body", octets) == "body-not-allowed");
    CHECK(http.offset(upload) == "5");
}

TEST_CASE("a chunked part with more bytes than its range keeps none of the surplus") {
    Uploading http;
    const std::string upload = http.begin(10);
    HttpProbe probe(http.server.port());
    probe.send("PATCH " + upload + " HTTP/1.1\r\nHost: localhost\r\n" + range(0, 2, "10") +
               "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    CHECK(probe.answer().status == 413);
    CHECK(http.offset(upload) == "3");
}

TEST_CASE("a wrong digest drops the upload") {
    Uploading http;
    const std::string upload = http.begin(5);
    CHECK(http.send(upload, 0, "hello").status == 204);
    CHECK(http.server.refusal(422, "PUT", upload + "?digest=" + digest_text("jello")) == "digest-mismatch");
    CHECK(http.server.refusal(404, "GET", upload) == "upload-not-found");
    for (const char* text : {"hello", "jello"}) CHECK(http.server.ask("HEAD", "/v1/blobs/" + digest_text(text)).status == 404);
}

TEST_CASE("a body that is cut keeps every byte that arrived; meanwhile a second writer is told to wait") {
    Uploading http;
    const std::string upload = http.begin(10);
    {
        HttpProbe first(http.server.port());
        first.send("PATCH " + upload + " HTTP/1.1\r\nHost: localhost\r\n" + range(0, 9, "10") + "Content-Length: 10\r\n\r\nhello");
        while (http.offset(upload) != "5") std::this_thread::yield();
        CHECK(http.server.refusal(409, "PATCH", upload, "x", range(5, 5, "10")) == "upload-busy");
        CHECK(http.server.ask_json(200, "GET", upload).at("receiving") == true);
    }
    while (http.server.ask_json(200, "GET", upload).at("receiving") == true) std::this_thread::yield();
    CHECK(http.offset(upload) == "5");
    CHECK(http.send(upload, 5, "world").status == 204);
    CHECK(http.finish(upload, "helloworld").status == 201);
}

TEST_CASE("an upload that is cancelled, expired or unknown is 404 for every method") {
    Uploading http;
    const std::string cancelled = http.begin(5);
    CHECK(http.server.ask("DELETE", cancelled).status == 204);
    const std::string expired = http.begin(5);
    http.server.registry.clock.advance_seconds(25 * 3600);
    for (const std::string& upload : {cancelled, expired, std::string("/v1/uploads/0123"), std::string("/v1/uploads/%2E%2E%2Fblobs")}) {
        CAPTURE(upload);
        CHECK(http.server.refusal(404, "GET", upload) == "upload-not-found");
        CHECK(http.server.refusal(404, "PATCH", upload, "hello", range(0, 4, "5")) == "upload-not-found");
        CHECK(http.server.refusal(404, "PUT", upload + "?digest=" + digest_text("hello")) == "upload-not-found");
        CHECK(http.server.refusal(404, "DELETE", upload) == "upload-not-found");
    }
}

TEST_CASE("a size that is none is refused") {
    Uploading http;
    for (const char* body : {R"({"size":0})", R"({"size":-1})", R"({"size":1099511627777})"})
        CHECK(http.server.refusal(400, "POST", "/v1/uploads", body) == "invalid-upload-size");
    for (const char* body : {R"({})", R"({"size":"5"})", R"({"size":5.5})", R"({"size":5,"more":1})", R"([])"})
        CHECK(http.server.refusal(400, "POST", "/v1/uploads", body) == "invalid-request");
    CHECK(http.server.refusal(415, "POST", "/v1/uploads", R"({"size":5})", "Content-Type: text/plain\r\n") == "unsupported-media-type");
}

}  // namespace assay::test
