#include "api/request_log.hpp"

#include "base/json.hpp"
#include "tests/support/captured_stderr.hpp"
#include "tests/support/result.hpp"

namespace assay::test {

TEST_CASE("a request is one line of the log and one count") {
    const CapturedStderr captured;
    Metrics metrics;
    RequestRecord record{.id = "id-1",
                         .method = "GET",
                         .route = "/v1/models/{name}",
                         .remote = "127.0.0.1",
                         .status = 404,
                         .bytes_in = 5,
                         .bytes_out = 77,
                         .code = "model-not-found",
                         .cut = true,
                         .began = std::chrono::steady_clock::now() - std::chrono::seconds(2)};
    record_request(record, metrics);
    const Json line = must(parse_json(captured.text()));
    CHECK(line.at("event") == "request");
    CHECK(line.at("request_id") == "id-1");
    CHECK(line.at("status") == 404);
    CHECK(line.at("bytes_in") == 5);
    CHECK(line.at("bytes_out") == 77);
    CHECK(line.at("code") == "model-not-found");
    CHECK(line.at("cut") == true);
    CHECK(line.at("milliseconds").get<double>() >= 2000);
    const std::string text = metrics.to_prometheus();
    CHECK(text.find("assay_http_requests_total{route=\"/v1/models/{name}\",method=\"GET\",status=\"404\"} 1\n") != std::string::npos);
    CHECK(text.find("assay_http_response_bytes_total{route=\"/v1/models/{name}\",method=\"GET\"} 77\n") != std::string::npos);
}

TEST_CASE("a request that went well says neither code nor cut, and one without a head says so") {
    const CapturedStderr captured;
    Metrics metrics;
    RequestRecord record;
    record.id = "id-2";
    record.status = 400;
    record.began = std::chrono::steady_clock::now();
    record_request(record, metrics);
    const Json line = must(parse_json(captured.text()));
    CHECK(line.at("method") == "-");
    CHECK(line.at("route") == "-");
    CHECK(!line.contains("code"));
    CHECK(!line.contains("cut"));
}

}  // namespace assay::test
