#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/imputer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

// sklearn.impute.IterativeImputer (sklearn/impute/_iterative.py): gaps are filled, and then predicted from the other columns, one column
// after the other, by the estimators of every round of fitting.

namespace assay::pipeline {

namespace {

class IterativeImputer final : public Step {
public:
    struct Round {
        std::size_t column = 0;
        std::vector<std::size_t> others;
        std::unique_ptr<Step> estimator;
    };

    [[nodiscard]] bool is_exact(Method /*method*/) const override {
        return std::ranges::all_of(rounds, [](const Round& round) { return round.estimator->is_exact(Method::predict); });
    }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override {
        std::size_t inner = 0;
        for (const Round& round : rounds) inner = std::max(inner, round.others.size() + round.estimator->widest());
        return 4 * empty.size() + indicated.size() + inner;
    }

    [[nodiscard]] Result<Data> transform(Data rows) const override {
        if (rows.sparse) return refuse_input("it takes no sparse matrix");
        TRY_ASSIGN(const Data given, numbers(std::move(rows), mark.is_nan() ? Missing::allow : Missing::refuse));
        const Matrix& before = std::get<Matrix>(given.values);
        TRY_ASSIGN(Matrix filled, first_filled(given));
        const auto is_gap = [&](Eigen::Index row, std::size_t place) {
            const std::size_t column = kept[place];
            return mark.matches(before(row, static_cast<Eigen::Index>(column))) && !(keeps_empty && empty[column]);
        };
        if (!rounds.empty()) {
            bool any = false;
            for (Eigen::Index row = 0; row < before.rows() && !any; ++row) {
                for (std::size_t place = 0; place < kept.size() && !any; ++place) any = !is_gap(row, place);
            }
            // scikit-learn only fills then, if no other row has anything.
            if (!any && before.rows() != 0) return not_replayable("the rows hold nothing but missing values");
        }
        for (const Round& round : rounds) {
            std::vector<Eigen::Index> gaps;
            for (Eigen::Index row = 0; row < before.rows(); ++row) {
                if (is_gap(row, round.column)) gaps.push_back(row);
            }
            if (!gaps.empty()) TRY(predict_gaps(round, gaps, filled));
        }
        const auto width = static_cast<Eigen::Index>(kept.size());
        Matrix after(before.rows(), width + static_cast<Eigen::Index>(indicated.size()));
        after.leftCols(width) = filled;
        for (Eigen::Index row = 0; row < before.rows(); ++row) {
            for (std::size_t i = 0; i < indicated.size(); ++i)
                after(row, width + static_cast<Eigen::Index>(i)) =
                    mark.matches(before(row, static_cast<Eigen::Index>(indicated[i]))) ? 1.0 : 0.0;
        }
        return data_of(std::move(after));
    }

    MissingMark mark;
    std::unique_ptr<Step> initial;
    std::vector<bool> empty;        ///< by column: nothing was there when it was fitted
    std::vector<std::size_t> kept;  ///< the columns of the answer
    bool keeps_empty = false;
    std::vector<Round> rounds;
    std::vector<double> least, most;  ///< of each column of the answer
    std::vector<std::size_t> indicated;
    std::deque<std::string> texts;

private:
    /// As the initial imputer fills: which may keep columns that are not kept here.
    [[nodiscard]] Result<Matrix> first_filled(const Data& given) const {
        TRY_ASSIGN(const Data made, initial->transform(given));
        const auto* filled = std::get_if<Matrix>(&made.values);
        if (filled != nullptr && static_cast<std::size_t>(filled->cols()) == kept.size()) return *filled;
        if (filled == nullptr || static_cast<std::size_t>(filled->cols()) != empty.size())
            return not_replayable("its initial imputer gives other columns than it was fitted with");
        const Data some = select(made, kept);
        return std::get<Matrix>(some.values);
    }

