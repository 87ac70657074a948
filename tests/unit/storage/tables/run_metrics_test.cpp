#include "storage/tables/run_metrics.hpp"

#include "storage/tables/experiments.hpp"
#include "storage/tables/runs.hpp"
#include "tests/support/test_database.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace assay::test {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct Runs {
    TestDatabase database;

    Runs() {
        database.write([](SqlWrite& sql) -> Result<void> {
            TRY(experiments::ensure(sql, "Default", 0));
            for (const char* id : {"r", "other"}) TRY(runs::insert(sql, {id, 0, "", "running", LifeState::active, 0, std::nullopt, ""}));
            return {};
        });
    }
    void add(std::int64_t step, std::int64_t at, double value, const std::string& name = "loss") {
        database.write([&](SqlWrite& sql) { return run_metrics::add(sql, "r", {name, step, at, value}); });
    }
    std::vector<RunMetricRow> history(const std::optional<RunMetricRow>& after = {}, std::int64_t limit = 100) {
        return database.read([&](SqlSession& sql) { return run_metrics::history(sql, "r", "loss", after, limit); });
    }
    double latest() {
        const auto rows = database.read([](SqlSession& sql) { return run_metrics::latest(sql, "r"); });
        REQUIRE(rows.size() == 1);
        return rows[0].value;
    }
};

/// "time/step/value" of each.
std::string text(const std::vector<RunMetricRow>& rows) {
    std::string all;
    for (const RunMetricRow& row : rows)
        all += fmt::format("{}{}/{}/", all.empty() ? "" : " ", row.at, row.step) +
               (std::isnan(row.value) ? "nan" : fmt::format("{}", row.value));
    return all;
}

}  // namespace

TEST_CASE("the latest point of a metric is that of the greatest step, then time, then value") {
    Runs runs;
    runs.add(2, 10, 0.25);
    CHECK(runs.latest() == 0.25);
    runs.add(1, 99, 9);  // a lower step, later
    CHECK(runs.latest() == 0.25);
    runs.add(2, 9, 8);  // the same step, earlier
    CHECK(runs.latest() == 0.25);
    runs.add(2, 10, 0.125);  // the same step and time, less
    CHECK(runs.latest() == 0.25);
    runs.add(2, 10, 0.5);
    CHECK(runs.latest() == 0.5);
    runs.add(2, 11, 0.1);
    CHECK(runs.latest() == 0.1);
    runs.add(3, -5, 0.2);
    CHECK(runs.latest() == 0.2);
}

TEST_CASE("a value that is not a number stays one, as a point and as the latest") {
    Runs runs;
    runs.add(1, 1, 0.0);
    runs.add(2, 1, not_a_number);
    CHECK(std::isnan(runs.latest()));
    CHECK(text(runs.history()) == "1/1/0 1/2/nan");
    runs.add(3, 1, 4);
    CHECK(runs.latest() == 4);
}

TEST_CASE("the same point twice is one, and every bit of a value is kept") {
    Runs runs;
    for (int twice = 0; twice < 2; ++twice) {
        for (const double value : {0.1, std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max(), not_a_number})
            runs.add(0, 7, value);
    }
    const auto points = runs.history();
    REQUIRE(points.size() == 4);
    CHECK(std::isnan(points[0].value));
    CHECK(points[1].value == std::numeric_limits<double>::denorm_min());
    CHECK(points[2].value == 0.1);
    CHECK(points[3].value == std::numeric_limits<double>::max());
}

TEST_CASE("history comes by time, step and value, in pages without a gap") {
    Runs runs;
    runs.add(1, 3, 1);
    runs.add(1, 3, -1);
    runs.add(0, 3, 5);
    runs.add(9, 1, 2);
    runs.add(4, 4, 0.0);
    runs.add(4, 4, not_a_number);
    runs.add(0, 0, 77, "another");
    const std::string whole = text(runs.history());
    CHECK(whole == "1/9/2 3/0/5 3/1/-1 3/1/1 4/4/0 4/4/nan");
    for (const std::int64_t limit : {1, 2, 4, 5}) {
        std::vector<RunMetricRow> all;
        for (std::optional<RunMetricRow> after;;) {
            const auto page = runs.history(after, limit);
            all.insert(all.end(), page.begin(), page.end());
            if (static_cast<std::int64_t>(page.size()) < limit) break;
            after = page.back();
        }
        CHECK(text(all) == whole);
    }
}

TEST_CASE("metrics come by name, belong to their run, and that must exist") {
    Runs runs;
    runs.add(0, 0, 1, "loss");
    runs.add(0, 0, 2, "accuracy");
    const auto latest = [&](const std::string& run) {
        return runs.database.read([&](SqlSession& sql) { return run_metrics::latest(sql, run); });
    };
    REQUIRE(latest("r").size() == 2);
    CHECK(latest("r")[0].name == "accuracy");
    CHECK(latest("other").empty());
    CHECK(runs.database.read([](SqlSession& sql) { return run_metrics::history(sql, "r", "none", std::nullopt, 10); }).empty());
    CHECK(runs.database.error_of_write([](SqlWrite& sql) { return run_metrics::add(sql, "none", {"loss", 0, 0, 1}); }).code ==
          "constraint");
}

TEST_CASE("points of a removed metric go in parts, and until then nobody gets its number") {
    Runs runs;
    for (int step = 0; step < 5; ++step) runs.add(step, step, 0.5);
    const auto removed = runs.database.write([](SqlWrite& sql) { return run_metrics::remove(sql, "r"); });
    REQUIRE(removed.size() == 1);
    runs.add(9, 9, 1);  // a new one of that name
    CHECK(text(runs.history()) == "9/9/1");
    const auto remove = [&] {
        return runs.database.write([&](SqlWrite& sql) { return run_metrics::remove_points(sql, removed.front(), 2); });
    };
    CHECK(remove() == 2);
    CHECK(runs.database.ask("SELECT min(step) FROM metric_points") == "2");
    CHECK(remove() == 2);
    CHECK(remove() == 1);
    CHECK(remove() == 0);
    CHECK(text(runs.history()) == "9/9/1");
}

}  // namespace assay::test
