#include "tests/support/api_test_server.hpp"

namespace assay::test {

TEST_CASE("a client's proof is kept, answered, and weighed by the gate") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    const std::string here = server.registry.know(an_environment({{"scikit-learn", "1.2.2"}})).to_string();
    const std::string check = R"({"environment":")" + here + R"("})";
    const std::string proof =
        R"({"environment":")" + here + R"(","outcome":"load-error","message":"ModuleNotFoundError: no","tool":"assay 0.1.0"})";
    const Json made = server.ask_json(201, "POST", "/v1/models/churn/versions/1/proofs", proof, "Assay-Consumer: ann@lab\r\n");
    CHECK(made.at("outcome") == "load-error");
    CHECK(made.at("by") == "ann@lab");
    CHECK(made.at("prover") == "client");
    CHECK(made.at("sample") == nullptr);
    CHECK(made.at("considered").at("packages").at("scikit-learn") == "1.2.2");
    CHECK(server.ask_json(200, "POST", "/v1/models/churn/versions/1/proofs", proof, "Assay-Consumer: ann@lab\r\n").at("count") == 2);
    const Json list = server.ask_json(200, "GET", "/v1/models/churn/versions/1/proofs");
    REQUIRE(list.at("items").size() == 1);
    CHECK(list.at("items").at(0).at("message") == "ModuleNotFoundError: no");
    const Json verdict = server.ask_json(200, "POST", "/v1/models/churn/versions/1:check", check);
    CHECK(verdict.at("conflicts").at(0).at("rule") == "proof/load-error");
    CHECK(verdict.at("settled") == nullptr);
    CHECK(server.refusal(400, "POST", "/v1/models/churn/versions/1/proofs", "{}") == "invalid-proof");
    CHECK(server.refusal(404, "POST", "/v1/models/churn/versions/2/proofs", proof) == "version-not-found");
    CHECK(server.refusal(400, "GET", "/v1/models/churn/versions/1/proofs?outcome=equal") == "unknown-parameter");
}

}  // namespace assay::test
