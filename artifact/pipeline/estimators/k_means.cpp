#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

// sklearn.cluster: KMeans, MiniBatchKMeans and BisectingKMeans (sklearn/cluster/_kmeans.py, _bisect_k_means.py), and others that give a row
// to the nearest of some centers (_birch.py, _mean_shift.py, _affinity_propagation.py).

namespace assay::pipeline {

namespace {

/// A cluster of a BisectingKMeans: one of two, or of no more.
struct Split {
    Matrix centers;  ///< of both parts; empty of a leaf
    std::array<std::size_t, 2> parts{};
    std::int64_t label = 0;
};

class NearestCenter final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || (method == Method::transform && has_distances);
    }
    [[nodiscard]] std::size_t widest() const override { return input.width + static_cast<std::size_t>(2 * centers.rows()); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        if (!splits.empty()) return walked(given);
        if (centers.rows() == 0) return integer_labels(std::vector<std::int64_t>(static_cast<std::size_t>(given.rows()), -1));
        const std::vector<std::size_t> places = nearest(given, centers);
        if (labels) return labels_at(*labels, places);
        return integer_labels(std::vector<std::int64_t>(places.begin(), places.end()));
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (!has_distances) return no_method(Method::transform);
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        return data_of(squared_distances(given, centers).cwiseSqrt());
    }

    Matrix centers;
    bool has_distances = true;
    std::optional<SampleValues> labels;  ///< of each center; else its place
    std::vector<Split> splits;  ///< the first is the root

private:
    [[nodiscard]] SampleArray walked(const Matrix& rows) const {
        std::vector<std::int64_t> found;
        for (Eigen::Index row = 0; row < rows.rows(); ++row) {
            const Matrix one = rows.row(row);
            std::size_t at = 0;
            while (splits[at].centers.rows() != 0) at = splits[at].parts[nearest(one, splits[at].centers).front()];
            found.push_back(splits[at].label);
        }
        return integer_labels(std::move(found));
    }
};

std::unique_ptr<NearestCenter> centers_of(StateReader& state, std::string_view key) {
    auto made = std::make_unique<NearestCenter>();
    made->centers = double_matrix(state, key);
    state.fitted_with(static_cast<std::size_t>(made->centers.cols()), key);
    must_be_finite(state, made->centers, key);
    return made;
}

Result<std::unique_ptr<Step>> k_means(StateReader& state) {
    auto made = centers_of(state, "cluster_centers_");
    state.require_that(made->centers.rows() > 0, "attribute cluster_centers_ is empty");
    return state.finish(std::move(made));
}

constexpr std::size_t most_splits_in_a_row = 500;

/// Of sparse rows it is a matrix of one row.
Vector read_center(StateReader& node, std::size_t width) {
    const auto value = node.require("center");
    const bool is_row = value && value->is(FittedKind::array) && value->array().shape.size() == 2;
    const Vector center = is_row ? Vector(double_matrix(node, "center", 1, width).reshaped()) : double_vector(node, "center", width);
    must_be_finite(node, center, "center");
    return center;
}

/// The place of the cluster among `splits`, with all that it is split into.
std::size_t read_split(StateReader& state, const Fitted& value, std::size_t depth, Vector& center, std::vector<Split>& splits) {
    const std::size_t at = splits.size();
    splits.emplace_back();
    if (!value.is(FittedKind::object) || value.class_name() != "sklearn.cluster._bisect_k_means._BisectingTree")
        state.problem_of("_bisecting_tree", "holds what is no cluster");
    if (depth > most_splits_in_a_row) state.problem_of("_bisecting_tree", "is deeper than any real model's");
    if (state.failed() || !state.may_walk(1)) return at;
    StateReader node(value, state.place(), state.budget());
    node.known({"indices", "score"});
    center = read_center(node, state.input_check().width);
    const auto left = node.require("left");
    const auto right = node.require("right");
    if (left && left->is_none()) {
        splits[at].label = node.integer("label");
    } else if (left && right) {
        std::array<Vector, 2> both;
        const std::array<std::size_t, 2> parts = {read_split(state, *left, depth + 1, both[0], splits),
                                                  read_split(state, *right, depth + 1, both[1], splits)};
        if (state.failed()) return at;
        splits[at].parts = parts;
        splits[at].centers.resize(2, center.size());
        splits[at].centers.row(0) = both[0].transpose();
        splits[at].centers.row(1) = both[1].transpose();
    }
    if (const auto read = node.finish(); !read) state.problem("its _bisecting_tree: " + read.error().because);
    return at;
}

