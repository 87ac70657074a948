#include "artifact/pipeline/data.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay::pipeline {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t exact = std::int64_t{1} << 53;  // beyond, a double does not hold every integer

Result<double> as_double(std::int64_t value, std::string_view what) {
    if (value <= exact && value >= -exact) return static_cast<double>(value);
    return fail(Error(ErrorKind::invalid, "not-replayable", fmt::format("the input cannot be computed with: {}", what))
                    .with_because(fmt::format("it holds the integer {}, which no double holds exactly", value)));
}

Cell missing_cell(MissingSpelling spelling) {
    return {.kind = spelling == MissingSpelling::none        ? Cell::Kind::none
                    : spelling == MissingSpelling::pandas_na ? Cell::Kind::na
                                                             : Cell::Kind::nan};
}

NumberType number_type(SampleType type, std::string_view dtype) {
    switch (type) {
        case SampleType::boolean: return NumberType::boolean;
        case SampleType::float32: return NumberType::float32;
        case SampleType::int64:
            return dtype == "int8" || dtype == "int16" || dtype == "uint8" || dtype == "uint16" ? NumberType::small_integer
                                                                                                : NumberType::integer;
        default: return NumberType::float64;
    }
}

/// pandas' own types of numbers, which scikit-learn makes floats of.
bool is_extension_number(std::string_view dtype) {
    return dtype.starts_with("Int") || dtype.starts_with("UInt") || dtype.starts_with("Float") || dtype == "boolean";
}

bool is_missing(const SampleArray& array, std::size_t at) { return !array.missing.empty() && array.missing[at] != 0; }

/// Elements first, first + step, … of an array as numbers.
Result<void> put_numbers(const SampleArray& array, std::size_t first, std::size_t step, std::string_view what,
                         std::vector<double>& numbers) {
    for (std::size_t row = 0; row < numbers.size(); ++row) {
        const std::size_t at = first + row * step;
        if (is_missing(array, at)) {
            numbers[row] = nan;
        } else if (const auto* doubles = std::get_if<std::vector<double>>(&array.values)) {
            numbers[row] = (*doubles)[at];
        } else if (const auto* floats = std::get_if<std::vector<float>>(&array.values)) {
            numbers[row] = static_cast<double>((*floats)[at]);
        } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&array.values)) {
            TRY_ASSIGN(numbers[row], as_double((*integers)[at], what));
        } else {
            numbers[row] = std::get<std::vector<std::uint8_t>>(array.values)[at];
        }
    }
    return {};
}

Cell cell_of(double number, NumberType type) {
    if (type == NumberType::boolean) return {.kind = Cell::Kind::boolean, .number = number};
    if (type == NumberType::integer || type == NumberType::small_integer) return {.kind = Cell::Kind::integer, .number = number};
    return std::isnan(number) ? Cell{} : Cell{.kind = Cell::Kind::real, .number = number};
}

Result<void> put_cells(const SampleArray& array, std::size_t first, std::size_t step, MissingSpelling spelling, std::string_view what,
                       std::vector<Cell>& cells) {
    for (std::size_t row = 0; row < cells.size(); ++row) {
        const std::size_t at = first + row * step;
        Cell& cell = cells[row];
        if (is_missing(array, at)) {
            cell = missing_cell(spelling);
        } else if (const auto* texts = std::get_if<std::vector<std::string>>(&array.values)) {
            cell = {.kind = Cell::Kind::text, .text = (*texts)[at]};
        } else if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&array.values)) {
            TRY_ASSIGN(const double number, as_double((*integers)[at], what));
            cell = {.kind = Cell::Kind::integer, .number = number};
        } else if (const auto* booleans = std::get_if<std::vector<std::uint8_t>>(&array.values)) {
            cell = {.kind = Cell::Kind::boolean, .number = static_cast<double>((*booleans)[at])};
        } else {
            const auto* floats = std::get_if<std::vector<float>>(&array.values);
            const double number = floats != nullptr ? static_cast<double>((*floats)[at]) : std::get<std::vector<double>>(array.values)[at];
            cell = cell_of(number, NumberType::float64);
        }
    }
    return {};
}

