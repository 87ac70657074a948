#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/interpolate.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

// sklearn.preprocessing.QuantileTransformer (sklearn/preprocessing/_data.py).

namespace assay::pipeline {

namespace {

constexpr double bounds_threshold = 1e-7;

/// Horner's scheme. `leading_one`: the first coefficient is 1 and not listed.
template <std::size_t Count>
double polynomial_at(double x, const std::array<double, Count>& coefficients, bool leading_one) {
    double sum = leading_one ? 1.0 : 0.0;
    for (const double coefficient : coefficients) sum = sum * x + coefficient;
    return sum;
}

/// The inverse of the normal distribution function: S. L. Moshier's Cephes, ndtri, which SciPy computes it by.
double inverse_normal(double probability) {
    constexpr std::array<double, 5> p0 = {-5.99633501014107895267E1, 9.80010754185999661536E1, -5.66762857469070293439E1,
                                          1.39312609387279679503E1, -1.23916583867381258016E0};
    constexpr std::array<double, 8> q0 = {1.95448858338141759834E0,  4.67627912898881538453E0, 8.63602421390890590575E1,
                                          -2.25462687854119370527E2, 2.00260212380060660359E2, -8.20372256168333339912E1,
                                          1.59056225126211695515E1,  -1.18331621121330003142E0};
    constexpr std::array<double, 9> p1 = {4.05544892305962419923E0,   3.15251094599893866154E1,   5.71628192246421288162E1,
                                          4.40805073893200834700E1,   1.46849561928858024014E1,   2.18663306850790267539E0,
                                          -1.40256079171354495875E-1, -3.50424626827848203418E-2, -8.57456785154685413611E-4};
    constexpr std::array<double, 8> q1 = {1.57799883256466749731E1,   4.53907635128879210584E1,  4.13172038254672030440E1,
                                          1.50425385692907503408E1,   2.50464946208309415979E0,  -1.42182922854787788574E-1,
                                          -3.80806407691578277194E-2, -9.33259480895457427372E-4};
    constexpr std::array<double, 9> p2 = {3.23774891776946035970E0,  6.91522889068984211695E0,  3.93881025292474443415E0,
                                          1.33303460815807542389E0,  2.01485389549179081538E-1, 1.23716634817820021358E-2,
                                          3.01581553508235416007E-4, 2.65806974686737550832E-6, 6.23974539184983293730E-9};
    constexpr std::array<double, 8> q2 = {6.02427039364742014255E0,  3.67983563856160859403E0,  1.37702099489081330271E0,
                                          2.16236993594496635890E-1, 1.34204006088543189037E-2, 3.28014464682127739104E-4,
                                          2.89247864745380683936E-6, 6.79019408009981274425E-9};
    constexpr double root_of_two_pi = 2.50662827463100050242;
    constexpr double tail = 0.13533528323661269189;  // exp(-2)
    if (probability == 0) return -std::numeric_limits<double>::infinity();
    if (probability == 1) return std::numeric_limits<double>::infinity();
    if (!(probability > 0 && probability < 1)) return std::numeric_limits<double>::quiet_NaN();
    const bool upper = probability > 1.0 - tail;
    double y = upper ? 1.0 - probability : probability;
    if (y > tail) {
        y -= 0.5;
        const double square = y * y;
        return (y + y * (square * polynomial_at(square, p0, false) / polynomial_at(square, q0, true))) * root_of_two_pi;
    }
    const double x = std::sqrt(-2.0 * std::log(y));
    const double first = x - std::log(x) / x;
    const double z = 1.0 / x;
    const double second = x < 8.0 ? z * polynomial_at(z, p1, false) / polynomial_at(z, q1, true)
                                  : z * polynomial_at(z, p2, false) / polynomial_at(z, q2, true);
    return upper ? first - second : second - first;
}

std::vector<double> negated_backwards(const std::vector<double>& values) {
    std::vector<double> found(values.rbegin(), values.rend());
    for (double& value : found) value = -value;
    return found;
}

class QuantileTransformer final : public Step {
public:
    /// The line through the quantiles of one column, and the same from the other end.
    struct Line {
        std::vector<double> up;
        std::vector<double> down;
    };

