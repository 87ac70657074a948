#include "api/metrics.hpp"

#include <doctest/doctest.h>

using namespace assay;

TEST_CASE("metrics are written as Prometheus reads them") {
    Metrics metrics;
    metrics.count_request("GET", "/v1/models/{name}", 200, 0.0007, 0, 10);
    metrics.count_request("GET", "/v1/models/{name}", 200, 99, 5, 10);
    metrics.count_request("GET", "/v1/models/{name}", 404, 0.0005, 0, 1);
    metrics.count("assay_gate_decisions_total", "Decisions.", {{"verdict", "refuse"}}, 2);
    metrics.count("assay_gate_decisions_total", "ignored", {{"verdict", "refuse"}});
    metrics.gauge("assay_open", "Open \"things\".", {{"kind", "a\"b\\c\nd"}}) = -4;
    const std::string text = metrics.to_prometheus();
    for (const char* line : {
             "# TYPE assay_http_requests_total counter\n",
             "assay_http_requests_total{route=\"/v1/models/{name}\",method=\"GET\",status=\"200\"} 2\n",
             "assay_http_requests_total{route=\"/v1/models/{name}\",method=\"GET\",status=\"404\"} 1\n",
             "assay_http_request_duration_seconds_bucket{route=\"/v1/models/{name}\",method=\"GET\",le=\"0.0005\"} 1\n",
             "assay_http_request_duration_seconds_bucket{route=\"/v1/models/{name}\",method=\"GET\",le=\"0.001\"} 2\n",
             "assay_http_request_duration_seconds_bucket{route=\"/v1/models/{name}\",method=\"GET\",le=\"30\"} 2\n",
             "assay_http_request_duration_seconds_bucket{route=\"/v1/models/{name}\",method=\"GET\",le=\"+Inf\"} 3\n",
             "assay_http_request_duration_seconds_count{route=\"/v1/models/{name}\",method=\"GET\"} 3\n",
             "assay_http_request_bytes_total{route=\"/v1/models/{name}\",method=\"GET\"} 5\n",
             "assay_http_response_bytes_total{route=\"/v1/models/{name}\",method=\"GET\"} 21\n",
             "# HELP assay_gate_decisions_total Decisions.\n",
             "assay_gate_decisions_total{verdict=\"refuse\"} 3\n",
             "assay_open{kind=\"a\\\"b\\\\c\\nd\"} -4\n",
         }) {
        CAPTURE(line);
        CHECK(text.find(line) != std::string::npos);
    }
    CHECK(text.ends_with('\n'));
}

TEST_CASE("a gauge of the same name and labels is the same gauge") {
    Metrics metrics;
    CHECK(&metrics.gauge("a", "h", {{"l", "1"}}) == &metrics.gauge("a", "h", {{"l", "1"}}));
    CHECK(&metrics.gauge("a", "h", {{"l", "1"}}) != &metrics.gauge("a", "h", {{"l", "2"}}));
}
