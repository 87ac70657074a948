#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/meta.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// sklearn.ensemble.StackingClassifier and StackingRegressor (sklearn/ensemble/_stacking.py): what the estimators say, side by side, before
// a last one.

namespace assay::pipeline {

namespace {

class Stacking final : public Step {
public:
    [[nodiscard]] bool is_exact(Method method) const override {
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (!steps[i]->is_exact(methods[i])) return false;
        }
        return method == Method::transform || last->is_exact(method);
    }
    [[nodiscard]] bool has(Method method) const override {
        switch (method) {
            case Method::transform: return true;
            case Method::predict: return last->has(method);
            case Method::predict_proba:
            case Method::decision_function: return classes.has_value() && last->has(method);
            default: return false;
        }
    }
    [[nodiscard]] std::size_t widest() const override {
        const std::size_t made = steps.size() * (classes ? count_of(*classes) : 1) + input.width;
        return made + widest_of(steps) + last->widest();
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(Data made, transform(std::move(rows)));
        TRY_ASSIGN(SampleArray answer, last->predict(std::move(made)));
        if (!classes) return answer;
        const auto codes = codes_of(answer, count_of(*classes));
        if (!codes) return not_replayable("its last estimator predicts what is no place of a class");
        return labels_at(*classes, *codes);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method)) return no_method(method);
        TRY_ASSIGN(Data made, transform(std::move(rows)));
        return last->scores(method, std::move(made));
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        std::vector<Data> parts;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            TRY_ASSIGN(Data part, part_of(*steps[i], methods[i], rows));
            parts.push_back(std::move(part));
        }
        bool sparse = false;
        const std::size_t count = rows.rows;
        if (passthrough) {
            sparse = rows.sparse;
            parts.push_back(as_array(std::move(rows)));
            if (!parts.back().is_matrix())
                return not_replayable("it passes the rows on beside predictions, and they are no array of numbers");
        }
        return beside(std::move(parts), count, sparse);
    }

    Steps steps;
    std::vector<Method> methods;  ///< of each step
    std::unique_ptr<Step> last;
    std::optional<SampleValues> classes;  ///< of a classifier
    bool passthrough = false;

private:
    [[nodiscard]] Result<Data> part_of(const Step& step, Method method, const Data& rows) const {
        if (method != Method::predict) {
            TRY_ASSIGN(Scores given, step.scores(method, rows));
            // Of two classes, the probability of one says both.
            const bool first_away = method == Method::predict_proba && classes && count_of(*classes) == 2 && !given.flat;
            if (first_away) given.values = Matrix(given.values.rightCols(std::max<Eigen::Index>(0, given.values.cols() - 1)));
            return data_of(std::move(given.values));
        }
        TRY_ASSIGN(const SampleArray answer, step.predict(rows));
        const auto numbers = doubles_of(answer);
        if (!numbers || answer.shape.size() > 2 || answer.rows() != rows.rows || rows.rows == 0)
            return not_replayable("one of its estimators predicts texts");
        const auto count = static_cast<Eigen::Index>(rows.rows);
        Data part = data_of(Eigen::Map<const Matrix>(numbers->data(), count, static_cast<Eigen::Index>(numbers->size()) / count));
        if (answer.type() == SampleType::int64) part.type = NumberType::integer;
        if (answer.type() == SampleType::float32) part.type = NumberType::float32;
        if (answer.type() == SampleType::boolean) part.type = NumberType::boolean;
        return part;
    }
};

Result<std::unique_ptr<Step>> stacking(StateReader& state) {
    auto made = std::make_unique<Stacking>();
    if (state.cls().ends_with("Classifier")) {
        const std::string_view key = state.has("_label_encoder") ? "_label_encoder" : "_le";  // until 1.1
        if (const auto encoder = state.find(key); encoder && encoder->is(FittedKind::list)) {
            state.problem("it was fitted on several labels a row");
        } else {
            made->classes = read_label_encoder(state, key);
        }
    }
    made->steps = read_steps(state, "estimators_");
    if (const auto methods = state.require("stack_method_")) {
        for (const std::string& name : state.texts_of(*methods, "attribute stack_method_")) {
            const auto method = parse_method(name);
            if (!method || *method == Method::transform) {
                state.problem_of("stack_method_", "holds " + name);
                break;
            }
            made->methods.push_back(*method);
        }
    }
    state.require_that(state.failed() || made->methods.size() == made->steps.size(),
                       "attribute stack_method_ has not one method per estimator");
    for (std::size_t i = 0; i < made->steps.size() && !state.failed(); ++i) {
        if (!made->steps[i]->has(made->methods[i])) state.problem(fmt::format("estimators_[{}] has no {}", i, to_string(made->methods[i])));
    }
    made->last = read_step(state, "final_estimator_");
    made->passthrough = state.flag("passthrough");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> stacking_classes() {
    static constexpr std::string_view known =
        "_n_feature_outs classes_ cv estimators final_estimator n_jobs named_estimators_ stack_method verbose";
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.ensemble._stacking.StackingClassifier", stacking, known},
        {"sklearn.ensemble._stacking.StackingRegressor", stacking, known},
    });
    return classes;
}

}  // namespace assay::pipeline
