#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/meta.hpp"
#include "artifact/pipeline/estimators/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.multioutput: one estimator per output (sklearn/multioutput.py).

namespace assay::pipeline {

namespace {

class MultiOutput final : public Step {
public:
    [[nodiscard]] bool is_exact(Method method) const override { return all_exact(steps, method); }
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || (classifier && method == Method::predict_proba && all_have(steps, method));
    }
    [[nodiscard]] std::size_t widest() const override { return 2 * input.width + widest_of(steps) + 2 * steps.size(); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        if (to_numbers) {
            TRY_ASSIGN(rows, numbers(std::move(rows), may_miss ? Missing::allow_infinite : Missing::refuse, Single::compares));
        }
        std::vector<SampleValues> columns;
        std::vector<std::vector<std::size_t>> places;
        for (const auto& step : steps) {
            TRY_ASSIGN(SampleArray answer, step->predict(rows));
            if (answer.shape.size() != 1) return not_replayable("one of its estimators predicts several numbers a row");
            columns.push_back(std::move(answer.values));
            places.emplace_back();
            for (std::size_t row = 0; row < rows.rows; ++row) places.back().push_back(row);
        }
        if (mixes_texts(columns)) return not_replayable("its outputs are texts and numbers, of which NumPy makes texts");
        return labels_of_outputs(columns, places, rows.rows, false);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data /*rows*/) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        return not_replayable("it gives one table of probabilities per output, and a sample keeps one");
    }

    Steps steps;
    bool classifier = false;
    bool to_numbers = false;  ///< until 0.24
    bool may_miss = false;
};

/// What each estimator says is a column more for the next one.
class Chain final : public Step {
public:
    [[nodiscard]] bool is_exact(Method method) const override { return all_exact(steps, link) && all_exact(steps, asked_for(method)); }
    [[nodiscard]] bool has(Method method) const override {
        if (method == Method::predict) return true;
        if (method == Method::predict_log_proba) method = Method::predict_proba;
        return classifier && (method == Method::predict_proba || method == Method::decision_function) && all_have(steps, method);
    }
    [[nodiscard]] std::size_t widest() const override { return 3 * input.width + widest_of(steps) + 4 * steps.size(); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, along(Method::predict, std::move(rows)));
        return array_of(found, false);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, along(asked_for(method), std::move(rows)));
        if (method == Method::predict_log_proba) found = found.unaryExpr([](double value) { return std::log(value); });
        return Scores{std::move(found)};
    }

    Steps steps;
    std::vector<std::size_t> order;  ///< which output each step is of
    bool classifier = false;
    bool second_of_many = false;     ///< until 1.4, of several classes the probability of the second
    Method link = Method::predict;   ///< what the next estimator is told

private:
    [[nodiscard]] static Method asked_for(Method method) { return method == Method::predict_log_proba ? Method::predict_proba : method; }

    [[nodiscard]] Result<Vector> column_of(const Step& step, Method method, const Data& rows) const {
        if (method == Method::predict) {
            TRY_ASSIGN(const SampleArray answer, step.predict(rows));
            const auto numbers = doubles_of(answer);
            if (!numbers || numbers->size() != rows.rows) return not_replayable("one of its estimators predicts other than a number a row");
            return Vector(Eigen::Map<const Vector>(numbers->data(), static_cast<Eigen::Index>(numbers->size())));
        }
        TRY_ASSIGN(const Scores found, step.scores(method, rows));
        const Eigen::Index expected = method == Method::decision_function ? 1 : 2;
        const bool fits = found.values.cols() == expected || (second_of_many && expected == 2 && found.values.cols() > 2);
        if (!fits) return not_replayable("one of its estimators was not fitted on two classes");
        return Vector(found.values.col(expected - 1));
    }
    [[nodiscard]] Result<Matrix> along(Method method, Data rows) const {
        TRY_ASSIGN(const Data given, numbers(std::move(rows), Missing::refuse, Single::compares));
        const Matrix& first = std::get<Matrix>(given.values);
        Matrix told(first.rows(), first.cols() + static_cast<Eigen::Index>(steps.size()));
        told.leftCols(first.cols()) = first;
        Matrix found(first.rows(), static_cast<Eigen::Index>(steps.size()));
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const Eigen::Index width = first.cols() + static_cast<Eigen::Index>(i);
            Data next = data_of(told.leftCols(width));
            next.sparse = given.sparse;
            if (i == 0) next.type = given.type;
            TRY_ASSIGN(const Vector answer, column_of(*steps[i], method, next));
            found.col(static_cast<Eigen::Index>(order[i])) = answer;
            if (i + 1 == steps.size()) break;
            if (method == link) {
                told.col(width) = answer;
            } else {
                TRY_ASSIGN(told.col(width), column_of(*steps[i], link, next));
            }
        }
        return found;
    }
};

Result<std::unique_ptr<Step>> multi_output(StateReader& state) {
    auto made = std::make_unique<MultiOutput>();
    made->steps = read_steps(state, "estimators_");
    made->classifier = state.cls().ends_with("Classifier");
    made->to_numbers = state.writer().before(1, 0);
    made->may_miss = !state.writer().before(0, 24);
    state.require_that(all_have(made->steps, Method::predict), "one of its estimators has no predict");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> chain(StateReader& state) {
    auto made = std::make_unique<Chain>();
    made->steps = read_steps(state, "estimators_");
    made->classifier = state.cls().ends_with("ClassifierChain");
    made->second_of_many = state.writer().before(1, 5);
    const auto order = state.require("order_");
    for (const std::int64_t output : order ? state.integers_of(*order, "attribute order_") : std::vector<std::int64_t>()) {
        if (output < 0 || static_cast<std::uint64_t>(output) >= made->steps.size()) {
            state.problem_of("order_", fmt::format("names the output {}", output));
            break;
        }
        made->order.push_back(static_cast<std::size_t>(output));
    }
    std::vector<std::size_t> sorted = made->order;
    std::ranges::sort(sorted);
    const bool each_once = std::ranges::adjacent_find(sorted) == sorted.end() && sorted.size() == made->steps.size();
    state.require_that(each_once, "attribute order_ does not name each output once");
    if (state.has("chain_method_")) {
        const std::string name = state.text("chain_method_");
        const auto method = parse_method(name);
        const bool known = method && *method != Method::transform && *method != Method::score_samples;
        state.require_that(known, "attribute chain_method_ is " + name);
        made->link = known ? *method : Method::predict;
    }
    state.require_that(all_have(made->steps, Method::predict), "one of its estimators has no predict");
    state.require_that(all_have(made->steps, made->link), "one of its estimators has not the method that chain_method_ names");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> multioutput_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.multioutput.MultiOutputClassifier", multi_output, "classes_ estimator n_jobs"},
        {"sklearn.multioutput.MultiOutputRegressor", multi_output, "estimator n_jobs"},
        {"sklearn.multioutput.ClassifierChain", chain, "base_estimator chain_method classes_ cv estimator order random_state verbose"},
        {"sklearn.multioutput.RegressorChain", chain, "base_estimator cv estimator order random_state verbose"},
    });
    return classes;
}

}  // namespace assay::pipeline
