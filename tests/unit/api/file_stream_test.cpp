#include "api/file_stream.hpp"

#include "tests/support/api_test_server.hpp"

#include <fmt/format.h>

namespace assay::test {

namespace {

constexpr const char* file = "/v1/models/churn/versions/1/files/model.joblib";

HttpProbe::Answer ask(ApiTestServer& server, const std::string& headers, const char* method = "GET") {
    return server.ask(method, file, "", "Assay-Environment: none\r\n" + headers);
}

}  // namespace

TEST_CASE("one range is answered 206 with those bytes, what is no range with the whole") {
    ApiTestServer server;
    const std::string bytes = "0123456789";
    (void)server.registry.push(a_push().with_artifact(bytes));
    const std::string etag = '"' + digest_text(bytes) + '"';
    struct Case {
        std::string headers;
        int status;
        const char* body;
        const char* range;  ///< of the answer; empty for none
    };
    for (const Case& one : {Case{"Range: bytes=0-3\r\n", 206, "0123", "bytes 0-3/10"},
                            {"Range: bytes=9-9\r\n", 206, "9", "bytes 9-9/10"},
                            {"Range: bytes=4-\r\n", 206, "456789", "bytes 4-9/10"},
                            {"Range: bytes=4-4000\r\n", 206, "456789", "bytes 4-9/10"},
                            {"Range: bytes=-3\r\n", 206, "789", "bytes 7-9/10"},
                            {"Range: bytes=-4000\r\n", 206, "0123456789", "bytes 0-9/10"},
                            {"Range: bytes=0-3\r\nIf-Range: " + etag + "\r\n", 206, "0123", "bytes 0-3/10"},
                            {"Range: bytes=0-3\r\nIf-Range: \"old\"\r\n", 200, "0123456789", ""},
                            {"Range: lines=0-3\r\n", 200, "0123456789", ""},
                            {"Range: bytes=3-1\r\n", 200, "0123456789", ""},
                            {"Range: bytes=a-b\r\n", 200, "0123456789", ""},
                            {"Range: bytes=\r\n", 200, "0123456789", ""},
                            {"Range: bytes=--1\r\n", 200, "0123456789", ""}}) {
        CAPTURE(one.headers);
        const auto answer = ask(server, one.headers);
        CHECK(answer.status == one.status);
        CHECK(answer.body == one.body);
        CHECK(answer.header("Content-Range").value_or("") == one.range);
        CHECK(answer.header("ETag") == etag);
    }
    for (const char* range : {"10-", "10-20", "0-1,3-4", "-0"}) {
        CAPTURE(range);
        const auto answer = ask(server, fmt::format("Range: bytes={}\r\n", range));
        CHECK(answer.status == 416);
        CHECK(answer.header("Content-Range") == "bytes */10");
        CHECK(must(parse_json(answer.body)).at("code") == "range-not-satisfiable");
    }
    const auto head = ask(server, "Range: bytes=0-3\r\n", "HEAD");
    CHECK(head.status == 200);  // RFC 9110 §14.2: a range is for GET alone
    CHECK(head.header("Content-Length") == "10");
}

TEST_CASE("bytes that the client has are answered 304 without a body") {
    ApiTestServer server;
    (void)server.registry.push(a_push().with_artifact("0123456789"));
    const std::string etag = '"' + digest_text("0123456789") + '"';
    for (const auto& [tags, status] : {std::pair{etag, 304}, {"\"x\", " + etag, 304}, {"*", 304}, {"\"x\"", 200}}) {
        const auto answer = ask(server, "If-None-Match: " + tags + "\r\n");
        CHECK(answer.status == status);
        CHECK(answer.body.empty() == (status == 304));
        CHECK(answer.header("ETag") == etag);
    }
}

TEST_CASE("a range across chunks is joined, and an empty file is a file without ranges") {
    ApiTestServer server;
    std::string bytes(2 * blob_chunk_bytes + 7, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>('a' + i % 23);
    (void)server.registry.push(a_push().with_artifact(bytes).with_file("empty", ""));
    const auto answer = ask(server, fmt::format("Range: bytes={}-{}\r\n", blob_chunk_bytes - 5, 2 * blob_chunk_bytes + 2));
    CHECK(answer.status == 206);
    CHECK((answer.body == bytes.substr(blob_chunk_bytes - 5, blob_chunk_bytes + 8)));
    CHECK((ask(server, "").body == bytes));
    const auto empty = server.ask("GET", "/v1/models/churn/versions/1/files/empty", "", "Assay-Environment: none\r\n");
    CHECK(empty.status == 200);
    CHECK(empty.header("Content-Length") == "0");
    CHECK(server.ask("GET", "/v1/models/churn/versions/1/files/empty", "", "Assay-Environment: none\r\nRange: bytes=0-\r\n").status == 416);
}

TEST_CASE("damage in the first chunk is answered 500 blob-corrupt, and the blob is marked") {
    ApiTestServer server(v1::RawBlobs::refuse, Blobs::on_disk);
    (void)server.registry.push(a_push());
    damage_file(server.registry.blob_path(must(Digest::parse(digest_text("the bytes of a model")))));
    for (int twice = 0; twice < 2; ++twice) {
        const auto answer = ask(server, "");
        CHECK(answer.status == 500);
        CHECK(must(parse_json(answer.body)).at("code") == "blob-corrupt");
        CHECK(server.registry.ask("SELECT state FROM blobs WHERE digest = $1", {digest_text("the bytes of a model")}) == "corrupt");
    }
}

TEST_CASE("damage in a later chunk cuts the transfer before that chunk, and the blob is marked") {
    ApiTestServer server(v1::RawBlobs::refuse, Blobs::on_disk);
    std::string bytes(2 * blob_chunk_bytes, 'b');
    (void)server.registry.push(a_push().with_artifact(bytes));
    const std::string path = server.registry.blob_path(must(Digest::parse(digest_text(bytes))));
    std::string damaged = bytes;
    damaged.back() = 'X';
    write_file(path, damaged);
    HttpProbe probe(server.port());
    probe.request("GET", file, "Assay-Environment: none\r\n");
    const auto [received, ended_well] = probe.rest();
    CHECK(!ended_well);
    CHECK(received.starts_with("HTTP/1.1 200 "));
    CHECK(received.find('X', received.find("\r\n\r\n")) == std::string::npos);
    CHECK(server.registry.ask("SELECT state FROM blobs WHERE digest = $1", {digest_text(bytes)}) == "corrupt");
}

}  // namespace assay::test
