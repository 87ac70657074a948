#include "tests/support/api_test_server.hpp"

namespace assay::test {

TEST_CASE("what a move breaks is answered by recorded release and version by version") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    const Json page = server.ask_json(200, "GET", "/v1/impact?package=numpy&release=1.26.4");
    CHECK(page.at("package") == "numpy");
    CHECK(page.at("tally").at("refuse") == 1);
    REQUIRE(page.at("releases").size() == 1);
    CHECK(page.at("releases").at(0).at("recorded") == "2.3.1");
    CHECK(page.at("releases").at(0).at("effect") == "load-error");
    CHECK(page.at("items").at(0).at("model") == "churn");
    CHECK(server.ask_json(200, "GET", "/v1/impact?package=numpy&release=2.3.1").at("releases").at(0).at("rule") == nullptr);
    CHECK(server.refusal(400, "GET", "/v1/impact?package=numpy") == "invalid-request");
    CHECK(server.refusal(400, "GET", "/v1/impact?package=-&release=1") == "invalid-package");
}

}  // namespace assay::test
