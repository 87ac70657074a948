#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"
#include "artifact/pipeline/estimators/linear_classifier.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

// sklearn.discriminant_analysis.LinearDiscriminantAnalysis and QuadraticDiscriminantAnalysis (sklearn/discriminant_analysis.py).

namespace assay::pipeline {

namespace {

class LinearDiscriminant final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform ? !axes.empty() : classifier.has(method); }
    [[nodiscard]] std::size_t widest() const override { return 2 * input.width + 2 * count_of(classifier.classes); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(Data given, numbers(std::move(rows), Missing::refuse, Single::allow));
        return classifier.predict(std::move(given));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!classifier.has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Data given, numbers(std::move(rows), Missing::refuse, Single::allow));
        if (method != Method::predict_log_proba) return classifier.scores(method, std::move(given));
        TRY_ASSIGN(Scores found, classifier.scores(Method::predict_proba, std::move(given)));
        const double least = smallest_share;
        found.values = found.values.unaryExpr([least](double value) { return std::log(value == 0 ? least : value); });
        return found;
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (axes.empty()) return no_method(Method::transform);
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse, Single::allow));
        return data_of(center ? centered_times_transposed(std::move(given), *center, axes.front()) : times_transposed(given, axes.front()));
    }

    LinearClassifier classifier;
    double smallest_share = 0;  ///< whose logarithm is taken where there is none
    std::optional<Vector> center;
    std::vector<Matrix> axes;  ///< axis × feature; none when the solver finds no axes
};

Result<std::unique_ptr<Step>> linear_discriminant(StateReader& state) {
    auto made = std::make_unique<LinearDiscriminant>();
    read_linear_classifier(state, made->classifier);
    state.require_that(!made->classifier.function.single, "attribute coef_ is float32: it computes in float32, which is not re-created");
    made->classifier.place = state.title();
    // Before 0.21, one class against the others whatever their number.
    const bool apart = count_of(made->classifier.classes) == 2 || state.writer().before(0, 21);
    made->classifier.probabilities = apart ? LinearClassifier::Probabilities::logistic : LinearClassifier::Probabilities::softmax;
    if (!state.writer().before(0, 24)) made->smallest_share = std::numeric_limits<double>::min();
    const std::string solver = state.text("solver");
    if (solver == "svd" || solver == "eigen") {
        const std::size_t features = made->classifier.function.features();
        const Matrix all = double_matrix(state, "scalings_", features);
        const std::int64_t most = state.integer("_max_components");
        if (most < 0) state.problem_of("_max_components", fmt::format("is {}", most));
        if (state.failed()) return state.finish(std::move(made));
        const Eigen::Index kept = std::min<Eigen::Index>(all.cols(), most);
        made->axes.emplace_back(all.leftCols(kept).transpose());
        if (solver == "svd") made->center = double_vector(state, "xbar_", features);
    } else if (solver != "lsqr") {
        state.problem_of("solver", "is " + solver);
    }
    return state.finish(std::move(made));
}

class QuadraticDiscriminant final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method <= Method::decision_function; }
    [[nodiscard]] std::size_t widest() const override { return 3 * input.width + 2 * count_of(classes); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, decisions(std::move(rows)));
        return labels_at(classes, argmax(found));
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix found, decisions(std::move(rows)));
        if (method == Method::decision_function) {
            if (found.cols() != 2) return Scores{std::move(found)};
            return Scores{Matrix(found.col(1) - found.col(0)), true};
        }
        if (method == Method::predict_log_proba && stays_finite) {
            const Vector sums = log_sums(found);
            found.colwise() -= sums;
            return Scores{std::move(found)};
        }
        softmax(found);
        if (method == Method::predict_log_proba) found = found.unaryExpr([](double value) { return std::log(value); });
        return Scores{std::move(found)};
    }

    SampleValues classes;
    Matrix means;                   ///< class × feature
    std::vector<Matrix> rotations;  ///< of each class, scaled: axis × feature
    Vector constant;                ///< of each class: the logarithm of its determinant
    Vector log_prior;
    bool stays_finite = false;  ///< since 1.6 its logarithms are not taken of what was rounded to zero

private:
    [[nodiscard]] Result<Matrix> decisions(Data rows) const {
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse, Single::allow));
        Matrix found(given.rows(), means.rows());
        for (Eigen::Index k = 0; k < means.rows(); ++k) {
            const Matrix rotated = centered_times_transposed(given, means.row(k).transpose(), rotations[static_cast<std::size_t>(k)]);
            const Matrix squared = rotated.cwiseAbs2();
            for (Eigen::Index row = 0; row < given.rows(); ++row) {
                const double distance = numpy_sum(squared.row(row).data(), static_cast<std::size_t>(squared.cols()));
                const double decision = -0.5 * (distance + constant[k]) + log_prior[k];
                found(row, k) = rounded_worst(decision, distance + std::abs(constant[k]), 4, static_cast<std::size_t>(k));
            }
        }
        return found;
    }
};

Result<std::unique_ptr<Step>> quadratic_discriminant(StateReader& state) {
    auto made = std::make_unique<QuadraticDiscriminant>();
    made->classes = state.labels("classes_");
    const std::size_t count = count_of(made->classes);
    made->means = double_matrix(state, "means_", count);
    state.fitted_with(static_cast<std::size_t>(made->means.cols()), "means_");
    const Vector priors = state.vector("priors_", count);
    made->stays_finite = !state.writer().before(1, 6);
    const std::vector<Matrix> rotations = double_matrices(state, "rotations_");
    const auto scalings = state.require("scalings_");
    if (state.failed()) return state.finish(std::move(made));
    made->log_prior = priors.array().log();
    const std::vector<Fitted> scales = state.items_of(*scalings, "attribute scalings_");
    state.require_that(rotations.size() == count && scales.size() == count, "attribute rotations_ or scalings_ is not of each class");
    made->constant.resize(static_cast<Eigen::Index>(count));
    for (std::size_t k = 0; k < count && !state.failed(); ++k) {
        const std::string what = fmt::format("attribute scalings_[{}]", k);
        const Vector scale = state.vector_of(scales[k], what, static_cast<std::size_t>(rotations[k].cols()));
        must_be_positive(state, scale, "scalings_");
        if (rotations[k].rows() != made->means.cols())
            state.problem(fmt::format("attribute rotations_[{}] has {} rows for {} features", k, rotations[k].rows(), made->means.cols()));
        if (state.failed()) break;
        Matrix scaled = rotations[k].transpose();
        for (Eigen::Index axis = 0; axis < scaled.rows(); ++axis) scaled.row(axis) *= std::pow(scale[axis], -0.5);
        made->rotations.push_back(std::move(scaled));
        const Vector logs = scale.array().log();
        made->constant[static_cast<Eigen::Index>(k)] = numpy_sum(logs.data(), static_cast<std::size_t>(logs.size()));
    }
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> discriminant_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.discriminant_analysis.LinearDiscriminantAnalysis", linear_discriminant,
         "_max_components _n_features_out covariance_ covariance_estimator explained_variance_ratio_ means_ n_components priors priors_ "
         "scalings_ shrinkage store_covariance tol xbar_"},
        {"sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis", quadratic_discriminant,
         "covariance_ covariance_estimator priors reg_param shrinkage solver store_covariance store_covariances tol"},
    });
    return classes;
}

}  // namespace assay::pipeline
