#include "artifact/pipeline/verification.hpp"

#include "artifact/pipeline/state_reader.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace assay::pipeline {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// A column of cells as a column of a sample: numbers, or texts.
std::optional<SampleColumn> column_of(std::string name, const std::vector<Cell>& cells) {
    SampleColumn column;
    column.name = std::move(name);
    column.array.shape = {cells.size()};
    if (std::ranges::all_of(cells, [](const Cell& cell) { return cell.is_number() || cell.is_missing(); })) {
        std::vector<double> numbers;
        for (const Cell& cell : cells) numbers.push_back(cell.is_number() ? cell.number : missing);
        column.array.values = std::move(numbers);
        return column;
    }
    std::vector<std::string> texts;
    for (const Cell& cell : cells) {
        if (cell.is_number()) return std::nullopt;
        texts.emplace_back(cell.text);
        column.array.missing.push_back(cell.is_missing() ? 1 : 0);
        if (cell.kind == Cell::Kind::none) column.missing_as = MissingSpelling::none;
        if (cell.kind == Cell::Kind::na) column.missing_as = MissingSpelling::pandas_na;
    }
    column.dtype = "object";
    column.array.values = std::move(texts);
    return column;
}

/// The cells of a matrix of numbers or objects, row by row.
struct Cells {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<Cell> cells;
    std::deque<std::string> texts;
};

bool read_cells(StateReader& reader, const Fitted& value, Cells& found) {
    if (!value.is(FittedKind::array) || value.array().shape.size() != 2) return false;
    const FittedArray array = value.array();
    found.rows = static_cast<std::size_t>(array.shape[0]);
    found.columns = static_cast<std::size_t>(array.shape[1]);
    if (array.dtype.kind == 'O') {
        for (const std::size_t place : c_order(array)) {
            const Fitted element = value.at(array.elements[place]);
            if (element.is_none()) {
                found.cells.push_back({.kind = Cell::Kind::none});
            } else if (const auto text = element.as_text()) {
                found.texts.emplace_back(*text);
                found.cells.push_back({.kind = Cell::Kind::text, .text = found.texts.back()});
            } else if (const auto number = element.as_number()) {
                found.cells.push_back(std::isnan(*number) ? Cell{} : Cell{.kind = Cell::Kind::real, .number = *number});
            } else {
                return false;
            }
        }
        return true;
    }
    const Matrix numbers = reader.matrix_of(value, "active_values");
    if (reader.failed()) return false;
    for (Eigen::Index i = 0; i < numbers.size(); ++i) {
        const double number = numbers.data()[i];
        found.cells.push_back(std::isnan(number) ? Cell{} : Cell{.kind = Cell::Kind::real, .number = number});
    }
    return true;
}

/// The first rows of an array that has more.
void cut(SampleArray& array, std::size_t rows) {
    const std::size_t per_row = count_of(array.values) / std::max<std::size_t>(1, array.rows());
    array.shape.front() = rows;
    std::visit([&](auto& values) { values.resize(rows * per_row); }, array.values);
}

}  // namespace

std::optional<Sample> verification_of(const Fitted& root) {
    if (root.class_name() != "sklearn2pmml.pipeline.PMMLPipeline") return std::nullopt;
    Budget budget;
    StateReader pipeline(root, {}, budget);
    const auto verification = pipeline.find("verification");
    const auto fields = pipeline.find("active_fields");
    if (!verification || !fields || verification->class_name() != "sklearn2pmml.pipeline._Verification") return std::nullopt;
    StateReader reader(*verification, {}, budget);
    const auto active = reader.require("active_values");
    const auto target = reader.require("target_values");
    Cells given;
    if (!active || !target || !read_cells(reader, *active, given) || given.rows == 0) return std::nullopt;
    const std::vector<std::string> names = pipeline.texts_of(*fields, "attribute active_fields");
    if (names.size() != given.columns) return std::nullopt;

    Sample sample;
    sample.rows = std::min(given.rows, SampleLimits{}.max_rows);
    SampleTable input;
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::vector<Cell> cells;
        for (std::size_t row = 0; row < sample.rows; ++row) cells.push_back(given.cells[row * given.columns + i]);
        auto column = column_of(names[i], cells);
        if (!column || column->name.empty()) return std::nullopt;
        input.columns.push_back(*std::move(column));
    }
    sample.input = std::move(input);

    SampleArray labels{.shape = {given.rows}, .values = reader.labels_of(*target, "target_values"), .missing = {}};
    if (reader.failed() || count_of(labels.values) != given.rows) return std::nullopt;
    cut(labels, sample.rows);
    sample.outputs.emplace("predict", std::move(labels));
    if (const auto probabilities = reader.find("probability_values"); probabilities && !probabilities->is_none()) {
        const Matrix values = reader.matrix_of(*probabilities, "probability_values");
        if (reader.failed() || static_cast<std::size_t>(values.rows()) != given.rows) return std::nullopt;
        SampleArray array{.shape = {given.rows, static_cast<std::size_t>(values.cols())},
                          .values = std::vector<double>(values.data(), values.data() + values.size()),
                          .missing = {}};
        cut(array, sample.rows);
        sample.outputs.emplace("predict_proba", std::move(array));
    }
    sample.tolerance = {.exact = false, .abs = reader.number_or("zeroThreshold", 0), .rel = reader.number_or("precision", 0)};
    const bool fits = std::isfinite(sample.tolerance.abs) && std::isfinite(sample.tolerance.rel) && sample.tolerance.abs >= 0 &&
                      sample.tolerance.rel >= 0;
    return fits && !reader.failed() ? std::optional(std::move(sample)) : std::nullopt;
}

}  // namespace assay::pipeline
