#include "artifact/inspect.hpp"
#include "artifact/pipeline/pipeline.hpp"
#include "tests/support/inspected.hpp"
#include "tests/support/models.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstring>
#include <limits>

// Projections, clusters, mixtures and their like whose state contradicts itself: real ones (tests/data/predictions/), changed where it
// hurts.

namespace assay::test {

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

bool says(const std::string& text, std::string_view part) {
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
    return text.find(part) != std::string::npos;
}

/// With one element of an array replaced.
template <class Number>
std::string with(std::string bytes, std::string_view path, std::size_t element, Number value) {
    const Inspection inspection = inspected(bytes, "model.joblib");
    for (const ArrayFact& array : inspection.arrays) {
        if (array.path.find(path) == std::string::npos) continue;
        REQUIRE(array.length >= (element + 1) * sizeof value);
        std::memcpy(bytes.data() + array.offset + element * sizeof value, &value, sizeof value);
        return bytes;
    }
    FAIL("there is no such array");
    return bytes;
}

/// With a text in the pickle replaced by another of the same length.
std::string with_text(std::string bytes, std::string_view from, std::string_view to) {
    REQUIRE(from.size() == to.size());
    const std::size_t at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    return bytes.replace(at, from.size(), to);
}

/// What a method answers to one row.
std::string answer_to(const Pipeline& pipeline, std::string_view method, std::vector<double> row, std::size_t rows = 1) {
    Sample sample;
    sample.rows = rows;
    std::vector<double> values;
    for (std::size_t i = 0; i < rows; ++i) values.insert(values.end(), row.begin(), row.end());
    sample.input = SampleMatrix{.array = {.shape = {rows, row.size()}, .values = std::move(values), .missing = {}}, .dtype = {}};
    const auto answer = pipeline.predict(sample, method);
    return answer ? "answered" : answer.error().code + ": " + answer.error().because;
}

}  // namespace

TEST_CASE("a projection whose numbers are not finite, or not of its columns, is refused with the attribute") {
    const std::string pca = model_pickle("1.9.1-pca-whiten");
    CHECK(why_not_decoded(pca) == "decoded");
    says(why_not_decoded(with(pca, "components_", 0, not_a_number)), "attribute components_ holds a number that is not finite");
    says(why_not_decoded(with(pca, "mean_", 1, not_a_number)), "attribute mean_ holds a number that is not finite");
    says(why_not_decoded(with_text(pca, "noise_variance_", "noise_variants_")), "attribute noise_vari");
    const std::string analysis = model_pickle("1.9.1-factor-analysis");
    says(why_not_decoded(with(analysis, "noise_variance_", 0, -1.0)), "attribute noise_variance_ holds a number that is not above 0");
}

TEST_CASE("centers that are not finite, and clusters that are split into none of them, are refused with the attribute") {
    const std::string means = model_pickle("1.9.1-k-means");
    says(why_not_decoded(with(means, "cluster_centers_", 3, not_a_number)), "attribute cluster_centers_ holds a number that is not finite");
    const std::string tree = model_pickle("1.9.1-bisecting-k-means");
    CHECK(why_not_decoded(tree) == "decoded");
    says(why_not_decoded(with_text(tree, "_BisectingTree", "_BisectedTreed")), "attribute _bisecting_tree holds what is no cluster");
    says(why_not_decoded(with_text(tree, "left", "lift")), "its _bisecting_tree");
    // The label of a leaf, a small integer behind its key.
    std::string label = tree;
    const std::size_t at = label.find("label", label.find("_bisecting_tree"));
    REQUIRE(at != std::string::npos);
    const std::size_t number = label.find('K', at);
    REQUIRE(number < at + 12);
    label[number + 1] = 99;
    says(why_not_decoded(label), "attribute _bisecting_tree has the label 99, and there are 3 centers");
}

