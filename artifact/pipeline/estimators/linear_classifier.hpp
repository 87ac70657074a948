#pragma once

#include "artifact/pipeline/estimators/linear.hpp"

namespace assay::pipeline {

/// A classifier whose decisions are linear in the features (sklearn/linear_model/_base.py, LinearClassifierMixin).
class LinearClassifier final : public Step {
public:
    enum class Probabilities : std::uint8_t { none, logistic, softmax, modified_huber };

    [[nodiscard]] bool has(Method method) const override;
    [[nodiscard]] bool takes_sparse() const override { return true; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override;
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override;

    LinearFunction function;  ///< one output for two classes, else one per class
    SampleValues classes;
    Probabilities probabilities = Probabilities::none;
    bool uniform_when_zero = false;  ///< see divides_zero_evenly

private:
    [[nodiscard]] Result<Matrix> decisions(Data rows) const;
    [[nodiscard]] Matrix probabilities_of(Matrix scores) const;
};

/// coef_, intercept_ and classes_.
void read_linear_classifier(StateReader& state, LinearClassifier& made);

/// Whether a release gives all classes the same probability where each alone has none; before, that is a division of zero by zero.
[[nodiscard]] bool divides_zero_evenly(const Writer& writer);

}  // namespace assay::pipeline
