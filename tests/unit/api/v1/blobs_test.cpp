#include "tests/support/api_test_server.hpp"

namespace assay::test {

namespace {

std::string blob_of(const std::string& bytes) { return "/v1/blobs/" + digest_text(bytes); }

constexpr const char* binary = "Content-Type: application/octet-stream\r\n";

}  // namespace

TEST_CASE("PUT of a blob is 201 when new and 200 when it was here, with digest and size") {
    ApiTestServer server;
    CHECK(server.ask("HEAD", blob_of("bytes")).status == 404);
    for (const int status : {201, 200}) {
        const auto answer = server.ask("PUT", blob_of("bytes"), "bytes", binary);
        CHECK(answer.status == status);
        CHECK(answer.header("ETag") == '"' + digest_text("bytes") + '"');
        CHECK(must(parse_json(answer.body)) == Json{{"digest", digest_text("bytes")}, {"size", 5}});
    }
    const auto head = server.ask("HEAD", blob_of("bytes"));
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "5");
    CHECK(head.header("ETag") == '"' + digest_text("bytes") + '"');
}

TEST_CASE("a chunked upload and an empty one are blobs, too") {
    ApiTestServer server;
    HttpProbe probe(server.port());
    probe.send("PUT " + blob_of("abcde") +
               " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    CHECK(probe.answer().status == 201);
    CHECK(server.ask("PUT", blob_of(""), "", "Content-Length: 0\r\n").status == 201);
    CHECK(server.ask("HEAD", blob_of("")).header("Content-Length") == "0");
}

TEST_CASE("bytes with another digest are refused and not kept, a digest that is none is no path to a blob") {
    ApiTestServer server;
    CHECK(server.refusal(422, "PUT", blob_of("announced"), "sent", binary) == "digest-mismatch");
    for (const char* text : {"announced", "sent"}) CHECK(server.ask("HEAD", blob_of(text)).status == 404);
    for (const char* digest : {"sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e", "x"}) {
        CHECK(server.refusal(400, "PUT", std::string("/v1/blobs/") + digest, "sent", binary) == "invalid-digest");
        CHECK(server.ask("HEAD", std::string("/v1/blobs/") + digest).status == 400);
    }
}

TEST_CASE("a client that asks first is told of a blob that is here before it sends it") {
    ApiTestServer server;
    (void)server.registry.put("bytes");
    HttpProbe probe(server.port());
    probe.send("PUT " + blob_of("bytes") + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    CHECK(probe.answer().status == 200);
    HttpProbe other(server.port());
    other.send("PUT " + blob_of("other") + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    CHECK(other.answer().status == 100);
    other.send("other");
    CHECK(other.answer().status == 201);
}

TEST_CASE("of many blobs at once the server says which it lacks, each once and in order") {
    ApiTestServer server;
    (void)server.registry.put("here");
    const Json asked = {digest_text("b"), digest_text("here"), digest_text("a"), digest_text("b")};
    CHECK(server.ask_json(200, "POST", "/v1/blobs:missing", to_text(Json{{"digests", asked}})) ==
          Json{{"missing", {digest_text("b"), digest_text("a")}}});
    CHECK(server.ask_json(200, "POST", "/v1/blobs:missing", R"({"digests":[]})") == Json{{"missing", Json::array()}});
    const std::vector<std::string> many(10'001, digest_text("x"));
    for (const Json& body : {Json{{"digests", {"sha256:abc"}}}, Json{{"digests", {1}}}, Json::object(),
                             Json{{"digests", Json::array()}, {"x", 1}}, Json{{"digests", many}}}) {
        CHECK(server.refusal(400, "POST", "/v1/blobs:missing", to_text(body)) == "invalid-request");
    }
}

TEST_CASE("raw blobs are handed out only where the server was told to") {
    ApiTestServer closed;
    (void)closed.registry.put("bytes");
    CHECK(closed.refusal(403, "GET", blob_of("bytes")) == "raw-blobs-disabled");
    CHECK(closed.refusal(403, "GET", blob_of("absent")) == "raw-blobs-disabled");  // says nothing of what is here
    ApiTestServer open(v1::RawBlobs::allow);
    (void)open.registry.put("bytes");
    const auto answer = open.ask("GET", blob_of("bytes"));
    CHECK(answer.status == 200);
    CHECK(answer.body == "bytes");
    CHECK(answer.header("Content-Type") == "application/octet-stream");
    CHECK(open.refusal(404, "GET", blob_of("absent")) == "blob-not-found");
}

}  // namespace assay::test
