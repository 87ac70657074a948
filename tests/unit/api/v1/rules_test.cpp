#include "registry/rules.hpp"

#include "tests/support/api_test_server.hpp"

namespace assay::test {

namespace {

constexpr const char* mine = R"({"schema":"assay.rules/1","name":"mine","rules":[{"id":"known-break/x","package":"numpy",
    "recorded":"<2","offered":">=2","effect":"load-error","because":"it moved"}]})";

}  // namespace

TEST_CASE("the rules in force are read with their digest as ETag, replaced, and what is read can be put back") {
    ApiTestServer server;
    const auto built_in = server.ask("GET", "/v1/rules");
    CHECK(built_in.status == 200);
    CHECK(built_in.header("ETag") == '"' + default_rules().digest.to_string() + '"');
    CHECK(server.ask("GET", "/v1/rules", "", "If-None-Match: " + built_in.header("ETag").value_or("") + "\r\n").status == 304);
    const std::string digest = must(parse_rules(mine)).digest.to_string();
    CHECK(server.ask_json(200, "PUT", "/v1/rules", mine, "Assay-Consumer: ann@lab\r\n") ==
          Json{{"name", "mine"}, {"rules", 1}, {"digest", digest}});
    const auto now = server.ask("GET", "/v1/rules");
    CHECK(now.header("ETag") == '"' + digest + '"');
    CHECK(must(parse_rules(now.body)).digest.to_string() == digest);
    CHECK(server.registry.ask("SELECT actor FROM rules") == "ann@lab");
    CHECK(server.ask_json(200, "PUT", "/v1/rules", built_in.body).at("digest") == default_rules().digest.to_string());
}

TEST_CASE("rules that cannot be read are refused and replace nothing") {
    ApiTestServer server;
    for (const char* body : {"[]", "{}", R"({"schema":"assay.rules/2","name":"later","rules":[]})"}) {
        CAPTURE(body);
        CHECK(server.ask("PUT", "/v1/rules", body).status == 400);
    }
    CHECK(server.refusal(400, "PUT", "/v1/rules", "{") == "invalid-json");
    CHECK(server.ask("GET", "/v1/rules").header("ETag") == '"' + default_rules().digest.to_string() + '"');
}

}  // namespace assay::test
