#include "artifact/pipeline/estimators/selector.hpp"

#include "artifact/pipeline/estimators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

// sklearn.feature_selection: VarianceThreshold and the selection by scores of one feature each. What is kept is computed anew from the
// scores (sklearn/feature_selection/_univariate_selection.py).

namespace assay::pipeline {

Result<Data> Selector::selected(Data rows) const {
    TRY_ASSIGN(const NumberType type, kept_type(rows));
    if (const auto* columns = std::get_if<std::vector<Column>>(&rows.values)) {
        // NumPy makes objects of a table that holds both.
        const auto is_boolean = [](const Column& column) { return !column.objects && column.type == NumberType::boolean; };
        if (std::ranges::any_of(*columns, &Column::objects) ||
            (std::ranges::any_of(*columns, is_boolean) && !std::ranges::all_of(*columns, is_boolean)))
            return not_replayable("the input is of Python objects, or of booleans beside numbers: give numbers");
    }
    TRY_ASSIGN(Data given,
               numbers(std::move(rows), allows_missing || missing_depends ? Missing::allow_infinite : Missing::refuse, Single::compares));
    if (missing_depends && !std::get<Matrix>(given.values).allFinite())
        return not_replayable("the input has NaN or infinite numbers, which its estimator may or may not take");
    given.type = type;
    Data made = select(given, kept);
    if (kept.empty() && float_when_none) made.type = NumberType::float64;
    return made;
}

void read_mask(StateReader& state, Selector& made, const std::vector<bool>& mask, std::string_view attribute) {
    made.float_when_none = state.writer().before(1, 1);
    state.fitted_with(mask.size(), attribute);
    for (std::size_t i = 0; i < mask.size(); ++i) {
        if (mask[i]) made.kept.push_back(i);
    }
}

namespace {

std::vector<bool> above(const Vector& values, double limit) {
    std::vector<bool> mask;
    for (const double value : values) mask.push_back(value > limit);
    return mask;
}

std::vector<bool> below(const Vector& values, double limit) {
    std::vector<bool> mask;
    for (const double value : values) mask.push_back(value < limit);
    return mask;
}

/// The largest `count` scores; of equal ones the later ones.
std::vector<bool> largest(const Vector& scores, std::size_t count) {
    std::vector<std::size_t> order(static_cast<std::size_t>(scores.size()));
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto value = [&](std::size_t place) { return scores[static_cast<Eigen::Index>(place)]; };
    std::ranges::stable_sort(order, {}, value);
    std::vector<bool> mask(order.size(), false);
    for (std::size_t i = order.size() - std::min(count, order.size()); i < order.size(); ++i) mask[order[i]] = true;
    return mask;
}

/// Those above the percentile, and as many of those on it as there is room for.
std::vector<bool> upper_share(StateReader& state, const Vector& scores, double percentile) {
    const auto count = static_cast<std::size_t>(scores.size());
    if (percentile == 100) return std::vector<bool>(count, true);
    if (percentile == 0) return std::vector<bool>(count, false);
    if (!(percentile > 0 && percentile < 100)) {
        state.problem("its percentile is not between 0 and 100");
        return {};
    }
    std::vector<double> sorted(scores.data(), scores.data() + scores.size());
    std::ranges::sort(sorted);
    // NumPy's percentile, of whose formulas for what lies between two numbers releases have had several: none of them matters here.
    const double place = (100.0 - percentile) / 100.0 * static_cast<double>(count - 1);
    const double share = place - std::floor(place);
    const auto lower = static_cast<std::size_t>(place);
    const double a = sorted[lower];
    const double b = sorted[std::min(lower + 1, count - 1)];
    double threshold = a;
    if (share != 0 && a != b) {
        const bool clear = share > 1e-9 && share < 1 - 1e-9 && std::abs(a) < 1e300 && std::abs(b) < 1e300 &&
                           b - a > 1e-9 * std::max(std::abs(a), std::abs(b));
        if (!clear) {
            state.problem("rounding alone decides which of the scores_ lie above its percentile");
            return {};
        }
        threshold = a + (b - a) * share;
    }
    std::vector<bool> mask = above(scores, threshold);
    std::vector<std::size_t> ties;
    for (std::size_t i = 0; i < count; ++i) {
        if (scores[static_cast<Eigen::Index>(i)] == threshold) ties.push_back(i);
    }
    const auto most = static_cast<std::int64_t>(static_cast<double>(count) * percentile / 100);
    std::int64_t room = most - std::ranges::count(mask, true);
    if (room < 0) room += static_cast<std::int64_t>(ties.size());  // a slice from the front to so many before the end
    for (std::int64_t i = 0; i < std::min(room, static_cast<std::int64_t>(ties.size())); ++i)
        mask[ties[static_cast<std::size_t>(i)]] = true;
    return mask;
}

/// Benjamini and Hochberg's procedure.
std::vector<bool> false_discovery_rate(const Vector& p_values, double alpha) {
    std::vector<double> sorted;
    for (const double value : p_values) {
        if (!std::isnan(value)) sorted.push_back(value);
    }
    std::ranges::sort(sorted);
    const auto count = static_cast<double>(p_values.size());
    double limit = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (sorted[i] <= alpha / count * static_cast<double>(i + 1)) limit = sorted[i];
    }
    std::vector<bool> mask;
    for (const double value : p_values) mask.push_back(value <= limit);
    return mask;
}

/// A way to select, and the parameter that it has.
std::vector<bool> mask_by(StateReader& state, std::string_view mode, std::string_view parameter) {
    if (mode == "k_best" || mode == "percentile") {
        Vector scores = state.vector("scores_");
        state.known("pvalues_");
        for (double& score : scores) {
            if (std::isnan(score)) score = std::numeric_limits<double>::lowest();
        }
        if (scores.size() == 0) return {};
        if (mode == "percentile") return upper_share(state, scores, state.number(parameter));
        const auto count = state.require(parameter);
        if (count && count->as_text() == "all") return std::vector<bool>(static_cast<std::size_t>(scores.size()), true);
        const std::int64_t most = state.integer(parameter);
        state.require_that(most >= 0, fmt::format("attribute {} is negative", parameter));
        return largest(scores, static_cast<std::size_t>(std::max<std::int64_t>(most, 0)));
    }
    const Vector p_values = state.vector("pvalues_");
    state.known("scores_");
    const double alpha = state.number(parameter);
    if (mode == "fpr") return below(p_values, alpha);
    if (mode == "fwe") return below(p_values, alpha / static_cast<double>(std::max<Eigen::Index>(p_values.size(), 1)));
    if (mode == "fdr") return false_discovery_rate(p_values, alpha);
    state.problem("attribute mode is no mode that is known");
    return {};
}

Result<std::unique_ptr<Step>> univariate(StateReader& state) {
    auto made = std::make_unique<Selector>();
    const std::string_view name = std::string_view(state.cls()).substr(state.cls().rfind('.') + 1);
    const std::string mode = name == "SelectKBest"        ? "k_best"
                             : name == "SelectPercentile" ? "percentile"
                             : name == "SelectFpr"        ? "fpr"
                             : name == "SelectFdr"        ? "fdr"
                             : name == "SelectFwe"        ? "fwe"
                                                          : state.text("mode");
    const std::string_view parameter = name == "GenericUnivariateSelect" ? "param"
                                       : mode == "k_best"                ? "k"
                                       : mode == "percentile"            ? "percentile"
                                                                         : "alpha";
    const std::vector<bool> mask = mask_by(state, mode, parameter);
    if (!state.failed()) read_mask(state, *made, mask, "scores_");
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> variance(StateReader& state) {
    auto made = std::make_unique<Selector>();
    made->allows_missing = !state.writer().before(0, 22);
    const Vector variances = state.vector("variances_");
    const double threshold = state.number("threshold");
    read_mask(state, *made, above(variances, threshold), "variances_");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> selector_classes() {
    static constexpr std::string_view known = "score_func";
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.feature_selection._variance_threshold.VarianceThreshold", variance, "",
         "sklearn.feature_selection.variance_threshold.VarianceThreshold"},
        {"sklearn.feature_selection._univariate_selection.SelectKBest", univariate, known,
         "sklearn.feature_selection.univariate_selection.SelectKBest"},
        {"sklearn.feature_selection._univariate_selection.SelectPercentile", univariate, known,
         "sklearn.feature_selection.univariate_selection.SelectPercentile"},
        {"sklearn.feature_selection._univariate_selection.SelectFpr", univariate, known,
         "sklearn.feature_selection.univariate_selection.SelectFpr"},
        {"sklearn.feature_selection._univariate_selection.SelectFdr", univariate, known,
         "sklearn.feature_selection.univariate_selection.SelectFdr"},
        {"sklearn.feature_selection._univariate_selection.SelectFwe", univariate, known,
         "sklearn.feature_selection.univariate_selection.SelectFwe"},
        {"sklearn.feature_selection._univariate_selection.GenericUnivariateSelect", univariate, known,
         "sklearn.feature_selection.univariate_selection.GenericUnivariateSelect"},
    });
    return classes;
}

}  // namespace assay::pipeline
