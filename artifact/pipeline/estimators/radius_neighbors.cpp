#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/neighbors.hpp"
#include "artifact/pipeline/estimators/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// sklearn.neighbors.RadiusNeighborsClassifier and RadiusNeighborsRegressor (sklearn/neighbors/_classification.py, _regression.py).

namespace assay::pipeline {

namespace {

class RadiusNeighbors : public Step {
public:
    NeighborSearch search;
    double radius = 1;
    bool by_distance = false;

protected:
    /// Gives each row with its neighbours and their weights, none when all count alike, to `use`.
    template <class Use>
    [[nodiscard]] Result<std::size_t> each_row(Data rows, Use use) const {
        if (rows.sparse && !search.brute) return refuse_input("sparse rows, which its tree does not take");
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            const NeighborSearch::Found found = search.within(given.row(row).data(), radius);
            if (!found.tied.empty())
                return not_replayable(fmt::format("row {}: a training row is so near to the radius that rounding decides", row));
            TRY(use(static_cast<std::size_t>(row), found.places, by_distance ? inverse_weights(found.distances) : std::vector<double>()));
        }
        return static_cast<std::size_t>(given.rows());
    }
};

class RadiusClassifier final : public RadiusNeighbors {
public:
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || (method == Method::predict_proba && gives_probabilities);
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        std::vector<std::vector<std::size_t>> chosen(targets.classes.size());
        const auto use = [&](std::size_t row, const std::vector<std::size_t>& places, const std::vector<double>& weights) -> Result<void> {
            for (std::size_t k = 0; k < chosen.size(); ++k) {
                if (places.empty()) {
                    TRY(check_outlier(row, k));
                    if (outliers[k] == unknown)
                        return not_replayable(fmt::format("row {} has no neighbours, and outlier_label is none of the classes", row));
                    chosen[k].push_back(outliers[k]);
                    continue;
                }
                const std::vector<double> votes = count_votes(places, weights, k);
                chosen[k].push_back(static_cast<std::size_t>(std::ranges::max_element(votes) - votes.begin()));
            }
            return {};
        };
        TRY_ASSIGN(const std::size_t given, each_row(std::move(rows), use));
        if (!targets.two_dimensions) return labels_at(targets.classes.front(), chosen.front());
        return labels_of_outputs(targets.classes, chosen, given, false);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        if (targets.two_dimensions) return not_replayable("it gives one table of probabilities per output, and a sample keeps one");
        Matrix found = Matrix::Zero(static_cast<Eigen::Index>(rows.rows), static_cast<Eigen::Index>(count_of(targets.classes.front())));
        const auto use = [&](std::size_t row, const std::vector<std::size_t>& places, const std::vector<double>& weights) -> Result<void> {
            const auto at = static_cast<Eigen::Index>(row);
            if (places.empty()) {
                TRY(check_outlier(row, 0));
                if (outliers.front() != unknown) found(at, static_cast<Eigen::Index>(outliers.front())) = 1;
                return {};
            }
            const std::vector<double> votes = count_votes(places, weights, 0);
            const double sum = numpy_sum(votes.data(), votes.size());
            for (std::size_t k = 0; k < votes.size(); ++k) found(at, static_cast<Eigen::Index>(k)) = votes[k] / (sum == 0 ? 1 : sum);
            return {};
        };
        TRY(each_row(std::move(rows), use));
        return Scores{std::move(found)};
    }

    static constexpr std::size_t unknown = std::numeric_limits<std::size_t>::max();
    NeighborClasses targets;
    bool gives_probabilities = true;
    bool has_outlier_label = false;
    bool looks_up_codes = false;        ///< its release takes outlier_label for a code, where it finds the neighbours without a tree
    std::vector<std::size_t> outliers;  ///< per output: the class of a row without neighbours, or `unknown`

private:
    [[nodiscard]] Result<void> check_outlier(std::size_t row, std::size_t /*output*/) const {
        if (!has_outlier_label)
            return refuse_input(fmt::format("row {} has no neighbours within the radius, and outlier_label is not set", row));
        if (looks_up_codes && search.brute && !by_distance && !targets.two_dimensions)
            return not_replayable(
                fmt::format("row {} has no neighbours, and its release may give it another label than outlier_label", row));
        return {};
    }
    [[nodiscard]] std::vector<double> count_votes(const std::vector<std::size_t>& places, const std::vector<double>& weights,
                                                  std::size_t output) const {
        std::vector<double> votes(count_of(targets.classes[output]), 0.0);
        for (std::size_t i = 0; i < places.size(); ++i)
            votes[static_cast<std::size_t>(targets.codes(static_cast<Eigen::Index>(places[i]), static_cast<Eigen::Index>(output)))] +=
                weights.empty() ? 1.0 : weights[i];
        return votes;
    }
};

