#include "tests/support/api_test_server.hpp"

#include "base/url.hpp"

namespace assay::test {

TEST_CASE("a search answers versions with what they are found by") {
    ApiTestServer server;
    (void)server.registry.push(a_push().with_alias("production").with_tag("team", "birds").with("/facts/params", {{"depth", "8"}}));
    const Json page =
        server.ask_json(200, "GET", "/v1/search?filter=" + encode_component("metrics.accuracy > 0.8 AND tags.team = 'birds'"));
    REQUIRE(page.at("items").size() == 1);
    const Json& item = page.at("items").at(0);
    CHECK(item.at("model") == "churn");
    CHECK(item.at("aliases") == Json{"production"});
    CHECK(item.at("params") == Json{{"depth", "8"}});
    CHECK(item.at("metrics").at(0).at("value") == 0.861);
    CHECK(item.at("libraries") == Json{{"scikit-learn", "1.7.2"}, {"numpy", "2.3.1"}, {"joblib", "1.5.1"}});
    CHECK(item.at("trained_at") == "2026-11-22T21:14:03Z");
    CHECK(!item.contains("manifest"));
    CHECK(page.at("next_cursor") == nullptr);
}

TEST_CASE("a search is paged by its own cursors") {
    ApiTestServer server;
    for (int i = 0; i < 5; ++i) (void)server.registry.push(a_push());
    const std::vector<Json> pages = server.pages("/v1/search?limit=2&order_by=version+DESC");
    REQUIRE(pages.size() == 3);
    CHECK(pages.front().at(0).at("version") == 5);
    CHECK(pages.back().at(0).at("version") == 1);
    CHECK(server.refusal(400, "GET", "/v1/search?cursor=W10%3D") == "invalid-cursor");
}

TEST_CASE("a search that cannot be answered says at which character") {
    ApiTestServer server;
    const Json problem = must(parse_json(server.ask("GET", "/v1/search?filter=" + encode_component("metrics.a > 'x'")).body));
    CHECK(problem.at("status") == 400);
    CHECK(problem.at("code") == "invalid-filter");
    CHECK(problem.at("because") == "character 13: metrics.a is compared with a number, and this is a text");
    CHECK(problem.at("fix") == Json{"such as 0.9, without quotes"});
    CHECK(server.refusal(400, "GET", "/v1/search?order_by=size") == "invalid-order");
    CHECK(server.refusal(400, "GET", "/v1/search?where=x") == "unknown-parameter");
    CHECK(server.refusal(400, "GET", "/v1/search?limit=1001") == "invalid-limit");
}

TEST_CASE("a filter that is too long for a target is asked in the body, and one of ten thousand terms is refused at its place") {
    ApiTestServer server;
    for (int i = 0; i < 3; ++i) (void)server.registry.push(a_push());
    std::string filter = "version = 1";
    for (int i = 0; i < 150; ++i) filter += " OR tags.a_key_that_is_rather_long_for_a_tag_of_a_version = 'and a value that is, too'";
    const Json page = server.ask_json(200, "POST", "/v1/search", to_text({{"filter", filter}, {"order_by", "version DESC"}}));
    REQUIRE(page.at("items").size() == 1);
    CHECK(page.at("next_cursor") == nullptr);

    const Json first = server.ask_json(200, "POST", "/v1/search", R"({"limit":2,"order_by":"version"})");
    const Json second =
        server.ask_json(200, "POST", "/v1/search", to_text({{"limit", 2}, {"order_by", "version"}, {"cursor", first.at("next_cursor")}}));
    REQUIRE(second.at("items").size() == 1);
    CHECK(second.at("items").at(0).at("version") == 3);
    CHECK(second.at("next_cursor") == nullptr);

    std::string terms = "version = 1";
    for (int i = 0; i < 10'000; ++i) terms += " OR version = 1";
    const Json problem = must(parse_json(server.ask("POST", "/v1/search", to_text({{"filter", terms}})).body));
    CHECK(problem.at("status") == 400);
    CHECK(problem.at("code") == "invalid-filter");
    CHECK(problem.at("because").get<std::string>().starts_with("character "));
    CHECK(server.refusal(400, "POST", "/v1/search", R"({"limit":0})") == "invalid-request");
    CHECK(server.refusal(400, "POST", "/v1/search", R"({"cursor":"!"})") == "invalid-cursor");
    CHECK(server.refusal(400, "POST", "/v1/search", R"({"where":"x"})") == "invalid-request");
}

TEST_CASE("a page that takes all there is has no next, and long keys do not make long cursors") {
    ApiTestServer server;
    for (int i = 0; i < 3; ++i) (void)server.registry.push(a_push().with_tag("big", std::string(20'000, static_cast<char>('a' + i))));
    CHECK(server.ask_json(200, "GET", "/v1/search?limit=3").at("next_cursor") == nullptr);
    const std::vector<Json> pages = server.pages("/v1/search?limit=1&order_by=tags.big+DESC");
    REQUIRE(pages.size() == 3);
    CHECK(pages[0].at(0).at("version") == 3);
    CHECK(pages[2].at(0).at("version") == 1);
    const Json page = server.ask_json(200, "GET", "/v1/search?limit=1&order_by=tags.big");
    CHECK(page.at("next_cursor").get<std::string>().size() < 200);
}

}  // namespace assay::test
