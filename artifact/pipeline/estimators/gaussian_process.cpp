#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/gaussian_kernel.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

// sklearn.gaussian_process.GaussianProcessRegressor and GaussianProcessClassifier (sklearn/gaussian_process/_gpr.py, _gpc.py; of several
// classes sklearn/multiclass.py, OneVsRestClassifier).

namespace assay::pipeline {

namespace {

/// The sum of `count` terms, and how large they are.
struct KernelSum {
    double sum = 0;
    double magnitude = 0;
    void add(double term) {
        sum += term;
        magnitude += std::abs(term);
    }
    [[nodiscard]] double known(double units, std::size_t turn) const { return rounded_worst(sum, magnitude, units, turn); }
};

class GaussianProcessRegressor final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict; }
    [[nodiscard]] std::size_t widest() const override { return std::max(input.width, static_cast<std::size_t>(coefs.cols())); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix found(given.rows(), coefs.cols());
        Vector near(points.rows());
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            for (Eigen::Index i = 0; i < points.rows(); ++i)
                near[i] = kernel->between(given.row(row).data(), points.row(i).data(), points.cols());
            for (Eigen::Index output = 0; output < coefs.cols(); ++output) {
                KernelSum whole;
                for (Eigen::Index i = 0; i < points.rows(); ++i) whole.add(near[i] * coefs(i, output));
                found(row, output) = deviation[output] * whole.known(static_cast<double>(points.cols()) + 16, 0) + mean[output];
            }
        }
        return array_of(found, flat);
    }

    std::unique_ptr<GaussianKernel> kernel;
    Matrix points;
    Matrix coefs;  ///< training row × output
    Vector mean;   ///< per output
    Vector deviation;
    bool flat = true;
};

/// Of two classes, by Laplace's approximation.
struct LaplaceModel {
    std::unique_ptr<GaussianKernel> kernel;
    Matrix points;
    Vector residuals;  ///< target less probability, per training row
    Vector roots;
    Matrix lower;  ///< a triangle

    /// Above zero for the second class.
    [[nodiscard]] double latent(const double* row, Vector& near) const {
        near.resize(points.rows());
        KernelSum whole;
        for (Eigen::Index i = 0; i < points.rows(); ++i) {
            near[i] = kernel->between(points.row(i).data(), row, points.cols());
            whole.add(near[i] * residuals[i]);
        }
        return whole.known(static_cast<double>(points.cols()) + 16, 0);
    }

    /// The probability of the second class: an integral, approximated by five error functions.
    [[nodiscard]] double probability(const double* row) const {
        static constexpr std::array<double, 5> lambdas = {0.41, 0.4, 0.37, 0.44, 0.39};
        static constexpr std::array<double, 5> coefs = {-1854.8214151, 3516.89893646, 221.29346712, 128.12323805, -2010.49422654};
        Vector near;
        const double at = latent(row, near);
        KernelSum explained;
        for (Eigen::Index i = 0; i < near.size(); ++i) {
            double sum = roots[i] * near[i];
            for (Eigen::Index k = 0; k < i; ++k) sum -= lower(i, k) * near[k];
            near[i] = sum / lower(i, i);
            explained.add(near[i] * near[i]);
        }
        const double variance = kernel->own(row, points.cols()) - explained.known(64, 0);
        const double alpha = 1 / (2 * variance);
        KernelSum whole;
        double half = 0;
        for (std::size_t k = 0; k < coefs.size(); ++k) {
            const double gamma = lambdas[k] * at;
            const double integral = std::sqrt(std::numbers::pi / alpha) *
                                    std::erf(gamma * std::sqrt(alpha / (alpha + lambdas[k] * lambdas[k]))) /
                                    (2 * std::sqrt(variance * 2 * std::numbers::pi));
            whole.add(coefs[k] * integral);
            half += coefs[k];
        }
        return whole.known(4, 0) + 0.5 * half;
    }
};

