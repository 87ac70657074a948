#include "api/router.hpp"

#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace assay;
using namespace assay::test;

namespace {

Route route(Method method, std::string pattern) {
    Route made;
    made.method = method;
    made.pattern = std::move(pattern);
    made.handle = [](Request&) { return Response(); };
    return made;
}

Router sample() {
    Router router;
    for (const char* pattern :
         {"/", "/v1/models", "/v1/models/{name}", "/v1/models/{name}/versions/{ref}", "/v1/models/{name}/versions/{ref}/files/{path*}",
          "/v1/models/{name}/aliases/{alias}", "/v1/blobs/{digest}", "/v1/special/{name}", "/v1/special/exact"}) {
        router.add(route(Method::get, pattern));
    }
    for (const char* pattern :
         {"/v1/models/{name}/versions", "/v1/models/{name}/versions/{ref}:check", "/v1/models/{name}/versions/{number}:undelete",
          "/v1/models/{name}/aliases/{alias}:rollback", "/v1/blobs:missing"}) {
        router.add(route(Method::post, pattern));
    }
    router.add(route(Method::put, "/v1/models/{model}/aliases/{name}"));
    router.add(route(Method::put, "/v1/special/exact"));
    router.add(route(Method::head, "/v1/blobs/{digest}"));
    return router;
}

}  // namespace

TEST_CASE("a path finds the route of its pattern, with the parameters decoded once") {
    const Router router = sample();
    struct Row {
        Method method;
        const char* path;
        const char* pattern;
        std::map<std::string, std::string> params;
    };
    const Row rows[] = {
        {Method::get, "/", "/", {}},
        {Method::get, "/v1/models", "/v1/models", {}},
        {Method::get, "/v1/models/a%2Fb%2541", "/v1/models/{name}", {{"name", "a/b%41"}}},
        {Method::get, "/v1/models/%2E%2E", "/v1/models/{name}", {{"name", ".."}}},
        {Method::get, "/v1/models/m/versions/sha256:ab", "/v1/models/{name}/versions/{ref}", {{"name", "m"}, {"ref", "sha256:ab"}}},
        {Method::post,
         "/v1/models/m/versions/sha256:ab:check",
         "/v1/models/{name}/versions/{ref}:check",
         {{"name", "m"}, {"ref", "sha256:ab"}}},
        {Method::post, "/v1/models/m/versions/%40prod:check", "/v1/models/{name}/versions/{ref}:check", {{"name", "m"}, {"ref", "@prod"}}},
        {Method::post,
         "/v1/models/m/versions/3:undelete",
         "/v1/models/{name}/versions/{number}:undelete",
         {{"name", "m"}, {"number", "3"}}},
        {Method::post, "/v1/models/m/aliases/a:rollback", "/v1/models/{name}/aliases/{alias}:rollback", {{"name", "m"}, {"alias", "a"}}},
        {Method::post, "/v1/blobs:missing", "/v1/blobs:missing", {}},
        {Method::get,
         "/v1/models/m/versions/1/files/a/b%20c",
         "/v1/models/{name}/versions/{ref}/files/{path*}",
         {{"name", "m"}, {"ref", "1"}, {"path", "a/b c"}}},
        {Method::get, "/v1/special/exact", "/v1/special/exact", {}},
        {Method::get, "/v1/special/exactly", "/v1/special/{name}", {{"name", "exactly"}}},
        {Method::put, "/v1/models/m/aliases/x", "/v1/models/{model}/aliases/{name}", {{"model", "m"}, {"name", "x"}}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.path);
        const auto match = must(router.match(row.method, row.path));
        REQUIRE(match.found == Router::Found::route);
        CHECK(match.route->pattern == row.pattern);
        CHECK(match.params == row.params);
    }
}

TEST_CASE("HEAD takes its own route, else that of GET") {
    const Router router = sample();
    CHECK(must(router.match(Method::head, "/v1/models")).route->method == Method::get);
    CHECK(must(router.match(Method::head, "/v1/blobs/x")).route->method == Method::head);
}

TEST_CASE("what matches no pattern is not found") {
    const Router router = sample();
    for (const char* path : {"/v1", "/v2/models", "/v1/models/", "/v1//models", "/v1/models/m/versions/1/files",
                             "/v1/models/m/versions/1/files/", "/v1/models/m/versions/1/files//a", "/v1/blobs:other", "/v1/models/m/x/y"}) {
        CAPTURE(path);
        CHECK(must(router.match(Method::get, path)).found == Router::Found::not_found);
    }
}

