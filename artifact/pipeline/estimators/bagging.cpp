#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/meta.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// sklearn.ensemble.BaggingClassifier and BaggingRegressor (sklearn/ensemble/_bagging.py): the same estimator fitted on several choices of
// rows and columns.

namespace assay::pipeline {

namespace {

/// numpy.logaddexp
double log_add_exp(double x, double y) {
    if (x == y) return x + std::log(2.0);
    const double apart = x - y;
    if (apart > 0) return x + std::log1p(std::exp(-apart));
    if (apart <= 0) return y + std::log1p(std::exp(apart));
    return apart;
}

class Bagging : public Step {
public:
    [[nodiscard]] bool is_exact(Method method) const override {
        return in_order && method != Method::predict_log_proba && all_exact(steps, asked_for(method));
    }
    [[nodiscard]] std::size_t widest() const override {
        std::size_t most = 0;
        for (const auto& columns : features) most = std::max(most, columns.size());
        return 2 * input.width + most + widest_of(steps) + 3 * outputs;
    }

    Steps steps;
    std::vector<std::vector<std::size_t>> features;  ///< columns of each step
    bool in_order = true;                            ///< one job: what the steps say is added in their order
    std::size_t outputs = 1;                         ///< how wide an answer may be

protected:
    /// Which method of a step is behind a method.
    [[nodiscard]] virtual Method asked_for(Method method) const = 0;

    [[nodiscard]] Result<Data> prepared(Data rows) const {
        TRY(check_columns(rows));
        return as_array(std::move(rows));
    }
    /// What the steps give, added in their order, over their number. `ask`: of a step and its rows.
    template <class Ask>
    [[nodiscard]] Result<Scores> mean_of(Data rows, Ask ask) const {
        TRY_ASSIGN(const Data given, prepared(std::move(rows)));
        Scores sum;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            TRY_ASSIGN(Scores one, ask(i, select(given, features[i])));
            if (i == 0) {
                sum = std::move(one);
            } else {
                if (one.values.cols() != sum.values.cols() || one.flat != sum.flat)
                    return not_replayable("its estimators give answers of several shapes");
                sum.values += one.values;
            }
        }
        sum.values /= static_cast<double>(steps.size());
        return sum;
    }
};

class BaggingClassifier final : public Bagging {
public:
    [[nodiscard]] bool has(Method method) const override {
        if (method == Method::decision_function) return steps.front()->has(method);
        return method == Method::predict || method == Method::predict_proba || method == Method::predict_log_proba;
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Scores means, scores(Method::predict_proba, std::move(rows)));
        return labels_at(classes, argmax(means.values));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        if (method == Method::decision_function)
            return mean_of(std::move(rows), [&](std::size_t i, Data given) { return steps[i]->scores(method, std::move(given)); });
        const bool of_logarithms = method == Method::predict_log_proba && steps.front()->has(method);
        if (of_logarithms) return logarithms(std::move(rows));
        TRY_ASSIGN(Scores means, mean_of(std::move(rows), [&](std::size_t i, Data given) {
                       return steps[i]->has(Method::predict_proba) ? probabilities(i, Method::predict_proba, std::move(given))
                                                                   : votes(i, std::move(given));
                   }));
        if (method == Method::predict_log_proba) means.values = means.values.unaryExpr([](double value) { return std::log(value); });
        return means;
    }

    SampleValues classes;
    std::vector<std::vector<std::size_t>> own_classes;  ///< of each step, among all

private:
    [[nodiscard]] Method asked_for(Method method) const override {
        if (method == Method::decision_function) return method;
        return steps.front()->has(Method::predict_proba) ? Method::predict_proba : Method::predict;
    }
    /// Of all classes; of those that a step has not seen, no probability.
    [[nodiscard]] Result<Scores> probabilities(std::size_t i, Method method, Data given) const {
        TRY_ASSIGN(Scores found, steps[i]->scores(method, std::move(given)));
        const std::size_t count = count_of(classes);
        const auto width = static_cast<std::size_t>(found.values.cols());
        if (own_classes[i].empty() ? width != count : width != own_classes[i].size())
            return not_replayable(fmt::format("estimators_[{}] gives probabilities of {} classes", i, width));
        if (own_classes[i].size() == count || own_classes[i].empty()) return found;
        const double none = method == Method::predict_proba ? 0.0 : -std::numeric_limits<double>::infinity();
        Matrix wide = Matrix::Constant(found.values.rows(), static_cast<Eigen::Index>(count), none);
        for (std::size_t k = 0; k < width; ++k)
            wide.col(static_cast<Eigen::Index>(own_classes[i][k])) = found.values.col(static_cast<Eigen::Index>(k));
        return Scores{std::move(wide)};
    }
    [[nodiscard]] Result<Scores> votes(std::size_t i, Data given) const {
        TRY_ASSIGN(const SampleArray labels, steps[i]->predict(std::move(given)));
        const auto codes = codes_of(labels, count_of(classes));
        if (!codes) return not_replayable(fmt::format("estimators_[{}] predicts what is no place of a class", i));
        Matrix found = Matrix::Zero(static_cast<Eigen::Index>(codes->size()), static_cast<Eigen::Index>(count_of(classes)));
        for (std::size_t row = 0; row < codes->size(); ++row)
            found(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>((*codes)[row])) = 1;
        return Scores{std::move(found)};
    }
    [[nodiscard]] Result<Scores> logarithms(Data rows) const {
        TRY_ASSIGN(const Data given, prepared(std::move(rows)));
        Matrix sum = Matrix::Constant(static_cast<Eigen::Index>(given.rows), static_cast<Eigen::Index>(count_of(classes)),
                                      -std::numeric_limits<double>::infinity());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            TRY_ASSIGN(const Scores one, probabilities(i, Method::predict_log_proba, select(given, features[i])));
            sum = sum.binaryExpr(one.values, [](double x, double y) { return log_add_exp(x, y); });
        }
        const double all = std::log(static_cast<double>(steps.size()));
        return Scores{Matrix(sum.unaryExpr([all](double value) { return value - all; }))};
    }
};

