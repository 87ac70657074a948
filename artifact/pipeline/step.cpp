#include "artifact/pipeline/step.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace assay::pipeline {

namespace {

/// As Python's float() reads a text: what an array of objects is converted with.
std::optional<double> parse_float(std::string_view text) {
    text = trim(text);
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    if (text.find('(') != std::string_view::npos) return std::nullopt;  // from_chars reads "nan(text)"
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

/// "a, b, c", cut where there are many.
std::string in_order(const std::vector<std::string>& names) {
    constexpr std::size_t shown = 12;
    std::vector<std::string> first;
    for (const std::string& name : names) {
        if (first.size() < shown) first.push_back(printable(name, 60));
    }
    return join(first, ", ") + (names.size() > shown ? ", …" : "");
}

std::string row_and_column(std::size_t row, std::string_view column) { return fmt::format("row {}, {}", row, column); }

}  // namespace

std::string_view to_string(Method method) { return method_names[static_cast<std::size_t>(method)]; }

std::optional<Method> parse_method(std::string_view name) {
    const auto* const found = std::ranges::find(method_names, name);
    if (found == method_names.end()) return std::nullopt;
    return static_cast<Method>(found - method_names.begin());
}

namespace {

thread_local bool part_of_rows = false;

}  // namespace

PartOfRows::PartOfRows() { part_of_rows = true; }
PartOfRows::~PartOfRows() { part_of_rows = false; }
bool PartOfRows::is_on() { return part_of_rows; }

Result<void> Step::want_all_rows() const {
    if (PartOfRows::is_on())
        return not_replayable("what it gives for a row depends on the other rows, and there are more than are computed with at once");
    return {};
}

Result<SampleArray> Step::predict(Data) const { return no_method(Method::predict); }
Result<Scores> Step::scores(Method method, Data) const { return no_method(method); }
Result<Data> Step::transform(Data) const { return no_method(Method::transform); }
Result<Data> Step::inverse_transform(Data) const {
    return fail(Error(ErrorKind::invalid, "no-such-method", fmt::format("{} has no inverse_transform", place)));
}

std::unexpected<Error> Step::refuse_input(std::string because, std::string fix) const {
    Error error(ErrorKind::invalid, "invalid-input", fmt::format("{} refuses the input", place));
    error.because = std::move(because);
    if (!fix.empty()) error.fixes.push_back(std::move(fix));
    return fail(std::move(error));
}

std::unexpected<Error> Step::not_replayable(std::string because) const {
    return fail(Error(ErrorKind::invalid, "not-replayable", fmt::format("{} cannot be replayed on this input", place))
                    .with_because(std::move(because)));
}

std::unexpected<Error> Step::no_method(Method method) const {
    return fail(Error(ErrorKind::invalid, "no-such-method", fmt::format("{} has no {}", place, to_string(method))));
}

Result<void> Step::check_columns(const Data& rows) const {
    if (rows.flat) return refuse_input("the input has one dimension");
    if (!input.names.empty() && !rows.names.empty() && input.names_must_match && rows.names != input.names) {
        for (const std::string& name : input.names) {
            if (std::ranges::find(rows.names, name) == rows.names.end())
                return refuse_input(fmt::format("the column '{}' is missing, which it was fitted with", printable(name, 100)),
                                    "give the columns " + in_order(input.names));
        }
        for (const std::string& name : rows.names) {
            if (std::ranges::find(input.names, name) == input.names.end())
                return refuse_input(fmt::format("the column '{}' was not there when it was fitted", printable(name, 100)),
                                    "give the columns " + in_order(input.names));
        }
        return refuse_input("the columns are in another order than when it was fitted", "give them as " + in_order(input.names));
    }
    if (input.width != 0 && rows.width() != input.width)
        return refuse_input(fmt::format("the input has {} columns, and it was fitted with {}", rows.width(), input.width));
    return {};
}

Result<NumberType> Step::kept_type(const Data& rows) const {
    if (!std::holds_alternative<std::vector<Column>>(rows.values)) return rows.type;
    const auto& columns = std::get<std::vector<Column>>(rows.values);
    if (std::ranges::any_of(columns, &Column::extension))
        return not_replayable("the input has a column of a type of pandas' own: give NumPy's");
    if (columns.empty() || std::ranges::any_of(columns, &Column::objects)) return NumberType::float64;
    return common_type(columns);
}

Result<Data> Step::sparse_numbers(Data rows, Single single) const {
    auto* entries = std::get_if<SparseRows>(&rows.values);
    if (entries == nullptr) return numbers(std::move(rows), Missing::refuse, single);
    TRY(check_columns(rows));
    const bool is_single = rows.type == NumberType::float32;
    if (is_single && single == Single::refuse)
        return not_replayable("the rows that it is given are float32, and scikit-learn computes in float32 then");
    if (!std::ranges::all_of(entries->values, [](double value) { return std::isfinite(value); }))
        return refuse_input("the rows that it is given hold NaN or an infinite number");
    if (!is_single) rows.type = NumberType::float64;
    return rows;
}

Result<Data> Step::numbers(Data rows, Missing missing, Single single) const {
    TRY(check_columns(rows));
    rows = dense(std::move(rows));
    const auto column_name = [&](std::size_t column) {
        return rows.names.empty() ? fmt::format("column {}", column) : fmt::format("column '{}'", printable(rows.names[column], 100));
    };
    NumberType type = rows.type;
    Matrix values;
    if (auto* given = std::get_if<Matrix>(&rows.values)) {
        values = std::move(*given);
    } else {
        const auto& columns = std::get<std::vector<Column>>(rows.values);
        values.resize(static_cast<Eigen::Index>(rows.rows), static_cast<Eigen::Index>(columns.size()));
        bool any_single = false;
        bool any_half = false;
        bool any_double = false;
        bool any_integer = false;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const Column& column = columns[i];
            const auto at = static_cast<Eigen::Index>(i);
            if (column.inexact) return not_replayable(fmt::format("{} holds integers that no double holds exactly", column_name(i)));
            any_single = any_single || (!column.objects && column.type == NumberType::float32);
            any_half = any_half || (!column.objects && column.type == NumberType::float16);
            any_double = any_double || column.objects || column.type == NumberType::float64;
            any_integer = any_integer || (!column.objects && column.type == NumberType::integer);
            for (std::size_t row = 0; row < rows.rows; ++row) {
                double& to = values(static_cast<Eigen::Index>(row), at);
                if (!column.objects) {
                    to = column.numbers[row];
                    continue;
                }
                const Cell& cell = column.cells[row];
                if (cell.is_number()) {
                    to = cell.number;
                } else if (cell.kind == Cell::Kind::text) {
                    const auto number = parse_float(cell.text);
                    if (!number)
                        return refuse_input(fmt::format("{}: {} is no number", row_and_column(row, column_name(i)), to_string(cell)));
                    to = *number;
                } else if (cell.kind == Cell::Kind::na) {
                    return refuse_input(fmt::format("{}: pandas.NA is no number", row_and_column(row, column_name(i))));
                } else {
                    to = std::numeric_limits<double>::quiet_NaN();
                }
            }
        }
        const bool narrow = !any_double && !any_integer;
        type = any_single && narrow ? NumberType::float32 : any_half && narrow ? NumberType::float16 : NumberType::float64;
    }
    if ((type == NumberType::float32 && single == Single::refuse) || (type == NumberType::float16 && single != Single::compares)) {
        const char* const name = type == NumberType::float32 ? "float32" : "float16";
        return not_replayable(fmt::format("the input is {}, and scikit-learn computes in {} then: give float64", name, name));
    }
    if (missing != Missing::allow_infinite && !values.allFinite()) {
        for (Eigen::Index row = 0; row < values.rows(); ++row) {
            for (Eigen::Index column = 0; column < values.cols(); ++column) {
                const double value = values(row, column);
                if (std::isfinite(value) || (std::isnan(value) && missing == Missing::allow)) continue;
                return refuse_input(
                    fmt::format("{}: {}", row_and_column(static_cast<std::size_t>(row), column_name(static_cast<std::size_t>(column))),
                                std::isnan(value) ? "NaN, and it does not accept missing values" : "an infinite number"));
            }
        }
    }
    Data checked = data_of(std::move(values));
    checked.type = type == NumberType::float32 || type == NumberType::float16 ? type : NumberType::float64;
    checked.sparse = rows.sparse;
    return checked;
}

