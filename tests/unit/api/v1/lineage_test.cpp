#include "tests/support/api_test_server.hpp"

namespace assay::test {

namespace {

std::string derive(const std::string& from, const std::string& to) {
    return Json{{"from", from}, {"to", to}, {"relation", "derived"}, {"name", "scored"}}.dump();
}

}  // namespace

TEST_CASE("a lineage is answered as JSON, or as the picture that Accept or format asks for") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    const std::string of = "/v1/lineage?of=version:churn@1";
    const Json graph = server.ask_json(200, "GET", of);
    CHECK(graph.at("of") == "version:churn@1");
    CHECK(graph.at("truncated") == false);
    CHECK(graph.at("nodes").size() == 4);  // two datasets, the run, the version
    CHECK(graph.at("edges").size() == 3);
    struct Case {
        std::string target;
        std::string headers;
        const char* type;
        const char* start;
    };
    for (const Case& one : {Case{of, "Accept: image/svg+xml\r\n", "image/svg+xml", "<svg"},
                            {of, "Accept: text/vnd.graphviz\r\n", "text/vnd.graphviz; charset=utf-8", "digraph lineage"},
                            {of, "Accept: text/vnd.mermaid\r\n", "text/vnd.mermaid; charset=utf-8", "flowchart LR"},
                            {of, "Accept: text/html, image/svg+xml\r\n", "image/svg+xml", "<svg"},
                            {of, "Accept: text/html, */*;q=0.8\r\n", "application/json; charset=utf-8", "{"},
                            {of + "&format=dot", "Accept: image/svg+xml\r\n", "text/vnd.graphviz; charset=utf-8", "digraph lineage"},
                            {of + "&format=svg", "", "image/svg+xml", "<svg"},
                            {of + "&format=mermaid", "", "text/vnd.mermaid; charset=utf-8", "flowchart LR"},
                            {of + "&format=json", "Accept: image/svg+xml\r\n", "application/json; charset=utf-8", "{"}}) {
        CAPTURE(one.target);
        CAPTURE(one.headers);
        const auto answer = server.ask("GET", one.target, "", one.headers);
        CHECK(answer.status == 200);
        CHECK(answer.header("Content-Type") == one.type);
        CHECK(answer.body.starts_with(one.start));
        CHECK(answer.header("Content-Security-Policy").has_value() == (std::string(one.type) == "image/svg+xml"));
    }
}

TEST_CASE("direction, depth and limit choose the part of the lineage") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    (void)server.registry.push(a_push().with_parent("churn@1"));
    const auto nodes = [&](const std::string& query) {
        return server.ask_json(200, "GET", "/v1/lineage?of=version:churn@1" + query).at("nodes").size();
    };
    CHECK(nodes("&direction=down") == 2);
    CHECK(nodes("&direction=up") == 4);
    CHECK(nodes("&direction=up&depth=1") == 2);
    CHECK(nodes("&direction=both&depth=1") == 3);
    CHECK(server.ask_json(200, "GET", "/v1/lineage?of=version:churn@1&limit=2").at("truncated") == true);
}

TEST_CASE("a question about lineage that cannot be answered says why, every reason at once") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    const std::string of = "/v1/lineage?of=version:churn@1";
    struct Case {
        std::string target;
        int status;
        const char* code;
    };
    for (const Case& one : {Case{"/v1/lineage", 400, "invalid-request"},
                            {of + "&direction=sideways", 400, "invalid-request"},
                            {of + "&depth=0", 400, "invalid-request"},
                            {of + "&depth=1001", 400, "invalid-request"},
                            {of + "&limit=10001", 400, "invalid-request"},
                            {of + "&format=png", 400, "invalid-format"},
                            {of + "&of=x", 400, "repeated-parameter"},
                            {of + "&deep=1", 400, "unknown-parameter"},
                            {"/v1/lineage?of=cat:tom", 400, "invalid-lineage-node"},
                            {"/v1/lineage?of=version:churn@2", 404, "version-not-found"},
                            {"/v1/lineage?of=run:none", 404, "run-not-found"},
                            {"/v1/lineage?of=dataset:sha256:" + std::string(64, 'a'), 404, "dataset-not-found"}}) {
        CAPTURE(one.target);
        CHECK(server.refusal(one.status, "GET", one.target) == one.code);
    }
    const Json problem = must(parse_json(server.ask("GET", "/v1/lineage?direction=x&depth=y&limit=z").body));
    CHECK(problem.at("field_errors").size() == 4);
}

TEST_CASE("data made from a version is recorded, and an edge that closes a cycle is a 409") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    const std::string scored = "dataset:" + digest_text("scored");
    CHECK(server.ask_json(201, "POST", "/v1/lineage", derive("version:churn@1", scored)) ==
          Json{{"from", "version:churn@1"}, {"to", scored}, {"relation", "derived"}});
    CHECK(server.ask_json(200, "GET", "/v1/lineage?direction=down&of=version:churn@1").at("nodes").size() == 2);
    CHECK(server.refusal(409, "POST", "/v1/lineage", derive("version:churn@1", "dataset:" + digest_text("adult"))) == "lineage-cycle");
    for (const std::string& body : {std::string("{}"), std::string(R"({"from":"version:churn@1"})"),
                                    Json{{"from", "version:churn@1"}, {"to", scored}, {"relation", "a\nb"}}.dump(),
                                    Json{{"from", "version:churn@1"}, {"to", scored}, {"name", std::string(1001, 'n')}}.dump(),
                                    Json{{"from", "version:churn@1"}, {"to", scored}, {"why", "x"}}.dump()}) {
        CAPTURE(body.substr(0, 100));
        CHECK(server.refusal(400, "POST", "/v1/lineage", body) == "invalid-request");
    }
}

}  // namespace assay::test
