#include "tests/support/api_test_server.hpp"

#include "base/url.hpp"

namespace assay::test {

TEST_CASE("what an environment can load is answered with a tally and the verdict on each version") {
    ApiTestServer server;
    (void)server.registry.push(a_push().with_alias("production"));
    (void)server.registry.push(a_push().with_library("scikit-learn", "1.2.2"));
    const std::string target = "/v1/runnable?environment=" + encode_component(server.registry.know(an_environment()).to_string());
    const Json page = server.ask_json(200, "GET", target);
    CHECK(page.at("tally") == Json{{"allow", 1}, {"warn", 0}, {"refuse", 1}});
    REQUIRE(page.at("items").size() == 1);
    CHECK(page.at("items").at(0).at("verdict") == "allow");
    CHECK(page.at("items").at(0).at("aliases") == Json{"production"});
    const Json refused = server.ask_json(200, "GET", target + "&verdict=refuse&filter=" + encode_component("version > 1"));
    REQUIRE(refused.at("items").size() == 1);
    CHECK(refused.at("items").at(0).at("conflicts").at(0).at("package") == "scikit-learn");
    CHECK(server.refusal(400, "GET", target + "&verdict=maybe") == "invalid-verdict");
    CHECK(server.refusal(400, "GET", target + "&filter=x") == "invalid-filter");
    CHECK(server.refusal(400, "GET", "/v1/runnable") == "invalid-environment");
    CHECK(server.refusal(404, "GET", "/v1/runnable?environment=" + digest_text("nowhere")) == "environment-not-found");
}

}  // namespace assay::test