TEST_CASE("more than one slash at the beginning counts as one") {
    const Router router = sample();
    CHECK(must(router.match(Method::get, "//v1/models")).found == Router::Found::route);
    CHECK(must(router.match(Method::get, "///v1/models")).found == Router::Found::route);
}

TEST_CASE("a known path with another method says which ones it answers") {
    const Router router = sample();
    const auto match = must(router.match(Method::del, "/v1/models/m/aliases/a"));
    CHECK(match.found == Router::Found::method_not_allowed);
    CHECK(match.allowed == std::vector<Method>{Method::get, Method::head, Method::put});
    CHECK(must(router.match(Method::patch, "/v1/blobs:missing")).allowed == std::vector<Method>{Method::post});
    CHECK(must(router.match(Method::post, "/v1/models/m/versions/3:nothing")).found == Router::Found::method_not_allowed);
}

TEST_CASE("a verb with another method is refused, not read as a part of the parameter before it") {
    const auto match = must(sample().match(Method::get, "/v1/models/m/versions/1:check"));
    CHECK(match.found == Router::Found::method_not_allowed);
    CHECK(match.allowed == std::vector<Method>{Method::post});
    CHECK(must(sample().match(Method::get, "/v1/models/m/versions/sha256:ab")).params.at("ref") == "sha256:ab");
    CHECK(must(sample().match(Method::get, "/v1/models/m/versions/1%3Acheck")).params.at("ref") == "1:check");
}

TEST_CASE("dot segments, hidden separators and broken encoding are refused") {
    const Router router = sample();
    CHECK(error_of(router.match(Method::get, "/v1/../v1/models")).code == "invalid-path");
    CHECK(error_of(router.match(Method::get, "/v1/./models")).code == "invalid-path");
    CHECK(error_of(router.match(Method::get, "/v1/models/m/versions/1/files/%2e%2e/x")).code == "invalid-path");
    CHECK(error_of(router.match(Method::get, "/v1/models/m/versions/1/files/a%2F..%2Fx")).code == "invalid-path");
    CHECK(error_of(router.match(Method::get, "/v1/models/%f")).code == "invalid-encoding");
    CHECK(error_of(router.match(Method::get, "/v1/models/%C0%80")).code == "invalid-encoding");
    CHECK(error_of(router.match(Method::get, "models")).code == "invalid-path");
}

TEST_CASE("mistakes in the route table are found when it is made") {
    Router router = sample();
    for (const char* pattern : {"/v1/models", "/v1/models/{other}", "/v1/{", "/v1/{}", "/v1/{a*}/b", "/v1/{a}:", "/v1/{a}b", "v1", "/v1//x",
                                "/v1/{a}/{a}", "/a%20b"}) {
        CAPTURE(pattern);
        CHECK_THROWS_AS(router.add(route(Method::get, pattern)), std::logic_error);
    }
    Route without_handler;
    without_handler.pattern = "/x";
    CHECK_THROWS_AS(router.add(std::move(without_handler)), std::logic_error);
}

TEST_CASE("routes are listed in the order added") {
    const Router router = sample();
    CHECK(router.routes().size() == 17);
    CHECK(router.routes().front()->pattern == "/");
    CHECK(router.routes().back()->method == Method::head);
}

TEST_CASE("a query is decoded once, and its repeated keys are refused") {
    const auto parse_query = [](std::string_view query) -> Result<std::map<std::string, std::string>> {
        TRY_ASSIGN(QueryPairs pairs, parse_query_pairs(query));
        return unique_parameters(std::move(pairs));
    };
    CHECK(must(parse_query("")).empty());
    CHECK(must(parse_query_pairs("b=2&a=1&b=3")) == QueryPairs{{"b", "2"}, {"a", "1"}, {"b", "3"}});
    CHECK(must(parse_query("a=1&b=x%20y+z&c&d=&=e&f=%2B%26=")) ==
          std::map<std::string, std::string>{{"a", "1"}, {"b", "x y z"}, {"c", ""}, {"d", ""}, {"", "e"}, {"f", "+&="}});
    CHECK(must(parse_query("&&a=1&")) == std::map<std::string, std::string>{{"a", "1"}});
    CHECK(error_of(parse_query("a=1&%61=2")).code == "repeated-parameter");
    CHECK(error_of(parse_query("a=%")).code == "invalid-encoding");
    std::string many;
    for (int i = 0; i < 201; ++i) many += "k" + std::to_string(i) + "=&";
    CHECK(error_of(parse_query(many)).code == "too-many-parameters");
}
