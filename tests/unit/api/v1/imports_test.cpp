#include "tests/support/api_test_server.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

Json ask(ApiTestServer& server, const Json& body) { return server.ask_json(200, "POST", "/v1/import", to_text(body)); }

Json run_of(std::int64_t experiment) {
    return {{"id", std::string(32, 'a')},
            {"experiment", experiment},
            {"name", "r"},
            {"status", "finished"},
            {"metrics", {{"loss", {{1, 0, 0.5}, {2, 1, nullptr}}}}}};
}

}  // namespace

TEST_CASE("each of a batch has its answer in its place") {
    ApiTestServer server;
    const Json experiment = {{"id", 7}, {"name", "birds"}, {"created_at", 1}, {"updated_at", 2}, {"tags", {{"a", "b"}}}};
    const Json made = ask(server, {{"experiments", {experiment}}});
    CHECK(made["experiments"][0] == Json{{"experiment", 7}, {"location", "7"}, {"added", true}});
    const Json files = ask(server, {{"files", {{{"path", "../x"}, {"digest", "sha256:" + std::string(64, '0')}}}}});
    CHECK(files["files"][0].contains("refused"));
    CHECK(ask(server, {{"models", {{{"name", "a/b"}, {"updated_at", 1}}}}})["models"][0].contains("refused"));
    const Json runs = ask(server, {{"runs", {run_of(7), run_of(99)}}});
    CHECK(runs["runs"][0]["added"] == true);
    CHECK(runs["runs"][1]["refused"] == "experiment-not-found");
    CHECK(ask(server, Json::object()) == Json::object());
}

TEST_CASE("a registration of the past is refused alone, and marks the facts that nobody wrote down") {
    ApiTestServer server;
    const std::string digest = server.registry.put("a model, somehow").to_string();
    const Json files = {{{"path", "notes.txt"}, {"digest", digest}}};
    const Json item = {{"model", "churn"}, {"files", files}, {"facts", {{"trained_at", "2024-05-01"}}}};
    Json nameless = item;
    nameless.erase("model");
    Json wrong = item;
    wrong["facts"]["trained_at"] = "yesterday";
    const Json answer = ask(server, {{"registrations", {item, nameless, wrong, item}}})["registrations"];
    CHECK(answer[0]["added"] == true);
    CHECK(answer[0]["version"] == 1);
    CHECK(answer[1].contains("refused"));
    CHECK(answer[2]["because"].get<std::string>().find("facts.trained_at") != std::string::npos);
    CHECK(answer[3]["added"] == false);
    Json later = item;
    later["facts"]["params"] = {{"depth", "8"}};
    const Json again = ask(server, {{"registrations", {later, item}}})["registrations"];
    CHECK(again[0]["version"] == 2);
    CHECK(again[1]["version"] == 1);
    const Json manifest = server.ask_json(200, "GET", "/v1/models/churn/versions/1/manifest", "");
    CHECK(manifest["facts"]["missing"] == Json{"libraries", "datasets", "metrics"});
}

TEST_CASE("what is no run, logged model, file, model or version is refused with the member") {
    ApiTestServer server;
    const auto fields = [&](const char* what, const Json& item) {
        const auto answer = server.ask("POST", "/v1/import", to_text(Json{{what, {item}}}));
        REQUIRE(answer.status == 400);
        const Json problem = must(parse_json(answer.body));
        std::string all = problem.value("code", "") + ":";
        for (const Json& error : problem["field_errors"]) all += " " + error.value("field", "");
        return all;
    };
    Json run = run_of(0);
    run["id"] = "x";
    run["status"] = "done";
    run["metrics"] = {{"loss", {{1, 0}}}};
    CHECK(fields("runs", run) == "invalid-import: runs[0].id runs[0].status runs[0].metrics");
    CHECK(fields("experiments", {{"id", 8}}).find("experiments[0].name") != std::string::npos);
    CHECK(fields("logged_models", {{"id", "m-1"}}).find("logged_models[0].id") != std::string::npos);
    CHECK(fields("files", {{"path", "x"}, {"digest", "md5:0"}}) == "invalid-import: files[0].digest");
    CHECK(fields("models", {{"name", "a"}}) == "invalid-import: models[0].updated_at");
    CHECK(fields("versions", {{"model", "m"}, {"version", 0}}).find("versions[0].version") != std::string::npos);
    CHECK(server.refusal(400, "POST", "/v1/import", R"({"things":[]})") == "invalid-import");
}

}  // namespace assay::test
