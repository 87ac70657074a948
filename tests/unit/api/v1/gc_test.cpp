#include "registry/experiments.hpp"
#include "registry/runs.hpp"
#include "tests/support/api_test_server.hpp"

namespace assay::test {

TEST_CASE("gc says what would go, does it, and says who did it") {
    ApiTestServer server;
    Registry& registry = server.registry;
    must(ensure_default_experiment(registry));
    const std::int64_t birds = must(create_experiment(registry, "birds", "", {}));
    NewRun wanted;
    wanted.experiment = birds;
    wanted.name = "grid";
    const std::string run = must(create_run(registry, wanted)).id;
    must(delete_experiment(registry, birds));

    const Json preview = server.ask_json(200, "POST", "/v1/gc", R"({"dry_run":true})");
    CHECK(preview.at("done") == true);
    CHECK(preview.at("counts") == Json{{"experiments", 1}, {"runs", 1}, {"logged_models", 0}, {"files", 0}, {"bytes", 0}, {"kept", 0}});
    CHECK(preview.at("gone").at(0) == Json{{"kind", "run"}, {"id", run}, {"name", "grid"}});
    CHECK(preview.at("until") == registry.now());
    CHECK(show_run(registry, run).has_value());
    CHECK(server.ask_json(200, "POST", "/v1/gc", R"({"older_than":60})").at("gone").empty());
    CHECK(server.ask_json(200, "POST", "/v1/gc", R"({"until":"2026-01-01T00:00:00Z"})").at("gone").empty());
    CHECK(server.ask_json(200, "POST", "/v1/gc", R"({"experiments":["birds"]})").at("counts") == preview.at("counts"));
    const Json again = server.ask_json(200, "POST", "/v1/gc", R"({"experiments":["birds"]})");
    CHECK(again.at("gone").empty());
    CHECK(again.at("gone_before").at(0).at("name") == "birds");
    CHECK(error_of(show_run(registry, run)).because.find("deleted it for good") != std::string::npos);
}

TEST_CASE("gc refuses what it cannot read, what is not there and what is not deleted") {
    ApiTestServer server;
    must(ensure_default_experiment(server.registry));
    for (const char* body : {R"({"older_than":-1})", R"({"older_than":1,"until":"2026-01-01T00:00:00Z"})", R"({"until":"yesterday"})",
                             R"({"runs":"all"})", R"({"runs":[""]})", R"({"experiments":[0]})", R"({"dry_run":1})", R"({"models":[]})"})
        CHECK(server.refusal(400, "POST", "/v1/gc", body) == "invalid-request");
    CHECK(server.refusal(404, "POST", "/v1/gc", R"({"runs":["0d1c"]})") == "run-not-found");
    CHECK(server.refusal(409, "POST", "/v1/gc", R"({"experiments":["0"]})") == "not-deleted");
}

}  // namespace assay::test
