#include "artifact/sample_csv.hpp"

#include "base/csv.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace assay {

namespace {

/// pandas: _libs/parsers.pyx, STR_NA_VALUES.
bool is_missing(std::string_view cell) {
    constexpr auto words = std::to_array<std::string_view>({"", "NA", "NaN", "nan", "null", "NULL", "None", "N/A", "n/a", "<NA>", "#N/A",
                                                            "#NA", "#N/A N/A", "-NaN", "-nan", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"});
    return std::ranges::find(words, cell) != words.end();
}

template <class Number>
std::optional<Number> parse(std::string_view cell) {
    cell = trim(cell);
    if (cell.starts_with('+') && !cell.starts_with("+-")) cell.remove_prefix(1);
    if (cell.find('(') != std::string_view::npos) return std::nullopt;  // from_chars reads "nan(text)"
    Number value{};
    const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (problem != std::errc() || end != cell.data() + cell.size() || cell.empty()) return std::nullopt;
    return value;
}

/// pandas: _libs/src/parser/tokenizer.c, to_boolean: in any case.
std::optional<bool> parse_boolean(std::string_view cell) {
    if (equals_ignoring_case(cell, "true")) return true;
    if (equals_ignoring_case(cell, "false")) return false;
    return std::nullopt;
}

/// The column as numbers of a type, when every cell that is there is one.
template <class Number, class Parse>
std::optional<std::vector<Number>> all(const CsvTable& table, std::size_t column, Number missing, Parse parse_cell) {
    std::vector<Number> values;
    values.reserve(table.rows.size());
    for (const auto& row : table.rows) {
        if (is_missing(row[column])) {
            values.push_back(missing);
            continue;
        }
        const auto value = parse_cell(row[column]);
        if (!value) return std::nullopt;
        values.push_back(static_cast<Number>(*value));
    }
    return values;
}

SampleColumn column_of(const CsvTable& table, std::size_t place) {
    SampleColumn column;
    column.name = table.columns[place];
    column.array.shape = {table.rows.size()};
    const auto missing =
        static_cast<std::size_t>(std::ranges::count_if(table.rows, [&](const auto& row) { return is_missing(row[place]); }));
    if (missing == 0) {
        if (auto integers = all<std::int64_t>(table, place, 0, parse<std::int64_t>)) {
            column.array.values = *std::move(integers);
            return column;
        }
        if (auto booleans = all<std::uint8_t>(table, place, 0, parse_boolean)) {
            column.array.values = *std::move(booleans);
            return column;
        }
    }
    if (auto numbers = all<double>(table, place, std::numeric_limits<double>::quiet_NaN(), parse<double>)) {
        column.array.values = *std::move(numbers);
        return column;
    }
    // Of booleans with gaps pandas makes objects.
    if (auto booleans = all<std::uint8_t>(table, place, 0, parse_boolean)) {
        for (const auto& row : table.rows) column.array.missing.push_back(is_missing(row[place]) ? 1 : 0);
        column.array.values = *std::move(booleans);
        column.dtype = "object";
        return column;
    }
    std::vector<std::string> texts;
    for (const auto& row : table.rows) {
        const bool gap = is_missing(row[place]);
        texts.push_back(gap ? "" : row[place]);
        if (missing != 0) column.array.missing.push_back(gap ? 1 : 0);
    }
    column.array.values = std::move(texts);
    column.dtype = "object";
    return column;
}

}  // namespace

Result<Sample> sample_of_csv(std::string_view text, const SampleLimits& limits) {
    TRY_ASSIGN(const CsvTable table, parse_csv(text, limits.max_rows));
    if (table.rows.empty()) return fail(ErrorKind::invalid, "invalid-csv", "there are no rows below the names of the columns");
    if (table.columns.size() > limits.max_columns || table.rows.size() * table.columns.size() > limits.max_values)
        return fail(Error(ErrorKind::too_large, "sample-too-large", "there are too many values")
                        .with_because(fmt::format("at most {} are read", limits.max_values)));
    Sample sample;
    sample.rows = table.rows.size();
    SampleTable input;
    for (std::size_t place = 0; place < table.columns.size(); ++place) input.columns.push_back(column_of(table, place));
    sample.input = std::move(input);
    return sample;
}

}  // namespace assay
