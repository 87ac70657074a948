#include "artifact/pipeline/estimators.hpp"

#include <array>

// sklearn.model_selection's searches: what they predict is what their best estimator predicts.

namespace assay::pipeline {

namespace {

class Search final : public Step {
public:
    [[nodiscard]] bool is_exact(Method method) const override { return best->is_exact(method); }
    [[nodiscard]] bool has(Method method) const override { return best->has(method); }
    [[nodiscard]] std::size_t widest() const override { return best->widest(); }
    [[nodiscard]] bool takes_records() const override { return best->takes_records(); }
    [[nodiscard]] bool takes_sparse() const override { return best->takes_sparse(); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override { return best->predict(std::move(rows)); }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override { return best->scores(method, std::move(rows)); }
    [[nodiscard]] Result<Data> transform(Data rows) const override { return best->transform(std::move(rows)); }

    std::unique_ptr<Step> best;
};

Result<std::unique_ptr<Step>> search(StateReader& state) {
    auto made = std::make_unique<Search>();
    const auto best = state.find("best_estimator_");
    state.require_that(best.has_value(), "it has no best_estimator_: it was made with refit=False, and predicts nothing");
    if (best) made->best = state.estimator(*best, "best_estimator_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> search_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.model_selection._search.GridSearchCV", search,
         "_checked_cv_orig best_index_ best_params_ best_score_ classes_ cv cv_results_ error_score estimator fit_params iid multimetric_ "
         "n_jobs n_splits_ param_grid pre_dispatch refit refit_time_ return_train_score scorer_ scoring verbose"},
        {"sklearn.model_selection._search.RandomizedSearchCV", search,
         "_checked_cv_orig best_index_ best_params_ best_score_ classes_ cv cv_results_ error_score estimator fit_params iid multimetric_ "
         "n_iter n_jobs n_splits_ param_distributions pre_dispatch random_state refit refit_time_ return_train_score scorer_ scoring "
         "verbose"},
        {"sklearn.model_selection._search_successive_halving.HalvingGridSearchCV", search,
         "_checked_cv_orig _n_samples_orig aggressive_elimination best_index_ best_params_ best_score_ classes_ cv cv_results_ error_score "
         "estimator factor max_resources max_resources_ min_resources min_resources_ multimetric_ n_candidates_ n_iterations_ n_jobs "
         "n_possible_iterations_ n_remaining_candidates_ n_required_iterations_ n_resources_ n_splits_ param_grid pre_dispatch "
         "random_state refit refit_time_ resource return_train_score scorer_ scoring verbose"},
        {"sklearn.model_selection._search_successive_halving.HalvingRandomSearchCV", search,
         "_checked_cv_orig _n_samples_orig aggressive_elimination best_index_ best_params_ best_score_ classes_ cv cv_results_ error_score "
         "estimator factor max_resources max_resources_ min_resources min_resources_ multimetric_ n_candidates n_candidates_ n_iterations_ "
         "n_jobs n_possible_iterations_ n_remaining_candidates_ n_required_iterations_ n_resources_ n_splits_ param_distributions "
         "pre_dispatch random_state refit refit_time_ resource return_train_score scorer_ scoring verbose"},
    });
    return classes;
}

}  // namespace assay::pipeline
