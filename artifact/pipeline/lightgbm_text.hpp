#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::pipeline {

/// A tree of LightGBM. A child is a node, or ~leaf when it is negative; a node's children lie behind it.
struct LightgbmTree {
    enum class Missing : std::uint8_t { none, zero, nan };
    struct Node {
        std::uint32_t feature = 0;
        bool categorical = false;
        bool default_left = false;
        Missing missing = Missing::none;
        double threshold = 0;    ///< of a number
        std::size_t first = 0;   ///< of categories: where their bits begin
        std::size_t last = 0;    ///< and end, in `categories`
        std::int32_t left = 0;
        std::int32_t right = 0;
    };
    std::vector<Node> nodes;  ///< none: a single leaf
    std::vector<double> leaves;
    std::vector<std::uint32_t> categories;
    std::size_t depth = 0;

    /// Numbers that are next to nothing are 0 already.
    [[nodiscard]] double operator()(const double* row) const;
};

/// A model as Booster.model_to_string writes it.
struct LightgbmModel {
    std::size_t features = 0;
    std::size_t trees_per_iteration = 1;
    bool average_output = false;
    std::vector<std::string> objective;  ///< its words: "binary", "sigmoid:1"
    std::string pandas_categorical;      ///< JSON: "null" when no column was of pandas' categories
    std::vector<LightgbmTree> trees;
};

/// `invalid`, code "invalid-lightgbm", for what is none, or has what is not read (linear trees): why.
[[nodiscard]] Result<LightgbmModel> parse_lightgbm(std::string_view text);

}  // namespace assay::pipeline
