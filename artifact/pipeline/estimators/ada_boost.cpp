#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/linear.hpp"
#include "artifact/pipeline/estimators/meta.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

// sklearn.ensemble.AdaBoostClassifier and AdaBoostRegressor (sklearn/ensemble/_weight_boosting.py): weighted votes, and a weighted median.

namespace assay::pipeline {

namespace {

class AdaBoost : public Step {
public:
    [[nodiscard]] std::size_t widest() const override { return input.width + widest_of(steps) + steps.size() + 4 * outputs + 8; }

    Steps steps;
    Vector weights;  ///< at least one per step; all of them are added up
    std::size_t outputs = 1;
};

class AdaBoostClassifier final : public AdaBoost {
public:
    [[nodiscard]] bool is_exact(Method method) const override {
        return !real && (method == Method::predict || method == Method::decision_function) && all_exact(steps, Method::predict);
    }
    [[nodiscard]] bool has(Method method) const override {
        if (method == Method::predict_proba || method == Method::predict_log_proba)
            return real || !exponential || all_have(steps, Method::predict_proba);
        return method == Method::predict || method == Method::decision_function;
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Scores decisions, scores(Method::decision_function, std::move(rows)));
        if (!decisions.flat) return labels_at(classes, argmax(decisions.values));
        std::vector<std::size_t> places;
        places.reserve(static_cast<std::size_t>(decisions.values.rows()));
        for (Eigen::Index row = 0; row < decisions.values.rows(); ++row) places.push_back(decisions.values(row, 0) > 0 ? 1 : 0);
        return labels_at(classes, places);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(const Data given, numbers(std::move(rows), Missing::refuse, Single::compares));
        Scores found;
        if (method == Method::decision_function || !exponential) {
            TRY_ASSIGN(found, decisions(given));
        }
        if (method == Method::decision_function) return found;
        if (exponential) {
            TRY_ASSIGN(found.values, exponentials(given));
        } else if (outputs == 2) {
            Matrix both(found.values.rows(), 2);
            both.col(0) = -found.values.col(0) / 2.0;
            both.col(1) = found.values.col(0) / 2.0;
            softmax(both);
            found = Scores{std::move(both)};
        } else {
            found.values /= static_cast<double>(outputs - 1);
            softmax(found.values);
        }
        if (method == Method::predict_log_proba) found.values = found.values.unaryExpr([](double value) { return std::log(value); });
        return found;
    }

    SampleValues classes;
    bool real = false;         ///< SAMME.R, until 1.5: logarithms of probabilities
    bool exponential = false;  ///< until 0.21, probabilities are made otherwise
    bool symmetric = true;     ///< since 1.3, a class that is not voted for loses

private:
    /// Row × class, before the two of a pair are put together.
    [[nodiscard]] Result<Scores> decisions(const Data& given) const {
        TRY_ASSIGN(Matrix sum, mean_of([&](std::size_t i) { return real ? logarithms(*steps[i], given) : votes(i, given); }));
        if (outputs != 2) return Scores{std::move(sum)};
        return Scores{Matrix(-sum.col(0) + sum.col(1)), true};
    }
    /// What `of_step` gives for each estimator by its place, added up in order, over the sum of the weights.
    template <class OfStep>
    [[nodiscard]] Result<Matrix> mean_of(OfStep of_step) const {
        Matrix sum;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            TRY_ASSIGN(const Matrix one, of_step(i));
            sum = i == 0 ? one : Matrix(sum + one);
        }
        sum /= total();
        return sum;
    }
    [[nodiscard]] double total() const { return numpy_sum(weights.data(), static_cast<std::size_t>(weights.size())); }
    [[nodiscard]] Result<Matrix> probabilities_of(const Step& step, const Data& given) const {
        TRY_ASSIGN(Scores found, step.scores(Method::predict_proba, given));
        if (static_cast<std::size_t>(found.values.cols()) != outputs)
            return not_replayable("its estimators give the probabilities of other numbers of classes");
        return std::move(found.values);
    }
    [[nodiscard]] Result<Matrix> logarithms(const Step& step, const Data& given) const {
        TRY_ASSIGN(Matrix found, probabilities_of(step, given));
        const auto count = static_cast<double>(outputs);
        for (Eigen::Index row = 0; row < found.rows(); ++row) {
            for (Eigen::Index k = 0; k < found.cols(); ++k) {
                const double value = std::log(std::max(found(row, k), std::numeric_limits<double>::epsilon()));
                found(row, k) = rounded_worst(value, std::abs(value), 2, static_cast<std::size_t>(k));
            }
            const double sum = numpy_sum(found.row(row).data(), outputs);
            for (Eigen::Index k = 0; k < found.cols(); ++k) found(row, k) = (count - 1) * (found(row, k) - (1.0 / count) * sum);
        }
        return found;
    }
    [[nodiscard]] Result<Matrix> votes(std::size_t i, const Data& given) const {
        TRY_ASSIGN(const SampleArray labels, steps[i]->predict(given));
        const auto places = places_of(labels, classes);
        if (!places) return not_replayable("its estimators predict labels of another type");
        const double weight = weights[static_cast<Eigen::Index>(i)];
        const double otherwise = symmetric ? -1.0 / static_cast<double>(outputs - 1) * weight : 0.0;
        Matrix found = Matrix::Constant(static_cast<Eigen::Index>(places->size()), static_cast<Eigen::Index>(outputs), otherwise);
        for (std::size_t row = 0; row < places->size(); ++row) {
            if ((*places)[row] < outputs) found(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>((*places)[row])) = weight;
        }
        return found;
    }
    [[nodiscard]] Result<Matrix> exponentials(const Data& given) const {
        TRY_ASSIGN(Matrix sum, mean_of([&](std::size_t i) -> Result<Matrix> {
                       if (real) return logarithms(*steps[i], given);
                       TRY_ASSIGN(Matrix one, probabilities_of(*steps[i], given));
                       one *= weights[static_cast<Eigen::Index>(i)];
                       return one;
                   }));
        const double share = 1.0 / static_cast<double>(outputs - 1);
        for (Eigen::Index row = 0; row < sum.rows(); ++row) {
            for (Eigen::Index k = 0; k < sum.cols(); ++k) sum(row, k) = std::exp(share * sum(row, k));
            double all = numpy_sum(sum.row(row).data(), outputs);
            if (all == 0) all = 1;
            for (Eigen::Index k = 0; k < sum.cols(); ++k) sum(row, k) /= all;
        }
        return sum;
    }
};

