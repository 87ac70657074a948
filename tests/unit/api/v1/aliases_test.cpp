#include "tests/support/api_test_server.hpp"

namespace assay::test {

namespace {

constexpr const char* production = "/v1/models/churn/aliases/production";

/// Two versions of churn.
struct Aliased : ApiTestServer {
    Aliased() {
        for (int i = 0; i < 2; ++i) (void)registry.push(a_push());
    }
};

}  // namespace

TEST_CASE("PUT of an alias is 201 when new and 200 when moved, with the version as ETag") {
    Aliased server;
    auto answer = server.ask("PUT", production, R"({"version":1})", "Assay-Consumer: ann@lab\r\n");
    CHECK(answer.status == 201);
    CHECK(answer.header("ETag") == "\"1\"");
    CHECK(must(parse_json(answer.body)) == Json{{"alias", "production"}, {"version", 1}, {"previous", nullptr}});
    answer = server.ask("PUT", production, R"({"version":2})", "Assay-Consumer: bob@lab\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.header("ETag") == "\"2\"");
    CHECK(must(parse_json(answer.body)).at("previous") == 1);
    const auto shown = server.ask("GET", production);
    CHECK(shown.header("ETag") == "\"2\"");
    const Json json = must(parse_json(shown.body));
    CHECK(json.at("by") == "bob@lab");
    CHECK(json.at("digest") == server.registry.show("churn", "2").row.digest);
    CHECK(server.ask("GET", production, "", "If-None-Match: \"2\"\r\n").status == 304);
    CHECK(server.ask_json(200, "GET", "/v1/models/churn/aliases").at("items") == Json::array({json}));
}

TEST_CASE("preconditions move an alias only from where it points") {
    Aliased server;
    struct Case {
        const char* header;
        int version;
        int status;
    };
    for (const Case& one : {Case{"If-Match: \"1\"\r\n", 1, 412},
                            {"If-Match: *\r\n", 1, 412},
                            {"If-None-Match: *\r\n", 1, 201},
                            {"If-None-Match: *\r\n", 2, 412},
                            {"If-Match: \"2\"\r\n", 2, 412},
                            {"If-Match: \"1\"\r\n", 2, 200},
                            {"If-Match: *\r\n", 1, 200},
                            {"If-Match: 1\r\n", 2, 400},
                            {"If-Match: \"one\"\r\n", 2, 400},
                            {"If-Match: \"1\", \"2\"\r\n", 2, 400},
                            {"If-Match: W/\"1\"\r\n", 2, 400},
                            {"If-None-Match: \"1\"\r\n", 2, 400}}) {
        CAPTURE(one.header);
        CHECK(server.ask("PUT", production, R"({"version":)" + std::to_string(one.version) + "}", one.header).status == one.status);
    }
    CHECK(server.refusal(412, "DELETE", production, "", "If-Match: \"2\"\r\n") == "alias-moved");
    CHECK(server.ask("DELETE", production, "", "If-Match: \"1\"\r\n").status == 204);
    CHECK(server.refusal(404, "GET", production) == "alias-not-found");
}

TEST_CASE("an alias is refused for what it cannot point to and for a body that is not its own") {
    Aliased server;
    server.registry.remove("churn", "2");
    struct Case {
        const char* target;
        const char* body;
        int status;
        const char* code;
    };
    for (const Case& one : {Case{production, R"({"version":9})", 404, "version-not-found"},
                            {production, R"({"version":2})", 409, "version-deleted"},
                            {production, R"({"version":0})", 400, "invalid-request"},
                            {production, R"({"version":"1"})", 400, "invalid-request"},
                            {production, R"({"version":1,"force":true})", 400, "invalid-request"},
                            {production, "{}", 400, "invalid-request"},
                            {"/v1/models/none/aliases/production", R"({"version":1})", 404, "model-not-found"},
                            {"/v1/models/churn/aliases/12", R"({"version":1})", 400, "invalid-alias"},
                            {"/v1/models/churn/aliases/latest", R"({"version":1})", 400, "invalid-alias"}}) {
        CAPTURE(one.target);
        CAPTURE(one.body);
        CHECK(server.refusal(one.status, "PUT", one.target, one.body) == one.code);
    }
    CHECK(server.refusal(415, "PUT", production, R"({"version":1})", "Content-Type: text/plain\r\n") == "unsupported-media-type");
    CHECK(server.ask_json(200, "GET", "/v1/models/churn/aliases").at("items").empty());
}

TEST_CASE("the history of an alias is paged newest first and outlives it, and a rollback goes one move back") {
    Aliased server;
    for (const char* version : {"1", "2", "1"})
        CHECK(server.ask("PUT", production, R"({"version":)" + std::string(version) + "}").status < 300);
    CHECK(server.ask_json(200, "POST", std::string(production) + ":rollback", "{}") ==
          Json{{"alias", "production"}, {"version", 2}, {"previous", 1}});
    CHECK(server.ask("DELETE", production).status == 204);
    std::string moves;
    for (const Json& items : server.pages(std::string(production) + "/history?limit=2")) {
        CHECK(items.size() <= 2);
        for (const Json& item : items) moves += item.at("before").dump() + ">" + item.at("after").dump() + " ";
    }
    CHECK(moves == "2>null 1>2 2>1 1>2 null>1 ");
    CHECK(server.refusal(400, "GET", std::string(production) + "/history?limits=2") == "unknown-parameter");
    CHECK(server.refusal(404, "GET", "/v1/models/churn/aliases/never/history") == "alias-not-found");
    CHECK(server.refusal(404, "POST", "/v1/models/churn/aliases/never:rollback", "{}") == "alias-not-found");
    CHECK(server.ask("PUT", "/v1/models/churn/aliases/new", R"({"version":1})").status == 201);
    CHECK(server.refusal(409, "POST", "/v1/models/churn/aliases/new:rollback", "{}") == "nothing-to-roll-back");
}

TEST_CASE("an alias is shown as it was at a time") {
    ApiTestServer server;
    (void)server.registry.push(a_push().with_alias("production"));
    const std::string then = server.registry.clock.now().to_string();
    server.registry.clock.advance_seconds(60);
    (void)server.registry.push(a_push().with_alias("production"));
    CHECK(server.ask_json(200, "GET", "/v1/models/churn/aliases/production?at=" + then).at("version") == 1);
    CHECK(server.ask_json(200, "GET", "/v1/models/churn/aliases?at=" + then).at("items").at(0).at("version") == 1);
    CHECK(server.refusal(404, "GET", "/v1/models/churn/aliases/production?at=2020-01-01") == "alias-not-found");
    CHECK(server.refusal(400, "GET", "/v1/models/churn/aliases/production?at=soon") == "invalid-at");
    CHECK(server.refusal(400, "GET", "/v1/models/churn/aliases?when=now") == "unknown-parameter");
}

}  // namespace assay::test
