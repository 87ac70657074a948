#include "artifact/pipeline/estimators/imputer.hpp"

#include "artifact/pipeline/dtype_name.hpp"
#include "artifact/pipeline/estimators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>

// sklearn.impute.SimpleImputer with its MissingIndicator (sklearn/impute/_base.py).

namespace assay::pipeline {

namespace {

class Imputer final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return statistics.size() + indicated.size(); }

    [[nodiscard]] Result<Data> transform(Data rows) const override {
        return holds_objects(rows) || fitted_on_objects ? fill_objects(std::move(rows)) : fill_numbers(std::move(rows));
    }

    MissingMark mark;
    std::vector<Cell> statistics;   ///< one per column
    std::vector<std::size_t> kept;  ///< columns that are not dropped
    bool numeric = true;            ///< the strategy computes: everything becomes a float
    bool fitted_on_objects = false;
    bool fill_single = false;       ///< statistics are rounded to float32
    bool indicates = false;
    std::vector<std::size_t> indicated;  ///< columns whose gaps are flagged behind the others
    std::deque<std::string> texts;

private:
    static bool holds_objects(const Data& rows) {
        const auto* columns = std::get_if<std::vector<Column>>(&rows.values);
        return columns != nullptr && std::ranges::any_of(*columns, [](const Column& column) { return column.objects; });
    }

    static bool holds_inexact(const Data& rows) {
        const auto* columns = std::get_if<std::vector<Column>>(&rows.values);
        return columns != nullptr && std::ranges::any_of(*columns, &Column::inexact);
    }

    [[nodiscard]] NumberType type_after(const Data& rows) const {
        if (numeric) return NumberType::float64;
        if (rows.is_matrix()) return rows.type;
        const auto& columns = std::get<std::vector<Column>>(rows.values);
        const auto whole = [](const Column& column) {
            return column.type == NumberType::integer || column.type == NumberType::small_integer;
        };
        return std::ranges::all_of(columns, whole) ? NumberType::integer : NumberType::float64;
    }

    Result<Data> fill_numbers(Data rows) const {
        const NumberType type = type_after(rows);
        if (type == NumberType::boolean) return refuse_input("it does not take booleans");
        TRY_ASSIGN(
            Data given,
            numbers(std::move(rows), mark.is_nan() || mark.cell.kind == Cell::Kind::na ? Missing::allow : Missing::refuse, Single::allow));
        const Matrix& before = std::get<Matrix>(given.values);
        const bool single = given.type == NumberType::float32;
        Matrix after(before.rows(), static_cast<Eigen::Index>(kept.size() + indicated.size()));
        for (Eigen::Index row = 0; row < before.rows(); ++row) {
            Eigen::Index to = 0;
            for (const std::size_t column : kept) {
                const double value = before(row, static_cast<Eigen::Index>(column));
                after(row, to++) = is_missing(value) ? filling(column, single, type) : value;
            }
            for (const std::size_t column : indicated)
                after(row, to++) = is_missing(before(row, static_cast<Eigen::Index>(column))) ? 1.0 : 0.0;
        }
        Data filled = data_of(std::move(after));
        filled.sparse = given.sparse;
        filled.type = single ? NumberType::float32 : type;
        return filled;
    }

    [[nodiscard]] bool is_missing(double value) const { return mark.cell.kind == Cell::Kind::na ? std::isnan(value) : mark.matches(value); }

    [[nodiscard]] double filling(std::size_t column, bool single, NumberType type) const {
        const double value = statistics[column].kind == Cell::Kind::nan ? std::nan("") : statistics[column].number;
        if (type == NumberType::integer || type == NumberType::small_integer) return std::trunc(value);
        return single || fill_single ? static_cast<double>(static_cast<float>(value)) : value;
    }

