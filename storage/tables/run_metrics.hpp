#pragma once

#include "storage/records.hpp"
#include "storage/sql/database.hpp"

// The tables `run_metrics` and `metric_points`.

namespace assay::run_metrics {

/// Adds a point; the same point twice is kept once.
[[nodiscard]] Result<void> add(SqlWrite& sql, const std::string& run, const RunMetricRow& point);
/// Adds points of one metric, in whatever order.
[[nodiscard]] Result<void> add_all(SqlWrite& sql, const std::string& run, const std::string& name, const std::vector<RunMetricRow>& points);
/// Each metric as it is now: its point of the greatest step, then time, then value. By name.
[[nodiscard]] Result<std::vector<RunMetricRow>> latest(SqlSession& sql, const std::string& run);
/// Up to `limit` points of a metric by time, step and value, behind `after` (absent: from the first).
[[nodiscard]] Result<std::vector<RunMetricRow>> history(SqlSession& sql, const std::string& run, const std::string& name,
                                                        const std::optional<RunMetricRow>& after, std::int64_t limit);

/// The first and the last step of an interval.
struct Steps {
    std::int64_t first = 0;
    std::int64_t last = 0;
};
/// Up to `limit` (1 at least) points of a metric by step, time and value, in equal distances: the first of each of so many equal parts, and
/// the last of all.
[[nodiscard]] Result<std::vector<RunMetricRow>> sample(SqlSession& sql, const std::string& run, const std::string& name,
                                                       const std::optional<Steps>& steps, std::int64_t limit);

/// The metrics of a run; their points stay, and are no longer found but by the numbers that this gives.
[[nodiscard]] Result<std::vector<std::int64_t>> remove(SqlWrite& sql, const std::string& run);
/// Up to `limit` points of a metric that was removed; how many there were.
[[nodiscard]] Result<std::int64_t> remove_points(SqlWrite& sql, std::int64_t metric, std::int64_t limit);

}  // namespace assay::run_metrics
