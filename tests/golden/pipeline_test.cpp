#include "artifact/pipeline/pipeline.hpp"
#include "artifact/pipeline/to_archive.hpp"
#include "artifact/pipeline/to_skops.hpp"
#include "tests/support/result.hpp"
#include "tests/support/source_dir.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

// Models that releases of scikit-learn have written, and what these releases answered to twelve rows (scripts/make_prediction_fixtures.py).

namespace assay::test {

namespace {

namespace fs = std::filesystem;

fs::path fixtures() { return fs::path(source_dir()) / "tests" / "data" / "predictions"; }

std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

/// Every model, by its file's name.
std::set<fs::path> models() {
    std::set<fs::path> found;
    for (const auto& entry : fs::directory_iterator(fixtures())) {
        if (entry.path().extension() != ".json") found.insert(entry.path());
    }
    return found;
}

Sample sample_of(const fs::path& model) {
    fs::path path = model;
    return must(parse_sample(read(path.replace_extension(".sample.json")), SampleOutputs::required));
}

}  // namespace

TEST_CASE("what every estimator answers is what the release that wrote it answered") {
    const auto all = models();
    REQUIRE(all.size() > 150);
    for (const fs::path& path : all) {
        SUBCASE(path.filename().c_str()) {
            const Sample sample = sample_of(path);
            const Pipeline pipeline = must(Pipeline::load(path.string()));
            for (const auto& [method, expected] : sample.outputs) {
                CAPTURE(method);
                const SampleArray answer = must(pipeline.predict(sample, method));
                const SampleTolerance rounding{.exact = pipeline.is_exact(method), .abs = 1e-12, .rel = 1e-12};
                const auto difference = compare(method, expected, answer, rounding);
                if (difference)
                    FAIL_CHECK(fmt::format("{} rows differ, by {} {}", difference->rows.size(), difference->max_abs, difference->because));
            }
            const Replay found = replay(sample, pipeline);
            CHECK(found.message == "");
            CHECK((found.outcome == Replay::Outcome::equal || found.outcome == Replay::Outcome::close));
        }
    }
}

TEST_CASE("the archive of every estimator answers bit for bit as the estimator, and is its own archive") {
    for (const fs::path& path : models()) {
        const std::string name = path.filename().string();
        CAPTURE(name);
        const Sample sample = sample_of(path);
        const std::string model = read(path);
        MemoryBytes memory(model);
        const std::string bytes = must(pipeline::archive_of(memory));
        MemoryBytes archived(bytes);
        CHECK(must(pipeline::archive_of(archived)) == bytes);
        const Pipeline original = must(Pipeline::decode(memory));
        const Pipeline copy = must(Pipeline::decode(archived));
        CHECK(copy.estimator() == original.estimator());
        REQUIRE(copy.methods() == original.methods());
        for (const auto& [method, expected] : sample.outputs) {
            CAPTURE(method);
            CHECK_FALSE(compare(method, must(original.predict(sample, method)), must(copy.predict(sample, method)), SampleTolerance{}));
        }
    }
}

TEST_CASE("the skops copy of every estimator answers bit for bit as the estimator") {
    std::size_t copies = 0;
    for (const fs::path& path : models()) {
        if (path.extension() == ".skops") continue;
        const std::string name = path.filename().string();
        CAPTURE(name);
        const Sample sample = sample_of(path);
        const std::string model = read(path);
        MemoryBytes memory(model);
        const auto made = pipeline::skops_of(memory);
        if (!made) {  // a table's columns, which scikit-learn kept until 0.24
            CHECK(made.error().because.find("skops has nothing for pandas.core.indexes.base._new_Index") != std::string::npos);
            continue;
        }
        ++copies;
        const std::string& bytes = *made;
        CHECK(must(pipeline::skops_of(memory)) == bytes);
        MemoryBytes copied(bytes);
        if (name.find("xgboost") != std::string::npos) continue;  // its model is a member of bytes, which is not read here
        const Pipeline original = must(Pipeline::decode(memory));
        const Pipeline copy = must(Pipeline::decode(copied));
        for (const auto& [method, expected] : sample.outputs) {
            CAPTURE(method);
            CHECK_FALSE(compare(method, must(original.predict(sample, method)), must(copy.predict(sample, method)), SampleTolerance{}));
        }
    }
    CHECK(copies > 350);
}

TEST_CASE("trees, forests, scalers, encoders and imputers answer bit for bit") {
    constexpr std::array exact = {"tree",    "forest", "extra-tree", "scaler",        "one-hot",          "ordinal",
                                  "imputer", "dummy",  "hist-three", "feature-union", "missing-indicator"};
    std::size_t seen = 0;
    for (const fs::path& path : models()) {
        const std::string name = path.filename().string();
        if (std::ranges::none_of(exact, [&](const char* part) { return name.find(part) != std::string::npos; })) continue;
        CAPTURE(name);
        const Sample sample = sample_of(path);
        const Pipeline pipeline = must(Pipeline::load(path.string()));
        for (const auto& [method, expected] : sample.outputs) {
            if (!pipeline.is_exact(method)) continue;
            CAPTURE(method);
            CHECK_FALSE(compare(method, expected, must(pipeline.predict(sample, method)), SampleTolerance{}));
            ++seen;
        }
    }
    CHECK(seen > 80);
}

}  // namespace assay::test