/// What NumPy makes of a categorical: objects, or numbers when the categories are numbers.
bool is_objects(const SampleColumn& column) {
    if (column.array.type() == SampleType::string) return true;
    if (column.dtype == "category") return column.array.type() == SampleType::boolean && !column.array.missing.empty();
    return column.dtype == "object" || column.dtype == "str" || column.dtype == "string";
}

Result<Column> column_of(const SampleColumn& given, std::size_t first, std::size_t count) {
    Column column;
    const std::string what = fmt::format("column '{}'", printable(given.name, 100));
    if (is_objects(given)) {
        column.objects = true;
        column.cells.resize(count);
        if (!put_cells(given.array, first, 1, given.missing_as, what, column.cells)) column.inexact = true;
        return column;
    }
    column.type = is_extension_number(given.dtype) || (given.dtype == "category" && !given.array.missing.empty())
                      ? NumberType::float64
                      : number_type(given.array.type(), given.dtype);
    if (given.dtype == "float16") column.type = NumberType::float16;
    column.extension = is_extension_number(given.dtype);
    column.numbers.resize(count);
    if (!put_numbers(given.array, first, 1, what, column.numbers)) column.inexact = true;
    return column;
}

Result<Data> of_table(const SampleTable& table, std::size_t first, std::size_t count) {
    Data data;
    data.rows = count;
    data.table = true;
    std::vector<Column> columns;
    columns.reserve(table.columns.size());
    for (const SampleColumn& given : table.columns) {
        TRY_ASSIGN(Column column, column_of(given, first, count));
        columns.push_back(std::move(column));
        data.names.push_back(given.name);
    }
    data.values = std::move(columns);
    return data;
}

Result<Data> of_matrix(const SampleMatrix& given, std::size_t first, std::size_t count) {
    const std::size_t width = given.array.shape[1];
    Data data;
    data.rows = count;
    if (given.dtype == "object" || given.array.type() == SampleType::string) {
        std::vector<Column> columns(width);
        for (std::size_t column = 0; column < width; ++column) {
            columns[column].objects = true;
            columns[column].cells.resize(count);
            TRY(put_cells(given.array, first * width + column, width, given.missing_as, "the matrix", columns[column].cells));
        }
        data.values = std::move(columns);
        return data;
    }
    data.type = given.dtype == "float16" ? NumberType::float16 : number_type(given.array.type(), given.dtype);
    std::vector<double> numbers(count * width);
    TRY(put_numbers(given.array, first * width, 1, "the matrix", numbers));
    data.values = Matrix(Eigen::Map<const Matrix>(numbers.data(), static_cast<Eigen::Index>(count), static_cast<Eigen::Index>(width)));
    return data;
}

/// The type of NumPy's array of two types of numbers side by side.
NumberType common(NumberType a, NumberType b) {
    if (a == b) return a;
    const auto is_either = [&](NumberType type) { return a == type || b == type; };
    if (is_either(NumberType::float64)) return NumberType::float64;
    if (is_either(NumberType::float16) && !is_either(NumberType::integer) && !is_either(NumberType::float32)) return NumberType::float16;
    if (is_either(NumberType::float32) || is_either(NumberType::float16))
        return is_either(NumberType::integer) ? NumberType::float64 : NumberType::float32;
    return is_either(NumberType::integer) ? NumberType::integer : NumberType::small_integer;
}

std::vector<Column> columns_of(Data data) {
    data = dense(std::move(data));
    if (auto* columns = std::get_if<std::vector<Column>>(&data.values)) return std::move(*columns);
    const Matrix& matrix = std::get<Matrix>(data.values);
    std::vector<Column> columns(static_cast<std::size_t>(matrix.cols()));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        columns[i].type = data.type;
        columns[i].numbers.resize(data.rows);
        for (std::size_t row = 0; row < data.rows; ++row)
            columns[i].numbers[row] = matrix(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(i));
    }
    return columns;
}

