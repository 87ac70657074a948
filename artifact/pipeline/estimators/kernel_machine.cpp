#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/neighbors.hpp"
#include "artifact/pipeline/estimators/pairwise_kernel.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// What multiplies the kernels of a row against training rows by a matrix: sklearn.kernel_ridge.KernelRidge (sklearn/kernel_ridge.py),
// sklearn.decomposition.KernelPCA (sklearn/decomposition/_kernel_pca.py), sklearn.kernel_approximation.Nystroem
// (sklearn/kernel_approximation.py); and sklearn.preprocessing.KernelCenterer (sklearn/preprocessing/_data.py).

namespace assay::pipeline {

namespace {

/// Takes the means of a kernel off it.
struct KernelCentering {
    Vector columns;
    double all = 0;
    void operator()(double* kernel) const {
        const auto width = static_cast<std::size_t>(columns.size());
        const double own = numpy_sum(kernel, width) / static_cast<double>(columns.size());
        for (Eigen::Index i = 0; i < columns.size(); ++i) kernel[i] = kernel[i] - columns[i] - own + all;
    }
};

class KernelMachine final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == (predicts ? Method::predict : Method::transform); }
    [[nodiscard]] std::size_t widest() const override { return std::max(input.width, static_cast<std::size_t>(factors.cols())); }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        if (!predicts) return no_method(Method::predict);
        TRY_ASSIGN(const Matrix found, products(std::move(rows)));
        return array_of(found, flat);
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (predicts) return no_method(Method::transform);
        TRY_ASSIGN(Matrix found, products(std::move(rows)));
        return data_of(std::move(found));
    }

    PairwiseKernel kernel;
    Matrix points;
    Matrix factors;  ///< training row × output
    std::optional<KernelCentering> centering;
    bool predicts = false;
    bool flat = false;  ///< one output, of one dimension

private:
    [[nodiscard]] Result<Matrix> products(Data rows) const {
        if (rows.sparse && kernel.wants_positive()) return refuse_input("sparse rows, which its kernel does not take");
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        if (kernel.wants_positive() && given.size() != 0 && given.minCoeff() < 0) return refuse_input("a negative number");
        Matrix found(given.rows(), factors.cols());
        Vector values;
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            kernel.against(given.row(row).data(), points, values);
            if (centering) (*centering)(values.data());
            for (Eigen::Index output = 0; output < factors.cols(); ++output) {
                double sum = 0;
                for (Eigen::Index i = 0; i < values.size(); ++i) sum += values[i] * factors(i, output);
                if (WorstRounding::is_on()) {
                    const double magnitude = values.cwiseAbs().dot(factors.col(output).cwiseAbs());
                    sum = rounded_worst(sum, magnitude, static_cast<double>(points.cols()) + 8, static_cast<std::size_t>(output));
                }
                found(row, output) = sum;
            }
        }
        return found;
    }
};

/// The training rows of a kernel, and the kernel itself.
void read_kernel_points(StateReader& state, KernelMachine& made, std::string_view key, std::string_view gamma_key) {
    bool single = false;
    if (const auto points = state.require(key)) made.points = read_rows(state, *points, "attribute " + std::string(key), &single);
    state.require_that(!single, "it was fitted in float32, and scikit-learn computes in float32 then");
    const auto width = static_cast<std::size_t>(made.points.cols());
    if (!state.failed()) state.fitted_with(width, key);
    made.kernel = read_pairwise_kernel(state, gamma_key, width);
    const bool negative = made.kernel.wants_positive() && made.points.size() != 0 && !state.failed() && made.points.minCoeff() < 0;
    state.require_that(!negative, "its training rows have negative numbers, which its kernel does not take");
}

Result<std::unique_ptr<Step>> kernel_ridge(StateReader& state) {
    auto made = std::make_unique<KernelMachine>();
    made->predicts = true;
    read_kernel_points(state, *made, "X_fit_", "gamma");
    const auto coefs = state.require("dual_coef_");
    if (coefs && coefs->is(FittedKind::array) && coefs->array().shape.size() == 1) {
        made->flat = true;
        const Vector one = state.vector_of(*coefs, "attribute dual_coef_");
        made->factors = Eigen::Map<const Matrix>(one.data(), one.size(), 1);
    } else if (coefs) {
        made->factors = state.matrix_of(*coefs, "attribute dual_coef_");
    }
    if (!state.failed() && (made->factors.rows() != made->points.rows() || made->factors.cols() == 0))
        state.problem_of("dual_coef_", fmt::format("has {} rows for {} training rows", made->factors.rows(), made->points.rows()));
    state.known("alpha kernel_params");
    return state.finish(std::move(made));
}

