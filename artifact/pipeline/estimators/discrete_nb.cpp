#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"
#include "artifact/pipeline/estimators/linear.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

// sklearn.naive_bayes: MultinomialNB, ComplementNB, BernoulliNB and CategoricalNB (sklearn/naive_bayes.py).

namespace assay::pipeline {

namespace {

/// A classifier of whose scores the largest wins, and that makes probabilities of them by subtracting the logarithm of their sum.
class LikelihoodClassifier : public Step {
public:
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || method == Method::predict_proba || method == Method::predict_log_proba;
    }
    [[nodiscard]] std::size_t widest() const override { return 2 * input.width + 2 * count_of(classes); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix likelihoods, likelihoods_of(std::move(rows)));
        return labels_at(classes, argmax(likelihoods));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, likelihoods_of(std::move(rows)));
        const Vector sums = log_sums(found);
        found.colwise() -= sums;
        if (method == Method::predict_proba) found = found.unaryExpr([](double value) { return std::exp(value); });
        return Scores{std::move(found)};
    }

    SampleValues classes;

private:
    [[nodiscard]] virtual Result<Matrix> likelihoods_of(Data rows) const = 0;
};

/// rows · weightsᵀ + prior.
class LinearLikelihood final : public LikelihoodClassifier {
public:
    Matrix weights;  ///< class × feature
    Vector prior;    ///< empty: none is added
    bool binarizes = false;
    double threshold = 0;

private:
    [[nodiscard]] Result<Matrix> likelihoods_of(Data rows) const override {
        // Rows of float32 are compared with a threshold of float32.
        const bool as_single = !binarizes || static_cast<double>(static_cast<float>(threshold)) == threshold;
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse, as_single ? Single::allow : Single::refuse));
        if (binarizes) given = given.unaryExpr([this](double value) { return value > threshold ? 1.0 : 0.0; });
        Matrix found = times_transposed(given, weights);
        if (prior.size() != 0) found.rowwise() += prior.transpose();
        return found;
    }
};

/// Looks the logarithm of each category's share up: exact, until probabilities are made of it.
class CategoryLikelihood final : public LikelihoodClassifier {
public:
    [[nodiscard]] bool is_exact(Method method) const override { return method == Method::predict; }

    std::vector<Matrix> shares;  ///< per feature: class × category
    Vector prior;

private:
    [[nodiscard]] Result<Matrix> likelihoods_of(Data rows) const override {
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse, Single::compares));
        Matrix found = Matrix::Zero(given.rows(), prior.size());
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            for (std::size_t i = 0; i < shares.size(); ++i) {
                const double code = std::trunc(given(row, static_cast<Eigen::Index>(i)));
                if (code < 0) return refuse_input(fmt::format("row {}, column {}: a negative number", row, i));
                if (code >= static_cast<double>(shares[i].cols()))
                    return refuse_input(fmt::format("row {}, column {}: the category {}, and {} were known when it was fitted", row, i,
                                                    code, shares[i].cols()));
                found.row(row) += shares[i].col(static_cast<Eigen::Index>(code)).transpose();
            }
            found.row(row) += prior.transpose();
        }
        return found;
    }
};

std::unique_ptr<LinearLikelihood> read_likelihood(StateReader& state) {
    auto made = std::make_unique<LinearLikelihood>();
    made->classes = state.labels("classes_");
    made->weights = double_matrix(state, "feature_log_prob_", count_of(made->classes));
    state.fitted_with(static_cast<std::size_t>(made->weights.cols()), "feature_log_prob_");
    return made;
}

Vector read_prior(StateReader& state, const SampleValues& classes) { return double_vector(state, "class_log_prior_", count_of(classes)); }

Result<std::unique_ptr<Step>> multinomial(StateReader& state) {
    auto made = read_likelihood(state);
    made->prior = read_prior(state, made->classes);
    return state.finish(std::move(made));
}

/// The prior matters where there is one class alone.
Result<std::unique_ptr<Step>> complement(StateReader& state) {
    auto made = read_likelihood(state);
    const Vector prior = read_prior(state, made->classes);
    if (prior.size() == 1) made->prior = prior;
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> bernoulli(StateReader& state) {
    auto made = read_likelihood(state);
    made->prior = read_prior(state, made->classes);
    if (const auto binarize = state.require("binarize"); binarize && !binarize->is_none()) {
        made->binarizes = true;
        made->threshold = state.number("binarize");
    }
    if (state.failed()) return state.finish(std::move(made));
    for (Eigen::Index k = 0; k < made->weights.rows(); ++k) {
        std::vector<double> negative(static_cast<std::size_t>(made->weights.cols()));
        for (Eigen::Index i = 0; i < made->weights.cols(); ++i) {
            const double other = std::log(1.0 - std::exp(made->weights(k, i)));
            negative[static_cast<std::size_t>(i)] = other;
            made->weights(k, i) -= other;
        }
        made->prior[k] += numpy_sum(negative.data(), negative.size());
    }
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> categorical(StateReader& state) {
    auto made = std::make_unique<CategoryLikelihood>();
    made->classes = state.labels("classes_");
    made->prior = read_prior(state, made->classes);
    made->shares = double_matrices(state, "feature_log_prob_");
    state.fitted_with(made->shares.size(), "feature_log_prob_");
    for (std::size_t i = 0; i < made->shares.size(); ++i) {
        if (made->shares[i].rows() != made->prior.size() || made->shares[i].cols() == 0)
            state.problem(fmt::format("attribute feature_log_prob_[{}] has the shape ({}, {}) for {} classes", i, made->shares[i].rows(),
                                      made->shares[i].cols(), made->prior.size()));
    }
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> discrete_nb_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.naive_bayes.MultinomialNB", multinomial,
         "alpha class_count_ class_prior coef_ feature_count_ fit_prior force_alpha intercept_ n_features_"},
        {"sklearn.naive_bayes.ComplementNB", complement,
         "alpha class_count_ class_prior coef_ feature_all_ feature_count_ fit_prior force_alpha intercept_ n_features_ norm"},
        {"sklearn.naive_bayes.BernoulliNB", bernoulli,
         "alpha class_count_ class_prior coef_ feature_count_ fit_prior force_alpha intercept_ n_features_"},
        {"sklearn.naive_bayes.CategoricalNB", categorical,
         "alpha category_count_ class_count_ class_prior coef_ feature_count_ fit_prior force_alpha intercept_ min_categories "
         "n_categories_ n_features_"},
    });
    return classes;
}

}  // namespace assay::pipeline
