#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/neighbors.hpp"
#include "artifact/pipeline/estimators/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.neighbors.KNeighborsClassifier and KNeighborsRegressor (sklearn/neighbors/_classification.py, _regression.py).

namespace assay::pipeline {

namespace {

/// Of a row: its neighbours and how much each counts.
struct Neighborhood {
    std::vector<std::size_t> places;
    std::vector<double> weights;  ///< empty: all alike
};

class KNeighbors : public Step {
public:
    NeighborSearch search;
    std::size_t count = 1;
    bool by_distance = false;

protected:
    /// Whether two training rows have the same target: then it does not matter which of them is nearer.
    [[nodiscard]] virtual bool is_same_target(std::size_t a, std::size_t b) const = 0;

    /// Gives each row with its neighbours to `use`.
    template <class Use>
    [[nodiscard]] Result<std::size_t> each_row(Data rows, Use use) const {
        if (rows.sparse && !search.brute) return refuse_input("sparse rows, which its tree does not take");
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            NeighborSearch::Found found = search.nearest(given.row(row).data(), count);
            Neighborhood near{.places = std::move(found.places), .weights = {}};
            if (by_distance) near.weights = inverse_weights(found.distances);
            const bool matters = near.weights.empty() || near.weights.back() != 0;
            const auto same = [&](std::size_t a, std::size_t b) { return is_same_target(a, b); };
            if (matters && !found.tied.empty() && !NeighborSearch::is_same(found.tied, same)) {
                return not_replayable(
                    fmt::format("row {}: {} training rows are as far away as its last neighbour, and which of them scikit-learn takes "
                                "depends on the order in which it looks at them",
                                row, found.tied.size()));
            }
            use(static_cast<std::size_t>(row), near);
        }
        return static_cast<std::size_t>(given.rows());
    }
};

class KNeighborsClassifier final : public KNeighbors {
public:
    [[nodiscard]] bool is_exact(Method method) const override { return has(method) && !by_distance && search.distance.is_exact(); }
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict || method == Method::predict_proba; }

    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        std::vector<std::vector<std::size_t>> chosen(targets.classes.size());
        TRY_ASSIGN(const std::size_t given, each_row(std::move(rows), [&](std::size_t /*row*/, const Neighborhood& near) {
                       for (std::size_t k = 0; k < targets.classes.size(); ++k) chosen[k].push_back(vote(near, k));
                   }));
        if (!targets.two_dimensions) return labels_at(targets.classes.front(), chosen.front());
        return labels_of_outputs(targets.classes, chosen, given, false);
    }

    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (method != Method::predict_proba) return no_method(method);
        if (targets.two_dimensions) return not_replayable("it gives one table of probabilities per output, and a sample keeps one");
        Matrix found = Matrix::Zero(static_cast<Eigen::Index>(rows.rows), static_cast<Eigen::Index>(count_of(targets.classes.front())));
        TRY(each_row(std::move(rows), [&](std::size_t row, const Neighborhood& near) {
            double* const into = found.row(static_cast<Eigen::Index>(row)).data();
            for (std::size_t i = 0; i < near.places.size(); ++i)
                into[targets.codes(static_cast<Eigen::Index>(near.places[i]), 0)] += near.weights.empty() ? 1.0 : near.weights[i];
            const double sum = numpy_sum(into, static_cast<std::size_t>(found.cols()));
            for (Eigen::Index k = 0; k < found.cols(); ++k) into[k] /= sum;
        }));
        return Scores{std::move(found)};
    }

    NeighborClasses targets;

