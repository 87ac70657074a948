#include "artifact/pipeline/estimators.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace assay::pipeline {

namespace {

constexpr std::size_t max_depth = 40;  // estimators within estimators

const std::map<std::string_view, EstimatorClass>& classes_known() {
    static const std::map<std::string_view, EstimatorClass> all = [] {
        std::map<std::string_view, EstimatorClass> found;
        for (const auto classes : {ada_boost_classes(),
                                   bagging_classes(),
                                   bins_classes(),
                                   calibrated_classes(),
                                   column_transformer_classes(),
                                   count_vectorizer_classes(),
                                   delegating_classes(),
                                   dict_vectorizer_classes(),
                                   dictionary_classes(),
                                   discrete_nb_classes(),
                                   discriminant_classes(),
                                   dummy_classes(),
                                   elimination_classes(),
                                   embedding_classes(),
                                   encoder_classes(),
                                   factor_analysis_classes(),
                                   feature_hashing_classes(),
                                   feature_union_classes(),
                                   forest_classes(),
                                   function_transformer_classes(),
                                   gaussian_nb_classes(),
                                   gaussian_process_classes(),
                                   gradient_boosting_classes(),
                                   hist_gradient_boosting_classes(),
                                   imputer_classes(),
                                   isolation_forest_classes(),
                                   isotonic_classes(),
                                   iterative_imputer_classes(),
                                   k_means_classes(),
                                   k_neighbors_classes(),
                                   kernel_density_classes(),
                                   kernel_machine_classes(),
                                   kernel_sampler_classes(),
                                   knn_imputer_classes(),
                                   label_encoder_classes(),
                                   label_propagation_classes(),
                                   lightgbm_classes(),
                                   linear_classifier_classes(),
                                   linear_regressor_classes(),
                                   local_outlier_factor_classes(),
                                   logistic_regression_classes(),
                                   mixture_classes(),
                                   model_selector_classes(),
                                   multiclass_classes(),
                                   multilayer_perceptron_classes(),
                                   multioutput_classes(),
                                   nearest_centroid_classes(),
                                   neighbors_graph_classes(),
                                   nmf_classes(),
                                   normalizer_classes(),
                                   outlier_classes(),
                                   partial_least_squares_classes(),
                                   pca_classes(),
                                   pipeline_classes(),
                                   polynomial_classes(),
                                   power_transformer_classes(),
                                   quantile_transformer_classes(),
                                   radius_neighbors_classes(),
                                   random_projection_classes(),
                                   scaler_classes(),
                                   search_classes(),
                                   selector_classes(),
                                   spline_transformer_classes(),
                                   stacking_classes(),
                                   svm_classes(),
                                   target_encoder_classes(),
                                   tfidf_classes(),
                                   topics_classes(),
                                   transformed_target_classes(),
                                   tree_classes(),
                                   voting_classes(),
                                   xgboost_classes()}) {
            for (const EstimatorClass& each : classes) {
                found.emplace(each.name, each);
                if (!each.old_name.empty()) found.emplace(each.old_name, each);
            }
        }
        return found;
    }();
    return all;
}

}  // namespace

std::vector<std::string_view> decoded_classes() {
    std::vector<std::string_view> names;
    for (const auto& [name, each] : classes_known()) names.push_back(name);
    return names;
}

Result<std::unique_ptr<Step>> decode_estimator(const Fitted& value, const std::string& place, Budget& budget) {
    const std::string where = place.empty() ? "the file" : place;
    if (!value.is(FittedKind::object)) return not_decodable(where, fmt::format("it is no estimator: {}", value.describe()));
    if (budget.steps == 0) return not_decodable(where, "it holds more estimators than are decoded");
    if (budget.within.size() >= max_depth) return not_decodable(where, "estimators are nested deeper than any real model's");
    if (std::ranges::find(budget.within, value.id()) != budget.within.end()) return not_decodable(where, "the estimator holds itself");
    --budget.steps;
    StateReader state(value, place, budget);
    const auto found = classes_known().find(state.cls());
    if (found == classes_known().end()) return not_decodable(state.title(), "no estimator of this class is re-created here");
    state.known(found->second.known);
    budget.within.push_back(value.id());
    auto made = found->second.decode(state);
    budget.within.pop_back();
    return made;
}

}  // namespace assay::pipeline
