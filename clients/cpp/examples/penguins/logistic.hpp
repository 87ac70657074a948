#pragma once

#include <Eigen/Dense>

#include <vector>

namespace penguins {

/// A softmax over K classes: one row of weights and one intercept per class.
struct Logistic {
    Eigen::MatrixXd weights;     ///< K x features
    Eigen::VectorXd intercepts;  ///< K; they sum to 0
};

/// The probabilities of the classes for one row of features.
[[nodiscard]] Eigen::VectorXd probabilities_of(const Logistic& model, const Eigen::VectorXd& features);

struct Fitted {
    Logistic model;
    int iterations = 0;
    double gradient = 0;  ///< the largest component that is left
};

/// Minimises inverse_penalty * Σ log-loss + ½ ‖weights‖² by Newton's method with a line search: what scikit-learn's
/// LogisticRegression(C=inverse_penalty) minimises. The intercepts are not penalised. Convex, started at 0, no randomness: the same data
/// give the same model. `classes` has the class of each row, 0 to K - 1.
[[nodiscard]] Fitted fit_logistic(const Eigen::MatrixXd& features, const std::vector<int>& classes, int class_count,
                                  double inverse_penalty);

}  // namespace penguins