    [[nodiscard]] bool is_exact(Method /*method*/) const override { return !normal; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Data given, numbers(std::move(rows), Missing::allow));
        Matrix& matrix = std::get<Matrix>(given.values);
        if (given.sparse && !ignores_zeros && (matrix.array() < 0).any())
            return refuse_input("it does not take a sparse matrix with negative numbers");
        for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
            for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
                double& value = matrix(row, column);
                if (given.sparse && value == 0) continue;  // it is not there
                value = of_column(value, lines[static_cast<std::size_t>(column)], static_cast<std::size_t>(column));
            }
        }
        return given;
    }

    std::vector<Line> lines;
    std::vector<double> references_up;
    std::vector<double> references_down;
    bool normal = false;
    bool ignores_zeros = false;
    bool bounds_uniform = false;  ///< releases before 0.21 keep away from 0 and 1 whatever the distribution

private:
    [[nodiscard]] double of_column(double value, const Line& line, std::size_t turn) const {
        if (std::isnan(value)) return value;
        const bool keeps_away = normal || bounds_uniform;
        const bool lowest = keeps_away ? value - bounds_threshold < line.up.front() : value == line.up.front();
        const bool highest = keeps_away ? value + bounds_threshold > line.up.back() : value == line.up.back();
        double place = 0.5 * (interpolate(value, line.up, references_up) - interpolate(-value, line.down, references_down));
        if (highest) place = 1;
        if (lowest) place = 0;
        if (!keeps_away) return place;
        const double nearest = bounds_threshold - std::numeric_limits<double>::epsilon();
        if (!normal) return std::clamp(place, nearest, 1 - nearest);
        const double found = inverse_normal(place);
        return rounded_worst(std::clamp(found, inverse_normal(nearest), inverse_normal(1 - nearest)), 1 + std::abs(found), 8, turn);
    }
};

Result<std::unique_ptr<Step>> quantile(StateReader& state) {
    auto made = std::make_unique<QuantileTransformer>();
    const Vector references = state.vector("references_");
    const Matrix quantiles = state.matrix("quantiles_", static_cast<std::size_t>(references.size()));
    const auto sorted = [](const auto& values) {
        return std::ranges::none_of(values, [](double value) { return std::isnan(value); }) && std::is_sorted(values.begin(), values.end());
    };
    state.require_that(references.size() != 0 && references.allFinite() && sorted(references), "attribute references_ is not sorted");
    if (!state.failed()) {
        made->references_up.assign(references.begin(), references.end());
        made->references_down = negated_backwards(made->references_up);
    }
    for (Eigen::Index column = 0; column < quantiles.cols() && !state.failed(); ++column) {
        QuantileTransformer::Line line;
        line.up.assign(quantiles.col(column).begin(), quantiles.col(column).end());
        state.require_that(sorted(line.up), "attribute quantiles_ is not sorted");
        line.down = negated_backwards(line.up);
        made->lines.push_back(std::move(line));
    }
    state.fitted_with(static_cast<std::size_t>(quantiles.cols()), "quantiles_");
    const std::string distribution = state.text("output_distribution");
    made->normal = distribution == "normal";
    state.require_that(made->normal || distribution == "uniform", "attribute output_distribution is " + distribution);
    made->ignores_zeros = state.flag("ignore_implicit_zeros");
    made->bounds_uniform = state.writer().before(0, 21);
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> quantile_transformer_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.preprocessing._data.QuantileTransformer", quantile, "copy n_quantiles n_quantiles_ random_state subsample",
         "sklearn.preprocessing.data.QuantileTransformer"},
    });
    return classes;
}

}  // namespace assay::pipeline