private:
    [[nodiscard]] bool is_same_target(std::size_t a, std::size_t b) const override {
        return targets.codes.row(static_cast<Eigen::Index>(a)) == targets.codes.row(static_cast<Eigen::Index>(b));
    }

    /// The class with the most votes; of several the first (sklearn.utils.extmath.weighted_mode).
    [[nodiscard]] std::size_t vote(const Neighborhood& near, std::size_t output) const {
        const auto code = [&](std::size_t i) {
            return static_cast<std::size_t>(targets.codes(static_cast<Eigen::Index>(near.places[i]), static_cast<Eigen::Index>(output)));
        };
        std::size_t best = 0;
        double most = 0;
        std::vector<double> counted(near.places.size());
        std::vector<std::size_t> seen;
        for (std::size_t i = 0; i < near.places.size(); ++i) seen.push_back(code(i));
        std::ranges::sort(seen);
        for (std::size_t i = 0; i < seen.size(); ++i) {
            if (i > 0 && seen[i] == seen[i - 1]) continue;
            for (std::size_t k = 0; k < counted.size(); ++k)
                counted[k] = code(k) == seen[i] ? (near.weights.empty() ? 1.0 : near.weights[k]) : 0.0;
            const double votes = numpy_sum(counted.data(), counted.size());
            if (i == 0 || votes > most) {
                most = votes;
                best = seen[i];
            }
        }
        return best;
    }
};

class KNeighborsRegressor final : public KNeighbors {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        std::vector<double> values;
        std::vector<double> terms(count);
        TRY_ASSIGN(const std::size_t given, each_row(std::move(rows), [&](std::size_t /*row*/, const Neighborhood& near) {
                       for (Eigen::Index output = 0; output < targets.cols(); ++output) {
                           for (std::size_t i = 0; i < count; ++i) {
                               terms[i] = targets(static_cast<Eigen::Index>(near.places[i]), output);
                               if (by_distance) terms[i] *= near.weights[i];
                           }
                           values.push_back(mean(terms, near.weights));
                       }
                   }));
        SampleArray answer{.shape = {given}, .values = std::move(values), .missing = {}};
        if (two_dimensions) answer.shape.push_back(static_cast<std::size_t>(targets.cols()));
        return answer;
    }

    Matrix targets;  ///< training row × output
    bool two_dimensions = false;

private:
    [[nodiscard]] bool is_same_target(std::size_t a, std::size_t b) const override {
        return targets.row(static_cast<Eigen::Index>(a)) == targets.row(static_cast<Eigen::Index>(b));
    }

    /// NumPy's mean of several columns adds row by row, of one pairwise.
    [[nodiscard]] double mean(const std::vector<double>& terms, const std::vector<double>& weights) const {
        if (by_distance) return numpy_sum(terms.data(), terms.size()) / numpy_sum(weights.data(), weights.size());
        double sum = 0;
        if (targets.cols() == 1) {
            sum = numpy_sum(terms.data(), terms.size());
        } else {
            for (const double term : terms) sum += term;
        }
        return sum / static_cast<double>(terms.size());
    }
};

void read_k_neighbors(StateReader& state, KNeighbors& made) {
    made.search = read_neighbor_search(state);
    made.count = read_neighbor_count(state, "n_neighbors", made.search);
    made.by_distance = read_by_distance(state);
    state.known({"radius"});
}

Result<std::unique_ptr<Step>> neighbors_classifier(StateReader& state) {
    auto made = std::make_unique<KNeighborsClassifier>();
    read_k_neighbors(state, *made);
    made->targets = read_neighbor_classes(state, made->search.size());
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> neighbors_regressor(StateReader& state) {
    auto made = std::make_unique<KNeighborsRegressor>();
    read_k_neighbors(state, *made);
    made->targets = read_neighbor_targets(state, made->search.size(), made->two_dimensions);
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> k_neighbors_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.neighbors._classification.KNeighborsClassifier", neighbors_classifier, "",
         "sklearn.neighbors.classification.KNeighborsClassifier"},
        {"sklearn.neighbors._regression.KNeighborsRegressor", neighbors_regressor, "", "sklearn.neighbors.regression.KNeighborsRegressor"},
    });
    return classes;
}

}  // namespace assay::pipeline
