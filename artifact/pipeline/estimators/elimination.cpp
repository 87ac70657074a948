#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/selector.hpp"

#include <array>

// sklearn.feature_selection's selections that keep a mask: RFE and RFECV, which predict with an estimator of what is left, and
// SequentialFeatureSelector.

namespace assay::pipeline {

namespace {

class Elimination final : public Selector {
public:
    [[nodiscard]] bool is_exact(Method method) const override { return method == Method::transform || (inner && inner->is_exact(method)); }
    [[nodiscard]] bool has(Method method) const override {
        if (method == Method::transform) return true;
        return inner && method != Method::score_samples && inner->has(method);
    }
    [[nodiscard]] std::size_t widest() const override { return input.width + (inner ? inner->widest() : 0); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        if (!inner) return no_method(Method::predict);
        TRY_ASSIGN(rows, selected(std::move(rows)));
        return inner->predict(std::move(rows));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method)) return no_method(method);
        TRY_ASSIGN(rows, selected(std::move(rows)));
        return inner->scores(method, std::move(rows));
    }

    std::unique_ptr<Step> inner;  ///< null: it only selects
};

std::vector<bool> read_support(StateReader& state) {
    const auto value = state.require("support_");
    if (!value) return {};
    std::vector<bool> mask;
    for (const std::int64_t each : state.integers_of(*value, "attribute support_")) {
        state.require_that(each == 0 || each == 1, "attribute support_ is no mask");
        mask.push_back(each != 0);
    }
    return mask;
}

Result<std::unique_ptr<Step>> elimination(StateReader& state) {
    auto made = std::make_unique<Elimination>();
    made->missing_depends = !state.writer().before(0, 22);
    read_mask(state, *made, read_support(state), "support_");
    if (const auto inner = state.require("estimator_")) made->inner = state.estimator(*inner, "estimator_");
    const std::size_t width = made->inner ? made->inner->input.width : 0;
    state.require_that(width == 0 || width == made->kept.size(), "attribute estimator_ was not fitted with the features of support_");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> sequential(StateReader& state) {
    auto made = std::make_unique<Selector>();
    made->missing_depends = true;
    read_mask(state, *made, read_support(state), "support_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> elimination_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.feature_selection._rfe.RFE", elimination,
         "estimator importance_getter n_features_ n_features_to_select ranking_ step verbose", "sklearn.feature_selection.rfe.RFE"},
        {"sklearn.feature_selection._rfe.RFECV", elimination,
         "cv cv_results_ estimator grid_scores_ importance_getter min_features_to_select n_features_ n_features_to_select n_jobs ranking_ "
         "scoring step verbose",
         "sklearn.feature_selection.rfe.RFECV"},
        {"sklearn.feature_selection._sequential.SequentialFeatureSelector", sequential,
         "cv direction estimator n_features_to_select n_features_to_select_ n_jobs scoring tol"},
    });
    return classes;
}

}  // namespace assay::pipeline