/// Columns of numbers as a matrix; what holds objects stays.
void make_matrix(Data& data) {
    const auto* columns = std::get_if<std::vector<Column>>(&data.values);
    if (columns == nullptr || std::ranges::any_of(*columns, [](const Column& column) { return column.objects || column.inexact; })) return;
    Matrix matrix(static_cast<Eigen::Index>(data.rows), static_cast<Eigen::Index>(columns->size()));
    if (!columns->empty()) data.type = common_type(*columns);
    for (std::size_t i = 0; i < columns->size(); ++i) {
        for (std::size_t row = 0; row < data.rows; ++row)
            matrix(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(i)) = (*columns)[i].numbers[row];
    }
    data.values = std::move(matrix);
}

template <class T, class Get>
SampleArray filled(const Data& data, const std::vector<Column>& columns, Get get) {
    std::vector<T> values;
    values.reserve(data.rows * columns.size());
    for (std::size_t row = 0; row < data.rows; ++row) {
        for (const Column& column : columns) values.push_back(get(column, row));
    }
    return {.shape = {data.rows, columns.size()}, .values = std::move(values), .missing = {}};
}

}  // namespace

NumberType common_type(const std::vector<Column>& columns) {
    NumberType type = columns.front().type;
    for (const Column& column : columns) type = common(type, column.type);
    return type;
}

bool operator==(const Cell& a, const Cell& b) {
    if (a.is_number() && b.is_number()) return a.number == b.number;
    if (a.kind != b.kind) return false;
    return a.kind != Cell::Kind::text || a.text == b.text;
}

std::string to_string(const Cell& cell) {
    switch (cell.kind) {
        case Cell::Kind::nan: return "nan";
        case Cell::Kind::none: return "None";
        case Cell::Kind::na: return "<NA>";
        case Cell::Kind::boolean: return cell.number != 0 ? "True" : "False";
        case Cell::Kind::integer: return fmt::format("{:.0f}", cell.number);
        case Cell::Kind::real: return fmt::format("{}", cell.number);
        case Cell::Kind::text: return "'" + printable(cell.text, 60) + "'";
    }
    return "";
}

std::size_t Data::width() const {
    if (const auto* matrix = std::get_if<Matrix>(&values)) return static_cast<std::size_t>(matrix->cols());
    if (const auto* entries = std::get_if<SparseRows>(&values)) return entries->width;
    return std::get<std::vector<Column>>(values).size();
}

Data data_of(Matrix matrix) {
    Data data;
    data.rows = static_cast<std::size_t>(matrix.rows());
    data.values = std::move(matrix);
    return data;
}

Data data_of(SparseRows rows) {
    Data data;
    data.rows = rows.starts.size() - 1;
    data.sparse = true;
    data.values = std::move(rows);
    return data;
}

Data dense(Data data) {
    const auto* entries = std::get_if<SparseRows>(&data.values);
    if (entries == nullptr) return data;
    Matrix matrix = Matrix::Zero(static_cast<Eigen::Index>(data.rows), static_cast<Eigen::Index>(entries->width));
    for (std::size_t row = 0; row < data.rows; ++row) {
        for (std::size_t i = entries->starts[row]; i < entries->starts[row + 1]; ++i)
            matrix(static_cast<Eigen::Index>(row), entries->columns[i]) = entries->values[i];
    }
    data.values = std::move(matrix);
    return data;
}

Result<Data> rows_of(const Sample& sample, std::size_t first, std::size_t count) {
    if (const auto* table = std::get_if<SampleTable>(&sample.input)) return of_table(*table, first, count);
    if (const auto* matrix = std::get_if<SampleMatrix>(&sample.input)) return of_matrix(*matrix, first, count);
    if (const auto* records = std::get_if<SampleRecords>(&sample.input)) {
        Data data;
        data.rows = count;
        data.records = std::span(records->records).subspan(first, count);
        return data;
    }
    const auto& texts = std::get<SampleTexts>(sample.input).values;
    Data data;
    data.rows = count;
    data.flat = true;
    Column column{.objects = true, .numbers = {}, .cells = {}};
    for (std::size_t row = 0; row < count; ++row) column.cells.push_back({.kind = Cell::Kind::text, .text = texts[first + row]});
    data.values = std::vector<Column>{std::move(column)};
    return data;
}

