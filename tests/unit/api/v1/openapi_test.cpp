#include "api/v1/openapi.hpp"

#include "base/version.hpp"
#include "tests/support/api_test_server.hpp"
#include "tests/support/native_routes.hpp"

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>
#include <vector>

namespace assay::test {

namespace {

struct Operation {
    std::string name;  ///< "GET /v1/models/{name}"
    const Json& own;
};

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

std::vector<Operation> operations() {
    std::vector<Operation> all;
    const Json& paths = v1::api_description().at("paths");
    for (auto path = paths.begin(); path != paths.end(); ++path) {
        for (auto member = path->begin(); member != path->end(); ++member) {
            all.push_back({upper(member.key()) + " " + path.key(), *member});
        }
    }
    return all;
}

/// As the description spells it: OpenAPI has no "{path*}".
std::string operation_of(const Route& route) {
    return std::string(to_string(route.method)) + " " + std::regex_replace(route.pattern, std::regex(R"(\{(\w+)\*\})"), "{$1}");
}

/// What a "$ref" points to, else the value itself.
const Json& resolved(const Json& value) {
    if (!value.contains("$ref")) return value;
    return v1::api_description().at(Json::json_pointer(value.at("$ref").get<std::string>().substr(1)));
}

void each_object(const Json& value, const std::function<void(const Json&)>& visit) {
    if (value.is_object()) visit(value);
    if (value.is_structured()) {
        for (const Json& inner : value) each_object(inner, visit);
    }
}

std::multiset<std::string> parameters_in(const Operation& operation, std::string_view place) {
    std::multiset<std::string> names;
    for (const Json& parameter : operation.own.value("parameters", Json::array())) {
        if (resolved(parameter).at("in") == place) names.insert(resolved(parameter).at("name").get<std::string>());
    }
    return names;
}

Json merged(std::initializer_list<EmbeddedFile> parts) { return v1::merge_descriptions({parts.begin(), parts.size()}, "1.2.3"); }

constexpr EmbeddedFile shared{"openapi.json", R"({"openapi":"3.1.1","info":{},"tags":[],"paths":{},"components":{"schemas":{"A":true}},
    "x-every-operation":{"500":{"description":"a fault"}},"x-every-operation-with-a-body":{"413":{"description":"too large"}}})"};

}  // namespace

TEST_CASE("every route has one operation, and every operation is a route") {
    const NativeRoutes routes;
    std::multiset<std::string> served;
    for (const auto& route : routes.router.routes()) served.insert(operation_of(*route));
    std::multiset<std::string> described;
    for (const Operation& operation : operations()) described.insert(operation.name);
    CHECK(served == described);
}

TEST_CASE("an operation takes a body if and only if its route does, and as the same type") {
    const NativeRoutes routes;
    std::map<std::string, const Route*> by_name;
    for (const auto& route : routes.router.routes()) by_name[operation_of(*route)] = route.get();
    for (const Operation& operation : operations()) {
        CAPTURE(operation.name);
        REQUIRE(by_name.contains(operation.name));
        const Route& route = *by_name[operation.name];
        CHECK(operation.own.contains("requestBody") == (route.max_body_bytes > 0));
        if (!operation.own.contains("requestBody")) continue;
        CHECK(resolved(operation.own.at("requestBody")).at("content").contains("application/json") == route.json_body);
    }
}

TEST_CASE("the parameters of a path are those of its template, and none is described twice") {
    const std::regex placeholder(R"(\{(\w+)\})");
    for (const Operation& operation : operations()) {
        CAPTURE(operation.name);
        std::multiset<std::string> wanted;
        for (auto it = std::sregex_iterator(operation.name.begin(), operation.name.end(), placeholder); it != std::sregex_iterator(); ++it)
            wanted.insert((*it)[1]);
        CHECK(parameters_in(operation, "path") == wanted);
        for (const char* place : {"query", "header"}) {
            const auto names = parameters_in(operation, place);
            CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
        }
    }
}

TEST_CASE("an operation says what it is for, how it succeeds and how it refuses") {
    std::set<std::string> ids;
    for (const Operation& operation : operations()) {
        CAPTURE(operation.name);
        CHECK(ids.insert(operation.own.at("operationId").get<std::string>()).second);
        CHECK(!operation.own.at("summary").get<std::string>().empty());
        CHECK(operation.own.at("tags").size() == 1);
        bool succeeds = false;
        const Json& responses = operation.own.at("responses");
        for (auto it = responses.begin(); it != responses.end(); ++it) {
            CAPTURE(it.key());
            succeeds = succeeds || it.key().starts_with('2');
            const bool refusal = it.key() >= "400" && !operation.name.starts_with("HEAD ");
            const Json& response = resolved(*it);
            if (refusal)
                CHECK(response.at("content").at("application/problem+json").at("schema").at("$ref") == "#/components/schemas/Problem");
        }
        CHECK(succeeds);
        std::vector<std::string> refusals = {"400", "403", "500", "503"};
        if (!parameters_in(operation, "path").empty() && !operation.own.contains("requestBody")) refusals.emplace_back("404");
        if (operation.own.contains("requestBody")) refusals.insert(refusals.end(), {"413", "415", "422", "507"});
        for (const std::string& status : refusals) {
            CAPTURE(status);
            CHECK(responses.contains(status));
        }
    }
}