Result<Matrix> Step::matrix(Data rows, Missing missing, Single single) const {
    TRY_ASSIGN(Data checked, numbers(std::move(rows), missing, single));
    return std::get<Matrix>(std::move(checked.values));
}

SampleArray labels_at(const SampleValues& labels, const std::vector<std::size_t>& places) {
    SampleArray found;
    found.shape = {places.size()};
    std::visit(
        [&](const auto& all) {
            std::decay_t<decltype(all)> values;
            values.reserve(places.size());
            for (const std::size_t place : places) values.push_back(all[place]);
            found.values = std::move(values);
        },
        labels);
    return found;
}

SampleArray array_of(const Matrix& values, bool flat) {
    SampleArray answer{.shape = {static_cast<std::size_t>(values.rows())},
                       .values = std::vector<double>(values.data(), values.data() + values.size()),
                       .missing = {}};
    if (!flat) answer.shape.push_back(static_cast<std::size_t>(values.cols()));
    return answer;
}

std::vector<std::size_t> argmax(const Matrix& scores) {
    std::vector<std::size_t> places(static_cast<std::size_t>(scores.rows()), 0);
    for (Eigen::Index row = 0; row < scores.rows(); ++row) {
        Eigen::Index best = 0;
        for (Eigen::Index column = 1; column < scores.cols(); ++column) {
            // NumPy's argmax takes the first NaN for the largest.
            if (scores(row, column) > scores(row, best) || (std::isnan(scores(row, column)) && !std::isnan(scores(row, best))))
                best = column;
        }
        places[static_cast<std::size_t>(row)] = static_cast<std::size_t>(best);
    }
    return places;
}

std::size_t count_of(const SampleValues& values) {
    return std::visit([](const auto& all) { return all.size(); }, values);
}

bool mixes_texts(const std::vector<SampleValues>& labels) {
    const auto is_text = [](const SampleValues& each) { return std::holds_alternative<std::vector<std::string>>(each); };
    return std::ranges::any_of(labels, is_text) && !std::ranges::all_of(labels, is_text);
}

double numpy_sum(const double* values, std::size_t count) {
    if (count < 8) {
        double sum = count == 0 ? 0.0 : -0.0;
        for (std::size_t i = 0; i < count; ++i) sum += values[i];
        return sum;
    }
    if (count <= 128) {
        std::array<double, 8> part{};
        std::copy_n(values, 8, part.begin());
        std::size_t i = 8;
        for (; i < count - count % 8; i += 8) {
            for (std::size_t k = 0; k < 8; ++k) part[k] += values[i + k];
        }
        double sum = ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
        for (; i < count; ++i) sum += values[i];
        return sum;
    }
    std::size_t half = count / 2;
    half -= half % 8;
    return numpy_sum(values, half) + numpy_sum(values + half, count - half);
}

}  // namespace assay::pipeline
