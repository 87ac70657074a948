#include "storage/tables/run_metrics.hpp"

#include "storage/tables/metric_value.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace assay::run_metrics {

namespace {

Result<void> add_point(SqlWrite& sql, std::int64_t series, const RunMetricRow& point) {
    TRY(sql.run("INSERT INTO metric_points (metric, at, step, value, is_nan) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                {series, point.at, point.step, held_value(point.value), nan_flag(point.value)}));
    return {};
}

/// Makes `point` the latest of its series unless a later one is there; the series' id. The number of one that was removed is not given out
/// again while points of it are left.
Result<std::int64_t> keep_latest(SqlWrite& sql, const std::string& run, const RunMetricRow& point) {
    const auto integer = [](const Row& row) { return row.integer(0); };
    TRY_ASSIGN(const auto written,
               sql.first("INSERT INTO run_metrics (run, name, id, step, at, value, is_nan) "
                         "VALUES ($1, $2, (SELECT coalesce(max(metric), 0) + 1 FROM metric_points), $3, $4, $5, $6) "
                         "ON CONFLICT (run, name) DO UPDATE SET step = excluded.step, at = excluded.at, value = excluded.value, "
                         "is_nan = excluded.is_nan "
                         "WHERE (excluded.step, excluded.at, excluded.value) > (run_metrics.step, run_metrics.at, run_metrics.value) "
                         "RETURNING id",
                         {run, point.name, point.step, point.at, held_value(point.value), nan_flag(point.value)}, integer));
    if (written) return *written;
    TRY_ASSIGN(const auto id, sql.first("SELECT id FROM run_metrics WHERE run = $1 AND name = $2", {run, point.name}, integer));
    return id.value_or(0);
}

}  // namespace

Result<void> add(SqlWrite& sql, const std::string& run, const RunMetricRow& point) {
    TRY_ASSIGN(const std::int64_t series, keep_latest(sql, run, point));
    return add_point(sql, series, point);
}

Result<void> add_all(SqlWrite& sql, const std::string& run, const std::string& name, const std::vector<RunMetricRow>& points) {
    const auto later = [](const RunMetricRow& a, const RunMetricRow& b) {
        return std::tuple(a.step, a.at, held_value(a.value)) < std::tuple(b.step, b.at, held_value(b.value));
    };
    const auto last = std::ranges::max_element(points, later);
    if (last == points.end()) return {};
    RunMetricRow newest = *last;
    newest.name = name;
    TRY_ASSIGN(const std::int64_t series, keep_latest(sql, run, newest));
    for (const RunMetricRow& point : points) TRY(add_point(sql, series, point));
    return {};
}

Result<std::vector<RunMetricRow>> latest(SqlSession& sql, const std::string& run) {
    return sql.all("SELECT name, step, at, value, is_nan FROM run_metrics WHERE run = $1 ORDER BY name", {run}, [](const Row& row) {
        return RunMetricRow{row.text(0), row.integer(1), row.integer(2), metric_value(row.real(3), row.integer(4))};
    });
}

Result<std::vector<RunMetricRow>> history(SqlSession& sql, const std::string& run, const std::string& name,
                                          const std::optional<RunMetricRow>& after, std::int64_t limit) {
    const auto make = [&](const Row& row) {
        return RunMetricRow{name, row.integer(1), row.integer(0), metric_value(row.real(2), row.integer(3))};
    };
    std::string text =
        "SELECT at, step, value, is_nan FROM metric_points WHERE metric = (SELECT id FROM run_metrics WHERE run = $1 AND name = $2)";
    const std::string order = " ORDER BY at, step, value, is_nan LIMIT $3";
    if (!after) return sql.all(text + order, {run, name, limit}, make);
    text += " AND (at, step, value, is_nan) > ($4, $5, $6, $7)";
    return sql.all(text + order, {run, name, limit, after->at, after->step, held_value(after->value), nan_flag(after->value)}, make);
}

Result<std::vector<RunMetricRow>> sample(SqlSession& sql, const std::string& run, const std::string& name,
                                         const std::optional<Steps>& steps, std::int64_t limit) {
    struct Placed {
        RunMetricRow point;
        bool last = false;
    };
    // A point is the first of its part where the part before it ends; rows and parts are counted from 0.
    TRY_ASSIGN(const auto found,
               sql.all("WITH points AS (SELECT step, at, value, is_nan, row_number() OVER (ORDER BY step, at, value, is_nan) AS place, "
                       "ntile($3) OVER (ORDER BY step, at, value, is_nan) AS part, count(*) OVER () AS total FROM metric_points "
                       "WHERE metric = (SELECT id FROM run_metrics WHERE run = $1 AND name = $2) AND step BETWEEN $4 AND $5) "
                       "SELECT step, at, value, is_nan, place = total FROM points "
                       "WHERE place = total OR place IN (SELECT min(place) FROM points GROUP BY part) ORDER BY place",
                       {run, name, limit, steps ? steps->first : std::numeric_limits<std::int64_t>::min(),
                        steps ? steps->last : std::numeric_limits<std::int64_t>::max()},
                       [&](const Row& row) {
                           return Placed{{name, row.integer(0), row.integer(1), metric_value(row.real(2), row.integer(3))},
                                         row.integer(4) != 0};
                       }));
    std::vector<RunMetricRow> points;
    for (const Placed& each : found) {
        if (each.last && std::ssize(points) == limit) points.pop_back();  // the last of all takes its place
        points.push_back(each.point);
    }
    return points;
}

Result<std::vector<std::int64_t>> remove(SqlWrite& sql, const std::string& run) {
    return sql.all("DELETE FROM run_metrics WHERE run = $1 RETURNING id", {run}, [](const Row& row) { return row.integer(0); });
}

Result<std::int64_t> remove_points(SqlWrite& sql, std::int64_t metric, std::int64_t limit) {
    // The first that stays: what comes before it goes without being read one by one.
    TRY_ASSIGN(const auto stays,
               sql.first("SELECT at, step, value, is_nan FROM metric_points WHERE metric = $1 ORDER BY at, step, value, is_nan LIMIT 1 "
                         "OFFSET $2",
                         {metric, limit},
                         [&](const Row& row) { return SqlValues{metric, row.integer(0), row.integer(1), row.real(2), row.integer(3)}; }));
    if (!stays) return sql.run("DELETE FROM metric_points WHERE metric = $1", {metric});
    return sql.run("DELETE FROM metric_points WHERE metric = $1 AND (at, step, value, is_nan) < ($2, $3, $4, $5)", *stays);
}

}  // namespace assay::run_metrics
