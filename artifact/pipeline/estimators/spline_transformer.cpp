#include "artifact/pipeline/estimators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.preprocessing.SplineTransformer (sklearn/preprocessing/_polynomial.py): the values of B-splines over the knots of each feature,
// which de Boor's recursion computes (scipy/interpolate/src/__fitpack.h, _deBoor_D).

namespace assay::pipeline {

namespace {

constexpr std::int64_t most_spline_degrees = 64;

/// The splines of one feature. REQUIRES sorted knots, at least 2 · degree + 2.
class Splines {
public:
    Splines() = default;
    Splines(std::vector<double> knots, std::size_t degree, std::size_t columns)
        : knots_(std::move(knots)), degree_(degree), columns_(columns) {}

    [[nodiscard]] double knot(std::size_t place) const { return knots_[place]; }
    [[nodiscard]] double knot_from_end(std::size_t place) const { return knots_[knots_.size() - place]; }
    [[nodiscard]] double first() const { return knots_[degree_]; }
    [[nodiscard]] double last() const { return knots_[knots_.size() - degree_ - 1]; }
    [[nodiscard]] std::size_t columns() const { return columns_; }

    /// Adds the values at x, or the first derivatives there, to `to`: one of each column, of which those behind the last are the first
    /// again.
    void add(double x, bool derivative, double* to, std::vector<double>& work) const {
        const std::size_t interval = interval_of(x);
        const std::size_t k = degree_;
        work.assign(2 * k + 2, 0.0);
        double* const h = work.data();
        double* const before = work.data() + k + 1;
        h[0] = 1.0;
        for (std::size_t j = 1; j <= k; ++j) {
            const bool derives = derivative && j == k;
            std::copy_n(h, j, before);
            h[0] = 0.0;
            for (std::size_t n = 1; n <= j; ++n) {
                const double above = knots_[interval + n];
                const double below = knots_[interval + n - j];
                if (above == below) {
                    h[derives ? 1 : n] = 0.0;
                } else if (derives) {
                    const double w = static_cast<double>(j) * before[n - 1] / (above - below);
                    h[n - 1] -= w;
                    h[n] = w;
                } else {
                    const double w = before[n - 1] / (above - below);
                    h[n - 1] += w * (above - x);
                    h[n] = w * (x - below);
                }
            }
        }
        if (derivative && k == 0) h[0] = 0.0;
        for (std::size_t a = 0; a <= k; ++a) to[(interval + a - k) % columns_] += h[a];
    }

private:
    /// The last interval that begins at or before x, among those that all splines of the degree reach.
    [[nodiscard]] std::size_t interval_of(double x) const {
        const std::size_t last_interval = knots_.size() - degree_ - 2;
        const auto above = static_cast<std::size_t>(std::ranges::upper_bound(knots_, x) - knots_.begin());
        return std::clamp(above == 0 ? 0 : above - 1, degree_, last_interval);
    }

    std::vector<double> knots_;
    std::size_t degree_ = 0;
    std::size_t columns_ = 0;
};

/// One feature: its splines, and what they are beyond its knots.
struct SplineFeature {
    Splines splines;
    double lowest = 0;       ///< where the splines end
    double highest = 0;
    std::size_t edge = 0;    ///< how many splines go on beyond the knots
    std::vector<double> at_lowest, at_highest, slope_at_lowest, slope_at_highest;
};

class SplineTransformer final : public Step {
public:
    enum class Beyond : std::uint8_t { constant, linear, on, periodic, error };

    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return features.size() * (columns + 1); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (rows.sparse) return refuse_input("it takes no sparse matrix");
        TRY_ASSIGN(const Data given, numbers(std::move(rows), missing_is_zero ? Missing::allow : Missing::refuse));
        const Matrix& before = std::get<Matrix>(given.values);
        const std::size_t shown = columns - (last_column ? 0 : 1);
        Matrix after(before.rows(), static_cast<Eigen::Index>(features.size() * shown));
        std::vector<double> values(columns);
        std::vector<double> work;
        for (Eigen::Index row = 0; row < before.rows(); ++row) {
            for (std::size_t i = 0; i < features.size(); ++i) {
                std::ranges::fill(values, 0.0);
                const double x = before(row, static_cast<Eigen::Index>(i));
                // scikit-learn takes the smallest number of all rows for it then, but in the first column.
                if (std::isnan(x) && sparse && i > 0 && beyond != Beyond::constant && beyond != Beyond::linear)
                    return not_replayable("a missing value becomes what other rows hold: give a transformer that is not sparse");
                if (!std::isnan(x) && !put(features[i], x, values, work))
                    return refuse_input(fmt::format("row {}, column {}: {} lies beyond the knots", row, i, x));
                std::copy_n(values.begin(), shown, after.row(row).data() + i * shown);
            }
        }
        Data made = data_of(std::move(after));
        made.sparse = sparse;
        return made;
    }

