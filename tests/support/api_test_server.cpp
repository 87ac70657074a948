#include "tests/support/api_test_server.hpp"

#include "tests/support/http_test_server.hpp"

namespace assay::test {

ApiTestServer::ApiTestServer(v1::RawBlobs raw_blobs, Blobs blobs)
    : registry(blobs),
      context_{registry.registry(), metrics, 7, raw_blobs},
      mlflow_context_{.registry = registry.registry(), .metrics = metrics} {
    context_.disk = []() -> v1::Context::Disk { return {"ext4", 750, std::nullopt}; };
    Router router;
    v1::add_routes(router, context_);
    mlflow::add_routes(router, mlflow_context_);
    server_ = std::make_unique<HttpServer>(std::move(router), ServerOptions{}, metrics);
    must(server_->start());
}

ApiTestServer::~ApiTestServer() { server_->stop(); }

HttpProbe::Answer ApiTestServer::ask(std::string_view method, std::string_view target, std::string_view body, std::string_view headers) {
    HttpProbe probe(port());
    std::string fields(headers);
    if (!body.empty() && fields.find("Content-Type:") == std::string::npos) fields += "Content-Type: application/json\r\n";
    probe.request(method, target, fields, body);
    return probe.answer(method == "HEAD");
}

Json ApiTestServer::ask_json(int status, std::string_view method, std::string_view target, std::string_view body,
                             std::string_view headers) {
    const auto answer = ask(method, target, body, headers);
    CAPTURE(answer.body);
    REQUIRE(answer.status == status);
    CHECK(answer.header("Content-Type") == "application/json; charset=utf-8");
    return must(parse_json(answer.body));
}

std::string ApiTestServer::refusal(int status, std::string_view method, std::string_view target, std::string_view body,
                                   std::string_view headers) {
    const auto answer = ask(method, target, body, headers);
    CAPTURE(answer.body);
    CHECK(answer.status == status);
    const Json json = must(parse_json(answer.body));
    CHECK(!json.at("detail").get<std::string>().empty());
    return code_of(answer);
}

std::vector<Json> ApiTestServer::pages(const std::string& target) {
    std::vector<Json> found;
    std::string next = target;
    while (!next.empty()) {
        REQUIRE_MESSAGE(found.size() < 100, "the pages never end");
        const auto answer = ask("GET", next);
        REQUIRE(answer.status == 200);
        const Json page = must(parse_json(answer.body));
        CHECK(page.size() == 2);
        found.push_back(page.at("items"));
        const auto link = answer.header("Link");
        REQUIRE(link.has_value() == page.at("next_cursor").is_string());
        next.clear();
        if (link) {
            REQUIRE(link->starts_with('<'));
            REQUIRE(link->ends_with(">; rel=\"next\""));
            next = link->substr(1, link->find('>') - 1);
        }
    }
    return found;
}

}  // namespace assay::test
