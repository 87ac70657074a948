#include "base/crypto.hpp"
#include "tests/support/api_test_server.hpp"

namespace assay::test {

namespace {

constexpr const char* versions = "/v1/models/churn/versions";

std::string at(const std::string& ref) { return std::string(versions) + "/" + ref; }

/// Uploads what the push needs and sends it.
HttpProbe::Answer send(ApiTestServer& server, const PushBuilder& push, const std::string& headers = "") {
    for (const std::string& bytes : push.uploads()) (void)server.registry.put(bytes);
    return server.ask("POST", "/v1/models/" + push.model() + "/versions", push.body().dump(), headers);
}

}  // namespace

TEST_CASE("a registration is 201 with Location, the manifest's digest as ETag and the version as body") {
    ApiTestServer server;
    const auto answer = send(server, a_push("b%20b").with_alias("candidate"), "Assay-Consumer: ann@lab\r\n");
    CAPTURE(answer.body);
    REQUIRE(answer.status == 201);
    CHECK(answer.header("Location") == "/v1/models/b%20b/versions/1");
    const Json version = must(parse_json(answer.body));
    CHECK(answer.header("ETag") == '"' + version.at("digest").get<std::string>() + '"');
    CHECK(version.at("model") == "b b");
    CHECK(version.at("aliases") == Json::array({"candidate"}));
    CHECK(version.at("warnings").is_array());
    const auto manifest = server.ask("GET", "/v1/models/b%20b/versions/1/manifest");
    CHECK(version.at("digest") == sha256(manifest.body).to_string());
    CHECK(manifest.header("ETag") == answer.header("ETag"));
    CHECK(must(parse_json(manifest.body)) == version.at("manifest"));
    CHECK(server.ask_json(200, "GET", "/v1/models/b%20b/history").at("items").at(1).at("actor") == "ann@lab");
    CHECK(server.metrics.to_prometheus().find("assay_registrations_total{created=\"true\"} 1\n") != std::string::npos);
}

TEST_CASE("the same registration again is 200 with if_changed, and with the same Idempotency-Key the first answer, status included") {
    ApiTestServer server;
    CHECK(send(server, a_push(), "Idempotency-Key: k1\r\n").status == 201);
    const auto again = send(server, a_push(), "Idempotency-Key: k1\r\n");
    CHECK(again.status == 201);
    CHECK(again.header("Location") == at("1"));
    CHECK(send(server, a_push().if_changed()).status == 200);
    CHECK(send(server, a_push()).status == 201);
    const auto reused = send(server, a_push().with("/description", "other"), "Idempotency-Key: k1\r\n");
    CHECK(reused.status == 409);
    CHECK(must(parse_json(reused.body)).at("code") == "idempotency-key-reused");
    CHECK(server.ask_json(200, "GET", versions).at("items").size() == 2);
}

TEST_CASE("a registration that is refused has every reason, and registers nothing") {
    ApiTestServer server;
    const auto answer = send(server, a_push().without("trained_at").with("/files/0/path", "../x").with("/tag", 1));
    CHECK(answer.status == 400);
    const Json problem = must(parse_json(answer.body));
    CHECK(problem.at("code") == "push-refused");
    std::string fields;
    for (const Json& reason : problem.at("field_errors")) fields += reason.at("field").get<std::string>() + " ";
    for (const char* field : {"files[0].path ", "tag ", "facts.trained_at "}) CHECK(fields.find(field) != std::string::npos);
    CHECK(send(server, a_push().with_missing_blob("b")).status == 409);
    const std::string body = a_push().body().dump();
    for (const std::string& key : {std::string(129, 'k'), std::string("a b")}) {
        CHECK(server.refusal(400, "POST", versions, body, "Idempotency-Key: " + key + "\r\n") == "invalid-idempotency-key");
    }
    CHECK(server.refusal(400, "POST", std::string(versions) + "?force=true", body) == "unknown-parameter");
    CHECK(server.refusal(400, "POST", "/v1/models/a%2Fb/versions", body) == "push-refused");
    CHECK(server.refusal(415, "POST", versions, body, "Content-Type: text/plain\r\n") == "unsupported-media-type");
    CHECK(server.ask_json(200, "GET", "/v1/models").at("items").empty());
}

TEST_CASE("a version is found by number, alias, latest and digest, with a tag over what may change") {
    ApiTestServer server;
    const VersionView first = server.registry.push(a_push().with_alias("production"));
    (void)server.registry.push(a_push().with_metric("f1", 0.5));
    for (const auto& [ref, number] :
         {std::pair<std::string, int>{"1", 1}, {"2", 2}, {"@production", 1}, {"@latest", 2}, {first.row.digest, 1}}) {
        CAPTURE(ref);
        CHECK(server.ask_json(200, "GET", at(ref)).at("version") == number);
    }
    const std::string match = "If-None-Match: " + server.ask("GET", at("1")).header("ETag").value_or("") + "\r\n";
    CHECK(server.ask("GET", at("1"), "", match).status == 304);
    CHECK(server.ask_json(200, "PATCH", at("1"), R"({"description":"the first"})").at("description") == "the first");
    CHECK(server.ask("GET", at("1"), "", match).status == 200);
    CHECK(server.ask("GET", at("1") + "/manifest", "", "If-None-Match: \"" + first.row.digest + "\"\r\n").status == 304);
}

TEST_CASE("versions are paged newest first, by state, with metrics instead of the manifest") {
    ApiTestServer server;
    for (int i = 0; i < 4; ++i) (void)server.registry.push(a_push());
    server.registry.remove("churn", "3");
    const auto numbers = [&](const std::string& query) {
        std::string text;
        for (const Json& items : server.pages(versions + query)) {
            for (const Json& item : items) text += item.at("version").dump() + " ";
        }
        return text;
    };
    CHECK(numbers("") == "4 2 1 ");
    CHECK(numbers("?limit=1") == "4 2 1 ");
    CHECK(numbers("?state=deleted") == "3 ");
    CHECK(numbers("?state=all&limit=2") == "4 3 2 1 ");
    CHECK(numbers("?state=quarantined") == "");
    const Json item = server.ask_json(200, "GET", versions).at("items").at(0);
    CHECK(!item.contains("manifest"));
    CHECK(item.at("metrics").at(0).at("name") == "accuracy");
    CHECK(server.refusal(400, "GET", std::string(versions) + "?state=gone") == "invalid-state");
}

TEST_CASE("a version is deleted and undeleted, and while aliases point to it only by force") {
    ApiTestServer server;
    (void)server.registry.push(a_push().with_alias("production"));
    CHECK(server.refusal(409, "DELETE", at("1")) == "version-has-aliases");
    CHECK(server.ask("DELETE", at("1") + "?force=true").status == 204);
    CHECK(server.ask_json(200, "GET", at("1")).at("state") == "deleted");
    CHECK(server.refusal(404, "GET", at("@latest")) == "version-not-found");
    CHECK(server.refusal(404, "GET", at("@production")) == "alias-not-found");
    CHECK(server.ask_json(200, "POST", at("1") + ":undelete", "{}").at("state") == "ready");
    CHECK(server.refusal(409, "POST", at("1") + ":undelete", "{}") == "version-not-deleted");
}

TEST_CASE("questions about versions that cannot be answered say why") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    struct Case {
        const char* method;
        std::string target;
        const char* body;
        int status;
        const char* code;
    };
    for (const Case& one : {Case{"GET", at("2"), "", 404, "version-not-found"},
                            {"GET", "/v1/models/none/versions/1", "", 404, "model-not-found"},
                            {"GET", "/v1/models/none/versions", "", 404, "model-not-found"},
                            {"GET", at("2") + "/manifest", "", 404, "version-not-found"},
                            {"GET", at("@none"), "", 404, "alias-not-found"},
                            {"GET", at("sha256:" + std::string(64, 'a')), "", 404, "version-not-found"},
                            {"PATCH", at("1"), R"({"description":null})", 400, "invalid-request"},
                            {"PATCH", at("2"), R"({"description":"x"})", 404, "version-not-found"},
                            {"DELETE", at("2"), "", 404, "version-not-found"},
                            {"POST", at("2") + ":undelete", "{}", 404, "version-not-found"},
                            {"POST", versions, "[", 400, "invalid-json"}}) {
        CAPTURE(one.target);
        CHECK(server.refusal(one.status, one.method, one.target, one.body) == one.code);
    }
    for (const char* ref : {"0", "-1", "01", "9223372036854775808", "x", "sha256:abc", "@"}) {
        CAPTURE(ref);
        CHECK(server.ask("GET", at(ref)).status == 400);
    }
}

}  // namespace assay::test