class BaggingRegressor final : public Bagging {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Scores mean, mean_of(std::move(rows), [&](std::size_t i, Data given) -> Result<Scores> {
                       const std::size_t count = given.rows;
                       TRY_ASSIGN(const SampleArray one, steps[i]->predict(std::move(given)));
                       const auto* numbers = std::get_if<std::vector<double>>(&one.values);
                       if (numbers == nullptr || one.shape.size() > 2 || count == 0 || one.rows() != count)
                           return not_replayable(fmt::format("estimators_[{}] predicts no float64", i));
                       const auto height = static_cast<Eigen::Index>(count);
                       return Scores{Eigen::Map<const Matrix>(numbers->data(), height, static_cast<Eigen::Index>(numbers->size()) / height),
                                     one.shape.size() == 1};
                   }));
        return array_of(mean.values, mean.flat);
    }

private:
    [[nodiscard]] Method asked_for(Method /*method*/) const override { return Method::predict; }
};

void read_bagging(StateReader& state, Bagging& made) {
    made.steps = read_steps(state, "estimators_");
    if (state.has("n_features_")) {  // until 1.1
        const std::int64_t count = state.integer("n_features_");
        if (count < 1 || count > max_features) return state.problem_of("n_features_", "is impossible");
        state.fitted_with(static_cast<std::size_t>(count), "n_features_");
    }
    const std::size_t width = state.input_check().width;
    state.require_that(width != 0, "it does not say how many columns it was fitted with");
    const auto features = state.require("estimators_features_");
    for (const Fitted& each : features ? state.items_of(*features, "attribute estimators_features_") : std::vector<Fitted>()) {
        std::vector<std::size_t> columns;
        for (const std::int64_t column : state.integers_of(each, fmt::format("attribute estimators_features_[{}]", made.features.size()))) {
            if (column < 0 || static_cast<std::uint64_t>(column) >= width)
                return state.problem_of("estimators_features_", fmt::format("names the column {} of {}", column, width));
            columns.push_back(static_cast<std::size_t>(column));
        }
        made.features.push_back(std::move(columns));
    }
    state.require_that(made.features.size() == made.steps.size(), "attribute estimators_features_ has not one list per estimator");
    // Predictions are divided by it.
    state.require_that(state.integer("n_estimators") == static_cast<std::int64_t>(made.steps.size()),
                       "attribute n_estimators is not the number of its estimators");
    const auto jobs = state.find("n_jobs");
    made.in_order = !jobs || jobs->is_none() || jobs->as_integer() == 1 || made.steps.size() < 3;
}

/// Where the classes that each estimator has seen stand among all: it was fitted on their places.
void read_own_classes(StateReader& state, BaggingClassifier& made) {
    const auto count = static_cast<std::int64_t>(count_of(made.classes));
    const auto estimators = state.require("estimators_");
    for (const Fitted& each : estimators ? state.items_of(*estimators, "attribute estimators_") : std::vector<Fitted>()) {
        std::vector<std::size_t> places;
        const auto own = classes_within(each);
        if (own && own->is(FittedKind::array)) {
            for (const std::int64_t place : state.integers_of(*own, "attribute estimators_: classes_")) {
                if (place < 0 || place >= count) return state.problem_of("estimators_", "holds an estimator of other classes");
                places.push_back(static_cast<std::size_t>(place));
            }
        }
        made.own_classes.push_back(std::move(places));
    }
}

Result<std::unique_ptr<Step>> bagging_classifier(StateReader& state) {
    auto made = std::make_unique<BaggingClassifier>();
    made->classes = state.labels("classes_");
    read_bagging(state, *made);
    made->outputs = count_of(made->classes);
    state.require_that(state.integer("n_classes_") == static_cast<std::int64_t>(made->outputs),
                       "attribute n_classes_ contradicts classes_");
    if (!state.failed()) read_own_classes(state, *made);
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> bagging_regressor(StateReader& state) {
    auto made = std::make_unique<BaggingRegressor>();
    read_bagging(state, *made);
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> bagging_classes() {
    static constexpr std::string_view known =
        "_max_features _max_samples _n_samples _sample_weight _seeds base_estimator base_estimator_ bootstrap bootstrap_features estimator "
        "estimator_ estimator_params max_features max_samples oob_decision_function_ oob_prediction_ oob_score oob_score_ random_state "
        "verbose warm_start";
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.ensemble._bagging.BaggingClassifier", bagging_classifier, known, "sklearn.ensemble.bagging.BaggingClassifier"},
        {"sklearn.ensemble._bagging.BaggingRegressor", bagging_regressor, known, "sklearn.ensemble.bagging.BaggingRegressor"},
    });
    return classes;
}

}  // namespace assay::pipeline
