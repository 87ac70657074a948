#include "artifact/inspect.hpp"
#include "artifact/pipeline/pipeline.hpp"
#include "tests/support/inspected.hpp"
#include "tests/support/models.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

// Models that keep their training rows, damaged: the bytes of real ones (tests/data/predictions/), changed where it hurts.

namespace assay::test {

namespace {

bool is_said(const std::string& text, std::string_view part) {
    CAPTURE(text);
    CAPTURE(part);
    return text.find(part) != std::string::npos;
}

/// The bytes with one element of an array changed.
template <class Number>
std::string with_number(const std::string& sound, std::string_view path, std::size_t element, Number value) {
    const Inspection inspection = inspected(sound, "model.joblib");
    for (const ArrayFact& array : inspection.arrays) {
        if (array.path.find(path) == std::string::npos) continue;
        std::string bytes = sound;
        std::memcpy(bytes.data() + array.offset + element * sizeof value, &value, sizeof value);
        return bytes;
    }
    FAIL("there is no such array");
    return {};
}

/// One text replaced by another of the same length.
std::string renamed(std::string bytes, std::string_view from, std::string_view to) {
    REQUIRE(from.size() == to.size());
    const std::size_t at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    bytes.replace(at, from.size(), to);
    return bytes;
}

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("neighbours whose rows, classes or numbers contradict themselves are refused with the attribute") {
    const std::string sound = model_pickle("1.9.1-knn");
    CHECK(why_not_decoded(sound) == "decoded");
    CHECK(is_said(why_not_decoded(with_number(sound, "_y", 0, std::int64_t{3})), "attribute _y names class 3 of 3"));
    CHECK(is_said(why_not_decoded(with_number(sound, "_y", 0, std::int64_t{-1})), "attribute _y names class -1 of 3"));
    CHECK(is_said(why_not_decoded(renamed(sound, "n_neighbors", "n_neighborz")), "attribute n_neighbors is not there"));
    CHECK(is_said(why_not_decoded(renamed(sound, "euclidean", "euclidian")), "its metric is euclidian"));
    CHECK(is_said(why_not_decoded(renamed(sound, "kd_tree", "kd_free")), "attribute _fit_method is kd_free"));
    CHECK(is_said(why_not_decoded(renamed(sound, "uniform", "unicorn")), "attribute weights is a function of the user's own"));
    const std::string distances = model_pickle("1.9.1-knn-ball-distance");
    CHECK(is_said(why_not_decoded(with_number(distances, "_fit_X", 2, no_number)), "attribute _fit_X holds what is no number"));
    CHECK(is_said(why_not_decoded(with_number(distances, "_y", 2, no_number)),
                  "attribute _y has 40 rows for 40 training rows, or none of numbers"));
}

TEST_CASE("a tree of neighbours that names rows or nodes that are not there is refused") {
    const std::string sound = model_pickle("1.9.1-knn-ball-distance");
    CHECK(why_not_decoded(sound) == "decoded");
    CHECK(is_said(why_not_decoded(with_number(sound, "_tree[1]", 0, std::int64_t{40})), "attribute _tree names row 40 of 40"));
    CHECK(is_said(why_not_decoded(with_number(sound, "_tree[1]", 0, std::int64_t{-1})), "attribute _tree names row -1 of 40"));
    // idx_start i8, idx_end i8, is_leaf i8, radius f8.
    CHECK(is_said(why_not_decoded(with_number(sound, "_tree[2]", 1, std::int64_t{41})), "attribute _tree has the rows 0 to 41 at node 0"));
    CHECK(is_said(why_not_decoded(with_number(sound, "_tree[2]", 0, std::int64_t{-1})), "attribute _tree has the rows -1 to 40 at node 0"));
    CHECK(is_said(why_not_decoded(with_number(sound, "_tree[2]", 2, std::int64_t{1})), "rows in its leaves, of 40"));
}

TEST_CASE("models that keep training rows predict what their sample says, of neighbours that are alike far away too") {
    std::vector<std::string> names = {"1.9.1-gaussian-process", "1.9.1-gaussian-process-classifier", "1.9.1-knn-imputer",
                                      "0.24.2-knn-imputer"};
    for (const char* const each : {"knn", "knn-ball-distance", "radius-neighbors", "nearest-centroid", "local-outlier-factor", "svc",
                                   "svc-probability", "svr", "one-class-svm", "kernel-ridge", "kernel-pca", "rbf-sampler"}) {
        names.push_back(std::string("1.9.1-") + each);
        names.push_back(std::string("0.20.4-") + each);
    }
    for (const std::string& name : names) {
        CAPTURE(name);
        const std::string bytes = model_pickle(name);
        MemoryBytes memory(bytes);
        const Pipeline pipeline = must(Pipeline::decode(memory));
        const Sample sample = must(parse_sample(model_bytes(name + ".sample.json"), SampleOutputs::required));
        const Replay found = replay(sample, pipeline);
        CHECK(found.message == "");
        CHECK((found.outcome == Replay::Outcome::equal || found.outcome == Replay::Outcome::close));
    }
}

TEST_CASE("support vectors that are not those of the classes are refused with the attribute") {
    const std::string sound = model_pickle("1.9.1-svc");
    CHECK(why_not_decoded(sound) == "decoded");
    CHECK(is_said(why_not_decoded(with_number(sound, "_n_support", 0, std::int32_t{1'000'000})), "attribute _n_support does not give"));
    CHECK(is_said(why_not_decoded(with_number(sound, "_n_support", 0, std::int32_t{-1})), "attribute _n_support does not give"));
    CHECK(is_said(why_not_decoded(with_number(sound, "support_vectors_", 0, no_number)),
                  "attribute support_vectors_ holds what is no number"));
    CHECK(is_said(why_not_decoded(with_number(sound, "_intercept_", 0, no_number)), "attribute _intercept_ holds what is no number"));
    CHECK(is_said(why_not_decoded(renamed(sound, "rbf", "rbg")), "attribute kernel is rbg, which is not re-created here"));
    CHECK(is_said(why_not_decoded(renamed(sound, "break_ties", "break_pies")), "attribute break_pies is not known"));
    const std::string probable = model_pickle("1.9.1-svc-probability");
    CHECK(why_not_decoded(probable) == "decoded");
    CHECK(is_said(why_not_decoded(with_number(probable, "_probA", 0, no_number)), "attribute probA_ or probB_ holds what is no number"));
}

TEST_CASE("an imputer, a centroid and an outlier factor that contradict themselves are refused with the attribute") {
    const std::string imputer = model_pickle("1.9.1-knn-imputer");
    CHECK(why_not_decoded(imputer) == "decoded");
    CHECK(is_said(why_not_decoded(renamed(imputer, "nan_euclidean", "nan_euclidian")), "attribute metric is nan_euclidian"));
    CHECK(is_said(why_not_decoded(with_number(imputer, "_fit_X", 1, std::numeric_limits<double>::infinity())),
                  "attribute _fit_X holds what is no number"));
    const std::string centroid = model_pickle("1.9.1-nearest-centroid");
    CHECK(why_not_decoded(centroid) == "decoded");
    CHECK(is_said(why_not_decoded(with_number(centroid, "centroids_", 0, no_number)), "attribute centroids_ holds what is no number"));
    const std::string factor = model_pickle("1.9.1-local-outlier-factor");
    CHECK(why_not_decoded(factor) == "decoded");
    CHECK(is_said(why_not_decoded(renamed(factor, "n_neighbors_", "n_neighborz_")), "attribute n_neighbors_ is not there"));
    CHECK(is_said(why_not_decoded(renamed(factor, "_lrd", "_lre")), "attribute _lrd is not there"));
}

TEST_CASE("a process, a kernel machine and a sampler that contradict themselves are refused with the attribute") {
    const std::string process = model_pickle("1.9.1-gaussian-process");
    CHECK(why_not_decoded(process) == "decoded");
    CHECK(is_said(why_not_decoded(renamed(process, "Matern", "Mavern")), "is not re-created here"));
    CHECK(is_said(why_not_decoded(renamed(process, "X_train_", "Y_train_")), "attribute X_train_ is not there"));
    const std::string ridge = model_pickle("1.9.1-kernel-ridge");
    CHECK(why_not_decoded(ridge) == "decoded");
    CHECK(is_said(why_not_decoded(renamed(ridge, "rbf", "rbg")), "attribute kernel is rbg"));
    const std::string components = model_pickle("1.9.1-kernel-pca");
    CHECK(why_not_decoded(components) == "decoded");
    CHECK(is_said(why_not_decoded(with_number(components, "K_fit_rows_", 0, no_number)), "its _centerer: attribute K_fit_rows_"));
    const std::string sampler = model_pickle("1.9.1-rbf-sampler");
    CHECK(why_not_decoded(sampler) == "decoded");
    CHECK(is_said(why_not_decoded(with_number(sampler, "random_offset_", 0, no_number)),
                  "attribute random_weights_ or random_offset_ holds what is no number"));
}

}  // namespace assay::test