class RadiusRegressor final : public RadiusNeighbors {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        std::vector<double> values;
        const auto use = [&](std::size_t row, const std::vector<std::size_t>& places, const std::vector<double>& weights) -> Result<void> {
            if (places.empty() && whole)
                return not_replayable(fmt::format("row {} has no neighbours, and NumPy makes a whole number of NaN", row));
            for (Eigen::Index output = 0; output < targets.cols(); ++output) {
                double sum = 0;
                double count = 0;
                for (std::size_t i = 0; i < places.size(); ++i) {
                    const double weight = weights.empty() ? 1.0 : weights[i];
                    sum += targets(static_cast<Eigen::Index>(places[i]), output) * weight;
                    count += weight;
                }
                values.push_back(places.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / count);
            }
            return {};
        };
        TRY_ASSIGN(const std::size_t given, each_row(std::move(rows), use));
        SampleArray answer{.shape = {given}, .values = std::move(values), .missing = {}};
        if (two_dimensions) answer.shape.push_back(static_cast<std::size_t>(targets.cols()));
        return answer;
    }

    Matrix targets;
    bool two_dimensions = false;
    bool whole = false;  ///< targets are integers
};

void read_radius_neighbors(StateReader& state, RadiusNeighbors& made) {
    made.search = read_neighbor_search(state);
    state.require_that(made.search.brute || made.search.distance.kind != Distance::Kind::bray_curtis,
                       "its tree goes by braycurtis, which is no metric, and does not find all within a radius");
    made.radius = state.number("radius");
    state.require_that(made.radius >= 0, "attribute radius is no radius");
    made.by_distance = read_by_distance(state);
    state.known({"n_neighbors"});
}

/// The place of a label among the classes.
std::size_t place_of_label(const Fitted& label, const SampleValues& classes) {
    return std::visit(
        [&](const auto& all) {
            for (std::size_t i = 0; i < all.size(); ++i) {
                if constexpr (std::is_arithmetic_v<typename std::decay_t<decltype(all)>::value_type>) {
                    if (label.as_number() == static_cast<double>(all[i])) return i;
                } else {
                    if (label.as_text() == std::string_view(all[i])) return i;
                }
            }
            return RadiusClassifier::unknown;
        },
        classes);
}

Result<std::unique_ptr<Step>> radius_classifier(StateReader& state) {
    auto made = std::make_unique<RadiusClassifier>();
    read_radius_neighbors(state, *made);
    made->targets = read_neighbor_classes(state, made->search.size());
    made->gives_probabilities = !state.writer().before(0, 22);
    made->looks_up_codes = !state.writer().before(1, 3);
    const std::string key = made->gives_probabilities ? "outlier_label_" : "outlier_label";
    const auto label = state.require(key);
    if (label && !label->is_none() && !state.failed()) {
        made->has_outlier_label = true;
        std::vector<Fitted> labels;
        if (label->is(FittedKind::list) || label->is(FittedKind::tuple) || label->is(FittedKind::array))
            labels = state.items_of(*label, "attribute " + key);
        else
            labels.assign(made->targets.classes.size(), *label);
        if (labels.size() != made->targets.classes.size())
            return state.problem_of(key, "has not one label per output"), state.finish(std::move(made));
        for (std::size_t k = 0; k < labels.size(); ++k) made->outliers.push_back(place_of_label(labels[k], made->targets.classes[k]));
    }
    state.known({"outlier_label"});
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> radius_regressor(StateReader& state) {
    auto made = std::make_unique<RadiusRegressor>();
    read_radius_neighbors(state, *made);
    made->targets = read_neighbor_targets(state, made->search.size(), made->two_dimensions);
    if (const auto targets = state.find("_y"); targets && targets->is(FittedKind::array)) made->whole = targets->array().dtype.kind != 'f';
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> radius_neighbors_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.neighbors._classification.RadiusNeighborsClassifier", radius_classifier, "",
         "sklearn.neighbors.classification.RadiusNeighborsClassifier"},
        {"sklearn.neighbors._regression.RadiusNeighborsRegressor", radius_regressor, "",
         "sklearn.neighbors.regression.RadiusNeighborsRegressor"},
    });
    return classes;
}

}  // namespace assay::pipeline