    Result<Data> fill_objects(Data rows) const {
        if (numeric) return fill_numbers(std::move(rows));  // what is in objects must be numbers
        TRY(check_columns(rows));
        if (holds_inexact(rows)) return not_replayable("a column holds integers that no double holds exactly");
        const std::vector<Column> before = object_columns(std::move(rows));
        Data filled;
        filled.rows = before.empty() ? 0 : before.front().cells.size();
        std::vector<Column> after;
        for (const std::size_t from : kept) {
            Column column = before[from];
            for (Cell& cell : column.cells) {
                if (cell.kind == Cell::Kind::na && mark.cell.kind != Cell::Kind::na)
                    return refuse_input("pandas.NA in its input, which it was not told to fill");
                if (cell.kind == Cell::Kind::nan && !mark.is_nan() && mark.cell.kind != Cell::Kind::na)
                    return refuse_input("NaN in its input, which it was not told to fill");
                if (mark.matches(cell)) cell = statistics[from];
            }
            after.push_back(std::move(column));
        }
        for (const std::size_t from : indicated) {
            Column flags{.objects = true, .numbers = {}, .cells = {}};
            for (const Cell& cell : before[from].cells)
                flags.cells.push_back({.kind = Cell::Kind::boolean, .number = mark.matches(cell) ? 1.0 : 0.0});
            after.push_back(std::move(flags));
        }
        filled.values = std::move(after);
        return filled;
    }
};

Result<std::unique_ptr<Step>> simple(StateReader& state) {
    auto made = std::make_unique<Imputer>();
    made->mark = read_mark(state, made->texts);
    const std::string strategy = state.text("strategy");
    made->numeric = strategy == "mean" || strategy == "median";
    state.require_that(made->numeric || strategy == "most_frequent" || strategy == "constant", "attribute strategy is " + strategy);
    if (const auto statistics = state.require("statistics_"))
        made->statistics = state.cells_of(*statistics, "attribute statistics_", made->texts);
    const bool keeps_empty = state.flag_or("keep_empty_features", false);
    const bool keeps_all = keeps_empty || (strategy == "constant" && state.writer().before(1, 8));
    for (std::size_t i = 0; i < made->statistics.size(); ++i) {
        if (keeps_all || made->statistics[i].kind != Cell::Kind::nan) made->kept.push_back(i);
    }
    if (const auto dtype = state.find("_fit_dtype")) made->fitted_on_objects = dtype_name(*dtype) == "object";
    if (const auto dtype = state.find("_fill_dtype")) made->fill_single = dtype_name(*dtype) == "float32";
    made->indicates = state.flag_or("add_indicator", false);
    if (made->indicates) made->indicated = read_indicator(state, made->statistics.size());
    state.known({"indicator_", "fill_value", "verbose", "copy"});
    state.fitted_with(made->statistics.size(), "statistics_");
    return state.finish(std::move(made));
}

/// A MissingIndicator by itself: flags, and an error where a column has gaps that it had not when it was fitted.
class Indicator final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY(check_columns(rows));
        Matrix gaps(static_cast<Eigen::Index>(rows.rows), static_cast<Eigen::Index>(width));
        for (std::size_t row = 0; row < rows.rows; ++row) {
            for (std::size_t column = 0; column < width; ++column)
                gaps(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) = is_gap(rows, row, column) ? 1.0 : 0.0;
        }
        if (error_on_new) {
            for (std::size_t column = 0; column < width; ++column) {
                const bool flagged = std::ranges::find(features, column) != features.end();
                if (!flagged && gaps.col(static_cast<Eigen::Index>(column)).any())
                    return refuse_input(fmt::format("column {} has missing values, and had none when it was fitted", column));
            }
        }
        Matrix flags(gaps.rows(), static_cast<Eigen::Index>(shown.size()));
        for (std::size_t i = 0; i < shown.size(); ++i)
            flags.col(static_cast<Eigen::Index>(i)) = gaps.col(static_cast<Eigen::Index>(shown[i]));
        Data made = data_of(std::move(flags));
        made.type = NumberType::boolean;
        made.sparse = sparse;
        return made;
    }

    MissingMark mark;
    std::size_t width = 0;
    std::vector<std::size_t> features;  ///< that had gaps when it was fitted
    std::vector<std::size_t> shown;
    bool error_on_new = true;
    bool sparse = false;
    std::deque<std::string> texts;

private:
    [[nodiscard]] bool is_gap(const Data& rows, std::size_t row, std::size_t column) const {
        if (const auto* given = std::get_if<Matrix>(&rows.values))
            return mark.matches((*given)(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)));
        const Column& one = std::get<std::vector<Column>>(rows.values)[column];
        return one.objects ? mark.matches(one.cells[row]) : mark.matches(one.numbers[row]);
    }
};