TEST_CASE("every reference leads somewhere, every shared part is used, and every tag is explained") {
    const Json& description = v1::api_description();
    std::set<std::string> used;
    each_object(description, [&](const Json& object) {
        if (!object.contains("$ref") || !object.at("$ref").is_string()) return;
        const auto target = object.at("$ref").get<std::string>();
        CAPTURE(target);
        CHECK(target.starts_with("#/components/"));
        CHECK(description.contains(Json::json_pointer(target.substr(1))));
        used.insert(target);
    });
    for (auto section = description.at("components").begin(); section != description.at("components").end(); ++section) {
        for (auto part = section->begin(); part != section->end(); ++part)
            CHECK_MESSAGE(used.contains("#/components/" + section.key() + "/" + part.key()), section.key() << "/" << part.key());
    }
    std::set<std::string> tags;
    for (const Json& tag : description.at("tags")) {
        CHECK(!tag.at("description").get<std::string>().empty());
        CHECK(tags.insert(tag.at("name").get<std::string>()).second);
    }
    for (const Operation& operation : operations())
        CHECK_MESSAGE(tags.contains(operation.own.at("tags")[0].get<std::string>()), operation.name);
}

TEST_CASE("the description is served whole, with this program's version and an ETag") {
    ApiTestServer server;
    const auto answer = server.ask("GET", "/openapi.json");
    REQUIRE(answer.status == 200);
    CHECK(answer.header("Content-Type") == "application/json; charset=utf-8");
    const Json json = must(parse_json(answer.body));
    CHECK(json == v1::api_description());
    CHECK(json.at("openapi").get<std::string>().starts_with("3.1."));
    CHECK(json.at("info").at("version") == assay_version);
    CHECK(server.ask("GET", "/openapi.json", "", "If-None-Match: " + answer.header("ETag").value_or("") + "\r\n").status == 304);
    CHECK(server.refusal(400, "GET", "/openapi.json?pretty=1") == "unknown-parameter");
}

TEST_CASE("parts become one document, and what operations share is added to each of them") {
    const Json whole = merged({{"a.openapi.json", R"({"tags":[{"name":"a"}],"components":{"schemas":{"B":false}},
        "paths":{"/a":{"parameters":[1],"get":{"parameters":[2],"responses":{"200":{},"500":{"description":"mine"}}},"put":{"requestBody":{},"responses":{}}}}})"},
                               {"b.openapi.json", R"({"paths":{"/a":{"delete":{"responses":{}}}}})"},
                               shared});
    CHECK(whole.at("info").at("version") == "1.2.3");
    CHECK(whole.at("tags") == Json::parse(R"([{"name":"a"}])"));
    CHECK(whole.at("components").at("schemas") == Json::parse(R"({"A":true,"B":false})"));
    const Json& path = whole.at("paths").at("/a");
    CHECK(path.at("get").at("responses") == Json::parse(R"({"200":{},"500":{"description":"mine"}})"));
    CHECK(path.at("put").at("responses") == Json::parse(R"({"413":{"description":"too large"},"500":{"description":"a fault"}})"));
    CHECK(path.at("delete").at("responses") == Json::parse(R"({"500":{"description":"a fault"}})"));
    CHECK(path.at("get").at("parameters") == Json::array({1, 2}));
    CHECK(path.at("put").at("parameters") == Json::array({1}));
    CHECK(!path.contains("parameters"));
    CHECK(!whole.contains("x-every-operation"));
}

TEST_CASE("a part that says what another says, or what has no place there, is a mistake in the program") {
    CHECK_THROWS_AS(merged({{"a.openapi.json", "{}"}}), std::logic_error);
    for (const char* part : {R"({"components":{"schemas":{"A":false}}})", R"({"info":{}})", "{", "[1]"}) {
        CAPTURE(part);
        CHECK_THROWS_AS(merged({shared, {"a.openapi.json", part}}), std::logic_error);
    }
    const char* twice = R"({"paths":{"/a":{"get":{"responses":{}}}}})";
    CHECK_THROWS_AS(merged({shared, {"a.openapi.json", twice}, {"b.openapi.json", twice}}), std::logic_error);
}

}  // namespace assay::test
