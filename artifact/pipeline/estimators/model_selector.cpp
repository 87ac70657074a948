#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/importances.hpp"
#include "artifact/pipeline/estimators/selector.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

// sklearn.feature_selection.SelectFromModel: the features that an estimator finds important. It keeps no mask, which is computed anew
// (sklearn/feature_selection/_from_model.py).

namespace assay::pipeline {

namespace {

/// np.linalg.norm of the columns.
Vector column_norms(StateReader& state, const Importances& importances) {
    const Matrix& values = importances.values;
    if (importances.flat) {
        state.known("norm_order");
        return values.row(0).transpose().cwiseAbs();
    }
    const auto order_value = state.require("norm_order");
    const auto order = order_value ? order_value->as_number() : std::nullopt;
    Vector norms = Vector::Zero(values.cols());
    if (order_value && order != 1.0 && order != 2.0 && order != std::numeric_limits<double>::infinity()) {
        state.problem_of("norm_order", "is " + order_value->describe());
        return norms;
    }
    for (Eigen::Index column = 0; column < values.cols(); ++column) {
        double& norm = norms[column];
        for (Eigen::Index row = 0; row < values.rows(); ++row) {
            const double value = std::abs(values(row, column));
            norm = order == 1.0 ? norm + value : order == 2.0 ? norm + value * value : std::max(norm, value);
        }
        if (order == 2.0) norm = std::sqrt(norm);
    }
    return norms;
}

bool close_to_one(const std::optional<Fitted>& value) {
    const auto number = value ? value->as_number() : std::nullopt;
    return number && std::abs(*number - 1.0) <= 1e-8 + 1e-5;
}

/// Whether the estimator's penalty makes coefficients zero, as releases find out.
bool is_sparse_model(StateReader& selector, const Fitted& estimator) {
    StateReader state(estimator, selector.place(), selector.budget());
    const Writer& writer = selector.writer();
    const std::string cls = estimator.class_name();
    const std::string_view name = std::string_view(cls).substr(cls.rfind('.') + 1);
    if (const auto penalty = state.find("penalty"); penalty && penalty->as_text() == "l1") return true;
    if (name.find("Lasso") != std::string_view::npos) return true;
    if (writer.before(1, 1)) return false;
    // Between 1.6 and 1.7 the way in which models with ElasticNet in their names are looked at has changed; of these two it has not.
    if (name == "ElasticNet") return close_to_one(state.find("l1_ratio"));
    if (name == "ElasticNetCV") return close_to_one(state.find("l1_ratio_"));
    if (name.find("ElasticNet") != std::string_view::npos && (state.has("l1_ratio") || state.has("l1_ratio_")))
        selector.problem("attribute threshold is None, and what that means depends on its estimator");
    if (writer.before(1, 8)) return false;
    if (name == "LogisticRegression") return close_to_one(state.find("l1_ratio"));
    if (name == "LogisticRegressionCV" && state.has("l1_ratio_"))
        selector.problem("attribute threshold is None, and what that means depends on its estimator");
    return false;
}

double median_of(Vector values) {
    std::ranges::sort(values);
    const Eigen::Index half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

struct ImportanceThreshold {
    double value = 0;
    bool computed = false;  ///< from the importances
};

/// "mean", "median", "1.25*mean".
ImportanceThreshold relative_threshold(StateReader& state, std::string_view text, const Vector& scores) {
    double scale = 1;
    bool scaled = false;
    if (const std::size_t star = text.find('*'); star != std::string_view::npos) {
        const std::string_view number = trim(text.substr(0, star));
        const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), scale);
        scaled = problem == std::errc() && end == number.data() + number.size();
        state.require_that(scaled, "attribute threshold is " + printable(text, 60));
        text = trim(text.substr(star + 1));
    }
    state.require_that(text == "mean" || text == "median", "attribute threshold is " + printable(text, 60));
    const double reference = text == "median"
                                 ? median_of(scores)
                                 : numpy_sum(scores.data(), static_cast<std::size_t>(scores.size())) / static_cast<double>(scores.size());
    return {.value = scaled ? scale * reference : reference, .computed = true};
}

ImportanceThreshold read_threshold(StateReader& state, const Fitted& estimator, const Vector& scores) {
    const auto threshold = state.require("threshold");
    if (!threshold) return {};
    if (threshold->is_none()) {
        if (is_sparse_model(state, estimator)) return {.value = 1e-5};
        return relative_threshold(state, "mean", scores);
    }
    if (const auto text = threshold->as_text()) return relative_threshold(state, *text, scores);
    const auto number = threshold->as_number();
    if (!number) state.problem_of("threshold", "is " + threshold->describe());
    return {.value = number.value_or(0)};
}

/// How many features are kept at most; absent: all.
std::optional<std::size_t> read_most(StateReader& state, std::size_t count) {
    const auto most = state.find("max_features");
    // Since 1.1 it may be a function, whose answer is kept.
    const auto answer = state.find("max_features_");
    if (!most || most->is_none()) return std::nullopt;
    const auto number = (answer ? *answer : *most).as_integer();
    if (!number || *number < 0) state.problem_of("max_features", "is " + most->describe());
    return static_cast<std::size_t>(std::clamp<std::int64_t>(number.value_or(0), 0, static_cast<std::int64_t>(count)));
}

std::vector<bool> important(StateReader& state, const Fitted& estimator, const Vector& scores) {
    const auto count = static_cast<std::size_t>(scores.size());
    const ImportanceThreshold threshold = read_threshold(state, estimator, scores);
    std::vector<bool> mask(count, true);
    if (const auto most = read_most(state, count)) {
        std::vector<std::size_t> order(count);
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::stable_sort(order, std::ranges::greater(),
                                 [&](std::size_t place) { return scores[static_cast<Eigen::Index>(place)]; });
        for (std::size_t i = *most; i < count; ++i) mask[order[i]] = false;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const double score = scores[static_cast<Eigen::Index>(i)];
        // The mean of equal numbers is another one by a last bit, or is not.
        const double near = 1e-13 * std::max(std::abs(score), std::abs(threshold.value));
        if (threshold.computed && score != threshold.value && std::abs(score - threshold.value) <= near)
            state.problem("rounding alone decides which features its estimator finds important");
        if (score < threshold.value) mask[i] = false;
    }
    return mask;
}

Result<std::unique_ptr<Step>> from_model(StateReader& state) {
    auto made = std::make_unique<Selector>();
    made->missing_depends = !state.writer().before(0, 22);
    // With prefit, releases before 1.1 keep no estimator_.
    const bool own = state.has("estimator_");
    const auto estimator = state.require(own ? "estimator_" : "estimator");
    if (own) state.known("estimator");
    const std::string getter = state.has("importance_getter") ? state.text("importance_getter") : "auto";
    if (!estimator || state.failed()) return state.finish(std::move(made));
    if (!estimator->is(FittedKind::object)) {
        state.problem("its estimator is " + estimator->describe());
        return state.finish(std::move(made));
    }
    const Importances importances = read_importances(state, *estimator, getter);
    if (state.failed()) return state.finish(std::move(made));
    const std::vector<bool> mask = important(state, *estimator, column_norms(state, importances));
    read_mask(state, *made, mask, "estimator_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> model_selector_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.feature_selection._from_model.SelectFromModel", from_model, "prefit",
         "sklearn.feature_selection.from_model.SelectFromModel"},
    });
    return classes;
}

}  // namespace assay::pipeline