TEST_CASE("a row in the middle between two centers may be of either, and a replay says close") {
    std::string means = model_pickle("1.9.1-k-means");
    constexpr std::array<double, 12> centers = {0, 0, 0, 0.1, 0, 0, 0, 0.3, 90, 90, 90, 90};
    for (std::size_t i = 0; i < centers.size(); ++i) means = with(means, "cluster_centers_", i, centers[i]);
    MemoryBytes memory(means);
    const Pipeline pipeline = must(Pipeline::decode(memory));
    Sample sample;
    sample.rows = 1;
    sample.input = SampleMatrix{.array = {.shape = {1, 4}, .values = std::vector<double>{0, 0, 0, 0.2}, .missing = {}}, .dtype = {}};
    for (const std::int64_t label : {0, 1, 2}) {
        CAPTURE(label);
        sample.outputs["predict"] = {.shape = {1}, .values = std::vector<std::int64_t>{label}, .missing = {}};
        const Replay found = replay(sample, pipeline);
        CHECK((found.outcome != Replay::Outcome::different) == (label < 2));
    }
}

TEST_CASE("layers of perceptrons that do not fit each other, or that nobody knows, are refused with the attribute") {
    const std::string layers = model_pickle("1.9.1-mlp-three");
    CHECK(why_not_decoded(layers) == "decoded");
    says(why_not_decoded(with_text(layers, "relu", "rely")), "attribute activation is none that is known");
    says(why_not_decoded(with_text(layers, "multiclass", "multigrass")), "that are multigrass");
    says(why_not_decoded(with_text(layers, "intercepts_", "interceptor")), "attribute intercept");
}

TEST_CASE("naive Bayes looks up the categories that it knows, and refuses others") {
    const std::string codes = model_pickle("1.9.1-categorical-nb");
    MemoryBytes memory(codes);
    const Pipeline pipeline = must(Pipeline::decode(memory));
    CHECK(pipeline.is_exact("predict"));
    CHECK_FALSE(pipeline.is_exact("predict_proba"));
    CHECK(answer_to(pipeline, "predict", {1, 3}) == "answered");
    CHECK(answer_to(pipeline, "predict", {1.9, 3}) == "answered");
    says(answer_to(pipeline, "predict", {-1, 3}), "row 0, column 0: a negative number");
    says(answer_to(pipeline, "predict", {1, 1e300}), "row 0, column 1: the category 1e+300");
    says(answer_to(pipeline, "predict", {1, not_a_number}), "NaN");
    says(why_not_decoded(with_text(model_pickle("1.9.1-bernoulli-nb"), "binarize", "binarise")), "attribute binari");
}

TEST_CASE("discriminants and mixtures with scales that are not above 0 are refused with the attribute") {
    const std::string quadratic = model_pickle("1.9.1-quadratic-discriminant");
    CHECK(why_not_decoded(quadratic) == "decoded");
    says(why_not_decoded(with(quadratic, "scalings_[1]", 0, 0.0)), "attribute scalings_ holds a number that is not above 0");
    const std::string mixture = model_pickle("1.9.1-gaussian-mixture");
    says(why_not_decoded(with(mixture, "precisions_cholesky_", 0, -1.0)),
         "attribute precisions_cholesky_ holds a number that is not above 0");
    says(why_not_decoded(with_text(mixture, "full", "fool")), "attribute covariance_type is fool");
    const std::string bayesian = model_pickle("1.9.1-bayesian-mixture");
    CHECK(why_not_decoded(bayesian) == "decoded");
    says(why_not_decoded(with(bayesian, "degrees_of_freedom_", 0, 0.5)),
         "attribute degrees_of_freedom_ holds a number that is not above 0");
    says(why_not_decoded(with(bayesian, "weight_concentration_[0]", 1, not_a_number)),
         "attribute weight_concentration_ holds a number that is not above 0");
    says(why_not_decoded(with_text(model_pickle("1.9.1-linear-discriminant"), "svd", "svg")), "attribute solver is svg");
}

TEST_CASE("what is sparse in a projection lies within it") {
    const std::string sparse = model_pickle("1.9.1-sparse-projection");
    CHECK(why_not_decoded(sparse) == "decoded");
    says(why_not_decoded(with(sparse, "indices", 0, std::int32_t{1'000'000})),
         "attribute components_ is no sparse matrix whose parts fit each other");
    says(why_not_decoded(with(sparse, "indices", 0, std::int32_t{-1})), "attribute components_ is no sparse matrix");
    says(why_not_decoded(with(sparse, "indptr", 1, std::int32_t{1'000'000})), "attribute components_ is no sparse matrix");
    says(why_not_decoded(with(sparse, "indptr", 1, std::int32_t{-5})), "attribute components_ is no sparse matrix");
}

