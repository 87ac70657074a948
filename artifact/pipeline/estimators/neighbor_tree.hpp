#pragma once

#include "artifact/pipeline/estimators/distance.hpp"

#include <vector>

namespace assay::pipeline {

/// A fitted KDTree or BallTree, asked as scikit-learn asks it: of training rows that are alike far away, which it takes depends on the
/// order in which it looks at them (sklearn/neighbors/_binary_tree.pxi.tp, _kd_tree.pyx.tp, _ball_tree.pyx.tp; sklearn/utils/_heap.pyx).
class NeighborTree {
public:
    /// The `count` nearest rows of `points`, in no order. REQUIRES 1 <= count <= points.rows().
    [[nodiscard]] std::vector<std::size_t> nearest(const double* row, std::size_t count, const Matrix& points,
                                                   const Distance& distance) const;

    /// Of such an object, over `points` by that metric; absent where the file keeps it otherwise. What contradicts itself is a problem.
    [[nodiscard]] static std::optional<NeighborTree> read(StateReader& state, const Fitted& value, const Matrix& points,
                                                          const Distance& distance);
    /// The rows of a tree and its weights of them, by themselves (sklearn.neighbors.KernelDensity has nothing else).
    struct Rows {
        Matrix points;
        Vector weights;  ///< empty: all alike
        std::string metric;  ///< the class of its metric, "EuclideanDistance"
    };
    [[nodiscard]] static Rows read_rows_of(StateReader& state, const Fitted& value);

private:
    struct Node {
        std::size_t first = 0;
        std::size_t last = 0;
        bool leaf = true;
        double radius = 0;
    };
    struct Query;

    [[nodiscard]] double bound(std::size_t node, const double* row, const Distance& distance) const;
    void look(Query& query, std::size_t node, double bound) const;

    bool ball_ = false;
    std::vector<std::size_t> order_;  ///< rows, as the leaves have them
    std::vector<Node> nodes_;  ///< the children of i are 2 i + 1 and 2 i + 2
    std::vector<double> bounds_;  ///< of a ball its centre; of a k-d tree all lowest corners, then all highest
    std::size_t width_ = 0;
};

}  // namespace assay::pipeline
