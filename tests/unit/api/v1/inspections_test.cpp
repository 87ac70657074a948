#include "tests/support/api_test_server.hpp"

namespace assay::test {

namespace {

constexpr const char* own_code = "cchurn_lib\nRatio\n(tR.";
constexpr const char* inspection = "/v1/models/churn/versions/1/inspection";

}  // namespace

TEST_CASE("the inspection of a version has the verdict, its reasons, the lists it was judged by, and what the files are") {
    ApiTestServer server;
    (void)server.registry.push(a_push().with_artifact(own_code));
    const Json report = server.ask_json(200, "GET", inspection);
    CHECK(report.at("version") == "churn@1");
    CHECK(report.at("state") == "quarantined");
    CHECK(report.at("verdict") == "needs-trust");
    CHECK(report.at("lists").get<std::string>().starts_with("sha256:"));
    CHECK(report.at("trust") == nullptr);
    CHECK(report.at("reasons").at(0).at("name") == "churn_lib.Ratio");
    CHECK(report.at("inspection").at("format") == "pickle");
    CHECK(server.refusal(404, "GET", "/v1/models/churn/versions/9/inspection") == "version-not-found");
    CHECK(server.refusal(400, "GET", "/v1/models/churn/versions/1/inspection?depth=1") == "unknown-parameter");
}

TEST_CASE("a version that waits is trusted with a reason, once, and its inspection says by whom") {
    ApiTestServer server;
    (void)server.registry.push(a_push().with_artifact(own_code));
    const std::string trust = "/v1/models/churn/versions/1:trust";
    CHECK(server.refusal(400, "POST", trust, R"({"why":""})") == "invalid-trust");
    CHECK(server.refusal(400, "POST", trust, R"({"why":"x","for":"ever"})") == "invalid-trust");
    CHECK(server.ask_json(200, "POST", trust, R"({"why":"reviewed"})", "Assay-Consumer: ann@lab\r\n").at("state") == "ready");
    CHECK(server.refusal(409, "POST", trust, R"({"why":"reviewed"})") == "nothing-to-trust");
    const Json report = server.ask_json(200, "GET", inspection);
    CHECK(report.at("trust").at("why") == "reviewed");
    CHECK(report.at("trust").at("by") == "ann@lab");
}

TEST_CASE("judging a version anew says which state it had before") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    const Json report = server.ask_json(200, "POST", "/v1/models/churn/versions/1:inspect", "{}");
    CHECK(report.at("before") == "ready");
    CHECK(report.at("state") == "ready");
}

TEST_CASE("a dangerous push is 403 with every reason, for people and for machines") {
    ApiTestServer server;
    const auto pushed = server.registry.try_push(a_push().with_artifact("cposix\nsystem\n(S'echo hello'\ntR."));
    REQUIRE(!pushed);
    const Response answer = problem(pushed.error(), "r1");
    CHECK(answer.status == 403);
    const Json body = must(parse_json(answer.body));
    CHECK(body.at("code") == "unsafe-artifact");
    CHECK(body.at("verdict").at("verdict") == "dangerous");
    CHECK(body.at("verdict").at("reasons").at(0).at("name") == "posix.system");
    CHECK(!body.at("field_errors").empty());
}

}  // namespace assay::test
