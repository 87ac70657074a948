#pragma once

#include "base/json.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::pipeline {

/// A tree of XGBoost. A leaf has no children; a walk from the root ends.
struct XgboostTree {
    struct Node {
        std::int32_t left = -1;
        std::int32_t right = -1;
        std::uint32_t feature = 0;
        bool default_left = false;
        float value = 0;  ///< the threshold; of a leaf what it adds
    };
    std::vector<Node> nodes;
    std::size_t depth = 0;

    [[nodiscard]] float operator()(const float* row) const;
};

/// What a Booster serializes: everything is float32.
struct XgboostModel {
    std::size_t features = 0;
    std::size_t groups = 1;  ///< outputs
    std::string objective;
    float base_score = 0.5F;  ///< as it is written: what the objective makes of a margin
    std::vector<std::string> names;  ///< of the features; or none
    std::vector<XgboostTree> trees;
    std::vector<std::uint32_t> group_of;  ///< each tree
    std::size_t trees_per_iteration = 1;
    std::int64_t best_iteration = -1;  ///< of early stopping; -1: none
    std::vector<float> weights;        ///< of a linear booster: features × groups, then the biases; else none

    /// The margins of one row, `groups` of them. NaN is missing.
    void margins(const float* row, float base, std::size_t iterations, float* found) const;
};

/// From the bytes of a Booster's state: UBJSON, or JSON. `invalid`, code "invalid-xgboost", for what is none, or has what is not read
/// (categories, several targets in a tree, dropped trees, releases that are not known): why.
[[nodiscard]] Result<XgboostModel> parse_xgboost(std::string_view bytes);

}  // namespace assay::pipeline
