#include "tests/support/api_test_server.hpp"

namespace assay::test {

TEST_CASE("tags of a model and of a version are set, replaced, shown and removed") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    for (const char* owner : {"/v1/models/churn", "/v1/models/churn/versions/1", "/v1/models/churn/versions/@latest"}) {
        CAPTURE(owner);
        const std::string tag = std::string(owner) + "/tags/te%20am";
        for (const char* value : {"birds", ""}) {
            CHECK(server.ask_json(200, "PUT", tag, Json{{"value", value}}.dump()) == Json{{"key", "te am"}, {"value", value}});
            CHECK(server.ask_json(200, "GET", owner).at("tags") == Json{{"te am", value}});
        }
        CHECK(server.ask("DELETE", tag).status == 204);
        CHECK(server.ask_json(200, "GET", owner).at("tags").empty());
        CHECK(server.refusal(404, "DELETE", tag) == "tag-not-found");
    }
}

TEST_CASE("a tag keeps its limits, its owner must exist and its body holds a value and nothing else") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    const std::string owner = "/v1/models/churn/versions/1/tags/";
    const auto value_of = [](std::size_t size) { return Json{{"value", std::string(size, 'v')}}.dump(); };
    CHECK(server.ask("PUT", owner + std::string(250, 'k'), value_of(100'000)).status == 200);
    CHECK(server.refusal(400, "PUT", owner + std::string(251, 'k'), value_of(1)) == "invalid-tag");
    CHECK(server.refusal(400, "PUT", owner + "k", value_of(100'001)) == "invalid-tag");
    for (const char* body : {"{}", R"({"value":7})", R"({"value":"x","key":"k"})"}) {
        CAPTURE(body);
        CHECK(server.refusal(400, "PUT", owner + "k", body) == "invalid-request");
    }
    CHECK(server.refusal(404, "PUT", "/v1/models/none/tags/k", value_of(1)) == "model-not-found");
    CHECK(server.refusal(404, "PUT", "/v1/models/churn/versions/2/tags/k", value_of(1)) == "version-not-found");
    CHECK(server.refusal(415, "PUT", owner + "k", value_of(1), "Content-Type: text/plain\r\n") == "unsupported-media-type");
}

}  // namespace assay::test
