#include "artifact/pipeline/estimators.hpp"

#include <algorithm>
#include <array>

// (x - mean) / scale and its relatives, element by element, in the order of operations of scikit-learn, so that the bits are the same.
// Sparse rows are multiplied by the inverse instead (sklearn/utils/sparsefuncs.py, inplace_column_scale).

namespace assay::pipeline {

namespace {

/// Of float32, each operation in place is computed in float64 and rounded to float32.
double rounded(double value, bool single) { return single ? static_cast<double>(static_cast<float>(value)) : value; }

class Scaler : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Data scaled, numbers(std::move(rows), Missing::allow, Single::allow));
        const bool single = scaled.type == NumberType::float32;
        Matrix& matrix = std::get<Matrix>(scaled.values);
        for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
            for (Eigen::Index column = 0; column < matrix.cols(); ++column)
                matrix(row, column) = scale_one(matrix(row, column), column, scaled.sparse, single);
        }
        return scaled;
    }

    [[nodiscard]] bool inverts() const override { return true; }
    [[nodiscard]] Result<Data> inverse_transform(Data rows) const override {
        TRY_ASSIGN(Data scaled, numbers(std::move(rows), Missing::allow));
        Matrix& matrix = std::get<Matrix>(scaled.values);
        for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
            for (Eigen::Index column = 0; column < matrix.cols(); ++column) matrix(row, column) = unscale_one(matrix(row, column), column);
        }
        return scaled;
    }

protected:
    [[nodiscard]] virtual double unscale_one(double value, Eigen::Index column) const = 0;
    [[nodiscard]] virtual double scale_one(double value, Eigen::Index column, bool sparse, bool single) const = 0;
};

/// Of StandardScaler and RobustScaler, and MaxAbsScaler without a center.
class CenterScaler final : public Scaler {
public:
    std::optional<Vector> center;
    std::optional<Vector> scale;
    bool clip = false;  ///< to [-1, 1]
    bool all_single = false;  ///< of float32, center and scale are rounded to float32 first (StandardScaler since 1.8)

private:
    [[nodiscard]] double unscale_one(double value, Eigen::Index column) const override {
        if (scale) value *= (*scale)[column];
        return center ? value + (*center)[column] : value;
    }
    [[nodiscard]] double scale_one(double value, Eigen::Index column, bool sparse, bool single) const override {
        const auto number = [&](double each) { return rounded(each, single && all_single); };
        if (center) value = rounded(value - number((*center)[column]), single);
        if (scale) value = rounded(sparse ? value * (1.0 / (*scale)[column]) : value / number((*scale)[column]), single);
        return clip && value < -1.0 ? -1.0 : clip && value > 1.0 ? 1.0 : value;
    }
};

class RangeScaler final : public Scaler {
public:
    Vector scale;
    Vector shift;
    bool clip = false;
    double lowest = 0;
    double highest = 1;

private:
    [[nodiscard]] double unscale_one(double value, Eigen::Index column) const override { return (value - shift[column]) / scale[column]; }
    [[nodiscard]] double scale_one(double value, Eigen::Index column, bool /*sparse*/, bool single) const override {
        value = rounded(value * scale[column], single);
        value = rounded(value + shift[column], single);
        return clip && value < lowest ? lowest : clip && value > highest ? highest : value;
    }
};

/// Both have a number for each column; with neither, it is what the release says, which may be nothing.
void check_width(StateReader& state, const CenterScaler& made) {
    if (made.center) state.fitted_with(static_cast<std::size_t>(made.center->size()), "center");
    if (made.scale) state.fitted_with(static_cast<std::size_t>(made.scale->size()), "scale_");
}

Result<std::unique_ptr<Step>> standard(StateReader& state) {
    auto made = std::make_unique<CenterScaler>();
    made->all_single = !state.writer().before(1, 8);
    const auto mean = state.optional_vector("mean_");
    if (state.flag("with_mean")) {
        made->center = mean;
        state.require_that(mean.has_value(), "attribute mean_ is None");
    }
    const auto scale = state.optional_vector("scale_");
    if (state.flag("with_std")) {
        made->scale = scale;
        state.require_that(scale.has_value(), "attribute scale_ is None");
    }
    state.known({"copy", "var_", "n_samples_seen_"});
    check_width(state, *made);
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> robust(StateReader& state) {
    auto made = std::make_unique<CenterScaler>();
    if (state.flag("with_centering")) made->center = state.vector("center_");
    if (state.flag("with_scaling")) made->scale = state.vector("scale_");
    state.known({"center_", "scale_", "copy", "quantile_range", "unit_variance"});
    check_width(state, *made);
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> max_abs(StateReader& state) {
    auto made = std::make_unique<CenterScaler>();
    made->scale = state.vector("scale_");
    made->clip = state.flag_or("clip", false);
    state.known({"copy", "max_abs_", "n_samples_seen_"});
    check_width(state, *made);
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> min_max(StateReader& state) {
    auto made = std::make_unique<RangeScaler>();
    made->scale = state.vector("scale_");
    made->shift = state.vector("min_", static_cast<std::size_t>(made->scale.size()));
    state.fitted_with(static_cast<std::size_t>(made->scale.size()), "scale_");
    made->clip = state.flag_or("clip", false);
    if (const auto range = state.require("feature_range")) {
        const Vector ends = state.vector_of(*range, "attribute feature_range", 2);
        if (ends.size() == 2) {
            made->lowest = ends[0];
            made->highest = ends[1];
        }
    }
    state.known({"copy", "data_min_", "data_max_", "data_range_", "n_samples_seen_"});
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> scaler_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.preprocessing._data.StandardScaler", standard, "", "sklearn.preprocessing.data.StandardScaler"},
        {"sklearn.preprocessing._data.RobustScaler", robust, "", "sklearn.preprocessing.data.RobustScaler"},
        {"sklearn.preprocessing._data.MaxAbsScaler", max_abs, "", "sklearn.preprocessing.data.MaxAbsScaler"},
        {"sklearn.preprocessing._data.MinMaxScaler", min_max, "", "sklearn.preprocessing.data.MinMaxScaler"},
    });
    return classes;
}

}  // namespace assay::pipeline