class AdaBoostRegressor final : public AdaBoost {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Data given, numbers(std::move(rows), Missing::refuse, Single::compares));
        Matrix found(static_cast<Eigen::Index>(given.rows), static_cast<Eigen::Index>(steps.size()));
        for (std::size_t i = 0; i < steps.size(); ++i) {
            TRY_ASSIGN(const SampleArray one, steps[i]->predict(given));
            const auto* values = std::get_if<std::vector<double>>(&one.values);
            if (values == nullptr || one.shape.size() != 1) return not_replayable("its estimators predict other than a float64 a row");
            found.col(static_cast<Eigen::Index>(i)) = Eigen::Map<const Vector>(values->data(), found.rows());
        }
        std::vector<double> medians;
        medians.reserve(given.rows);
        std::vector<Eigen::Index> order(steps.size());
        std::vector<double> reached(steps.size());
        for (Eigen::Index row = 0; row < found.rows(); ++row) {
            std::iota(order.begin(), order.end(), Eigen::Index{0});
            std::ranges::stable_sort(order, {}, [&](Eigen::Index i) { return found(row, i); });
            double sum = 0;
            for (std::size_t i = 0; i < order.size(); ++i) reached[i] = sum += weights[order[i]];
            const double half = 0.5 * reached.back();
            const auto first = std::ranges::find_if(reached, [&](double value) { return value >= half; });
            medians.push_back(
                found(row, first == reached.end() ? order.front() : order[static_cast<std::size_t>(first - reached.begin())]));
        }
        return SampleArray{.shape = {given.rows}, .values = std::move(medians), .missing = {}};
    }
};

void read_ada_boost(StateReader& state, AdaBoost& made) {
    made.steps = read_steps(state, "estimators_");
    made.weights = state.vector("estimator_weights_");
    state.require_that(static_cast<std::size_t>(made.weights.size()) >= made.steps.size(),
                       "attribute estimator_weights_ has not one number per estimator");
    state.require_that(made.weights.allFinite() && (made.weights.array() >= 0).all(),
                       "attribute estimator_weights_ holds what is no weight");
}

Result<std::unique_ptr<Step>> ada_boost_classifier(StateReader& state) {
    auto made = std::make_unique<AdaBoostClassifier>();
    read_ada_boost(state, *made);
    made->classes = state.labels("classes_");
    made->outputs = count_of(made->classes);
    state.require_that(made->outputs >= 2, "it was fitted on one class");
    state.require_that(state.integer("n_classes_") == static_cast<std::int64_t>(made->outputs),
                       "attribute n_classes_ contradicts classes_");
    const std::string algorithm = state.text_or_none("algorithm");
    const bool either = state.writer().before(1, 6);
    made->real = either && algorithm == "SAMME.R";
    state.require_that(!either || made->real || algorithm == "SAMME", "attribute algorithm is not known");
    made->exponential = state.writer().before(0, 22);
    made->symmetric = !state.writer().before(1, 3);
    state.require_that(!made->real || all_have(made->steps, Method::predict_proba), "one of its estimators has no predict_proba");
    state.require_that(all_have(made->steps, Method::predict), "one of its estimators has no predict");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> ada_boost_regressor(StateReader& state) {
    auto made = std::make_unique<AdaBoostRegressor>();
    read_ada_boost(state, *made);
    state.require_that(all_have(made->steps, Method::predict), "one of its estimators has no predict");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> ada_boost_classes() {
    static constexpr std::string_view known =
        "base_estimator base_estimator_ estimator estimator_ estimator_errors_ estimator_params learning_rate loss n_estimators "
        "random_state";
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.ensemble._weight_boosting.AdaBoostClassifier", ada_boost_classifier, known,
         "sklearn.ensemble.weight_boosting.AdaBoostClassifier"},
        {"sklearn.ensemble._weight_boosting.AdaBoostRegressor", ada_boost_regressor, known,
         "sklearn.ensemble.weight_boosting.AdaBoostRegressor"},
    });
    return classes;
}

}  // namespace assay::pipeline
