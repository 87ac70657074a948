#include "tests/support/api_test_server.hpp"

namespace assay::test {

TEST_CASE("a model is answered as docs/api.md says, with a tag that changes with it") {
    ApiTestServer server;
    (void)server.registry.push(a_push().with_alias("production"));
    const auto answer = server.ask("GET", "/v1/models/churn");
    CHECK(answer.status == 200);
    CHECK(must(parse_json(answer.body)) == Json{{"name", "churn"},
                                                {"description", ""},
                                                {"created_at", "2026-11-23T10:00:00Z"},
                                                {"latest_version", 1},
                                                {"versions", 1},
                                                {"aliases", {{"production", 1}}},
                                                {"tags", Json::object()}});
    const std::string match = "If-None-Match: " + answer.header("ETag").value_or("") + "\r\n";
    CHECK(server.ask("GET", "/v1/models/churn", "", match).status == 304);
    CHECK(server.ask_json(200, "PATCH", "/v1/models/churn", R"({"description":"who leaves"})").at("description") == "who leaves");
    CHECK(server.ask("GET", "/v1/models/churn", "", match).status == 200);
    server.registry.remove("churn", "1", WithAliases::remove);
    CHECK(server.ask_json(200, "GET", "/v1/models/churn").at("latest_version") == nullptr);
}

TEST_CASE("models are paged by name, and looked for by a part of it") {
    ApiTestServer server;
    for (const char* name : {"b b", "a", "caf\xC3\xA9"}) (void)server.registry.push(a_push(name));
    const auto names = [&](const std::string& query) {
        std::string text;
        for (const Json& items : server.pages("/v1/models" + query)) {
            for (const Json& item : items) text += item.at("name").get<std::string>() + "|";
            text += " ";
        }
        return text;
    };
    CHECK(names("") == "a|b b|caf\xC3\xA9| ");
    CHECK(names("?limit=1") == "a| b b| caf\xC3\xA9| ");  // and no empty page behind them
    CHECK(names("?limit=2") == "a|b b| caf\xC3\xA9| ");
    CHECK(names("?contains=b+b&limit=1") == "b b| ");
    CHECK(names("?contains=none") == " ");
}

TEST_CASE("questions about models that cannot be answered say why") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    struct Case {
        const char* method;
        const char* target;
        const char* body;
        int status;
        const char* code;
    };
    for (const Case& one : {Case{"GET", "/v1/models/none", "", 404, "model-not-found"},
                            {"GET", "/v1/models/none/history", "", 404, "model-not-found"},
                            {"GET", "/v1/models/a%2Fb", "", 400, "invalid-name"},
                            {"GET", "/v1/models/a%40b", "", 400, "invalid-name"},
                            {"GET", "/v1/models?limit=0", "", 400, "invalid-limit"},
                            {"GET", "/v1/models?cursor=!", "", 400, "invalid-cursor"},
                            {"GET", "/v1/models?filter=x", "", 400, "unknown-parameter"},
                            {"GET", "/v1/models/churn/history?cursor=eA%3D%3D", "", 400, "invalid-cursor"},
                            {"PATCH", "/v1/models/none", R"({"description":"x"})", 404, "model-not-found"},
                            {"PATCH", "/v1/models/churn", R"({"description":7})", 400, "invalid-request"},
                            {"PATCH", "/v1/models/churn", R"({"description":"x","name":"y"})", 400, "invalid-request"},
                            {"PATCH", "/v1/models/churn", "{", 400, "invalid-json"},
                            {"GET", "/v1/runs/none", "", 404, "run-not-found"},
                            {"DELETE", "/v1/models/churn", "", 405, "method-not-allowed"}}) {
        CAPTURE(one.target);
        CAPTURE(one.body);
        CHECK(server.refusal(one.status, one.method, one.target, one.body) == one.code);
    }
    CHECK(server.refusal(415, "PATCH", "/v1/models/churn", R"({"description":"x"})", "Content-Type: text/plain\r\n") ==
          "unsupported-media-type");
    CHECK(server.ask_json(200, "GET", "/v1/models/churn").at("description") == "");
}

TEST_CASE("the history of a model is paged, with versions as numbers and who did it") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    CHECK(server.ask("PUT", "/v1/models/churn/aliases/production", R"({"version":1})", "Assay-Consumer: ann@lab\r\n").status == 201);
    std::vector<Json> rows;
    for (const Json& items : server.pages("/v1/models/churn/history?limit=1")) rows.insert(rows.end(), items.begin(), items.end());
    REQUIRE(rows.size() == 2);
    CHECK(rows[0] == Json{{"at", "2026-11-23T10:00:00Z"},
                          {"kind", "alias"},
                          {"version", 1},
                          {"key", "production"},
                          {"before", nullptr},
                          {"after", 1},
                          {"actor", "ann@lab"}});
    CHECK(rows[1].at("kind") == "registered");
}

TEST_CASE("a run is answered with what it measured and made") {
    ApiTestServer server;
    const VersionView version = server.registry.push(
        a_push().with("/run/metrics", Json::array({{{"name", "score"}, {"value", 0.5}, {"step", 3}}})).with("/run/params", {{"cv", "5"}}));
    const Json run = server.ask_json(200, "GET", "/v1/runs/" + version.row.run);
    CHECK(run.at("id") == version.row.run);
    CHECK(run.at("experiment") == "Default");
    CHECK(run.at("params") == Json{{"cv", "5"}});
    CHECK(run.at("versions") == Json::array({"churn@1"}));
    const Json score = {{"name", "score"}, {"value", 0.5}, {"step", 3}, {"timestamp", "2026-11-23T10:00:00Z"}};
    CHECK(std::ranges::count(run.at("metrics"), score) == 1);
}

}  // namespace assay::test
