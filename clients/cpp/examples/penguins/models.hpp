#pragma once

#include "data.hpp"
#include "logistic.hpp"
#include "preparation.hpp"

#include <assay/archive.hpp>
#include <assay/sample.hpp>
#include <assay/sample_comparison.hpp>

#include <map>
#include <string>
#include <vector>

namespace penguins {

using Metrics = std::map<std::string, double>;

/// Which species? Multinomial logistic regression.
class SpeciesModel {
public:
    static constexpr const char* schema = "example.penguin-species/1";

    static SpeciesModel train(const std::vector<Penguin>& rows, double inverse_penalty);
    /// By method, as a sample keeps them: predict and predict_proba.
    [[nodiscard]] assay::SampleOutputArrays predict(const std::vector<Penguin>& rows) const;
    [[nodiscard]] Metrics judge(const std::vector<Penguin>& held_out) const;  ///< accuracy, log_loss

    [[nodiscard]] assay::Archive archive() const;
    static assay::Result<SpeciesModel> from(const assay::Archive& archive);

    [[nodiscard]] const Preparation& prepare() const { return prepare_; }
    [[nodiscard]] const Logistic& logistic() const { return logistic_; }
    [[nodiscard]] int iterations() const { return iterations_; }  ///< of the training; unknown to a model that was read

private:
    Preparation prepare_;
    std::vector<std::string> classes_;
    Logistic logistic_;
    int iterations_ = 0;
};

/// How heavy? Ridge regression.
class MassModel {
public:
    static constexpr const char* schema = "example.penguin-mass/1";

    /// Minimises Σ (mass - prediction)² + alpha ‖weights‖²; rows without a mass teach nothing.
    static MassModel train(const std::vector<Penguin>& rows, double alpha);
    [[nodiscard]] assay::SampleOutputArrays predict(const std::vector<Penguin>& rows) const;
    [[nodiscard]] Metrics judge(const std::vector<Penguin>& held_out) const;  ///< mae_g, r2

    [[nodiscard]] assay::Archive archive() const;
    static assay::Result<MassModel> from(const assay::Archive& archive);

    [[nodiscard]] const Preparation& prepare() const { return prepare_; }
    [[nodiscard]] const Eigen::VectorXd& weights() const { return weights_; }
    [[nodiscard]] double intercept() const { return intercept_; }

private:
    Preparation prepare_;
    Eigen::VectorXd weights_;
    double intercept_ = 0;
};

}  // namespace penguins
