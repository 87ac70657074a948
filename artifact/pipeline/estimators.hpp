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

/// The names of all classes that are re-created, those of old releases included.
[[nodiscard]] std::vector<std::string_view> decoded_classes();

[[nodiscard]] std::span<const EstimatorClass> ada_boost_classes();
[[nodiscard]] std::span<const EstimatorClass> bagging_classes();
[[nodiscard]] std::span<const EstimatorClass> bins_classes();
[[nodiscard]] std::span<const EstimatorClass> calibrated_classes();
[[nodiscard]] std::span<const EstimatorClass> column_transformer_classes();
[[nodiscard]] std::span<const EstimatorClass> count_vectorizer_classes();
[[nodiscard]] std::span<const EstimatorClass> delegating_classes();
[[nodiscard]] std::span<const EstimatorClass> dict_vectorizer_classes();
[[nodiscard]] std::span<const EstimatorClass> dictionary_classes();
[[nodiscard]] std::span<const EstimatorClass> discrete_nb_classes();
[[nodiscard]] std::span<const EstimatorClass> discriminant_classes();
[[nodiscard]] std::span<const EstimatorClass> dummy_classes();
[[nodiscard]] std::span<const EstimatorClass> elimination_classes();
[[nodiscard]] std::span<const EstimatorClass> embedding_classes();
[[nodiscard]] std::span<const EstimatorClass> encoder_classes();
[[nodiscard]] std::span<const EstimatorClass> factor_analysis_classes();
[[nodiscard]] std::span<const EstimatorClass> feature_hashing_classes();
[[nodiscard]] std::span<const EstimatorClass> feature_union_classes();
[[nodiscard]] std::span<const EstimatorClass> forest_classes();
[[nodiscard]] std::span<const EstimatorClass> function_transformer_classes();
[[nodiscard]] std::span<const EstimatorClass> gaussian_nb_classes();
[[nodiscard]] std::span<const EstimatorClass> gaussian_process_classes();
[[nodiscard]] std::span<const EstimatorClass> gradient_boosting_classes();
[[nodiscard]] std::span<const EstimatorClass> hist_gradient_boosting_classes();
[[nodiscard]] std::span<const EstimatorClass> imputer_classes();
[[nodiscard]] std::span<const EstimatorClass> isolation_forest_classes();
[[nodiscard]] std::span<const EstimatorClass> isotonic_classes();
[[nodiscard]] std::span<const EstimatorClass> iterative_imputer_classes();
[[nodiscard]] std::span<const EstimatorClass> k_means_classes();
[[nodiscard]] std::span<const EstimatorClass> k_neighbors_classes();
[[nodiscard]] std::span<const EstimatorClass> kernel_density_classes();
[[nodiscard]] std::span<const EstimatorClass> kernel_machine_classes();
[[nodiscard]] std::span<const EstimatorClass> kernel_sampler_classes();
[[nodiscard]] std::span<const EstimatorClass> knn_imputer_classes();
[[nodiscard]] std::span<const EstimatorClass> label_encoder_classes();
[[nodiscard]] std::span<const EstimatorClass> label_propagation_classes();
[[nodiscard]] std::span<const EstimatorClass> lightgbm_classes();
[[nodiscard]] std::span<const EstimatorClass> linear_classifier_classes();
[[nodiscard]] std::span<const EstimatorClass> linear_regressor_classes();
[[nodiscard]] std::span<const EstimatorClass> local_outlier_factor_classes();
[[nodiscard]] std::span<const EstimatorClass> logistic_regression_classes();
[[nodiscard]] std::span<const EstimatorClass> mixture_classes();
[[nodiscard]] std::span<const EstimatorClass> model_selector_classes();
[[nodiscard]] std::span<const EstimatorClass> multiclass_classes();
[[nodiscard]] std::span<const EstimatorClass> multilayer_perceptron_classes();
[[nodiscard]] std::span<const EstimatorClass> multioutput_classes();
[[nodiscard]] std::span<const EstimatorClass> nearest_centroid_classes();
[[nodiscard]] std::span<const EstimatorClass> neighbors_graph_classes();
[[nodiscard]] std::span<const EstimatorClass> nmf_classes();
[[nodiscard]] std::span<const EstimatorClass> normalizer_classes();
[[nodiscard]] std::span<const EstimatorClass> outlier_classes();
[[nodiscard]] std::span<const EstimatorClass> partial_least_squares_classes();
[[nodiscard]] std::span<const EstimatorClass> pca_classes();
[[nodiscard]] std::span<const EstimatorClass> pipeline_classes();
[[nodiscard]] std::span<const EstimatorClass> polynomial_classes();
[[nodiscard]] std::span<const EstimatorClass> power_transformer_classes();
[[nodiscard]] std::span<const EstimatorClass> quantile_transformer_classes();
[[nodiscard]] std::span<const EstimatorClass> radius_neighbors_classes();
[[nodiscard]] std::span<const EstimatorClass> random_projection_classes();
[[nodiscard]] std::span<const EstimatorClass> scaler_classes();
[[nodiscard]] std::span<const EstimatorClass> search_classes();
[[nodiscard]] std::span<const EstimatorClass> selector_classes();
[[nodiscard]] std::span<const EstimatorClass> spline_transformer_classes();
[[nodiscard]] std::span<const EstimatorClass> stacking_classes();
[[nodiscard]] std::span<const EstimatorClass> svm_classes();
[[nodiscard]] std::span<const EstimatorClass> target_encoder_classes();
[[nodiscard]] std::span<const EstimatorClass> tfidf_classes();
[[nodiscard]] std::span<const EstimatorClass> topics_classes();
[[nodiscard]] std::span<const EstimatorClass> transformed_target_classes();
[[nodiscard]] std::span<const EstimatorClass> tree_classes();
[[nodiscard]] std::span<const EstimatorClass> voting_classes();
[[nodiscard]] std::span<const EstimatorClass> xgboost_classes();

}  // namespace assay::pipeline
