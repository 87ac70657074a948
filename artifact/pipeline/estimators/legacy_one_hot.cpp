#include "artifact/pipeline/estimators/encoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

// sklearn.preprocessing.OneHotEncoder where `_legacy_mode` is set: scikit-learn 0.20 and 0.21, sklearn/preprocessing/_encoders.py
// (_legacy_transform) and base.py (_transform_selected). Each encoded column holds integers from 0 below a limit; the columns that are not
// encoded come last, as they are.

namespace assay::pipeline {

namespace {

class LegacyOneHot final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return width + input.width; }

    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Data given, numbers(std::move(rows), Missing::refuse, Single::compares));
        const Matrix& from = std::get<Matrix>(given.values);
        TRY_ASSIGN(const std::vector<Eigen::Index> encoded, chosen_of(static_cast<std::size_t>(from.cols())));
        if (encoded.empty()) return given;
        if (encoded.size() != limits.size())
            return refuse_input(fmt::format("{} columns are categorical, and it was fitted with {}", encoded.size(), limits.size()));
        const auto first_other = static_cast<Eigen::Index>(width);
        Matrix made = Matrix::Zero(from.rows(), first_other + from.cols() - static_cast<Eigen::Index>(encoded.size()));
        for (Eigen::Index row = 0; row < from.rows(); ++row) {
            std::size_t next = 0;
            Eigen::Index other = first_other;
            for (Eigen::Index column = 0; column < from.cols(); ++column) {
                const double value = from(row, column);
                if (next == encoded.size() || encoded[next] != column) {
                    made(row, other++) = type == NumberType::float32 ? static_cast<double>(static_cast<float>(value)) : value;
                    continue;
                }
                TRY_ASSIGN(const std::optional<std::size_t> code, code_of(value, next, row, column));
                if (code) made(row, static_cast<Eigen::Index>(*code)) = 1.0;
                ++next;
            }
        }
        Data result = data_of(std::move(made));
        result.type = type;
        result.sparse = sparse;
        return result;
    }

    // Which columns are encoded: all, those of these places, or those where the mask is set.
    bool all = true;
    std::vector<std::int64_t> places;
    std::vector<bool> mask;

    std::vector<std::int64_t> limits;              ///< of each encoded column: its integers are below it
    std::vector<std::int64_t> firsts;              ///< the code of each encoded column's 0
    std::optional<std::vector<std::int64_t>> seen; ///< the codes that have a column, ascending; absent: all have
    std::size_t width = 0;                         ///< columns for codes
    NumberType type = NumberType::float64;
    bool sparse = true;
    bool refuses_unknown = true;

private:
    /// Ascending.
    [[nodiscard]] Result<std::vector<Eigen::Index>> chosen_of(std::size_t columns) const {
        std::vector<bool> chosen(columns, all);
        if (!mask.empty() && mask.size() != columns)
            return refuse_input(fmt::format("the input has {} columns, and categorical_features is of {}", columns, mask.size()));
        if (!mask.empty()) chosen = mask;
        for (const std::int64_t index : places) {
            const std::int64_t from_start = index < 0 ? index + static_cast<std::int64_t>(columns) : index;
            if (from_start < 0 || from_start >= static_cast<std::int64_t>(columns))
                return refuse_input(fmt::format("the input has no column {}, which is a categorical one", index));
            chosen[static_cast<std::size_t>(from_start)] = true;
        }
        std::vector<Eigen::Index> indices;
        for (std::size_t i = 0; i < columns; ++i) {
            if (chosen[i]) indices.push_back(static_cast<Eigen::Index>(i));
        }
        return indices;
    }

    /// The column for a value of an encoded column; absent when it gets none.
    [[nodiscard]] Result<std::optional<std::size_t>> code_of(double value, std::size_t which, Eigen::Index row, Eigen::Index column) const {
        const double integer = std::trunc(value);
        if (integer < 0)
            return refuse_input(fmt::format("row {}, column {}: {} is negative, and categories count from 0", row, column, value));
        if (integer >= static_cast<double>(limits[which])) {
            // NumPy makes a negative integer of what no int64 holds.
            if (refuses_unknown || integer >= 0x1p63)
                return refuse_input(fmt::format("row {}, column {}: {} is an unknown category", row, column, value));
            return std::nullopt;
        }
        const std::int64_t code = firsts[which] + static_cast<std::int64_t>(integer);
        if (!seen) return static_cast<std::size_t>(code);
        const auto found = std::ranges::lower_bound(*seen, code);
        if (found == seen->end() || *found != code) return std::nullopt;
        return static_cast<std::size_t>(found - seen->begin());
    }
};

