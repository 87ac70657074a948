#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/neighbor_tree.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

// sklearn.neighbors.KernelDensity (sklearn/neighbors/_kde.py, _binary_tree.pxi.tp), without the tolerances with which a tree may stop
// early.

namespace assay::pipeline {

namespace {

enum class DensityKernel : std::uint8_t { gaussian, tophat, epanechnikov, exponential, linear, cosine };

constexpr double no_density = -std::numeric_limits<double>::infinity();

double log_kernel_density(DensityKernel kernel, double far, double width) {
    switch (kernel) {
        case DensityKernel::gaussian: return -0.5 * (far * far) / (width * width);
        case DensityKernel::tophat: return far < width ? 0.0 : no_density;
        case DensityKernel::epanechnikov: return far < width ? std::log(1.0 - (far * far) / (width * width)) : no_density;
        case DensityKernel::exponential: return -far / width;
        case DensityKernel::linear: return far < width ? std::log(1 - far / width) : no_density;
        case DensityKernel::cosine: return far < width ? std::log(std::cos(0.5 * std::numbers::pi * far / width)) : no_density;
    }
    return no_density;
}

/// The logarithm of the volume of a ball of `n` dimensions, and of the surface of one of n + 1.
double log_ball(double n) { return 0.5 * n * std::log(std::numbers::pi) - std::lgamma(0.5 * n + 1); }
double log_sphere(double n) { return std::log(2 * std::numbers::pi) + log_ball(n - 1); }

double log_kernel_norm(DensityKernel kernel, double width, double dimensions) {
    const double d = dimensions;
    double factor = 0;
    switch (kernel) {
        case DensityKernel::gaussian: factor = 0.5 * d * std::log(2 * std::numbers::pi); break;
        case DensityKernel::tophat: factor = log_ball(d); break;
        case DensityKernel::epanechnikov: factor = log_ball(d) + std::log(2. / (d + 2.)); break;
        case DensityKernel::exponential: factor = log_sphere(d - 1) + std::lgamma(d); break;
        case DensityKernel::linear: factor = log_ball(d) - std::log(d + 1.); break;
        case DensityKernel::cosine: {
            const double part = 2. / std::numbers::pi;
            double term = part;
            for (double k = 1; k < d + 1; k += 2) {
                factor += term;
                term *= -(d - k) * (d - k - 1) * (part * part);
            }
            factor = std::log(factor) + log_sphere(d - 1);
            break;
        }
    }
    return -factor - d * std::log(width);
}

class KernelDensity final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::score_samples; }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (method != Method::score_samples) return no_method(method);
        if (rows.sparse) return refuse_input("sparse rows");
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse, Single::allow));
        Matrix found(given.rows(), 1);
        std::vector<double> terms(static_cast<std::size_t>(points.rows()));
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            for (std::size_t i = 0; i < terms.size(); ++i) {
                const auto at = static_cast<Eigen::Index>(i);
                const double far = distance.full(distance.reduced(given.row(row).data(), points.row(at).data(), points.cols()));
                terms[i] = log_kernel_density(kernel, far, width) + (weights.size() == 0 ? 0.0 : std::log(weights[at]));
            }
            const double largest = *std::ranges::max_element(terms);
            double sum = 0;
            for (const double term : terms) sum += largest == no_density ? 0.0 : std::exp(term - largest);
            const double whole = std::log(sum) + largest + norm;
            // A tree takes the bounds of its nodes off what it has, and puts what is below them in: what rounding leaves of the bound that
            // it begins with, all rows at the kernel's peak, is the larger the less likely the row is.
            const double peak = std::log(static_cast<double>(points.rows())) + log_kernel_density(kernel, 0, width);
            const double begun = std::exp(std::min(peak - largest - std::log(std::max(sum, 1.0)), 34.0));
            const double steps = static_cast<double>(points.rows()) * (1 + std::abs(whole));
            found(row, 0) = !std::isfinite(whole) ? whole : rounded_worst(whole, steps + begun, 8, 0);
        }
        return Scores{std::move(found), true};
    }

    DensityKernel kernel = DensityKernel::gaussian;
    double width = 1;
    double norm = 0;  ///< of the kernel and of all weights
    Matrix points;
    Vector weights;
    Distance distance;
};

Result<std::unique_ptr<Step>> kernel_density(StateReader& state) {
    static constexpr std::array<std::string_view, 6> names = {"gaussian", "tophat", "epanechnikov", "exponential", "linear", "cosine"};
    auto made = std::make_unique<KernelDensity>();
    const std::string name = state.text("kernel");
    const auto* const kernel = std::ranges::find(names, name);
    if (kernel == names.end()) return state.problem("attribute kernel is " + name), state.finish(std::move(made));
    made->kernel = static_cast<DensityKernel>(kernel - names.begin());
    made->width = state.number(state.has("bandwidth_") ? "bandwidth_" : "bandwidth");
    state.require_that(made->width > 0 && std::isfinite(made->width), "attribute bandwidth is no width");
    state.require_that(state.number("atol") == 0 && state.number("rtol") == 0,
                       "atol or rtol is set, and what it gives depends on its tree then");
    const auto tree = state.require("tree_");
    if (!tree || state.failed()) return state.finish(std::move(made));
    NeighborTree::Rows rows = NeighborTree::read_rows_of(state, *tree);
    using Kind = Distance::Kind;
    if (rows.metric.starts_with("EuclideanDistance")) {
        made->distance.kind = Kind::euclidean;
    } else if (rows.metric.starts_with("ManhattanDistance")) {
        made->distance.kind = Kind::manhattan;
    } else if (rows.metric.starts_with("ChebyshevDistance")) {
        made->distance.kind = Kind::chebyshev;
    } else {
        state.problem("its metric is " + rows.metric + ", which is not re-created here");
    }
    if (state.failed()) return state.finish(std::move(made));
    made->points = std::move(rows.points);
    made->weights = std::move(rows.weights);
    state.fitted_with(static_cast<std::size_t>(made->points.cols()), "tree_");
    double all = static_cast<double>(made->points.rows());
    if (made->weights.size() != 0) {
        all = made->weights.sum();
        state.require_that(made->weights.minCoeff() >= 0 && all > 0 && std::isfinite(all), "its tree's weights are none");
    }
    made->norm = log_kernel_norm(made->kernel, made->width, static_cast<double>(made->points.cols())) - std::log(all);
    state.known("algorithm bandwidth breadth_first leaf_size metric metric_params");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> kernel_density_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.neighbors._kde.KernelDensity", kernel_density, "", "sklearn.neighbors.kde.KernelDensity"},
    });
    return classes;
}

}  // namespace assay::pipeline
