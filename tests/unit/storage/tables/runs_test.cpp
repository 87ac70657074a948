#include "storage/tables/runs.hpp"

#include "tests/support/test_database.hpp"

#include <limits>

namespace assay::test {

namespace {

constexpr const char* now = "2026-01-01T00:00:00Z";

/// A run "r" in the experiment "Default".
void add_run(TestDatabase& database, const RunRow& row) {
    database.write([&](SqlWrite& sql) -> Result<void> {
        RunRow copy = row;
        TRY_ASSIGN(copy.experiment, runs::ensure_experiment(sql, row.experiment, "id of " + row.experiment, now));
        return runs::insert(sql, copy);
    });
}

RunRow a_run(const std::string& id = "r") { return {id, "Default", "grid", "finished", now, std::nullopt, "ann@lab"}; }

}  // namespace

TEST_CASE("an experiment is made once under its name and keeps its id") {
    TestDatabase database;
    const auto ensure = [&](const std::string& name, const std::string& id) {
        return database.write([&](SqlWrite& sql) { return runs::ensure_experiment(sql, name, id, now); });
    };
    CHECK(ensure("Default", "1") == "1");
    CHECK(ensure("Default", "2") == "1");
    CHECK(ensure("other", "3") == "3");
}

TEST_CASE("a run is found with the name of its experiment, and with or without an end") {
    TestDatabase database;
    CHECK(!database.read([](SqlSession& sql) { return runs::find(sql, "r"); }));
    RunRow ended = a_run("ended");
    ended.experiment = "birds";
    ended.ended_at = "2026-01-02T00:00:00Z";
    for (const RunRow& row : {a_run(), ended}) {
        add_run(database, row);
        const auto found = database.read([&](SqlSession& sql) { return runs::find(sql, row.id); });
        REQUIRE(found);
        CHECK(found->experiment == row.experiment);
        CHECK(found->name == "grid");
        CHECK(found->status == "finished");
        CHECK(found->started_at == now);
        CHECK(found->ended_at == row.ended_at);
        CHECK(found->actor == "ann@lab");
    }
}

TEST_CASE("a run's id is taken once, and its experiment must exist") {
    TestDatabase database;
    add_run(database, a_run());
    RunRow row = a_run();
    row.experiment = "id of Default";
    CHECK(database.error_of_write([&](SqlWrite& sql) { return runs::insert(sql, row); }).code == "constraint");
    row = a_run("other");
    row.experiment = "none";
    CHECK(database.error_of_write([&](SqlWrite& sql) { return runs::insert(sql, row); }).code == "constraint");
}

TEST_CASE("metrics come back by name and step with every bit of their values, the same point once") {
    TestDatabase database;
    add_run(database, a_run());
    add_run(database, a_run("other"));
    const std::vector<RunMetricRow> points = {{"accuracy", 0, now, 0.1},
                                              {"accuracy", 1, now, std::numeric_limits<double>::denorm_min()},
                                              {"accuracy", 1, now, 0.5},
                                              {"loss", -5, now, std::numeric_limits<double>::max()}};
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
        for (int twice = 0; twice < 2; ++twice) database.write([&](SqlWrite& sql) { return runs::add_metric(sql, "r", *point); });
    }
    const auto metrics = database.read([](SqlSession& sql) { return runs::metrics(sql, "r"); });
    REQUIRE(metrics.size() == points.size());
    double sum = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        CHECK(metrics[i].name == points[i].name);
        CHECK(metrics[i].step == points[i].step);
        if (i == 1 || i == 2) sum += metrics[i].value;  // two values at one step, in no promised order
    }
    CHECK(metrics[0].value == 0.1);
    CHECK(sum == 0.5 + std::numeric_limits<double>::denorm_min());
    CHECK(metrics[3].value == std::numeric_limits<double>::max());
    CHECK(database.read([](SqlSession& sql) { return runs::metrics(sql, "other"); }).empty());
}

TEST_CASE("a parameter of a run has one value, the last one, and parameters come by name") {
    TestDatabase database;
    add_run(database, a_run());
    for (const auto& [name, value] : {std::pair{"depth", "3"}, {"cv", "5"}, {"depth", "4"}}) {
        database.write([&, n = name, v = value](SqlWrite& sql) { return runs::set_param(sql, "r", {n, v}); });
    }
    const auto params = database.read([](SqlSession& sql) { return runs::params(sql, "r"); });
    REQUIRE(params.size() == 2);
    CHECK(params[0].name + "=" + params[0].value == "cv=5");
    CHECK(params[1].name + "=" + params[1].value == "depth=4");
}

TEST_CASE("metrics and parameters belong to a run that exists") {
    TestDatabase database;
    CHECK(database.error_of_write([](SqlWrite& sql) { return runs::add_metric(sql, "none", {"accuracy", 0, now, 1}); }).code ==
          "constraint");
    CHECK(database.error_of_write([](SqlWrite& sql) { return runs::set_param(sql, "none", {"depth", "3"}); }).code == "constraint");
}

}  // namespace assay::test
