#include "logistic.hpp"

#include <cmath>

namespace penguins {

namespace {

constexpr double tolerance = 1e-9;  // of the gradient's largest component
constexpr int most_iterations = 100;
constexpr double armijo = 1e-4;  // a step must gain this share of what the slope promises

Eigen::VectorXd softmax(const Eigen::VectorXd& scores) {
    const Eigen::VectorXd shifted = (scores.array() - scores.maxCoeff()).exp();
    return shifted / shifted.sum();
}

/// The objective at one point, with its derivatives. The parameters of class k stand together: its weights, then its intercept.
class Objective {
public:
    Objective(const Eigen::MatrixXd& features, const std::vector<int>& classes, int class_count, double inverse_penalty)
        : rows_(features.rows()),
          width_(features.cols() + 1),
          count_(class_count),
          inverse_penalty_(inverse_penalty),
          with_one_(rows_, width_),
          classes_(classes) {
        with_one_ << features, Eigen::VectorXd::Ones(rows_);
    }

    [[nodiscard]] Eigen::Index size() const { return count_ * width_; }

    [[nodiscard]] double value(const Eigen::VectorXd& parameters) const {
        double loss = 0;
        for (Eigen::Index i = 0; i < rows_; ++i) {
            const Eigen::VectorXd scores = scores_of(parameters, i);
            const double most = scores.maxCoeff();
            loss += most + std::log((scores.array() - most).exp().sum()) - scores[classes_[static_cast<std::size_t>(i)]];
        }
        return inverse_penalty_ * loss + 0.5 * penalised(parameters).squaredNorm();
    }

    void derivatives(const Eigen::VectorXd& parameters, Eigen::VectorXd& gradient, Eigen::MatrixXd& hessian) const {
        gradient = penalised(parameters);
        hessian = Eigen::MatrixXd::Zero(size(), size());
        for (Eigen::Index i = 0; i < rows_; ++i) {
            const Eigen::VectorXd x = with_one_.row(i);
            const Eigen::VectorXd p = softmax(scores_of(parameters, i));
            const Eigen::MatrixXd outer = inverse_penalty_ * x * x.transpose();
            for (Eigen::Index k = 0; k < count_; ++k) {
                const double wanted = classes_[static_cast<std::size_t>(i)] == k ? 1 : 0;
                gradient.segment(k * width_, width_) += inverse_penalty_ * (p[k] - wanted) * x;
                for (Eigen::Index j = 0; j < count_; ++j)
                    hessian.block(k * width_, j * width_, width_, width_) += p[k] * ((k == j ? 1.0 : 0.0) - p[j]) * outer;
            }
        }
        for (Eigen::Index at = 0; at < size(); ++at) {
            if (!is_intercept(at)) hessian(at, at) += 1;
        }
        // Adding one number to all intercepts changes no probability, so the Hessian is flat along it. This makes it steep there, and since
        // the gradient has no part along it, the intercepts keep their sum of 0.
        for (Eigen::Index k = 0; k < count_; ++k) {
            for (Eigen::Index j = 0; j < count_; ++j) hessian(intercept(k), intercept(j)) += 1;
        }
    }

    [[nodiscard]] Logistic model(const Eigen::VectorXd& parameters) const {
        Logistic model{Eigen::MatrixXd(count_, width_ - 1), Eigen::VectorXd(count_)};
        for (Eigen::Index k = 0; k < count_; ++k) {
            model.weights.row(k) = parameters.segment(k * width_, width_ - 1);
            model.intercepts[k] = parameters[intercept(k)];
        }
        return model;
    }

private:
    [[nodiscard]] Eigen::Index intercept(Eigen::Index k) const { return k * width_ + width_ - 1; }
    [[nodiscard]] bool is_intercept(Eigen::Index at) const { return at % width_ == width_ - 1; }

    [[nodiscard]] Eigen::VectorXd scores_of(const Eigen::VectorXd& parameters, Eigen::Index row) const {
        return Eigen::Map<const Eigen::MatrixXd>(parameters.data(), width_, count_).transpose() * with_one_.row(row).transpose();
    }
    [[nodiscard]] Eigen::VectorXd penalised(const Eigen::VectorXd& parameters) const {
        Eigen::VectorXd weights = parameters;
        for (Eigen::Index k = 0; k < count_; ++k) weights[intercept(k)] = 0;
        return weights;
    }

    Eigen::Index rows_, width_, count_;
    double inverse_penalty_;
    Eigen::MatrixXd with_one_;  // the features, and a 1 for the intercept
    const std::vector<int>& classes_;
};

}  // namespace

Eigen::VectorXd probabilities_of(const Logistic& model, const Eigen::VectorXd& features) {
    return softmax(model.weights * features + model.intercepts);
}

Fitted fit_logistic(const Eigen::MatrixXd& features, const std::vector<int>& classes, int class_count, double inverse_penalty) {
    const Objective objective(features, classes, class_count, inverse_penalty);
    Eigen::VectorXd parameters = Eigen::VectorXd::Zero(objective.size());
    Eigen::VectorXd gradient;
    Eigen::MatrixXd hessian;
    Fitted fitted;
    for (;; ++fitted.iterations) {
        objective.derivatives(parameters, gradient, hessian);
        fitted.gradient = gradient.cwiseAbs().maxCoeff();
        if (fitted.gradient <= tolerance || fitted.iterations == most_iterations) break;
        const Eigen::VectorXd step = -hessian.llt().solve(gradient);
        const double slope = gradient.dot(step);
        const double here = objective.value(parameters);
        double length = 1;
        while (length > 1e-10 && objective.value(parameters + length * step) > here + armijo * length * slope) length /= 2;
        if (length <= 1e-10) break;  // the gain is below the rounding of the objective: this is the minimum
        parameters += length * step;
    }
    fitted.model = objective.model(parameters);
    return fitted;
}

}  // namespace penguins
