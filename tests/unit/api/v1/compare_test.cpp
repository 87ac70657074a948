#include "tests/support/api_test_server.hpp"

namespace assay::test {

TEST_CASE("a comparison is answered as rows with a value for each version") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    (void)server.registry.push(a_push().with_library("numpy", "2.4.0"));
    const Json answer = server.ask_json(200, "POST", "/v1/versions:compare", R"({"versions":["churn@1","churn@latest"]})");
    CHECK(answer.at("versions").at(1).at("version") == 2);
    bool seen = false;
    for (const Json& row : answer.at("sections").at("libraries")) {
        if (row.at("key") != "numpy") continue;
        seen = true;
        CHECK(row == Json{{"key", "numpy"}, {"values", {"2.3.1", "2.4.0"}}, {"same", false}});
    }
    CHECK(seen);
}

TEST_CASE("a comparison of what are no references names each of them") {
    ApiTestServer server;
    const Json problem = must(parse_json(server.ask("POST", "/v1/versions:compare", R"({"versions":["churn@0",5],"of":1})").body));
    CHECK(problem.at("status") == 400);
    REQUIRE(problem.at("field_errors").size() == 3);
    CHECK(problem.at("field_errors").at(0).at("field") == "versions[0]");
    CHECK(problem.at("field_errors").at(1).at("field") == "versions[1]");
    CHECK(problem.at("field_errors").at(2).at("field") == "of");
    CHECK(server.refusal(400, "POST", "/v1/versions:compare", R"({"versions":["churn@1"]})") == "invalid-request");
    CHECK(server.refusal(404, "POST", "/v1/versions:compare", R"({"versions":["churn@1","churn@2"]})") == "model-not-found");
}

}  // namespace assay::test
