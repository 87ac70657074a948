#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay {

/// What the server counts, as Prometheus reads it (text exposition format 0.0.4). Safe for concurrent use.
class Metrics {
public:
    using Labels = std::vector<std::pair<std::string, std::string>>;

    /// One answered request. `route` is the pattern, never the path: label values must not grow with what strangers send.
    void count_request(std::string_view method, std::string_view route, int status, double seconds, std::uint64_t bytes_in,
                       std::uint64_t bytes_out);

    /// Adds to a counter ("assay_gate_decisions_total", {{"verdict","refuse"}}). `help` is kept from the first call.
    void count(std::string_view name, std::string_view help, const Labels& labels = {}, std::uint64_t by = 1);

    /// A number that goes up and down; the same reference for the same name and labels, valid as long as the Metrics.
    [[nodiscard]] std::atomic<std::int64_t>& gauge(std::string_view name, std::string_view help, const Labels& labels = {});

    [[nodiscard]] std::string to_prometheus() const;

private:
    static constexpr std::array<double, 12> bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30};

    struct Histogram {
        std::array<std::uint64_t, bounds.size() + 1> buckets{};  ///< not cumulative; the last is +Inf
        double sum = 0;
        std::uint64_t count = 0;
    };
    struct RouteCounts {
        std::map<int, std::uint64_t> by_status;
        Histogram duration;
        std::uint64_t bytes_in = 0;
        std::uint64_t bytes_out = 0;
    };
    template <class Value>
    struct Family {
        std::string help;
        std::map<std::string, Value> series;  ///< by rendered labels
    };

    mutable std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, RouteCounts, std::less<>> requests_;  ///< by route and method
    std::map<std::string, Family<std::uint64_t>, std::less<>> counters_;
    std::map<std::string, Family<std::atomic<std::int64_t>>, std::less<>> gauges_;
};

}  // namespace assay