    [[nodiscard]] Result<void> predict_gaps(const Round& round, const std::vector<Eigen::Index>& gaps, Matrix& filled) const {
        Matrix others(static_cast<Eigen::Index>(gaps.size()), static_cast<Eigen::Index>(round.others.size()));
        for (std::size_t i = 0; i < gaps.size(); ++i) {
            for (std::size_t k = 0; k < round.others.size(); ++k)
                others(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) =
                    filled(gaps[i], static_cast<Eigen::Index>(round.others[k]));
        }
        TRY_ASSIGN(const SampleArray predicted, round.estimator->predict(data_of(std::move(others))));
        const auto* values = std::get_if<std::vector<double>>(&predicted.values);
        if (values == nullptr || values->size() != gaps.size()) return not_replayable("an estimator of it gives no numbers");
        for (std::size_t i = 0; i < gaps.size(); ++i) {
            const double value = (*values)[i];
            filled(gaps[i], static_cast<Eigen::Index>(round.column)) =
                std::isnan(value) ? value : std::min(std::max(value, least[round.column]), most[round.column]);
        }
        return {};
    }
};

/// `_min_value`, `_max_value`: a number for each column; until 0.22 one for all.
std::vector<double> read_limits(StateReader& state, std::string_view key, std::size_t columns) {
    const auto value = state.require(key);
    if (!value) return {};
    std::vector<double> limits(columns, value->as_number().value_or(0));
    if (!value->as_number()) {
        const Vector all = state.vector(key, columns);
        limits.assign(all.begin(), all.end());
    }
    state.require_that(std::ranges::none_of(limits, [](double limit) { return std::isnan(limit); }),
                       fmt::format("attribute {} holds NaN", key));
    return limits;
}

/// A triple of a column, the columns that it is predicted from, and an estimator.
std::optional<std::vector<Fitted>> triplet_of(const Fitted& value) {
    std::vector<Fitted> parts;
    if (value.is(FittedKind::tuple)) {
        parts = value.items();
    } else if (value.class_name() == "sklearn.impute._iterative._ImputerTriplet" ||
               value.class_name() == "sklearn.impute._iterative.ImputerTriplet") {
        const FittedObject object = value.object();
        for (const FittedId id : object.arguments) parts.push_back(value.at(id));
    }
    return parts.size() == 3 ? std::optional(std::move(parts)) : std::nullopt;
}

void read_rounds(StateReader& state, IterativeImputer& made) {
    const std::size_t width = made.kept.size();
    const auto sequence = state.require("imputation_sequence_");
    for (const Fitted& each : sequence ? state.items_of(*sequence, "attribute imputation_sequence_") : std::vector<Fitted>()) {
        const std::string what = fmt::format("attribute imputation_sequence_[{}]", made.rounds.size());
        const auto parts = triplet_of(each);
        const auto column = parts ? (*parts)[0].as_integer() : std::nullopt;
        if (!column || *column < 0 || *column >= static_cast<std::int64_t>(width))
            return state.problem(what + " names no column that is there");
        IterativeImputer::Round round{.column = static_cast<std::size_t>(*column), .others = {}, .estimator = nullptr};
        for (const std::int64_t other : state.integers_of((*parts)[1], what)) {
            if (other < 0 || other >= static_cast<std::int64_t>(width)) return state.problem(what + " names no column that is there");
            round.others.push_back(static_cast<std::size_t>(other));
        }
        if (state.failed()) return;
        round.estimator = state.estimator((*parts)[2], fmt::format("imputation_sequence_[{}]", made.rounds.size()));
        if (!round.estimator) return;
        const bool fits = round.estimator->has(Method::predict) && round.estimator->input.width == round.others.size();
        if (!fits) return state.problem(what + " holds an estimator that was not fitted with its columns");
        made.rounds.push_back(std::move(round));
    }
}

/// Which columns had nothing when it was fitted.
std::vector<bool> read_empty(StateReader& state, const Fitted& initial) {
    std::vector<bool> empty;
    if (state.has("_is_empty_feature")) {
        const auto value = state.require("_is_empty_feature");
        for (const std::int64_t each : state.integers_of(*value, "attribute _is_empty_feature")) empty.push_back(each != 0);
        return empty;
    }
    // Until 1.5, those of which the initial imputer knows nothing.
    StateReader imputer(initial, state.place(), state.budget());
    for (const double statistic : imputer.vector("statistics_")) empty.push_back(std::isnan(statistic));
    state.require_that(!imputer.failed(), "attribute initial_imputer_ has no statistics_ that are numbers");
    return empty;
}

Result<std::unique_ptr<Step>> iterative(StateReader& state) {
    auto made = std::make_unique<IterativeImputer>();
    made->mark = read_mark(state, made->texts);
    state.require_that(!state.flag("sample_posterior"), "attribute sample_posterior is set: it answers otherwise every time");
    made->keeps_empty = state.flag_or("keep_empty_features", false);
    // Until then, with it every number is taken for missing.
    state.require_that(!made->keeps_empty || !state.writer().before(1, 6), "attribute keep_empty_features is set");
    const auto initial = state.require("initial_imputer_");
    if (!initial || !initial->is(FittedKind::object)) {
        state.problem("attribute initial_imputer_ is no imputer");
        return state.finish(std::move(made));
    }
    made->initial = state.estimator(*initial, "initial_imputer_");
    if (!made->initial) return state.finish(std::move(made));
    state.require_that(made->initial->has(Method::transform), "attribute initial_imputer_ is no imputer");
    made->empty = read_empty(state, *initial);
    state.fitted_with(made->empty.size(), "initial_imputer_");
    state.require_that(made->initial->input.width == made->empty.size(), "attribute initial_imputer_ does not fit _is_empty_feature");
    for (std::size_t i = 0; i < made->empty.size(); ++i) {
        if (made->keeps_empty || !made->empty[i]) made->kept.push_back(i);
    }
    state.require_that(!made->kept.empty(), "every column was empty when it was fitted");
    read_rounds(state, *made);
    // Without any round nothing is limited.
    if (!made->rounds.empty()) {
        made->least = read_limits(state, "_min_value", made->kept.size());
        made->most = read_limits(state, "_max_value", made->kept.size());
    } else {
        state.known({"_min_value", "_max_value"});
    }
    const bool none = state.integer("n_iter_") == 0;
    state.require_that(!none || made->rounds.empty(), "attribute n_iter_ contradicts imputation_sequence_");
    if (state.flag_or("add_indicator", false)) made->indicated = read_indicator(state, made->empty.size());
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> iterative_imputer_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.impute._iterative.IterativeImputer", iterative,
         "_estimator estimator fill_value imputation_order indicator_ initial_strategy max_iter max_value min_value "
         "n_features_with_missing_ "
         "n_nearest_features random_state random_state_ skip_complete tol verbose"},
    });
    return classes;
}

}  // namespace assay::pipeline
