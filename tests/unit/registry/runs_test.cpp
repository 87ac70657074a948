#include "registry/runs.hpp"

#include "tests/support/test_registry.hpp"

namespace assay::test {

TEST_CASE("a run is shown with its experiment, metrics, parameters and the versions it produced") {
    TestRegistry registry;
    const VersionView first = registry.push(a_push()
                                                .with("/run/name", "grid")
                                                .with("/run/experiment", "birds")
                                                .with("/run/params", {{"cv", "5"}})
                                                .with("/run/metrics", Json::array({{{"name", "score"}, {"value", 0.97}, {"step", 2}},
                                                                                   {{"name", "score"}, {"value", 0.5}, {"step", 1}}})));
    const VersionView second = registry.push(a_push("fraud").with_run(first.row.run));
    REQUIRE(second.row.run == first.row.run);
    const RunView run = must(show_run(registry, first.row.run));
    CHECK(run.row.id == first.row.run);
    CHECK(run.row.name == "grid");
    CHECK(run.row.experiment == "birds");
    CHECK(run.row.actor == "trainer@lab");
    CHECK(run.versions == std::vector<std::string>{"churn@1", "fraud@1"});
    REQUIRE(run.params.size() == 1);
    CHECK(run.params[0].value == "5");
    std::vector<double> scores;
    for (const RunMetricRow& metric : run.metrics) {
        if (metric.name == "score") scores.push_back(metric.value);
    }
    CHECK(scores == std::vector<double>{0.5, 0.97});
}

TEST_CASE("a run that is not there is named, shortened and printable") {
    TestRegistry registry;
    const Error error = error_of(show_run(registry, "no\nsuch" + std::string(300, 'x')));
    CHECK(error.kind == ErrorKind::not_found);
    CHECK(error.code == "run-not-found");
    CHECK(error.message.find('\n') == std::string::npos);
    CHECK(error.message.size() < 200);
}

}  // namespace assay::test
