#include "artifact/pipeline/xgboost_model.hpp"
#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

// The model inside a Booster of XGBoost, sound and contradicting itself.

namespace assay::test {

namespace {

std::string changed(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

bool tells(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

const std::string boosted =
    R"({"version":[1,7,6],"learner":{"attributes":{},"feature_names":[],"learner_model_param":{"base_score":"5E-1","num_class":"0",)"
    R"("num_feature":"2","num_target":"1"},"objective":{"name":"binary:logistic"},"gradient_booster":{"name":"gbtree","model":{)"
    R"("gbtree_model_param":{"num_parallel_tree":"1","num_trees":"1"},"tree_info":[0],"trees":[{"tree_param":{"size_leaf_vector":"0"},)"
    R"("left_children":[1,-1,-1],"right_children":[2,-1,-1],"split_indices":[1,0,0],"split_conditions":[0.1,-1.5,2.5],)"
    R"("default_left":[1,0,0],"split_type":[0,0,0]}]}}}})";

std::string xgboost_refusal(const std::string& text) {
    const auto model = pipeline::parse_xgboost(text);
    if (model) return "read";
    CHECK(model.error().code == "invalid-xgboost");
    return model.error().message;
}

}  // namespace

TEST_CASE("a tree of XGBoost decides in float32") {
    const auto model = must(pipeline::parse_xgboost(boosted));
    CHECK(model.features == 2);
    REQUIRE(model.trees.size() == 1);
    const auto answer = [&](float second) {
        const float row[] = {0, second};
        float found = 0;
        model.margins(row, 0.5F, 1, &found);
        return found;
    };
    CHECK(answer(0.1F) == 3.0F);  // not below the threshold, which is the same float
    CHECK(answer(0.0999F) == -1.0F);
    CHECK(answer(std::nanf("")) == -1.0F);
}

TEST_CASE("a model of XGBoost whose trees contradict themselves is refused with the tree and the node") {
    CHECK(xgboost_refusal(boosted) == "read");
    CHECK(tells(xgboost_refusal(changed(boosted, R"("left_children":[1,)", R"("left_children":[0,)")), "two nodes lead to node 0"));
    CHECK(tells(xgboost_refusal(changed(boosted, R"("left_children":[1,)", R"("left_children":[2,)")), "two nodes lead to node 2"));
    CHECK(tells(xgboost_refusal(changed(boosted, R"("left_children":[1,)", R"("left_children":[3,)")), "node 0 leads to node 3"));
    CHECK(tells(xgboost_refusal(changed(boosted, R"("left_children":[1,)", R"("left_children":[-1,)")), "node 0 leads to nodes -1 and 2"));
    CHECK(tells(xgboost_refusal(changed(boosted, R"("split_indices":[1,)", R"("split_indices":[2,)")), "node 0 asks for feature 2"));
    CHECK(tells(xgboost_refusal(changed(boosted, R"("split_type":[0,)", R"("split_type":[1,)")), "splits by categories"));
    CHECK(tells(xgboost_refusal(changed(boosted, R"("default_left":[1,0,)", R"("default_left":[1,)")), "default_left is no list of 3"));
    CHECK(tells(xgboost_refusal(changed(boosted, "[0.1,", "[1e300,")), "split_conditions holds what is not finite"));
    CHECK(tells(xgboost_refusal(changed(boosted, R"("tree_info":[0])", R"("tree_info":[1])")), "tree 0 is of group 1"));
    CHECK(tells(xgboost_refusal(changed(boosted, R"("gbtree")", R"("dart")")), "its booster is 'dart'"));
    CHECK(tells(xgboost_refusal(changed(boosted, "[1,7,6]", "[3,1,0]")), "it is of the release [3,1,0]"));
    CHECK(tells(xgboost_refusal(changed(boosted, "5E-1", "half")), "base_score is 'half'"));
    CHECK(tells(xgboost_refusal(changed(boosted, R"("num_feature":"2")", R"("num_feature":"-2")")), "num_feature is '-2'"));
    CHECK(tells(xgboost_refusal(changed(boosted, R"("num_target":"1")", R"("num_target":"3")")), "several targets"));
    for (std::size_t length = 0; length < boosted.size(); length += 7) CHECK(xgboost_refusal(boosted.substr(0, length)) != "read");
}

}  // namespace assay::test