Result<std::unique_ptr<Step>> bisecting(StateReader& state) {
    auto made = centers_of(state, "cluster_centers_");
    state.require_that(made->centers.rows() > 0, "attribute cluster_centers_ is empty");
    const auto tree = state.require("_bisecting_tree");
    const auto mean = state.optional_vector("_X_mean", state.input_check().width);
    if (!tree || state.failed()) return state.finish(std::move(made));
    Vector center;
    (void)read_split(state, *tree, 0, center, made->splits);
    for (Split& split : made->splits) {
        if (mean && split.centers.rows() != 0) split.centers.rowwise() += mean->transpose();
        if (split.label < 0 || split.label >= made->centers.rows())
            state.problem_of("_bisecting_tree",
                             fmt::format("has the label {}, and there are {} centers", split.label, made->centers.rows()));
    }
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> birch(StateReader& state) {
    auto made = centers_of(state, "subcluster_centers_");
    made->labels = state.labels("subcluster_labels_");
    state.require_that(made->centers.rows() > 0 && count_of(*made->labels) == static_cast<std::size_t>(made->centers.rows()),
                       "attribute subcluster_labels_ has not a label for each of subcluster_centers_");
    return state.finish(std::move(made));
}

/// Without bandwidth enough, or without convergence, there may be no center at all.
Result<std::unique_ptr<Step>> nearest_only(StateReader& state) {
    auto made = centers_of(state, "cluster_centers_");
    made->has_distances = false;
    state.require_that(made->centers.rows() > 0 || state.cls().ends_with(".AffinityPropagation"), "attribute cluster_centers_ is empty");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> k_means_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.cluster._kmeans.KMeans", k_means,
         "_algorithm _n_features_out _n_init _n_threads _tol algorithm copy_x inertia_ init labels_ max_iter n_clusters n_init n_iter_ "
         "n_jobs precompute_distances random_state tol verbose",
         "sklearn.cluster.k_means_.KMeans"},
        {"sklearn.cluster._kmeans.MiniBatchKMeans", k_means,
         "_algorithm _batch_size _counts _init_size _n_features_out _n_init _n_since_last_reassign _n_threads _random_state _tol "
         "_ewa_inertia _ewa_inertia_min _no_improvement algorithm batch_size compute_labels copy_x counts_ inertia_ init init_size "
         "init_size_ labels_ max_iter max_no_improvement n_clusters n_init n_iter_ n_steps_ n_jobs precompute_distances random_state "
         "random_state_ reassignment_ratio tol verbose",
         "sklearn.cluster.k_means_.MiniBatchKMeans"},
        {"sklearn.cluster._bisect_k_means.BisectingKMeans", bisecting,
         "_algorithm _kmeans_single _n_features_out _n_init _n_threads _random_state _tol algorithm bisecting_strategy copy_x inertia_ "
         "init labels_ max_iter n_clusters n_init random_state tol verbose"},
        {"sklearn.cluster._birch.Birch", birch,
         "_deprecated_fit _deprecated_partial_fit _n_features_out _subcluster_norms branching_factor compute_labels copy dummy_leaf_ "
         "fit_ labels_ n_clusters partial_fit_ root_ threshold",
         "sklearn.cluster.birch.Birch"},
        {"sklearn.cluster._mean_shift.MeanShift", nearest_only,
         "bandwidth bin_seeding cluster_all labels_ max_iter min_bin_freq n_iter_ n_jobs seeds", "sklearn.cluster.mean_shift_.MeanShift"},
        {"sklearn.cluster._affinity_propagation.AffinityPropagation", nearest_only,
         "affinity affinity_matrix_ cluster_centers_indices_ convergence_iter copy damping labels_ max_iter n_iter_ preference "
         "random_state verbose",
         "sklearn.cluster.affinity_propagation_.AffinityPropagation"},
    });
    return classes;
}

}  // namespace assay::pipeline
