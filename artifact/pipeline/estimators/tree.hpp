#pragma once

#include "artifact/pipeline/state_reader.hpp"

#include <cstdint>
#include <vector>

namespace assay::pipeline {

/// Rows as decision trees see them: float32, row by row. Where `holds_nan`, a node says where missing values go.
struct FloatRows {
    std::vector<float> values;
    std::size_t rows = 0;
    std::size_t columns = 0;
    bool holds_nan = false;
};

/// A fitted sklearn.tree._tree.Tree, for prediction. A row goes left where its float32 is at most the float64 threshold; that is the same
/// as being at most the largest float32 that is not above the threshold, which is what is kept.
class Tree {
public:
    /// The place of the leaf that a row ends in, among the leaves.
    template <bool HoldsNan>
    [[nodiscard]] std::size_t leaf(const float* row) const {
        const Node* node = nodes_.data();
        while (node->feature != is_leaf) {
            const float value = row[node->feature & feature_bits];
            bool left = value <= node->threshold;
            if constexpr (HoldsNan) {
                if (value != value) left = (node->feature & missing_left) != 0;
            }
            node = nodes_.data() + (left ? node->left : node->right);
        }
        return node->left;
    }
    [[nodiscard]] std::size_t leaves() const { return leaves_; }
    [[nodiscard]] std::size_t features() const { return features_; }
    [[nodiscard]] std::size_t outputs() const { return outputs_; }
    [[nodiscard]] std::size_t classes() const { return classes_; }  ///< the largest number of an output; 1 of a regressor
    [[nodiscard]] const std::vector<std::size_t>& class_counts() const { return class_counts_; }  ///< of each output
    /// Of one leaf: outputs × classes numbers.
    [[nodiscard]] const double* values(std::size_t leaf) const { return values_.data() + leaf * outputs_ * classes_; }
    [[nodiscard]] double* values(std::size_t leaf) { return values_.data() + leaf * outputs_ * classes_; }

    /// What else is known of a leaf, when it was read.
    struct LeafFacts {
        std::uint32_t node = 0;    ///< its place among the nodes
        std::uint32_t depth = 0;   ///< steps from the root
        std::int64_t samples = 0;  ///< training rows
    };
    [[nodiscard]] const LeafFacts& facts(std::size_t leaf) const { return facts_[leaf]; }

    /// From the attribute `tree_`; what is wrong with it becomes a problem of `state`.
    [[nodiscard]] static Tree read(StateReader& state, bool with_facts = false);

private:
    static constexpr std::uint32_t is_leaf = 0xffffffffU;
    static constexpr std::uint32_t missing_left = 0x80000000U;
    static constexpr std::uint32_t feature_bits = 0x7fffffffU;
    struct Node {
        float threshold = 0;
        std::uint32_t feature = is_leaf;  ///< with `missing_left`
        std::uint32_t left = 0;           ///< of a leaf: its place among the leaves
        std::uint32_t right = 0;
    };
    std::vector<Node> nodes_;
    std::size_t leaves_ = 0;
    std::vector<double> values_;
    std::vector<LeafFacts> facts_;
    std::size_t features_ = 0;
    std::size_t outputs_ = 1;
    std::size_t classes_ = 1;
    std::vector<std::size_t> class_counts_;
};

/// One tree of sklearn.tree, alone or in a forest.
struct TreeModel {
    Tree tree;
    bool classifier = false;
    std::vector<SampleValues> classes;         ///< per output, of a classifier
    std::vector<std::uint32_t> labels;         ///< leaf × output: the class with the largest value
    bool takes_missing = false;
};

/// Reads the state of a DecisionTree* or ExtraTree*. After it, the values of a classifier's leaves are probabilities.
[[nodiscard]] TreeModel read_tree_model(StateReader& state, bool classifier, bool with_facts = false);

/// The same of a tree in an ensemble, which is no step of its own; absent when it is a problem of `state`, named by `where`.
[[nodiscard]] std::optional<TreeModel> read_inner_tree(StateReader& state, const Fitted& tree, const std::string& where, bool classifier,
                                                       bool with_facts = false);

/// `classes_` of a tree or forest, one list per output; a problem when they, n_classes_ or n_outputs_ contradict the tree.
[[nodiscard]] std::vector<SampleValues> read_tree_classes(StateReader& state, const Tree& tree);

/// Whether a class is one of sklearn.tree's, and a classifier.
[[nodiscard]] std::optional<bool> is_tree_classifier(std::string_view cls);
/// The attributes of trees that predictions do not depend on.
[[nodiscard]] std::string_view known_of_trees();

/// Numbers as trees see them; the place of the first that a float32 cannot hold when there is one.
struct FloatRowsOrPlace {
    FloatRows rows;
    std::optional<std::pair<std::size_t, std::size_t>> too_large;
};
[[nodiscard]] FloatRowsOrPlace float_rows(const Matrix& rows);

/// A step that asks trees: checks and converts its rows as they do.
class TreeStep : public Step {
protected:
    [[nodiscard]] Result<FloatRows> rows_for_trees(Data rows, bool takes_missing) const;
};

/// Labels of several outputs, one column each: of the type of their classes where that is one, else floats; floats before 0.21. REQUIRES
/// that texts do not stand beside numbers.
[[nodiscard]] SampleArray labels_of_outputs(const std::vector<SampleValues>& classes, const std::vector<std::vector<std::size_t>>& places,
                                            std::size_t rows, bool as_floats);

}  // namespace assay::pipeline
