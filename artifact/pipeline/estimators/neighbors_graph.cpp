#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/neighbors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// sklearn.neighbors.KNeighborsTransformer and RadiusNeighborsTransformer (sklearn/neighbors/_graph.py): a column per training row.

namespace assay::pipeline {

namespace {

class NeighborsGraph final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return !search.brute && search.distance.is_exact(); }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return std::max(input.width, search.size()); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (rows.sparse && !search.brute) return refuse_input("sparse rows, which its tree does not take");
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix graph = Matrix::Zero(given.rows(), static_cast<Eigen::Index>(search.size()));
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            const double* const at = given.row(row).data();
            const NeighborSearch::Found found = count != 0 ? search.nearest(at, count) : search.within(at, radius);
            if (!found.tied.empty())
                return not_replayable(
                    fmt::format("row {}: which training rows are its neighbours is decided by rounding, or by their order", row));
            for (std::size_t i = 0; i < found.places.size(); ++i)
                graph(row, static_cast<Eigen::Index>(found.places[i])) = distances ? found.distances[i] : 1.0;
        }
        Data made = data_of(std::move(graph));
        made.sparse = true;
        return made;
    }

    NeighborSearch search;
    std::size_t count = 0;  ///< 0: all within the radius
    double radius = 0;
    bool distances = true;
};

Result<std::unique_ptr<Step>> graph_of_neighbors(StateReader& state, bool counts) {
    auto made = std::make_unique<NeighborsGraph>();
    made->search = read_neighbor_search(state);
    const std::string mode = state.text("mode");
    made->distances = mode == "distance";
    state.require_that(made->distances || mode == "connectivity", "attribute mode is " + mode);
    if (counts) {
        // Every row is its own neighbour, which a distance of zero does not show.
        made->count = read_neighbor_count(state, "n_neighbors", made->search) + (made->distances ? 1 : 0);
        if (!state.failed() && made->count > made->search.size()) state.problem_of("n_neighbors", "is more than there are rows");
    } else {
        made->radius = state.number("radius");
        state.require_that(made->search.brute || made->search.distance.kind != Distance::Kind::bray_curtis,
                           "its tree goes by braycurtis, which is no metric, and does not find all within a radius");
        state.require_that(made->radius >= 0, "attribute radius is no radius");
    }
    state.known("n_neighbors radius _n_features_out");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> k_neighbors_graph(StateReader& state) { return graph_of_neighbors(state, true); }
Result<std::unique_ptr<Step>> radius_neighbors_graph(StateReader& state) { return graph_of_neighbors(state, false); }

}  // namespace

std::span<const EstimatorClass> neighbors_graph_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.neighbors._graph.KNeighborsTransformer", k_neighbors_graph},
        {"sklearn.neighbors._graph.RadiusNeighborsTransformer", radius_neighbors_graph},
    });
    return classes;
}

}  // namespace assay::pipeline
