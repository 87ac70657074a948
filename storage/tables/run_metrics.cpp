#include "storage/tables/run_metrics.hpp"

#include "storage/tables/metric_value.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace assay::run_metrics {

namespace {

struct Series {
    std::int64_t id = 0;
    std::int64_t step = 0;
    std::int64_t at = 0;
    double value = 0;
};

}  // namespace

Result<void> add(SqlWrite& sql, const std::string& run, const RunMetricRow& point) {
    const double value = held_value(point.value);
    const std::int64_t is_nan = nan_flag(point.value);
    TRY_ASSIGN(auto series, sql.first("SELECT id, step, at, value FROM run_metrics WHERE run = $1 AND name = $2", {run, point.name},
                                      [](const Row& row) { return Series{row.integer(0), row.integer(1), row.integer(2), row.real(3)}; }));
    if (!series) {
        TRY_ASSIGN(const auto highest, sql.first("SELECT max(id) FROM run_metrics", {}, [](const Row& row) { return row.integer(0); }));
        series = Series{highest.value_or(0) + 1, point.step, point.at, value};
        TRY(sql.run("INSERT INTO run_metrics (run, name, id, step, at, value, is_nan) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    {run, point.name, series->id, point.step, point.at, value, is_nan}));
    } else if (std::tie(point.step, point.at, value) > std::tie(series->step, series->at, series->value)) {
        TRY(sql.run("UPDATE run_metrics SET step = $3, at = $4, value = $5, is_nan = $6 WHERE run = $1 AND name = $2",
                    {run, point.name, point.step, point.at, value, is_nan}));
    }
    TRY(sql.run("INSERT INTO metric_points (metric, at, step, value, is_nan) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                {series->id, point.at, point.step, value, is_nan}));
    return {};
}

Result<void> add_all(SqlWrite& sql, const std::string& run, const std::string& name, const std::vector<RunMetricRow>& points) {
    const auto later = [](const RunMetricRow& a, const RunMetricRow& b) {
        return std::tuple(a.step, a.at, held_value(a.value)) < std::tuple(b.step, b.at, held_value(b.value));
    };
    const auto last = std::ranges::max_element(points, later);
    if (last == points.end()) return {};
    RunMetricRow newest = *last;
    newest.name = name;
    TRY(add(sql, run, newest));
    TRY_ASSIGN(const auto id, sql.first("SELECT id FROM run_metrics WHERE run = $1 AND name = $2", {run, name},
                                        [](const Row& row) { return row.integer(0); }));
    for (const RunMetricRow& point : points) {
        TRY(sql.run("INSERT INTO metric_points (metric, at, step, value, is_nan) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                    {id.value_or(0), point.at, point.step, held_value(point.value), nan_flag(point.value)}));
    }
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

}  // namespace assay::run_metrics