    std::vector<SplineFeature> features;
    std::size_t columns = 0;  ///< of a feature
    std::size_t degree = 0;
    Beyond beyond = Beyond::constant;
    bool last_column = true;
    bool missing_is_zero = false;
    bool sparse = false;

private:
    /// False when it lies where it may not.
    [[nodiscard]] bool put(const SplineFeature& feature, double x, std::vector<double>& to, std::vector<double>& work) const {
        const Splines& splines = feature.splines;
        if (beyond == Beyond::periodic) {
            const double period = splines.last() - splines.first();
            splines.add(splines.first() + modulo(x - splines.first(), period), false, to.data(), work);
            return true;
        }
        if (beyond == Beyond::error && (x < splines.first() || x > splines.last())) return false;
        if (beyond == Beyond::on || beyond == Beyond::error || (x >= feature.lowest && x <= feature.highest)) {
            splines.add(x, false, to.data(), work);
            return true;
        }
        const bool below = x < feature.lowest;
        if (beyond == Beyond::constant) {
            if (degree == 0 && !below) return false;  // scikit-learn fails then
            const std::vector<double>& values = below ? feature.at_lowest : feature.at_highest;
            for (std::size_t j = 0; j < degree; ++j) {
                const std::size_t column = below ? j : columns - degree + j;
                to[column] = values[column];
            }
            return true;
        }
        for (std::size_t j = 0; j < feature.edge; ++j) {
            const std::size_t column = below ? j : columns - 1 - j;
            to[column] = below ? feature.at_lowest[column] + (x - feature.lowest) * feature.slope_at_lowest[column]
                               : feature.at_highest[column] + (x - feature.highest) * feature.slope_at_highest[column];
        }
        return true;
    }