Result<std::unique_ptr<Step>> indicator(StateReader& state) {
    auto made = std::make_unique<Indicator>();
    made->mark = read_mark(state, made->texts);
    const std::int64_t width = state.integer("_n_features");
    if (width < 1 || width > max_features)
        return state.problem("attribute _n_features is no number of features"), state.finish(std::move(made));
    made->width = static_cast<std::size_t>(width);
    state.fitted_with(made->width, "_n_features");
    if (const auto features = state.require("features_")) {
        for (const std::int64_t column : state.integers_of(*features, "attribute features_")) {
            if (column < 0 || column >= width)
                return state.problem("attribute features_ names a column that is not there"), state.finish(std::move(made));
            made->features.push_back(static_cast<std::size_t>(column));
        }
    }
    const std::string which = state.text("features");
    made->error_on_new = state.flag("error_on_new") && which == "missing-only";
    made->shown = made->features;
    if (which == "all") {
        made->shown.resize(made->width);
        for (std::size_t i = 0; i < made->width; ++i) made->shown[i] = i;
    }
    // 0.20 shows everything where nothing was missing.
    if (which == "missing-only" && made->features.empty() && state.writer().before(0, 21)) made->shown.resize(made->width);
    for (std::size_t i = 0; i < made->shown.size() && made->features.empty(); ++i) made->shown[i] = i;
    state.require_that(!state.flag_or("_precomputed", false), "it takes a mask");
    // "auto" is as the rows are.
    if (const auto sparse = state.require("sparse")) made->sparse = sparse->is(FittedKind::boolean) && sparse->boolean();
    return state.finish(std::move(made));
}

}  // namespace

MissingMark read_mark(StateReader& state, std::deque<std::string>& texts) {
    const auto value = state.require("missing_values");
    if (!value) return {};
    switch (value->kind()) {
        case FittedKind::none: return {{.kind = Cell::Kind::none}};
        case FittedKind::text:
            // Releases before 0.22 also took the text for the number.
            texts.emplace_back(value->text());
            return texts.back() == "NaN" && state.writer().before(0, 22) ? MissingMark{}
                                                                         : MissingMark{{.kind = Cell::Kind::text, .text = texts.back()}};
        case FittedKind::integer:
        case FittedKind::boolean: return {{.kind = Cell::Kind::integer, .number = *value->as_number()}};
        case FittedKind::real:
            return std::isnan(value->real()) ? MissingMark{} : MissingMark{{.kind = Cell::Kind::real, .number = value->real()}};
        default: break;
    }
    if (value->class_name().starts_with("pandas._libs.missing.")) return {{.kind = Cell::Kind::na}};
    state.problem_of("missing_values", "is " + value->describe());
    return {};
}

std::vector<std::size_t> read_indicator(StateReader& imputer, std::size_t width) {
    const auto value = imputer.require("indicator_");
    if (!value || !value->is(FittedKind::object)) {
        imputer.problem("attribute indicator_ is not there, and add_indicator is set");
        return {};
    }
    StateReader state(*value, imputer.place(), imputer.budget());
    std::vector<std::size_t> columns;
    if (const auto features = state.require("features_")) {
        for (const std::int64_t place : state.integers_of(*features, "attribute features_")) {
            if (place < 0 || static_cast<std::size_t>(place) >= width) {
                state.problem(fmt::format("attribute features_ names column {} of {}", place, width));
                break;
            }
            columns.push_back(static_cast<std::size_t>(place));
        }
    }
    state.require_that(!state.flag("error_on_new"), "error_on_new is set, which an imputer does not do");
    state.known({"missing_values", "features", "sparse", "_n_features", "_precomputed"});
    const bool is_one = state.cls() == "sklearn.impute._base.MissingIndicator" || state.cls() == "sklearn.impute.MissingIndicator";
    state.require_that(is_one, "is no MissingIndicator");
    if (const auto read = state.finish(); !read) imputer.problem("its indicator_: " + read.error().because);
    return columns;
}

std::span<const EstimatorClass> imputer_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.impute._base.SimpleImputer", simple, "", "sklearn.impute.SimpleImputer"},
        {"sklearn.impute._base.MissingIndicator", indicator, "", "sklearn.impute.MissingIndicator"},
    });
    return classes;
}

}  // namespace assay::pipeline
