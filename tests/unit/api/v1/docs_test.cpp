#include "tests/support/api_test_server.hpp"

#include <doctest/doctest.h>

#include <regex>
#include <string>

namespace assay::test {

TEST_CASE("the page loads what this server serves and nothing else, and runs no script of its own text") {
    ApiTestServer server;
    const auto page = server.ask("GET", "/docs");
    REQUIRE(page.status == 200);
    CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.header("X-Content-Type-Options") == "nosniff");
    const std::string policy = page.header("Content-Security-Policy").value_or("");
    CHECK(policy.starts_with("default-src 'none'; script-src 'self';"));
    CHECK(policy.find("http") == std::string::npos);
    CHECK(page.body.find("://") == std::string::npos);
    CHECK(!std::regex_search(page.body, std::regex("<script(?! src=)|\\son\\w+=")));
    std::size_t parts = 0;
    const std::regex address("(?:src|href)=\"([^\"]+)\"");
    for (auto it = std::sregex_iterator(page.body.begin(), page.body.end(), address); it != std::sregex_iterator(); ++it, ++parts) {
        CAPTURE(it->str());
        CHECK(server.ask("GET", "/" + (*it)[1].str()).status == 200);
    }
    CHECK(parts >= 5);
}

TEST_CASE("the front page says how to connect to the address by which it was reached") {
    ApiTestServer server;
    const auto page = server.ask("GET", "/");
    REQUIRE(page.status == 200);
    CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.body.find("export MLFLOW_TRACKING_URI=http://localhost<") != std::string::npos);
    CHECK(page.body.find("{{") == std::string::npos);
    const std::regex address("(?:src|href)=\"([^\"]+)\"");
    for (auto it = std::sregex_iterator(page.body.begin(), page.body.end(), address); it != std::sregex_iterator(); ++it) {
        CAPTURE(it->str());
        const int status = server.ask("GET", "/" + (*it)[1].str()).status;
        CHECK((status == 200 || (*it)[1].str() == "health" || (*it)[1].str() == "version"));  // those are routes of another room
    }
}

TEST_CASE("the front page names the Python client by an address of this server, where it is") {
    ApiTestServer server;
    const std::string page = server.ask("GET", "/").body;
    CHECK(page.find("pip install 'assay[sklearn] @ http://localhost/python/assay-0.1.0-py3-none-any.whl'") != std::string::npos);
    CHECK(page.find("pip install 'assay[mlflow] @ http://localhost/python/assay-0.1.0-py3-none-any.whl'") != std::string::npos);
    const auto wheel = server.ask("GET", "/python/assay-0.1.0-py3-none-any.whl");
    CHECK(wheel.status == 200);
    CHECK(wheel.header("Content-Type") == "application/zip");
    CHECK(wheel.body.starts_with("PK\x03\x04"));
    CHECK(wheel.body.find("assay-0.1.0.dist-info/METADATA") != std::string::npos);
    CHECK(server.ask("GET", "/python/assay-0.1.0-py3-none-any.whl", "", "If-None-Match: " + wheel.header("ETag").value_or("") + "\r\n")
              .status == 304);
    CHECK(server.refusal(404, "GET", "/python/assay-9.9.9-py3-none-any.whl") == "asset-not-found");
}

TEST_CASE("each part of the page has its type and an ETag") {
    ApiTestServer server;
    for (const auto& [name, type] : {std::pair<std::string, const char*>{"swagger-ui-bundle.js", "text/javascript; charset=utf-8"},
                                     {"page.js", "text/javascript; charset=utf-8"},
                                     {"swagger-ui.css", "text/css; charset=utf-8"},
                                     {"favicon-32x32.png", "image/png"},
                                     {"LICENSE", "text/plain; charset=utf-8"}}) {
        CAPTURE(name);
        const auto part = server.ask("GET", "/docs/" + name);
        CHECK(part.status == 200);
        CHECK(part.header("Content-Type") == type);
        CHECK(!part.body.empty());
        const std::string etag = part.header("ETag").value_or("");
        CHECK(etag.starts_with("\"sha256:"));
        const auto again = server.ask("GET", "/docs/" + name, "", "If-None-Match: " + etag + "\r\n");
        CHECK(again.status == 304);
        CHECK(again.body.empty());
    }
}

TEST_CASE("what is no part of the page is not found") {
    ApiTestServer server;
    CHECK(server.refusal(404, "GET", "/docs/secrets") == "asset-not-found");
    CHECK(server.refusal(404, "GET", "/docs/%2e%2e") == "asset-not-found");
    CHECK(server.refusal(400, "GET", "/docs?theme=dark") == "unknown-parameter");
}

}  // namespace assay::test