    /// As Python's % does.
    static double modulo(double value, double period) {
        const double rest = std::fmod(value, period);
        return rest < 0 ? rest + period : rest == 0 ? 0.0 : rest;
    }
};

/// The knots of one feature, out of a scipy.interpolate.BSpline. Its coefficients must be those of the splines themselves.
std::optional<Splines> read_splines(StateReader& state, const Fitted& value, std::size_t degree, bool periodic) {
    if (value.class_name() != "scipy.interpolate._bsplines.BSpline") {
        state.problem("attribute bsplines_ holds what is no BSpline");
        return std::nullopt;
    }
    StateReader spline(value, state.place(), state.budget());
    // Since SciPy 1.15 with an underscore.
    const Vector knots = spline.vector(spline.has("_t") ? "_t" : "t");
    const Matrix coefficients = spline.matrix(spline.has("_c") ? "_c" : "c");
    const std::int64_t order = spline.integer("k");
    spline.known("extrapolate axis _asarray");
    if (const auto read = spline.finish(); !read) {
        state.problem("attribute bsplines_: " + read.error().because);
        return std::nullopt;
    }
    const auto columns = static_cast<std::size_t>(coefficients.cols());
    const auto rows = static_cast<std::size_t>(coefficients.rows());
    bool sound = order == static_cast<std::int64_t>(degree) && knots.allFinite() && std::is_sorted(knots.begin(), knots.end()) &&
                 columns != 0 && rows >= degree + 1 && static_cast<std::size_t>(knots.size()) == rows + degree + 1 &&
                 rows == columns + (periodic ? degree : 0);
    for (Eigen::Index row = 0; sound && row < coefficients.rows(); ++row) {
        for (Eigen::Index column = 0; column < coefficients.cols(); ++column)
            sound = sound && coefficients(row, column) == (row % coefficients.cols() == column ? 1.0 : 0.0);
    }
    if (!sound) {
        state.problem("attribute bsplines_ holds knots that do not fit the degree, or other coefficients than those of its splines");
        return std::nullopt;
    }
    return Splines(std::vector<double>(knots.begin(), knots.end()), degree, columns);
}

/// What the splines are at the ends. `edge` is counted up while features are looked at, as scikit-learn's loop does.
SplineFeature feature_of(Splines splines, bool linear, std::size_t& edge) {
    SplineFeature made;
    made.splines = std::move(splines);
    const Splines& used = made.splines;
    std::vector<double> work;
    made.lowest = used.knot(edge);
    made.highest = used.knot_from_end(edge + 1);
    const auto at = [&](double x, bool derivative) {
        std::vector<double> values(used.columns(), 0.0);
        used.add(x, derivative, values.data(), work);
        return values;
    };
    made.at_lowest = at(made.lowest, false);
    made.at_highest = at(made.highest, false);
    if (linear) {
        made.slope_at_lowest = at(made.lowest, true);
        made.slope_at_highest = at(made.highest, true);
        if (edge <= 1) ++edge;
    }
    made.edge = edge;
    return made;
}

SplineTransformer::Beyond read_beyond(StateReader& state) {
    const std::string text = state.text("extrapolation");
    using Beyond = SplineTransformer::Beyond;
    if (text == "constant") return Beyond::constant;
    if (text == "linear") return Beyond::linear;
    if (text == "continue") return Beyond::on;
    if (text == "periodic") return Beyond::periodic;
    state.require_that(text == "error", "attribute extrapolation is " + text);
    return Beyond::error;
}

Result<std::unique_ptr<Step>> spline(StateReader& state) {
    auto made = std::make_unique<SplineTransformer>();
    const std::int64_t degree = state.integer("degree");
    state.require_that(degree >= 0 && degree <= most_spline_degrees, "attribute degree is no degree that is computed with");
    made->degree = static_cast<std::size_t>(std::clamp<std::int64_t>(degree, 0, most_spline_degrees));
    made->beyond = read_beyond(state);
    made->last_column = state.flag("include_bias");
    made->sparse = state.flag_or("sparse_output", false);
    state.require_that(!made->sparse || degree > 0, "a sparse matrix of splines of degree 0 is not re-created here");
    const std::string missing = state.has("handle_missing") ? state.text("handle_missing") : "error";
    made->missing_is_zero = missing == "zeros";
    state.require_that(made->missing_is_zero || missing == "error", "attribute handle_missing is " + missing);
    const auto list = state.require("bsplines_");
    std::size_t edge = made->degree;
    for (const Fitted& each : list && !state.failed() ? state.items_of(*list, "attribute bsplines_") : std::vector<Fitted>()) {
        auto splines = read_splines(state, each, made->degree, made->beyond == SplineTransformer::Beyond::periodic);
        if (!splines) break;
        if (made->features.empty()) made->columns = splines->columns();
        const bool linear = made->beyond == SplineTransformer::Beyond::linear;
        const bool fits = splines->columns() == made->columns && (!linear || made->columns >= std::max<std::size_t>(made->degree, 2));
        state.require_that(fits, "attribute bsplines_ holds too few splines, or not the same number of each feature");
        if (state.failed()) break;
        made->features.push_back(feature_of(*std::move(splines), linear, edge));
        const SplineFeature& feature = made->features.back();
        const bool periodic = made->beyond == SplineTransformer::Beyond::periodic;
        state.require_that(periodic ? feature.splines.last() > feature.splines.first() : feature.lowest <= feature.highest,
                           "attribute bsplines_ holds splines over no range");
    }
    state.fitted_with(made->features.size(), "bsplines_");
    const std::size_t shown = made->features.size() * (made->columns - (made->last_column || made->columns == 0 ? 0 : 1));
    state.require_that(state.integer("n_features_out_") == static_cast<std::int64_t>(shown),
                       "attribute n_features_out_ contradicts the splines");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> spline_transformer_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.preprocessing._polynomial.SplineTransformer", spline, "knots n_knots order"},
    });
    return classes;
}

}  // namespace assay::pipeline