class GaussianProcessClassifier final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict || method == Method::predict_proba; }
    [[nodiscard]] std::size_t widest() const override { return std::max(input.width, count_of(classes)); }

    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        std::vector<std::size_t> places;
        Vector near;
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            const double* const at = given.row(row).data();
            std::size_t best = 0;
            if (models.size() == 1) {
                best = models.front().latent(at, near) > 0 ? 1 : 0;
            } else {
                double largest = -std::numeric_limits<double>::infinity();
                for (std::size_t k = 0; k < models.size(); ++k) {
                    const double found = models[k].probability(at);
                    if (!(found >= largest)) continue;
                    largest = found;
                    best = k;
                }
            }
            places.push_back(best);
        }
        return labels_at(classes, places);
    }

    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (method != Method::predict_proba) return no_method(method);
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix found(given.rows(), static_cast<Eigen::Index>(count_of(classes)));
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            const double* const at = given.row(row).data();
            if (models.size() == 1) {
                found(row, 1) = models.front().probability(at);
                found(row, 0) = 1 - found(row, 1);
                continue;
            }
            for (std::size_t k = 0; k < models.size(); ++k) found(row, static_cast<Eigen::Index>(k)) = models[k].probability(at);
            const double sum = numpy_sum(found.row(row).data(), models.size());
            if (sum != 0 || divides_by_zero) found.row(row) /= sum;
        }
        return Scores{std::move(found)};
    }

    SampleValues classes;
    std::vector<LaplaceModel> models;  ///< one, or one per class
    bool divides_by_zero = false;
};

std::unique_ptr<GaussianKernel> read_fitted_kernel(StateReader& state, std::size_t width) {
    const auto kernel = state.require("kernel_");
    return kernel ? read_gaussian_kernel(state, *kernel, width) : nullptr;
}

/// A number per output, which a release keeps as an array or by itself.
Vector read_per_output(StateReader& state, std::string_view key, Eigen::Index outputs) {
    const auto value = state.require(key);
    if (!value) return {};
    Vector found;
    if (const auto number = scalar_of(*value)) {
        found = Vector::Constant(1, *number);
    } else {
        found = state.vector_of(*value, "attribute " + std::string(key));
    }
    if (found.size() == 1) found = Vector::Constant(outputs, found[0]);
    if (found.size() != outputs) state.problem_of(key, fmt::format("has {} elements for {} outputs", found.size(), outputs));
    return found;
}

Result<std::unique_ptr<Step>> process_regressor(StateReader& state) {
    auto made = std::make_unique<GaussianProcessRegressor>();
    made->points = state.matrix("X_train_");
    const auto width = static_cast<std::size_t>(made->points.cols());
    state.fitted_with(width, "X_train_");
    state.require_that(made->points.rows() > 0, "attribute X_train_ is empty");
    const auto coefs = state.require("alpha_");
    if (coefs && coefs->is(FittedKind::array) && coefs->array().shape.size() == 1) {
        const Vector one = state.vector_of(*coefs, "attribute alpha_");
        made->coefs = Eigen::Map<const Matrix>(one.data(), one.size(), 1);
    } else if (coefs) {
        made->coefs = state.matrix_of(*coefs, "attribute alpha_");
        made->flat = made->coefs.cols() == 1 && !state.writer().before(1, 1);
    }
    if (!state.failed() && (made->coefs.rows() != made->points.rows() || made->coefs.cols() == 0))
        state.problem_of("alpha_", fmt::format("has {} rows for {} training rows", made->coefs.rows(), made->points.rows()));
    made->mean = read_per_output(state, "_y_train_mean", made->coefs.cols());
    made->deviation =
        state.has("_y_train_std") ? read_per_output(state, "_y_train_std", made->coefs.cols()) : Vector::Ones(made->coefs.cols());
    made->kernel = read_fitted_kernel(state, width);
    state.known(
        "L_ _K_inv _rng alpha copy_X_train kernel log_marginal_likelihood_value_ n_restarts_optimizer n_targets normalize_y optimizer "
        "random_state rng y_train_");
    return state.finish(std::move(made));
}

