#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <array>
#include <cmath>
#include <limits>

// sklearn.preprocessing.PowerTransformer (sklearn/preprocessing/_data.py; since 1.9 scipy/stats/_morestats.py; scipy.special.boxcox).

namespace assay::pipeline {

namespace {

constexpr double spacing_of_one = std::numeric_limits<double>::epsilon();

double yeo_johnson(double x, double lambda) {
    if (x >= 0) return std::abs(lambda) < spacing_of_one ? std::log1p(x) : (std::pow(x + 1, lambda) - 1) / lambda;
    return std::abs(lambda - 2) > spacing_of_one ? -(std::pow(-x + 1, 2 - lambda) - 1) / (2 - lambda) : -std::log1p(-x);
}

/// The same, without taking 1 from what is close to it.
double yeo_johnson_of_scipy(double x, double lambda) {
    if (x >= 0) return std::abs(lambda) < spacing_of_one ? std::log1p(x) : std::expm1(lambda * std::log1p(x)) / lambda;
    return std::abs(lambda - 2) > spacing_of_one ? -std::expm1((2 - lambda) * std::log1p(-x)) / (2 - lambda) : -std::log1p(-x);
}

double box_cox(double x, double lambda) {
    if (std::abs(lambda) < 1e-19) return std::log(x);
    const double power = lambda * std::log(x);
    if (power < 709.78) return std::expm1(power) / lambda;
    return std::copysign(1.0, lambda) * std::exp(power - std::log(std::abs(lambda))) - 1 / lambda;
}

class PowerTransformer final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Data given, numbers(std::move(rows), Missing::allow));
        Matrix& matrix = std::get<Matrix>(given.values);
        if (formula == box_cox && (matrix.array() <= 0).any())
            return refuse_input("a number that is not positive, of which there is no Box-Cox transformation");
        for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
            for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
                double& value = matrix(row, column);
                if (std::isnan(value)) continue;
                const double exponent = formula != box_cox && value < 0 ? 2 - lambdas[column] : lambdas[column];
                value = formula(value, lambdas[column]);
                // What is taken from 1 is rounded before the division makes it larger.
                const double magnitude = std::abs(value) + (exponent == 0 ? 0 : std::min(1 / std::abs(exponent), 1e8));
                value = rounded_worst(value, magnitude, 8, static_cast<std::size_t>(column));
            }
        }
        if (scaler) return scaler->transform(std::move(given));
        return given;
    }

    Vector lambdas;
    double (*formula)(double, double) = yeo_johnson;
    std::unique_ptr<Step> scaler;  ///< null: it does not standardize
};

Result<std::unique_ptr<Step>> power(StateReader& state) {
    auto made = std::make_unique<PowerTransformer>();
    made->lambdas = state.vector("lambdas_");
    state.require_that(made->lambdas.allFinite(), "attribute lambdas_ holds NaN or infinite numbers");
    state.fitted_with(static_cast<std::size_t>(made->lambdas.size()), "lambdas_");
    const std::string method = state.text("method");
    state.require_that(method == "yeo-johnson" || method == "box-cox", "attribute method is " + method);
    if (method == "box-cox") {
        made->formula = box_cox;
    } else if (!state.writer().before(1, 9)) {
        made->formula = yeo_johnson_of_scipy;
    }
    if (!state.flag("standardize")) {
        state.known("_scaler");
    } else if (const auto scaler = state.require("_scaler")) {
        made->scaler = state.estimator(*scaler, "_scaler");
        const bool fits = made->scaler && made->scaler->has(Method::transform) &&
                          made->scaler->input.width == static_cast<std::size_t>(made->lambdas.size());
        state.require_that(fits, "attribute _scaler does not fit lambdas_");
    }
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> power_transformer_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.preprocessing._data.PowerTransformer", power, "copy", "sklearn.preprocessing.data.PowerTransformer"},
    });
    return classes;
}

}  // namespace assay::pipeline
