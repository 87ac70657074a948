#include "base/version.hpp"
#include "tests/support/api_test_server.hpp"

namespace assay::test {

TEST_CASE("a server says that it lives, that it is ready and what it is") {
    ApiTestServer server;
    CHECK(server.ask_json(200, "GET", "/healthz") == Json{{"status", "ok"}});
    CHECK(server.ask_json(200, "GET", "/readyz") == Json{{"status", "ready"}});
    CHECK(server.ask_json(200, "GET", "/v1/server") == Json{{"name", "assay"},
                                                            {"version", assay_version},
                                                            {"schema", 7},
                                                            {"api", "v1"},
                                                            {"disk", {{"file_system", "ext4"}, {"free_bytes", 750}}}});
}

TEST_CASE("metrics come in Prometheus' format and count what was asked before") {
    ApiTestServer server;
    HttpProbe probe(server.port());  // one connection: a request is counted before the next one on it is read
    CHECK(probe.ask("GET", "/healthz").status == 200);
    const auto answer = probe.ask("GET", "/metrics");
    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(answer.body.find("assay_http_requests_total{route=\"/healthz\",method=\"GET\",status=\"200\"} 1\n") != std::string::npos);
}

TEST_CASE("fsck through the server finds damage, and repairs only when asked to") {
    ApiTestServer server(v1::RawBlobs::refuse, Blobs::on_disk);
    (void)server.registry.push(a_push());
    CHECK(server.ask_json(200, "POST", "/v1/fsck", "{}").at("findings").empty());
    const Digest digest = must(Digest::parse(digest_text("the bytes of a model")));
    damage_file(server.registry.blob_path(digest));
    for (const auto& [body, state] : {std::pair{"{}", "live"}, {R"({"repair":false})", "live"}, {R"({"repair":true})", "corrupt"}}) {
        const Json findings = server.ask_json(200, "POST", "/v1/fsck", body).at("findings");
        REQUIRE(findings.size() == 1);
        CHECK(findings.at(0).at("kind") == "blob-corrupt");
        CHECK(server.registry.ask("SELECT state FROM blobs WHERE digest = $1", {digest.to_string()}) == state);
    }
    CHECK(server.refusal(400, "POST", "/v1/fsck", R"({"repair":"yes"})") == "invalid-request");
    CHECK(server.refusal(400, "POST", "/v1/fsck", R"({"fix":true})") == "invalid-request");
    CHECK(server.refusal(405, "GET", "/v1/fsck") == "method-not-allowed");
}

}  // namespace assay::test