std::vector<Column> object_columns(Data data) {
    std::vector<Column> columns = columns_of(std::move(data));
    for (Column& column : columns) {
        if (column.objects) continue;
        for (const double number : column.numbers) column.cells.push_back(cell_of(number, column.type));
        column.objects = true;
    }
    return columns;
}

Data select(const Data& data, const std::vector<std::size_t>& columns) {
    Data selected;
    selected.rows = data.rows;
    selected.table = data.table;
    selected.sparse = data.sparse;
    selected.type = data.type;
    for (const std::size_t column : columns) {
        if (!data.names.empty()) selected.names.push_back(data.names[column]);
    }
    if (const auto* matrix = std::get_if<Matrix>(&data.values)) {
        Matrix part(matrix->rows(), static_cast<Eigen::Index>(columns.size()));
        for (Eigen::Index row = 0; row < part.rows(); ++row) {
            for (Eigen::Index i = 0; i < part.cols(); ++i)
                part(row, i) = (*matrix)(row, static_cast<Eigen::Index>(columns[static_cast<std::size_t>(i)]));
        }
        selected.values = std::move(part);
    } else {
        std::vector<Column> part;
        part.reserve(columns.size());
        for (const std::size_t column : columns) part.push_back(std::get<std::vector<Column>>(data.values)[column]);
        selected.values = std::move(part);
    }
    return selected;
}

namespace {

/// As scipy.sparse.hstack: of dense rows the zeros are left out.
SparseRows sparse_beside(const std::vector<Data>& parts, std::size_t rows) {
    SparseRows all;
    for (std::size_t row = 0; row < rows; ++row) {
        std::size_t offset = 0;
        for (const Data& part : parts) {
            if (const auto* entries = std::get_if<SparseRows>(&part.values)) {
                for (std::size_t i = entries->starts[row]; i < entries->starts[row + 1]; ++i) {
                    all.columns.push_back(static_cast<std::uint32_t>(offset + entries->columns[i]));
                    all.values.push_back(entries->values[i]);
                }
            } else {
                const Matrix& matrix = std::get<Matrix>(part.values);
                for (Eigen::Index i = 0; i < matrix.cols(); ++i) {
                    const double value = matrix(static_cast<Eigen::Index>(row), i);
                    if (value == 0) continue;
                    all.columns.push_back(static_cast<std::uint32_t>(offset + static_cast<std::size_t>(i)));
                    all.values.push_back(value);
                }
            }
            offset += part.width();
        }
        all.width = offset;
        all.starts.push_back(all.values.size());
    }
    return all;
}

}  // namespace

Data beside(std::vector<Data> parts, std::size_t rows, bool sparse) {
    Data all;
    all.rows = rows;
    all.sparse = sparse;
    const auto is_sparse = [](const Data& part) { return std::holds_alternative<SparseRows>(part.values); };
    const bool stays_sparse = sparse && std::ranges::any_of(parts, is_sparse);
    if (!stays_sparse) {
        for (Data& part : parts) part = dense(std::move(part));
    }
    std::size_t width = 0;
    bool numbers = true;
    bool first = true;
    for (Data& part : parts) {
        make_matrix(part);
        width += part.width();
        numbers = numbers && (part.is_matrix() || is_sparse(part));
        if ((part.is_matrix() || is_sparse(part)) && part.width() != 0) {
            all.type = first ? part.type : common(all.type, part.type);
            first = false;
        }
    }
    if (!numbers) {
        std::vector<Column> columns;
        columns.reserve(width);
        for (Data& part : parts) std::ranges::move(columns_of(std::move(part)), std::back_inserter(columns));
        all.values = std::move(columns);
        return all;
    }
    if (stays_sparse) {
        all.values = sparse_beside(parts, rows);
        return all;
    }
    Matrix matrix(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(width));
    Eigen::Index at = 0;
    for (const Data& part : parts) {
        const Matrix& block = std::get<Matrix>(part.values);
        matrix.middleCols(at, block.cols()) = block;
        at += block.cols();
    }
    all.values = std::move(matrix);
    return all;
}

