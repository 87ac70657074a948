#include "tests/support/api_test_server.hpp"

namespace assay::test {

TEST_CASE("a waiver is granted, listed, and ended") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    const std::string until = Timestamp{server.registry.clock.now().microseconds + 86'400'000'000}.to_string();
    const std::string body = R"({"why":"tested by hand","until":")" + until + R"("})";
    const Json waiver = server.ask_json(201, "POST", "/v1/models/churn/versions/@latest:waive", body, "Assay-Consumer: ann@lab\r\n");
    CHECK(waiver.at("id") == 1);
    CHECK(waiver.at("by") == "ann@lab");
    CHECK(waiver.at("until") == until);
    CHECK(waiver.at("holds") == true);
    CHECK(waiver.at("environment") == nullptr);
    (void)server.ask_json(201, "POST", "/v1/models/churn/versions/1:waive", body);
    CHECK(server.ask_json(200, "GET", "/v1/models/churn/versions/1/waivers").at("items").size() == 2);
    REQUIRE(server.pages("/v1/waivers?limit=1&all=true").size() >= 2);
    CHECK(server.pages("/v1/waivers?limit=1&all=true").front().at(0).at("id") == 2);
    CHECK(server.ask_json(200, "DELETE", "/v1/waivers/1").at("holds") == false);
    CHECK(server.refusal(409, "DELETE", "/v1/waivers/1") == "waiver-ended");
    CHECK(server.refusal(404, "DELETE", "/v1/waivers/9") == "waiver-not-found");
    CHECK(server.refusal(404, "DELETE", "/v1/waivers/first") == "waiver-not-found");
    CHECK(server.ask_json(200, "GET", "/v1/waivers").at("items").size() == 1);
    CHECK(server.refusal(400, "GET", "/v1/waivers?all=yes") == "invalid-all");
    CHECK(server.refusal(400, "POST", "/v1/models/churn/versions/1:waive", R"({"why":"x"})") == "invalid-waiver");
}

}  // namespace assay::test
