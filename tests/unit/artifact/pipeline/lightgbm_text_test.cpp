#include "artifact/pipeline/lightgbm_text.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

// The text of a LightGBM model, sound and contradicting itself.

namespace assay::test {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::string with(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

bool is_in(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

const std::string forest =
    "tree\nversion=v3\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=1\nobjective=binary sigmoid:1\n\n"
    "Tree=0\nnum_leaves=3\nnum_cat=1\nsplit_feature=0 1\nthreshold=0.5 0\ndecision_type=10 1\nleft_child=1 -2\nright_child=-1 -3\n"
    "leaf_value=0.25 -0.5 2\ncat_boundaries=0 1\ncat_threshold=6\nis_linear=0\nshrinkage=1\n\n\n"
    "Tree=1\nnum_leaves=1\nnum_cat=0\nleaf_value=4\n\nend of trees\n\npandas_categorical:null\n";

std::string lightgbm_refusal(const std::string& text) {
    const auto model = pipeline::parse_lightgbm(text);
    if (model) return "read";
    CHECK(model.error().code == "invalid-lightgbm");
    return model.error().message;
}

}  // namespace

TEST_CASE("a tree of LightGBM decides by numbers, categories and what is missing") {
    const auto model = must(pipeline::parse_lightgbm(forest));
    CHECK(model.features == 2);
    CHECK(model.objective == std::vector<std::string>{"binary", "sigmoid:1"});
    REQUIRE(model.trees.size() == 2);
    const auto answer = [&](double first, double second) {
        const double row[] = {first, second};
        return model.trees[0](row);
    };
    CHECK(answer(0.6, 0) == 0.25);
    CHECK(answer(0.5, 1) == -0.5);
    CHECK(answer(0.5, 2.9) == -0.5);
    CHECK(answer(0.5, 0) == 2);
    CHECK(answer(0.5, 3) == 2);
    CHECK(answer(nan, 1) == -0.5);
    for (const double other : {nan, -1.0, 1e300, -1e300, std::numeric_limits<double>::infinity()}) CHECK(answer(0, other) == 2);
    const double row[] = {0, 0};
    CHECK(model.trees[1](row) == 4);
}

TEST_CASE("a model of LightGBM whose trees contradict themselves is refused with the tree and the node") {
    CHECK(lightgbm_refusal(forest) == "read");
    CHECK(is_in(lightgbm_refusal(with(forest, "left_child=1 -2", "left_child=0 -2")), "tree 0: node 0 leads to node 0"));
    CHECK(is_in(lightgbm_refusal(with(forest, "left_child=1 -2", "left_child=7 -2")), "tree 0: node 0 leads to node 7"));
    CHECK(is_in(lightgbm_refusal(with(forest, "right_child=-1 -3", "right_child=1 -3")), "tree 0: node 0 leads to node 1"));
    CHECK(is_in(lightgbm_refusal(with(forest, "right_child=-1 -3", "right_child=-1 -4")), "node 1 leads to a leaf that is not there"));
    CHECK(is_in(lightgbm_refusal(with(forest, "left_child=1 -2", "left_child=-1 -2")), "no node leads to node 1"));
    CHECK(is_in(lightgbm_refusal(with(forest, "split_feature=0 1", "split_feature=0 2")), "node 1 asks for feature 2"));
    CHECK(is_in(lightgbm_refusal(with(forest, "split_feature=0 1", "split_feature=-1 1")), "node 0 asks for feature -1"));
    CHECK(is_in(lightgbm_refusal(with(forest, "threshold=0.5 0", "threshold=0.5 1")), "node 1 names categories that are not there"));
    CHECK(is_in(lightgbm_refusal(with(forest, "threshold=0.5 0", "threshold=nan 0")), "node 0 decides in no known way"));
    CHECK(is_in(lightgbm_refusal(with(forest, "threshold=0.5 0", "threshold=0.5")), "threshold has 1 numbers, and not 2"));
    CHECK(is_in(lightgbm_refusal(with(forest, "decision_type=10", "decision_type=14")), "node 0 decides in no known way"));
    CHECK(is_in(lightgbm_refusal(with(forest, "cat_boundaries=0 1", "cat_boundaries=0 -1")), "cat_boundaries are not in order"));
    CHECK(is_in(lightgbm_refusal(with(forest, "cat_boundaries=0 1", "cat_boundaries=0 9")), "cat_threshold has 1 numbers"));
    CHECK(is_in(lightgbm_refusal(with(forest, "is_linear=0", "is_linear=1")), "linear models in their leaves"));
    CHECK(is_in(lightgbm_refusal(with(forest, "num_leaves=3", "num_leaves=999999999999")), "num_leaves is 999999999999"));
    CHECK(is_in(lightgbm_refusal(with(forest, "Tree=1", "Tree=7")), "stands where a tree begins"));
    CHECK(is_in(lightgbm_refusal(with(forest, "end of trees", "end of leaves")), "stands where a tree begins"));
    CHECK(is_in(lightgbm_refusal(with(forest, "version=v3", "version=v9")), "its version is not known"));
    CHECK(is_in(lightgbm_refusal(with(forest, "per_iteration=1", "per_iteration=3")), "its last iteration lacks trees"));
    for (std::size_t length = 0; length + 60 < forest.size(); length += 7) CHECK(lightgbm_refusal(forest.substr(0, length)) != "read");
}

}  // namespace assay::test
