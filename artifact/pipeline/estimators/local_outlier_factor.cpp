#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/neighbors.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.neighbors.LocalOutlierFactor with novelty=True (sklearn/neighbors/_lof.py).

namespace assay::pipeline {

namespace {

class LocalOutlierFactor final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || method == Method::decision_function || method == Method::score_samples;
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, factors(std::move(rows)));
        std::vector<std::int64_t> labels;
        for (Eigen::Index row = 0; row < found.rows(); ++row) labels.push_back(found(row, 0) - offset < 0 ? -1 : 1);
        const std::size_t count_given = labels.size();
        return SampleArray{.shape = {count_given}, .values = std::move(labels), .missing = {}};
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, factors(std::move(rows)));
        if (method == Method::decision_function) found.array() -= offset;
        return Scores{std::move(found), true};
    }

    NeighborSearch search;
    std::size_t count = 1;
    Vector reach;    ///< per training row, how far its last neighbour is
    Vector density;  ///< per training row
    double offset = 0;

private:
    [[nodiscard]] Result<Matrix> factors(Data rows) const {
        if (rows.sparse && !search.brute) return refuse_input("sparse rows, which its tree does not take");
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix found(given.rows(), 1);
        std::vector<double> terms(count);
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            const NeighborSearch::Found near = search.nearest(given.row(row).data(), count);
            const auto same = [&](std::size_t a, std::size_t b) {
                return reach[static_cast<Eigen::Index>(a)] == reach[static_cast<Eigen::Index>(b)] &&
                       density[static_cast<Eigen::Index>(a)] == density[static_cast<Eigen::Index>(b)];
            };
            if (!near.tied.empty() && !NeighborSearch::is_same(near.tied, same))
                return not_replayable(fmt::format("row {}: several training rows are as far away as its last neighbour", row));
            for (std::size_t i = 0; i < count; ++i)
                terms[i] = std::max(near.distances[i], reach[static_cast<Eigen::Index>(near.places[i])]);
            const double own = 1.0 / (numpy_sum(terms.data(), count) / static_cast<double>(count) + 1e-10);
            for (std::size_t i = 0; i < count; ++i) terms[i] = density[static_cast<Eigen::Index>(near.places[i])] / own;
            const double factor = -(numpy_sum(terms.data(), count) / static_cast<double>(count));
            found(row, 0) = rounded_worst(factor, std::abs(factor), 8, 0);
        }
        return found;
    }
};

Result<std::unique_ptr<Step>> outlier_factor(StateReader& state) {
    auto made = std::make_unique<LocalOutlierFactor>();
    state.require_that(state.flag("novelty"), "novelty is not set: it says nothing of new rows");
    made->search = read_neighbor_search(state);
    made->count = read_neighbor_count(state, "n_neighbors_", made->search);
    const std::size_t rows = made->search.size();
    made->density = state.vector("_lrd", rows);
    const Matrix distances = state.matrix("_distances_fit_X_", rows, made->count);
    if (!state.failed()) made->reach = distances.col(static_cast<Eigen::Index>(made->count) - 1);
    made->offset = state.number("offset_");
    state.known("n_neighbors radius contamination _contamination negative_outlier_factor_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> local_outlier_factor_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.neighbors._lof.LocalOutlierFactor", outlier_factor, "", "sklearn.neighbors.lof.LocalOutlierFactor"},
    });
    return classes;
}

}  // namespace assay::pipeline