/// A binary model; `value` is a _BinaryGaussianProcessClassifierLaplace.
LaplaceModel read_laplace(StateReader& owner, const Fitted& value) {
    LaplaceModel made;
    if (!value.class_name().ends_with("._BinaryGaussianProcessClassifierLaplace"))
        return owner.problem("attribute base_estimator_ is " + value.describe() + ", which is not re-created here"), std::move(made);
    StateReader state(value, owner.place(), owner.budget());
    made.points = state.matrix("X_train_");
    const auto rows = static_cast<std::size_t>(made.points.rows());
    const Vector target = state.vector("y_train_", rows);
    const Vector probability = state.vector("pi_", rows);
    made.roots = state.vector("W_sr_", rows);
    made.lower = state.matrix("L_", rows, rows);
    state.require_that(rows > 0, "attribute X_train_ is empty");
    state.require_that(count_of(state.labels("classes_")) == 2, "attribute classes_ has not two classes");
    if (!state.failed()) made.residuals = target - probability;
    made.kernel = read_fitted_kernel(state, static_cast<std::size_t>(made.points.cols()));
    state.known(
        "copy_X_train f_cached kernel log_marginal_likelihood_value_ max_iter_predict n_restarts_optimizer optimizer random_state rng "
        "warm_start");
    if (const auto read = state.finish(); !read) owner.problem("its base_estimator_: " + read.error().because);
    return made;
}

Result<std::unique_ptr<Step>> process_classifier(StateReader& state) {
    auto made = std::make_unique<GaussianProcessClassifier>();
    made->classes = state.labels("classes_");
    const std::size_t count = count_of(made->classes);
    state.require_that(count >= 2, "attribute classes_ has one class");
    made->divides_by_zero = state.writer().before(1, 9);
    const auto base = state.require("base_estimator_");
    if (base && count == 2) {
        made->models.push_back(read_laplace(state, *base));
    } else if (base && base->class_name() == "sklearn.multiclass.OneVsRestClassifier") {
        StateReader rest(*base, state.place(), state.budget());
        const auto estimators = rest.require("estimators_");
        if (estimators) {
            for (const Fitted& each : rest.items_of(*estimators, "attribute estimators_")) {
                if (state.failed()) break;
                made->models.push_back(read_laplace(state, each));
            }
        }
        rest.known("classes_ estimator label_binarizer_ n_jobs verbose n_classes_");
        if (const auto read = rest.finish(); !read) state.problem("its base_estimator_: " + read.error().because);
        state.require_that(made->models.size() == count, "attribute base_estimator_ has not one model per class");
    } else {
        state.problem("its classes are held against each other one by one, which is not re-created here");
    }
    if (!state.failed()) {
        const Eigen::Index width = made->models.front().points.cols();
        state.fitted_with(static_cast<std::size_t>(width), "X_train_");
        const auto fits = [&](const LaplaceModel& model) { return model.points.cols() == width; };
        state.require_that(std::ranges::all_of(made->models, fits), "attribute X_train_ differs from class to class");
    }
    state.known(
        "copy_X_train kernel log_marginal_likelihood_value_ max_iter_predict multi_class n_classes_ n_jobs n_restarts_optimizer "
        "optimizer random_state warm_start");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> gaussian_process_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.gaussian_process._gpr.GaussianProcessRegressor", process_regressor, "",
         "sklearn.gaussian_process.gpr.GaussianProcessRegressor"},
        {"sklearn.gaussian_process._gpc.GaussianProcessClassifier", process_classifier, "",
         "sklearn.gaussian_process.gpc.GaussianProcessClassifier"},
    });
    return classes;
}

}  // namespace assay::pipeline
