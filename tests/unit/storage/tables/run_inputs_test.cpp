#include "storage/tables/run_inputs.hpp"

#include "storage/tables/experiments.hpp"
#include "storage/tables/runs.hpp"
#include "tests/support/test_database.hpp"

namespace assay::test {

namespace {

struct RunsWithInputs {
    TestDatabase database;

    RunsWithInputs() {
        database.write([](SqlWrite& sql) -> Result<void> {
            TRY(experiments::ensure(sql, "Default", 0));
            for (const char* id : {"r", "other"}) TRY(runs::insert(sql, {id, 0, "", "running", LifeState::active, 0, std::nullopt, ""}));
            return {};
        });
    }
    void add(const std::string& run, const std::string& name, const std::string& digest, const std::vector<TagRow>& tags = {}) {
        const RunDatasetRow row{{name, digest, "local", "here", "{}", std::nullopt}, tags};
        database.write([&](SqlWrite& sql) { return run_inputs::add_dataset(sql, 0, run, row); });
    }
    std::vector<RunDatasetRow> datasets(const std::string& run) {
        return database.read([&](SqlSession& sql) { return run_inputs::datasets(sql, run); });
    }
};

}  // namespace

TEST_CASE("datasets of a run come as they were logged, in that order") {
    RunsWithInputs runs;
    runs.add("r", "zoo", "1");
    runs.add("r", "adult", "1");
    runs.add("r", "adult", "2");
    const auto found = runs.datasets("r");
    REQUIRE(found.size() == 3);
    CHECK(found[0].dataset.name == "zoo");
    CHECK(found[1].dataset.digest == "1");
    CHECK(found[2].dataset.digest == "2");
    CHECK(found[0].dataset.source_type == "local");
    CHECK(found[0].dataset.source == "here");
    CHECK(found[0].dataset.schema == "{}");
    CHECK(!found[0].dataset.profile);
    CHECK(runs.datasets("other").empty());
}

TEST_CASE("a dataset that is logged twice keeps its tags, and another run has tags of its own for it") {
    RunsWithInputs runs;
    runs.add("r", "adult", "1", {{"context", "training"}});
    runs.add("r", "adult", "1", {{"context", "eval"}, {"more", "x"}});
    runs.add("other", "adult", "1", {{"context", "test"}});
    const auto found = runs.datasets("r");
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].tags.size() == 1);
    CHECK(found[0].tags[0].value == "training");
    const auto others = runs.datasets("other");
    REQUIRE(others.size() == 1);
    REQUIRE(others[0].tags.size() == 1);
    CHECK(others[0].tags[0].value == "test");
    CHECK(runs.database.ask("SELECT count(*) FROM logged_datasets") == "1");
}

TEST_CASE("what a run read and what it made are apart, in order, and stay as they were added") {
    RunsWithInputs runs;
    using enum run_inputs::Direction;
    const auto add = [&](run_inputs::Direction direction, const std::string& model, std::int64_t step) {
        runs.database.write([&](SqlWrite& sql) { return run_inputs::add_model(sql, "r", direction, {model, step}); });
    };
    add(output, "z", 1);
    add(output, "a", 2);
    add(output, "z", 3);
    add(input, "a", 0);
    const auto made = runs.database.read([](SqlSession& sql) { return run_inputs::models(sql, "r"); }).outputs;
    REQUIRE(made.size() == 2);
    CHECK(made[0].model == "z");
    CHECK(made[0].step == 1);
    CHECK(made[1].model == "a");
    const auto read = runs.database.read([](SqlSession& sql) { return run_inputs::models(sql, "r"); }).inputs;
    REQUIRE(read.size() == 1);
    CHECK(read[0].model == "a");
}

}  // namespace assay::test