KernelCentering read_kernel_centering(StateReader& state, std::optional<std::size_t> size) {
    KernelCentering made;
    made.columns = state.vector("K_fit_rows_", size);
    made.all = state.number("K_fit_all_");
    state.require_that(made.columns.allFinite() && std::isfinite(made.all), "attribute K_fit_rows_ holds what is no number");
    return made;
}

/// Whether components whose eigenvalue is zero are zero; before, they are divided by it.
bool spares_zero(const Writer& writer) { return !writer.before(0, 21); }

Result<std::unique_ptr<Step>> kernel_pca(StateReader& state) {
    auto made = std::make_unique<KernelMachine>();
    read_kernel_points(state, *made, "X_fit_", state.has("gamma_") ? "gamma_" : "gamma");
    const auto rows = static_cast<std::size_t>(made->points.rows());
    const bool renamed = state.has("eigenvectors_");
    made->factors = state.matrix(renamed ? "eigenvectors_" : "alphas_", rows);
    const Vector values = state.vector(renamed ? "eigenvalues_" : "lambdas_", static_cast<std::size_t>(made->factors.cols()));
    if (!state.failed()) {
        for (Eigen::Index k = 0; k < values.size(); ++k) {
            if (values[k] != 0 || !spares_zero(state.writer())) {
                made->factors.col(k) /= std::sqrt(values[k]);
            } else {
                made->factors.col(k).setZero();
            }
        }
    }
    const auto centerer = state.require("_centerer");
    const std::string cls = centerer ? centerer->class_name() : "";
    if (cls == "sklearn.preprocessing._data.KernelCenterer" || cls == "sklearn.preprocessing.data.KernelCenterer") {
        StateReader inner(*centerer, state.place(), state.budget());
        made->centering = read_kernel_centering(inner, rows);
        if (const auto read = inner.finish(); !read) state.problem("its _centerer: " + read.error().because);
    } else {
        state.problem("attribute _centerer is no KernelCenterer");
    }
    state.known(
        "alpha copy_X dual_coef_ X_transformed_fit_ eigen_solver fit_inverse_transform gamma iterated_power kernel_params max_iter "
        "n_components n_jobs random_state remove_zero_eig tol lambdas_ alphas_");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> nystroem(StateReader& state) {
    auto made = std::make_unique<KernelMachine>();
    read_kernel_points(state, *made, "components_", "gamma");
    const auto rows = static_cast<std::size_t>(made->points.rows());
    // The normalization is symmetric but for its last bits.
    made->factors = state.matrix("normalization_", rows, rows).transpose().eval();
    if (const auto parameters = state.find("kernel_params"); parameters && !parameters->is_none())
        state.require_that(parameters->is(FittedKind::dict) && parameters->entries().empty(), "attribute kernel_params is not empty");
    state.known("component_indices_ n_components n_jobs random_state _n_features_out");
    return state.finish(std::move(made));
}

class KernelCenterer final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Matrix given, matrix(std::move(rows), Missing::refuse));
        for (Eigen::Index row = 0; row < given.rows(); ++row) centering(given.row(row).data());
        return data_of(std::move(given));
    }
    KernelCentering centering;
};

Result<std::unique_ptr<Step>> kernel_centerer(StateReader& state) {
    auto made = std::make_unique<KernelCenterer>();
    made->centering = read_kernel_centering(state, std::nullopt);
    state.fitted_with(static_cast<std::size_t>(made->centering.columns.size()), "K_fit_rows_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> kernel_machine_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.kernel_ridge.KernelRidge", kernel_ridge},
        {"sklearn.decomposition._kernel_pca.KernelPCA", kernel_pca, "", "sklearn.decomposition.kernel_pca.KernelPCA"},
        {"sklearn.kernel_approximation.Nystroem", nystroem},
        {"sklearn.preprocessing._data.KernelCenterer", kernel_centerer, "", "sklearn.preprocessing.data.KernelCenterer"},
    });
    return classes;
}

}  // namespace assay::pipeline
