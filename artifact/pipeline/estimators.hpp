#pragma once

#include "artifact/pipeline/state_reader.hpp"

#include <span>

// Every estimator that is re-created: one file each below estimators/, which lists the names that releases have given its classes.

namespace assay::pipeline {

/// Reads an estimator of a class out of its state.
using Decode = Result<std::unique_ptr<Step>> (*)(StateReader& state);

struct EstimatorClass {
    std::string_view name;        ///< "sklearn.preprocessing._data.StandardScaler"
    Decode decode;
    std::string_view known = {};  ///< attributes that some release writes and that predictions do not depend on, with spaces between
    std::string_view old_name = {};  ///< until 0.21, when modules had no underscore; empty: the same, or there was none

    [[nodiscard]] bool is(std::string_view cls) const { return cls == name || (!old_name.empty() && cls == old_name); }
};

[[nodiscard]] std::span<const EstimatorClass> column_transformer_classes();
[[nodiscard]] std::span<const EstimatorClass> count_vectorizer_classes();
[[nodiscard]] std::span<const EstimatorClass> dict_vectorizer_classes();
[[nodiscard]] std::span<const EstimatorClass> dummy_classes();
[[nodiscard]] std::span<const EstimatorClass> encoder_classes();
[[nodiscard]] std::span<const EstimatorClass> feature_hashing_classes();
[[nodiscard]] std::span<const EstimatorClass> feature_union_classes();
[[nodiscard]] std::span<const EstimatorClass> forest_classes();
[[nodiscard]] std::span<const EstimatorClass> function_transformer_classes();
[[nodiscard]] std::span<const EstimatorClass> gaussian_nb_classes();
[[nodiscard]] std::span<const EstimatorClass> gradient_boosting_classes();
[[nodiscard]] std::span<const EstimatorClass> hist_gradient_boosting_classes();
[[nodiscard]] std::span<const EstimatorClass> imputer_classes();
[[nodiscard]] std::span<const EstimatorClass> lightgbm_classes();
[[nodiscard]] std::span<const EstimatorClass> linear_classifier_classes();
[[nodiscard]] std::span<const EstimatorClass> linear_regressor_classes();
[[nodiscard]] std::span<const EstimatorClass> logistic_regression_classes();
[[nodiscard]] std::span<const EstimatorClass> pipeline_classes();
[[nodiscard]] std::span<const EstimatorClass> scaler_classes();
[[nodiscard]] std::span<const EstimatorClass> search_classes();
[[nodiscard]] std::span<const EstimatorClass> tfidf_classes();
[[nodiscard]] std::span<const EstimatorClass> tree_classes();
[[nodiscard]] std::span<const EstimatorClass> xgboost_classes();

}  // namespace assay::pipeline
