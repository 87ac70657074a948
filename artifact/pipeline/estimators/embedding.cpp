#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/neighbors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.neighbors.NeighborhoodComponentsAnalysis (sklearn/neighbors/_nca.py) and sklearn.manifold.Isomap (sklearn/manifold/_isomap.py).

namespace assay::pipeline {

namespace {

class ComponentsOfNeighbors final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return std::max(input.width, static_cast<std::size_t>(components.rows())); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (rows.sparse) return refuse_input("sparse rows");
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix found(given.rows(), components.rows());
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            for (Eigen::Index k = 0; k < components.rows(); ++k) {
                double sum = 0;
                for (Eigen::Index i = 0; i < given.cols(); ++i) sum += given(row, i) * components(k, i);
                found(row, k) = sum;
            }
        }
        return data_of(std::move(found));
    }
    Matrix components;
};

Result<std::unique_ptr<Step>> components_of_neighbors(StateReader& state) {
    auto made = std::make_unique<ComponentsOfNeighbors>();
    made->components = state.matrix("components_");
    state.fitted_with(static_cast<std::size_t>(made->components.cols()), "components_");
    state.require_that(made->components.rows() > 0 && made->components.allFinite(), "attribute components_ holds what is no number");
    state.known("_n_features_out callback init max_iter n_components n_iter_ random_state random_state_ tol verbose warm_start");
    return state.finish(std::move(made));
}

/// The way to each training row leads through the nearest of them; what is far away is projected.
class Isomap final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return std::max(input.width, search.size()); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (rows.sparse && !search.brute) return refuse_input("sparse rows, which its tree does not take");
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix ways(given.rows(), static_cast<Eigen::Index>(search.size()));
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            const NeighborSearch::Found near = search.nearest(given.row(row).data(), count);
            if (!near.tied.empty())
                return not_replayable(fmt::format("row {}: several training rows are as far away as its last neighbour", row));
            for (Eigen::Index to = 0; to < ways.cols(); ++to) {
                double shortest = std::numeric_limits<double>::infinity();
                for (std::size_t i = 0; i < count; ++i)
                    shortest = std::min(shortest, between(static_cast<Eigen::Index>(near.places[i]), to) + near.distances[i]);
                ways(row, to) = shortest * shortest * -0.5;
            }
        }
        return projection->transform(data_of(std::move(ways)));
    }

    NeighborSearch search;
    std::size_t count = 1;
    Matrix between;  ///< training row × training row: how far the way is
    std::unique_ptr<Step> projection;
};

/// A KernelPCA of a kernel that it is given: the same with the kernel left out.
class ProjectedKernel final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix found(given.rows(), factors.cols());
        std::vector<double> kernel(static_cast<std::size_t>(given.cols()));
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            const double own = numpy_sum(given.row(row).data(), kernel.size()) / static_cast<double>(kernel.size());
            for (Eigen::Index i = 0; i < given.cols(); ++i) kernel[static_cast<std::size_t>(i)] = given(row, i) - columns[i] - own + all;
            for (Eigen::Index k = 0; k < factors.cols(); ++k) {
                double sum = 0;
                for (Eigen::Index i = 0; i < given.cols(); ++i) sum += kernel[static_cast<std::size_t>(i)] * factors(i, k);
                found(row, k) = sum;
            }
        }
        return data_of(std::move(found));
    }
    Matrix factors;
    Vector columns;
    double all = 0;
};

std::unique_ptr<Step> read_kernel_projection(StateReader& owner, const Fitted& value, std::size_t rows) {
    auto made = std::make_unique<ProjectedKernel>();
    if (!value.class_name().ends_with("kernel_pca.KernelPCA")) return owner.problem("attribute kernel_pca_ is no KernelPCA"), nullptr;
    StateReader state(value, owner.place(), owner.budget());
    state.require_that(state.text("kernel") == "precomputed", "attribute kernel is not precomputed");
    const bool renamed = state.has("eigenvectors_");
    made->factors = state.matrix(renamed ? "eigenvectors_" : "alphas_", rows);
    const Vector values = state.vector(renamed ? "eigenvalues_" : "lambdas_", static_cast<std::size_t>(made->factors.cols()));
    for (Eigen::Index k = 0; k < values.size() && !state.failed(); ++k) {
        if (values[k] != 0)
            made->factors.col(k) /= std::sqrt(values[k]);
        else
            state.problem("an eigenvalue is zero");
    }
    if (const auto centerer = state.require("_centerer"); centerer && centerer->class_name().ends_with("data.KernelCenterer")) {
        StateReader inner(*centerer, state.place(), state.budget());
        made->columns = inner.vector("K_fit_rows_", rows);
        made->all = inner.number("K_fit_all_");
        if (const auto read = inner.finish(); !read) state.problem("its _centerer: " + read.error().because);
    } else {
        state.problem("attribute _centerer is no KernelCenterer");
    }
    state.known(
        "X_fit_ alpha coef0 copy_X degree eigen_solver fit_inverse_transform gamma gamma_ iterated_power kernel_params max_iter "
        "n_components n_jobs random_state remove_zero_eig tol lambdas_ alphas_ dual_coef_ X_transformed_fit_");
    if (const auto read = state.finish(); !read) return owner.problem("its kernel_pca_: " + read.error().because), nullptr;
    made->place = owner.title();
    return made;
}

Result<std::unique_ptr<Step>> isomap(StateReader& state) {
    auto made = std::make_unique<Isomap>();
    const auto neighbors = state.require("nbrs_");
    const std::string cls = neighbors ? neighbors->class_name() : "";
    if (!cls.starts_with("sklearn.neighbors.") || !cls.ends_with("unsupervised.NearestNeighbors"))
        return state.problem("attribute nbrs_ is no NearestNeighbors"), state.finish(std::move(made));
    state.require_that(!state.has("radius") || state.require("radius")->is_none(), "radius is set, which is not re-created here");
    StateReader inner(*neighbors, state.place(), state.budget());
    made->search = read_neighbor_search(inner);
    made->count = read_neighbor_count(inner, "n_neighbors", made->search);
    inner.known({"radius"});
    if (const auto read = inner.finish(); !read) state.problem("its nbrs_: " + read.error().because);
    const std::size_t rows = made->search.size();
    if (!state.failed()) state.fitted_with(static_cast<std::size_t>(made->search.points.cols()), "nbrs_");
    made->between = state.matrix("dist_matrix_", rows, rows);
    if (const auto projection = state.require("kernel_pca_"); projection && !state.failed())
        made->projection = read_kernel_projection(state, *projection, rows);
    state.known(
        "_n_features_out eigen_solver embedding_ max_iter metric metric_params n_components n_jobs n_neighbors neighbors_algorithm p "
        "path_method tol training_data_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> embedding_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.neighbors._nca.NeighborhoodComponentsAnalysis", components_of_neighbors, "",
         "sklearn.neighbors.nca.NeighborhoodComponentsAnalysis"},
        {"sklearn.manifold._isomap.Isomap", isomap, "", "sklearn.manifold.isomap.Isomap"},
    });
    return classes;
}

}  // namespace assay::pipeline
