#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <array>
#include <cmath>
#include <limits>

// sklearn.decomposition.LatentDirichletAllocation (sklearn/decomposition/_lda.py, _online_lda_fast.pyx): of each row, how much of each
// topic its counts are of, by an iteration that begins alike for all rows and looks at no other.

namespace assay::pipeline {

namespace {

constexpr double most_topic_steps = 2e11;  // rows × words × topics × iterations

/// The logarithmic derivative of the gamma function as scikit-learn approximates it, for the same bits.
double quick_digamma(double x) {
    if (x <= 1e-6) return -0.577215664901532860606512090082402431 - 1.0 / x;
    double result = 0;
    while (x < 6) {
        result -= 1.0 / x;
        x += 1;
    }
    double r = 1.0 / x;
    result += std::log(x) - 0.5 * r;
    r = r * r;
    result -= r * ((1.0 / 12.0) - r * ((1.0 / 120.0) - r * (1.0 / 252.0)));
    return result;
}

class Topics final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return 3 * input.width + static_cast<std::size_t>(3 * words.rows()); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        if (given.size() != 0 && given.minCoeff() < 0) return refuse_input("it holds a negative number");
        const double steps = static_cast<double>(given.rows()) * static_cast<double>(words.size()) * static_cast<double>(iterations);
        if (steps > most_topic_steps) return not_replayable("it would take more steps than are computed");
        Matrix found(given.rows(), words.rows());
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            Vector topics = topics_of(given.row(row).transpose());
            topics /= numpy_sum(topics.data(), static_cast<std::size_t>(topics.size()));
            for (Eigen::Index k = 0; k < topics.size(); ++k)
                found(row, k) = rounded_worst(topics[k], 1.0, static_cast<double>(input.width) + 8, static_cast<std::size_t>(k));
        }
        return data_of(std::move(found));
    }

    Matrix words;  ///< topic × word
    double prior = 0;
    double tolerance = 0;
    std::int64_t iterations = 0;

private:
    [[nodiscard]] Vector topics_of(const Vector& counts) const;
};

Vector Topics::topics_of(const Vector& counts) const {
    const Eigen::Index count = words.rows();
    Vector topics = Vector::Ones(count);
    Vector weights = Vector::Constant(count, std::exp(quick_digamma(1.0) - quick_digamma(static_cast<double>(count))));
    std::vector<Eigen::Index> present;
    for (Eigen::Index i = 0; i < counts.size(); ++i) {
        if (counts[i] != 0) present.push_back(i);
    }
    std::vector<double> shares(present.size());
    for (std::int64_t step = 0; step < iterations; ++step) {
        const Vector last = topics;
        for (std::size_t i = 0; i < present.size(); ++i) {
            double norm = 0;
            for (Eigen::Index k = 0; k < count; ++k) norm += weights[k] * words(k, present[i]);
            shares[i] = counts[present[i]] / (norm + std::numeric_limits<double>::epsilon());
        }
        double total = 0;
        for (Eigen::Index k = 0; k < count; ++k) {
            double sum = 0;
            for (std::size_t i = 0; i < present.size(); ++i) sum += shares[i] * words(k, present[i]);
            topics[k] = weights[k] * sum + prior;
            total += topics[k];
        }
        const double of_total = quick_digamma(total);
        for (Eigen::Index k = 0; k < count; ++k) weights[k] = std::exp(quick_digamma(topics[k]) - of_total);
        double change = 0;
        for (Eigen::Index k = 0; k < count; ++k) change += std::abs(last[k] - topics[k]);
        if (change / static_cast<double>(count) < tolerance) break;
    }
    return topics;
}

Result<std::unique_ptr<Step>> latent_topics(StateReader& state) {
    auto made = std::make_unique<Topics>();
    made->words = double_matrix(state, "exp_dirichlet_component_");
    state.fitted_with(static_cast<std::size_t>(made->words.cols()), "exp_dirichlet_component_");
    must_be_finite(state, made->words, "exp_dirichlet_component_");
    state.require_that(made->words.rows() > 0, "attribute exp_dirichlet_component_ is empty");
    made->prior = state.number("doc_topic_prior_");
    made->tolerance = state.number("mean_change_tol");
    made->iterations = state.integer("max_doc_update_iter");
    state.require_that(made->prior > 0 && std::isfinite(made->prior), "attribute doc_topic_prior_ is not above 0");
    state.require_that(made->iterations >= 0, "attribute max_doc_update_iter is negative");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> topics_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.decomposition._lda.LatentDirichletAllocation", latent_topics,
         "_n_components _n_features_out batch_size bound_ components_ doc_topic_prior evaluate_every learning_decay learning_method "
         "learning_offset max_iter n_batch_iter_ n_components n_iter_ n_jobs n_topics perp_tol random_state random_state_ "
         "topic_word_prior topic_word_prior_ total_samples verbose",
         "sklearn.decomposition.online_lda.LatentDirichletAllocation"},
    });
    return classes;
}

}  // namespace assay::pipeline
