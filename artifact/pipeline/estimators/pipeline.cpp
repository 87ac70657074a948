#include "artifact/pipeline/estimators.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// sklearn.pipeline.Pipeline, and sklearn2pmml's, which is one with a name.

namespace assay::pipeline {

namespace {

class PipelineStep final : public Step {
public:
    [[nodiscard]] bool is_exact(Method method) const override {
        return std::ranges::all_of(before, [](const auto& step) { return step->is_exact(Method::transform); }) &&
               (!last || last->is_exact(method));
    }
    [[nodiscard]] bool has(Method method) const override {
        if (!std::ranges::all_of(before, [](const auto& step) { return step->has(Method::transform); })) return false;
        return last ? last->has(method) : method == Method::transform;
    }
    [[nodiscard]] std::size_t widest() const override {
        std::size_t widest_yet = last ? last->widest() : 0;
        for (const auto& step : before) widest_yet = std::max(widest_yet, step->widest());
        return widest_yet;
    }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(rows, prepared(std::move(rows)));
        return last ? last->predict(as_taken(*last, std::move(rows))) : no_method(Method::predict);
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        TRY_ASSIGN(rows, prepared(std::move(rows)));
        return last ? last->scores(method, as_taken(*last, std::move(rows))) : no_method(method);
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(rows, prepared(std::move(rows)));
        if (!last) return rows;
        return last->transform(as_taken(*last, std::move(rows)));
    }
    [[nodiscard]] bool takes_records() const override { return first() != nullptr && first()->takes_records(); }
    [[nodiscard]] bool takes_sparse() const override { return first() == nullptr || first()->takes_sparse(); }

    [[nodiscard]] bool inverts() const override {
        return std::ranges::all_of(before, [](const auto& step) { return step->inverts(); }) && (!last || last->inverts());
    }
    [[nodiscard]] Result<Data> inverse_transform(Data rows) const override {
        if (last) {
            TRY_ASSIGN(rows, last->inverse_transform(std::move(rows)));
        }
        for (auto step = before.rbegin(); step != before.rend(); ++step) {
            TRY_ASSIGN(rows, (*step)->inverse_transform(std::move(rows)));
        }
        return rows;
    }

    std::vector<std::unique_ptr<Step>> before;  ///< every step but the last, without those that do nothing
    std::unique_ptr<Step> last;                 ///< null: it does nothing

private:
    [[nodiscard]] const Step* first() const { return before.empty() ? last.get() : before.front().get(); }
    static Data as_taken(const Step& step, Data rows) { return step.takes_sparse() ? std::move(rows) : dense(std::move(rows)); }

    [[nodiscard]] Result<Data> prepared(Data rows) const {
        for (const auto& step : before) {
            TRY_ASSIGN(rows, step->transform(as_taken(*step, std::move(rows))));
        }
        return rows;
    }
};

Result<std::unique_ptr<Step>> pipeline_step(StateReader& state) {
    auto made = std::make_unique<PipelineStep>();
    state.must_be_none("transform_input");
    const auto steps = state.require("steps");
    const std::vector<Fitted> all = steps ? state.items_of(*steps, "attribute steps") : std::vector<Fitted>();
    state.require_that(!all.empty(), "attribute steps is empty");
    for (std::size_t i = 0; i < all.size() && !state.failed(); ++i) {
        const std::vector<Fitted> parts =
            all[i].is(FittedKind::tuple) || all[i].is(FittedKind::list) ? all[i].items() : std::vector<Fitted>();
        if (parts.size() != 2) {
            state.problem(fmt::format("attribute steps[{}] is no pair of a name and an estimator", i));
            break;
        }
        const bool nothing = parts[1].is_none() || parts[1].as_text() == "passthrough";
        std::unique_ptr<Step> step = nothing ? nullptr : state.estimator(parts[1], fmt::format("step {}", i + 1));
        if (i + 1 == all.size()) {
            made->last = std::move(step);
        } else if (step) {
            made->before.push_back(std::move(step));
        }
    }
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> pipeline_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.pipeline.Pipeline", pipeline_step, "memory verbose"},
        {"sklearn2pmml.pipeline.PMMLPipeline", pipeline_step,
         "memory verbose active_fields target_fields probability_fields verification header predict_transformer predict_proba_transformer "
         "apply_transformer pmml_name_ pmml_ apply_transformer_"},
    });
    return classes;
}

}  // namespace assay::pipeline
