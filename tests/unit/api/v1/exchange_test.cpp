#include "api/v1/exchange.hpp"

#include "base/text.hpp"
#include "tests/support/api_test_server.hpp"
#include "tests/support/result.hpp"

namespace assay::test {

namespace {

/// A request with a body, or none; it holds what the request points to.
struct Asked {
    MemorySource source;
    Request request;
    explicit Asked(std::string_view body = "") : source(body) {
        request.target = "/v1/things?limit=2&contains=a%26b";
        request.remote_address = "192.0.2.7";
        request.body = &source;
    }
};

}  // namespace

TEST_CASE("who asks is the Assay-Consumer header, decoded, else the address") {
    struct Case {
        std::optional<std::string> header;
        std::string consumer;  ///< empty: refused
    };
    for (const Case& one : {Case{std::nullopt, "unknown@192.0.2.7"},
                            {"", "unknown@192.0.2.7"},
                            {"ann@lab", "ann@lab"},
                            {"J%C3%BCrgen@lab", "J\xC3\xBCrgen@lab"},
                            {"a%0Ab@lab", ""},
                            {"%FF@lab", ""},
                            {"50%@lab", ""},
                            {std::string(256, 'a'), std::string(256, 'a')},
                            {std::string(257, 'a'), ""}}) {
        Asked asked;
        if (one.header) asked.request.headers.set("Assay-Consumer", *one.header);
        const auto consumer = v1::consumer_of(asked.request);
        CAPTURE(one.consumer);
        if (one.consumer.empty())
            CHECK(error_of(consumer).code == "invalid-consumer");
        else
            CHECK(must(consumer) == one.consumer);
    }
}

TEST_CASE("a page has a limit from 1 to 1000 and a cursor of ours") {
    Asked asked;
    CHECK(must(v1::page_of(asked.request)).limit == 100);
    for (const auto& [text, limit] : {std::pair{"1", 1}, {"1000", 1000}}) {
        asked.request.query["limit"] = text;
        CHECK(must(v1::page_of(asked.request)).limit == limit);
    }
    for (const char* text : {"0", "1001", "-1", "", "1.5", "1e2", " 1", "99999999999999999999"}) {
        CAPTURE(text);
        asked.request.query["limit"] = text;
        CHECK(error_of(v1::page_of(asked.request)).code == "invalid-limit");
    }
    asked.request.query = {{"cursor", to_base64("churn")}};
    CHECK(must(v1::page_of(asked.request)).cursor == "churn");
    for (const std::string& text : {std::string("!"), std::string(), to_base64("\xff"), to_base64(std::string(4097, 'a'))}) {
        asked.request.query["cursor"] = text;
        CHECK(error_of(v1::page_of(asked.request)).code == "invalid-cursor");
    }
}

TEST_CASE("a cursor that counts is a number from 1, and absent on the first page") {
    CHECK(must(v1::integer_cursor({})) == 0);
    CHECK(must(v1::integer_cursor({.cursor = "17"})) == 17);
    for (const char* text : {"0", "-1", "x", "1x", "9223372036854775808"}) {
        CHECK(error_of(v1::integer_cursor({.cursor = text})).code == "invalid-cursor");
    }
}

TEST_CASE("a page that is not the last links to the next with the same question") {
    Asked asked;
    asked.request.query = {{"limit", "2"}, {"contains", "a&b"}, {"cursor", "old"}};
    const Response last = v1::page_response(asked.request, Json::array({1}), "");
    CHECK(last.body == R"({"items":[1],"next_cursor":null})");
    CHECK(!last.headers.find("Link"));
    CHECK(last.headers.find("Cache-Control") == "no-cache");
    const Response more = v1::page_response(asked.request, Json::array(), "churn");
    const std::string cursor = to_base64("churn");
    CHECK(must(parse_json(more.body)).at("next_cursor") == cursor);
    CHECK(more.headers.find("Link") == "</v1/things?contains=a%26b&limit=2&cursor=" + std::string("Y2h1cm4%3D") + ">; rel=\"next\"");
}

TEST_CASE("If-None-Match is answered 304 when it names the tag, weak or in a list or with an asterisk") {
    for (const auto& [header, status] : {std::pair{"\"a\"", 304},
                                         {"\"b\", \"a\"", 304},
                                         {"W/\"a\"", 304},
                                         {"*", 304},
                                         {"\"b\"", 200},
                                         {"a", 200},
                                         {"\"A\"", 200},
                                         {"", 200}}) {
        CAPTURE(header);
        Asked asked;
        asked.request.headers.set("If-None-Match", header);
        const Response response = v1::with_etag(asked.request, json_response(200, {{"x", 1}}), "a");
        CHECK(response.status == status);
        CHECK(response.headers.find("ETag") == "\"a\"");
        CHECK(response.body.empty() == (status == 304));
    }
}

TEST_CASE("a precondition holds one strong tag") {
    Asked asked;
    CHECK(!must(v1::tag_of(asked.request, "If-Match")));
    for (const auto& [header, tag] : {std::pair{"\"2\"", "2"}, {"*", "*"}, {"  \"2\" ", "2"}, {"\"\"", ""}}) {
        asked.request.headers.set("If-Match", header);
        CHECK(must(v1::tag_of(asked.request, "If-Match")) == tag);
    }
    for (const char* header : {"2", "\"2", "\"", "W/\"2\"", "\"1\", \"2\"", ""}) {
        asked.request.headers.set("If-Match", header);
        CHECK(error_of(v1::tag_of(asked.request, "If-Match")).code == "invalid-precondition");
    }
}

TEST_CASE("a parameter that a route does not know is named with those it does") {
    Asked asked;
    asked.request.query = {{"limit", "1"}, {"sort", "name"}};
    const Error error = error_of(v1::allow_query(asked.request, {"limit", "cursor"}));
    CHECK(error.code == "unknown-parameter");
    REQUIRE(error.problems.size() == 1);
    CHECK(error.problems[0].field == "?sort");
    CHECK(error.problems[0].fix == "known here: limit, cursor");
    CHECK(v1::allow_query(asked.request, {"sort", "limit"}));
    CHECK(error_of(v1::allow_query(asked.request, {})).problems.size() == 2);
}

TEST_CASE("an answer that fails becomes its problem under the request's id") {
    const Handler handler =
        v1::answering([](Request&) -> Result<Response> { return fail(ErrorKind::not_found, "model-not-found", "there is no model"); });
    Asked asked;
    asked.request.id = "id-1";
    const Response response = handler(asked.request);
    CHECK(response.status == 404);
    CHECK(must(parse_json(response.body)).at("request_id") == "id-1");
}

TEST_CASE("a body is read as strict JSON") {
    Asked good(R"({"a":1})");
    CHECK(must(v1::json_body(good.request)) == Json{{"a", 1}});
    for (const char* text : {"", "{", R"({"a":1,"a":2})", "{} x", "\xff"}) {
        CAPTURE(text);
        Asked bad(text);
        CHECK(error_of(v1::json_body(bad.request)).kind == ErrorKind::invalid);
    }
}

TEST_CASE("a verb that needs no words takes no body or an empty object, and refuses everything else") {
    ApiTestServer server;
    (void)server.registry.push(a_push());
    for (const char* verb : {"/v1/models/churn/aliases/production:rollback", "/v1/models/churn/versions/1:undelete"}) {
        CAPTURE(verb);
        CHECK(server.refusal(400, "POST", verb, R"({"version":1})") == "invalid-request");
        CHECK(server.refusal(400, "POST", verb, "[]") == "invalid-request");
        CHECK(server.refusal(400, "POST", verb, "{") == "invalid-json");
        for (const char* body : {"", "{}"}) CHECK(server.ask("POST", verb, body).status != 400);
    }
}

}  // namespace assay::test
