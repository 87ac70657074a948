#pragma once

#include "artifact/pipeline/estimators/neighbor_tree.hpp"

#include <functional>
#include <span>
#include <vector>

namespace assay::pipeline {

/// Training rows, and how the nearest of them are found: every one is looked at, for one row at a time, so that memory does not grow with
/// rows × training rows. Where several are alike far away, the tree is asked that scikit-learn asks.
struct NeighborSearch {
    Matrix points;
    Distance distance;
    std::optional<NeighborTree> tree;
    bool brute = false;  ///< scikit-learn asks no tree, and may compute distances by a matrix product, which is off by rounding

    struct Found {
        std::vector<std::size_t> places;  ///< by distance, then by place
        std::vector<double> distances;
        /// Those that compete for the last places: alike far away, within rounding. Empty when there is no doubt who belongs to them.
        std::vector<std::size_t> tied;
    };
    /// The `count` nearest. REQUIRES count <= points.rows().
    [[nodiscard]] Found nearest(const double* row, std::size_t count) const;
    /// Those at most `radius` away, by place. `tied`: those at the edge, within rounding.
    [[nodiscard]] Found within(const double* row, double radius) const;
    /// Whether doubt, which of the tied are among the nearest, makes no difference: all have the same target.
    [[nodiscard]] static bool is_same(const std::vector<std::size_t>& tied, const std::function<bool(std::size_t, std::size_t)>& same);

    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(points.rows()); }

private:
    [[nodiscard]] std::vector<double> reduced_distances(const double* row) const;
    /// How far a reduced distance may be off in scikit-learn.
    [[nodiscard]] double slack(const double* row, double reduced, std::size_t place) const;
};

/// Of an estimator of sklearn.neighbors: _fit_X, _fit_method and the effective metric; marks what does not matter as known.
[[nodiscard]] NeighborSearch read_neighbor_search(StateReader& state);
/// n_neighbors, at least 1 and at most as many as there are rows.
[[nodiscard]] std::size_t read_neighbor_count(StateReader& state, std::string_view key, const NeighborSearch& search);

/// weights: whether neighbours count by the inverse of their distance; a function of the user's own is a problem.
[[nodiscard]] bool read_by_distance(StateReader& state);
/// 1 / distance; where a distance is zero, 1 for those and 0 for others (sklearn/neighbors/_base.py, _get_weights).
[[nodiscard]] std::vector<double> inverse_weights(std::span<const double> distances);

/// What training rows belong to.
struct NeighborClasses {
    std::vector<SampleValues> classes;  ///< per output
    Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> codes;  ///< training row × output: a place in classes
    bool two_dimensions = false;
};
/// _y, classes_ and outputs_2d_ of a classifier.
[[nodiscard]] NeighborClasses read_neighbor_classes(StateReader& state, std::size_t rows);
/// _y of a regressor, one row per training row.
[[nodiscard]] Matrix read_neighbor_targets(StateReader& state, std::size_t rows, bool& two_dimensions);

/// A matrix, or a scipy.sparse one in rows, which is filled up. float32 is told by `single`.
[[nodiscard]] Matrix read_rows(StateReader& state, const Fitted& value, const std::string& what, bool* single = nullptr,
                               bool* sparse = nullptr);

}  // namespace assay::pipeline
