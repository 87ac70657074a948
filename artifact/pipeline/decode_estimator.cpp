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
        for (const auto classes : {column_transformer_classes(),
                                   count_vectorizer_classes(),
                                   dict_vectorizer_classes(),
                                   dummy_classes(),
                                   encoder_classes(),
                                   feature_hashing_classes(),
                                   feature_union_classes(),
                                   forest_classes(),
                                   function_transformer_classes(),
                                   gaussian_nb_classes(),
                                   gradient_boosting_classes(),
                                   hist_gradient_boosting_classes(),
                                   imputer_classes(),
                                   lightgbm_classes(),
                                   linear_classifier_classes(),
                                   linear_regressor_classes(),
                                   logistic_regression_classes(),
                                   pipeline_classes(),
                                   scaler_classes(),
                                   search_classes(),
                                   tfidf_classes(),
                                   tree_classes(),
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