Result<void> multiply(Data& rows, double weight) {
    make_matrix(rows);
    auto* entries = std::get_if<SparseRows>(&rows.values);
    if ((!rows.is_matrix() && entries == nullptr) || rows.type != NumberType::float64)
        return fail(Error(ErrorKind::invalid, "not-replayable", "a weight is put on what are no float64")
                        .with_because("NumPy computes in the type of its transformer's output then"));
    if (entries != nullptr) {
        for (double& value : entries->values) value *= weight;
    } else {
        std::get<Matrix>(rows.values) *= weight;
    }
    return {};
}

Result<SampleArray> to_array(const Data& data) {
    if (std::holds_alternative<SparseRows>(data.values)) return to_array(dense(data));
    if (const auto* matrix = std::get_if<Matrix>(&data.values)) {
        if (data.type == NumberType::integer || data.type == NumberType::small_integer || data.type == NumberType::boolean) {
            const std::vector<Column> columns = columns_of(data);
            if (data.type == NumberType::boolean)
                return filled<std::uint8_t>(data, columns, [](const Column& column, std::size_t row) {
                    return column.numbers[row] != 0 ? std::uint8_t{1} : std::uint8_t{0};
                });
            return filled<std::int64_t>(
                data, columns, [](const Column& column, std::size_t row) { return static_cast<std::int64_t>(column.numbers[row]); });
        }
        if (data.type == NumberType::float32 || data.type == NumberType::float16) {
            std::vector<float> values(static_cast<std::size_t>(matrix->size()));
            std::transform(matrix->data(), matrix->data() + matrix->size(), values.begin(),
                           [](double value) { return static_cast<float>(value); });
            return SampleArray{.shape = {data.rows, data.width()}, .values = std::move(values), .missing = {}};
        }
        return SampleArray{.shape = {data.rows, data.width()},
                           .values = std::vector<double>(matrix->data(), matrix->data() + matrix->size()),
                           .missing = {}};
    }
    const auto& given = std::get<std::vector<Column>>(data.values);
    if (std::ranges::any_of(given, &Column::extension))
        return fail(
            Error(ErrorKind::invalid, "not-replayable", "the output cannot be kept")
                .with_because("it has a column of a type of pandas' own, and NumPy's array of it depends on the release of pandas"));
    if (std::ranges::none_of(given, [](const Column& column) { return column.objects || column.inexact; })) {
        Data numbers = data;
        make_matrix(numbers);
        return to_array(numbers);
    }
    // An array of objects of one type is one of that type, as the clients keep it.
    const std::vector<Column> columns = object_columns(data);
    if (std::ranges::any_of(columns, &Column::inexact))
        return fail(Error(ErrorKind::invalid, "not-replayable", "the output cannot be kept")
                        .with_because("it holds integers that no double holds exactly"));
    bool texts = true;
    bool numbers = true;
    bool integers = true;
    bool booleans = true;
    for (const Column& column : columns) {
        for (const Cell& cell : column.cells) {
            texts = texts && cell.kind == Cell::Kind::text;
            booleans = booleans && cell.kind == Cell::Kind::boolean;
            integers = integers && cell.kind == Cell::Kind::integer;
            numbers = numbers && (cell.kind == Cell::Kind::integer || cell.kind == Cell::Kind::real || cell.kind == Cell::Kind::nan);
        }
    }
    if (texts)
        return filled<std::string>(data, columns,
                                   [](const Column& column, std::size_t row) { return std::string(column.cells[row].text); });
    if (booleans)
        return filled<std::uint8_t>(data, columns, [](const Column& column, std::size_t row) {
            return column.cells[row].number != 0 ? std::uint8_t{1} : std::uint8_t{0};
        });
    if (integers)
        return filled<std::int64_t>(
            data, columns, [](const Column& column, std::size_t row) { return static_cast<std::int64_t>(column.cells[row].number); });
    if (numbers)
        return filled<double>(data, columns, [](const Column& column, std::size_t row) {
            return column.cells[row].kind == Cell::Kind::nan ? nan : column.cells[row].number;
        });
    return fail(Error(ErrorKind::invalid, "not-replayable", "the output cannot be kept")
                    .with_because("it is an array of objects of several types, and a sample keeps arrays of one"));
}

}  // namespace assay::pipeline
