#pragma once

#include "api/http_server.hpp"
#include "api/mlflow/routes.hpp"
#include "api/v1/routes.hpp"
#include "base/json.hpp"
#include "tests/support/http_probe.hpp"
#include "tests/support/test_registry.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace assay::test {

/// A registry behind the native routes and MLflow's, on a free port.
class ApiTestServer {
public:
    explicit ApiTestServer(v1::RawBlobs raw_blobs = v1::RawBlobs::refuse, Blobs blobs = Blobs::in_memory);
    ~ApiTestServer();

    TestRegistry registry;
    Metrics metrics;

    /// One request on a connection of its own, with a JSON content type when there is a body.
    [[nodiscard]] HttpProbe::Answer ask(std::string_view method, std::string_view target, std::string_view body = "",
                                        std::string_view headers = "");
    /// The JSON of an answer that must have this status.
    [[nodiscard]] Json ask_json(int status, std::string_view method, std::string_view target, std::string_view body = "",
                                std::string_view headers = "");
    /// The code of a problem that must have this status, and must say where it goes wrong in its own words.
    [[nodiscard]] std::string refusal(int status, std::string_view method, std::string_view target, std::string_view body = "",
                                      std::string_view headers = "");
    /// Walks a list from its first page to its last by the Link header, comparing it with `next_cursor`; the pages' items.
    [[nodiscard]] std::vector<Json> pages(const std::string& target);
    [[nodiscard]] int port() const { return server_->port(); }

private:
    v1::Context context_;
    mlflow::Context mlflow_context_;
    std::unique_ptr<HttpServer> server_;
};

}  // namespace assay::test
