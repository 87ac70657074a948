#include "api/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace assay {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '"') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

/// `{a="1",b="2"}`, or nothing without labels.
std::string rendered(const Metrics::Labels& labels) {
    std::string out;
    for (const auto& [name, value] : labels) out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ",", name, escaped(value));
    return out.empty() ? out : "{" + out + "}";
}

void head_of(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

}  // namespace

void Metrics::count_request(std::string_view method, std::string_view route, int status, double seconds, std::uint64_t bytes_in,
                            std::uint64_t bytes_out) {
    const std::scoped_lock lock(mutex_);
    RouteCounts& counts = requests_[{std::string(route), std::string(method)}];
    ++counts.by_status[status];
    const auto bucket = static_cast<std::size_t>(std::distance(bounds.begin(), std::ranges::lower_bound(bounds, seconds)));
    ++counts.duration.buckets[bucket];
    counts.duration.sum += seconds;
    ++counts.duration.count;
    counts.bytes_in += bytes_in;
    counts.bytes_out += bytes_out;
}

void Metrics::count(std::string_view name, std::string_view help, const Labels& labels, std::uint64_t by) {
    const std::scoped_lock lock(mutex_);
    auto& family = counters_[std::string(name)];
    if (family.help.empty()) family.help = help;
    family.series[rendered(labels)] += by;
}

std::atomic<std::int64_t>& Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
    const std::scoped_lock lock(mutex_);
    auto& family = gauges_[std::string(name)];
    if (family.help.empty()) family.help = help;
    return family.series[rendered(labels)];  // a map's values stay where they are
}

std::string Metrics::to_prometheus() const {
    const std::scoped_lock lock(mutex_);
    std::string out;
    const auto line = [&out](std::string_view name, const std::string& labels, const auto& value) {
        fmt::format_to(std::back_inserter(out), "{}{} {}\n", name, labels, value);
    };
    head_of(out, "assay_http_requests_total", "counter", "Requests answered, by route and status.");
    for (const auto& [key, counts] : requests_) {
        for (const auto& [status, n] : counts.by_status) {
            line("assay_http_requests_total", rendered({{"route", key.first}, {"method", key.second}, {"status", std::to_string(status)}}),
                 n);
        }
    }
    head_of(out, "assay_http_request_duration_seconds", "histogram", "Time from the end of the request's head to the end of the answer.");
    for (const auto& [key, counts] : requests_) {
        std::uint64_t total = 0;
        for (std::size_t i = 0; i < counts.duration.buckets.size(); ++i) {
            total += counts.duration.buckets[i];
            const std::string bound = i < bounds.size() ? fmt::format("{}", bounds[i]) : "+Inf";
            line("assay_http_request_duration_seconds_bucket", rendered({{"route", key.first}, {"method", key.second}, {"le", bound}}),
                 total);
        }
        const std::string labels = rendered({{"route", key.first}, {"method", key.second}});
        line("assay_http_request_duration_seconds_sum", labels, counts.duration.sum);
        line("assay_http_request_duration_seconds_count", labels, counts.duration.count);
    }
    head_of(out, "assay_http_request_bytes_total", "counter", "Bytes of request bodies received.");
    for (const auto& [key, counts] : requests_)
        line("assay_http_request_bytes_total", rendered({{"route", key.first}, {"method", key.second}}), counts.bytes_in);
    head_of(out, "assay_http_response_bytes_total", "counter", "Bytes of response bodies sent.");
    for (const auto& [key, counts] : requests_)
        line("assay_http_response_bytes_total", rendered({{"route", key.first}, {"method", key.second}}), counts.bytes_out);
    for (const auto& [name, family] : counters_) {
        head_of(out, name, "counter", family.help);
        for (const auto& [labels, value] : family.series) line(name, labels, value);
    }
    for (const auto& [name, family] : gauges_) {
        head_of(out, name, "gauge", family.help);
        for (const auto& [labels, value] : family.series) line(name, labels, value.load(std::memory_order_relaxed));
    }
    return out;
}

}  // namespace assay