void read_chosen(StateReader& state, LegacyOneHot& made) {
    const auto chosen = state.require("_categorical_features");
    if (!chosen || chosen->as_text() == "all") return;
    made.all = false;
    const std::string what = "attribute _categorical_features";
    bool is_mask = false;
    if (chosen->is(FittedKind::array)) {
        is_mask = chosen->array().dtype.kind == 'b';
    } else {
        const std::vector<Fitted> items = state.items_of(*chosen, what);
        is_mask = std::ranges::all_of(items, [](const Fitted& item) { return item.is(FittedKind::boolean); });
    }
    made.places = state.integers_of(*chosen, what);
    if (!is_mask) return;
    for (const std::int64_t set : made.places) made.mask.push_back(set != 0);
    made.places.clear();
}

void read_codes(StateReader& state, LegacyOneHot& made) {
    // Without a categorical column it is fitted without these.
    const auto limits = state.find("_n_values_");
    if (!limits) return;
    made.limits = state.integers_of(*limits, "attribute _n_values_");
    const auto firsts = state.require("_feature_indices_");
    if (!firsts) return;
    made.firsts = state.integers_of(*firsts, "attribute _feature_indices_");
    bool fits = made.firsts.size() == made.limits.size() + 1 && made.firsts.front() == 0;
    for (std::size_t i = 0; fits && i < made.limits.size(); ++i)
        fits = made.limits[i] >= 0 && made.firsts[i + 1] >= made.firsts[i] && made.firsts[i + 1] - made.firsts[i] == made.limits[i];
    if (!fits) return state.problem("attribute _feature_indices_ contradicts _n_values_");
    const std::int64_t codes = made.firsts.back();
    const auto counted = state.require("_n_values");
    const auto given = state.find("_active_features_");
    std::int64_t width = codes;
    if (counted && counted->as_text() == "auto") {
        if (!given) return state.problem("attribute _active_features_ is missing");
        made.seen = state.integers_of(*given, "attribute _active_features_");
        const bool ascending = std::ranges::adjacent_find(*made.seen, std::greater_equal<>()) == made.seen->end();
        if (!ascending || made.seen->empty() || made.seen->front() < 0 || made.seen->back() >= codes)
            return state.problem("attribute _active_features_ names no codes in order");
        width = static_cast<std::int64_t>(made.seen->size());
    }
    if (width > max_features) return state.problem(fmt::format("attribute _n_values_ makes {} columns", width));
    made.width = static_cast<std::size_t>(width);
    if (made.all) state.fitted_with(made.limits.size(), "_n_values_");
}

}  // namespace

Result<std::unique_ptr<Step>> legacy_one_hot(StateReader& state) {
    auto made = std::make_unique<LegacyOneHot>();
    read_chosen(state, *made);
    read_codes(state, *made);
    made->type = read_type(state);
    const bool keeps_others = made->type == NumberType::float64 || made->type == NumberType::float32;
    state.require_that(made->all || keeps_others,
                       "attribute dtype makes integers of columns that are not encoded, which is not re-created here");
    made->sparse = state.flag("sparse");
    const std::string unknowns = state.text("handle_unknown");
    made->refuses_unknown = unknowns == "error";
    state.require_that(made->refuses_unknown || unknowns == "ignore", "attribute handle_unknown is " + unknowns);
    state.must_be_none("drop");
    state.known({"_legacy_mode", "categories", "_categories", "categories_", "n_values", "categorical_features"});
    return state.finish(std::move(made));
}

}  // namespace assay::pipeline