TEST_CASE("a sparse projection in a skops archive is read out of the zip within it, and refused when that is cut") {
    const std::string name = "1.9.1-sparse-projection";
    const std::string sound = model_bytes(name + ".skops");
    MemoryBytes memory(sound);
    const Sample sample = must(parse_sample(model_bytes(name + ".sample.json"), SampleOutputs::required));
    const Replay found = replay(sample, must(Pipeline::decode(memory)));
    CHECK(found.outcome != Replay::Outcome::different);
    CHECK(found.outcome != Replay::Outcome::predict_error);
    for (std::size_t length = 0; length < sound.size(); length += 61) CHECK(why_not_decoded(sound.substr(0, length)) != "decoded");
    std::size_t refused = 0;
    for (std::size_t at = 60; at < sound.size() / 3; ++at) {  // where the inner zip is
        std::string bytes = sound;
        bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
        refused += why_not_decoded(bytes) == "decoded" ? 0 : 1;
    }
    CHECK(refused > 100);
}

TEST_CASE("clusters of columns are numbered without gaps, and pooled by a function that is known") {
    const std::string clusters = model_pickle("1.9.1-agglomeration");
    CHECK(why_not_decoded(clusters) == "decoded");
    says(why_not_decoded(with(clusters, "labels_", 0, std::int64_t{-1})), "attribute labels_ has the cluster -1 at column 0");
    says(why_not_decoded(with(clusters, "labels_", 0, std::int64_t{1'000'000'000})), "attribute labels_ has the cluster 1000000000");
    says(why_not_decoded(with(clusters, "labels_", 0, std::int64_t{3})), "attribute labels_ lacks a cluster between others");
    says(why_not_decoded(with_text(clusters, "mean", "meal")), "attribute pooling_func is numpy.meal, which is not re-created");
}

TEST_CASE("a factorization stops by all of its rows: it answers about no more than are computed with at once") {
    const std::string factors = model_pickle("1.9.1-nmf");
    MemoryBytes memory(factors);
    const Pipeline pipeline = must(Pipeline::decode(memory));
    CHECK(answer_to(pipeline, "transform", {1, 2}, 4096) == "answered");
    says(answer_to(pipeline, "transform", {1, 2}, 4097), "not-replayable: what it gives for a row depends on the other rows");
    says(answer_to(pipeline, "transform", {1, -2}), "it holds a negative number");
    says(why_not_decoded(with(factors, "components_", 0, not_a_number)), "attribute components_ holds a number that is not finite");
    says(why_not_decoded(with(factors, "components_", 0, -1.0)), "attribute components_ is empty or holds a negative number");
    says(why_not_decoded(with_text(factors, "frobenius", "frobenian")), "attribute beta_loss is frobenian");
}

TEST_CASE("topics, codes and envelopes whose numbers cannot be are refused with the attribute") {
    const std::string topics = model_pickle("1.9.1-topics");
    says(why_not_decoded(with(topics, "exp_dirichlet_component_", 0, not_a_number)),
         "attribute exp_dirichlet_component_ holds a number that is not finite");
    MemoryBytes memory(topics);
    says(answer_to(must(Pipeline::decode(memory)), "transform", {1, -2}), "it holds a negative number");
    const std::string coder = model_pickle("1.9.1-sparse-coder");
    CHECK(why_not_decoded(coder) == "decoded");
    says(why_not_decoded(with_text(coder, "\x03omp",
                                   "\x03"
                                   "emp")),
         "attribute transform_algorithm is emp, which is not re-created");
    says(why_not_decoded(with(coder, "dictionary", 0, not_a_number)), "attribute dictionary holds a number that is not finite");
    const std::string envelope = model_pickle("1.9.1-elliptic-envelope");
    CHECK(why_not_decoded(envelope) == "decoded");
    says(why_not_decoded(with_text(envelope, "precision_", "precisian_")), "attribute precision_ is not there");
    says(why_not_decoded(with_text(model_pickle("1.9.1-partial-least-squares"), "x_rotations_", "x_rotatings_")),
         "attribute x_rotations_ is not there");
}

}  // namespace assay::test
