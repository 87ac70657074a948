#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/interpolate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// sklearn.isotonic.IsotonicRegression (sklearn/isotonic.py; scipy.interpolate.interp1d, which is np.interp for float64).

namespace assay::pipeline {

namespace {

class IsotonicRegression final : public Step {
public:
    enum class Outside : std::uint8_t { nan, clip, raise };

    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::predict || method == Method::transform; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Matrix found, values(std::move(rows)));
        return array_of(found, true);
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Matrix found, values(std::move(rows)));
        Data made = data_of(std::move(found));
        made.flat = true;
        return made;
    }

    std::vector<double> xs;
    std::vector<double> ys;
    double lowest = 0;
    double highest = 0;
    Outside outside = Outside::nan;

private:
    [[nodiscard]] Result<Matrix> values(Data rows) const {
        if (rows.sparse) return refuse_input("it takes no sparse matrix");
        TRY_ASSIGN(Matrix found, matrix(std::move(rows), Missing::refuse, Single::allow));
        for (Eigen::Index row = 0; row < found.rows(); ++row) {
            double& value = found(row, 0);
            if (outside == Outside::clip) value = std::clamp(value, lowest, highest);
            const bool inside = ys.size() == 1 || (value >= xs.front() && value <= xs.back());
            if (!inside && outside == Outside::raise)
                return refuse_input(fmt::format("row {}: {} is outside of what it was fitted to", row, value));
            value = inside ? interpolate(value, xs, ys) : std::numeric_limits<double>::quiet_NaN();
        }
        return found;
    }
};

Result<std::unique_ptr<Step>> isotonic(StateReader& state) {
    auto made = std::make_unique<IsotonicRegression>();
    state.require_that(!state.writer().before(0, 24), "it takes rows of no dimension but one, and a sample has none");
    for (const char* key : {"X_thresholds_", "y_thresholds_"}) {
        const auto value = state.require(key);
        const bool doubles = value && value->is(FittedKind::array) && value->array().dtype.str() == "<f8";
        state.require_that(doubles, std::string("attribute ") + key + " is no array of float64");
    }
    const Vector xs = state.vector("X_thresholds_");
    const Vector ys = state.vector("y_thresholds_", static_cast<std::size_t>(xs.size()));
    made->xs.assign(xs.begin(), xs.end());
    made->ys.assign(ys.begin(), ys.end());
    const bool sound = !made->xs.empty() && xs.allFinite() && ys.allFinite() && std::is_sorted(made->xs.begin(), made->xs.end());
    state.require_that(sound, "attribute X_thresholds_ is not sorted, or not of finite numbers");
    made->lowest = state.number("X_min_");
    made->highest = state.number("X_max_");
    state.require_that(made->lowest <= made->highest, "attribute X_min_ is not below X_max_");
    const std::string outside = state.text("out_of_bounds");
    using Outside = IsotonicRegression::Outside;
    made->outside = outside == "clip" ? Outside::clip : outside == "raise" ? Outside::raise : Outside::nan;
    state.require_that(outside == "clip" || outside == "raise" || outside == "nan", "attribute out_of_bounds is " + outside);
    state.fitted_with(1, "X_thresholds_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> isotonic_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.isotonic.IsotonicRegression", isotonic, "increasing increasing_ y_max y_min _necessary_X_ _necessary_y_ _X_ _y_"},
    });
    return classes;
}

}  // namespace assay::pipeline
