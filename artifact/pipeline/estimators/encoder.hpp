#pragma once

#include "artifact/pipeline/state_reader.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <deque>
#include <unordered_map>

namespace assay::pipeline {

inline constexpr std::size_t unknown_category = SIZE_MAX;

/// The categories of one column, and where each stands among them.
class Categories {
public:
    Categories() = default;
    explicit Categories(std::vector<Cell> cells) : cells_(std::move(cells)) {
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            const Cell& cell = cells_[i];
            if (cell.is_number()) {
                numbers_.emplace(cell.number, i);
            } else if (cell.kind == Cell::Kind::text) {
                texts_.emplace(cell.text, i);
            } else {
                missing_[static_cast<std::size_t>(cell.kind)] = i;
            }
        }
    }
    [[nodiscard]] std::size_t size() const { return cells_.size(); }
    [[nodiscard]] std::size_t find(double number) const {
        if (std::isnan(number)) return missing_[0];
        const auto found = numbers_.find(number);
        return found == numbers_.end() ? unknown_category : found->second;
    }
    [[nodiscard]] std::size_t find(const Cell& cell) const {
        if (cell.is_number()) return find(cell.number);
        if (cell.kind != Cell::Kind::text) return missing_[static_cast<std::size_t>(cell.kind)];
        const auto found = texts_.find(cell.text);
        return found == texts_.end() ? unknown_category : found->second;
    }

private:
    std::vector<Cell> cells_;
    std::unordered_map<double, std::size_t> numbers_;
    std::unordered_map<std::string_view, std::size_t> texts_;
    std::array<std::size_t, 3> missing_ = {unknown_category, unknown_category, unknown_category};  ///< by kind: nan, none, na
};

/// What becomes of one column: the code of each category.
struct Encoded {
    Categories categories;
    std::vector<std::size_t> grouped;      ///< code → code with infrequent categories together; empty when there are none
    std::size_t infrequent = unknown_category;      ///< the first infrequent category
    std::size_t groups = 0;                ///< codes after grouping
    std::optional<std::size_t> dropped;    ///< the code without a column of its own
    std::size_t missing = unknown_category;         ///< the code that stands for missing values, of an OrdinalEncoder
};

class Encoder : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }

    std::vector<Encoded> columns;
    std::deque<std::string> texts;
    NumberType type = NumberType::float64;
    bool refuses_unknown = true;
    bool refuses_nan = false;  ///< releases before 0.24

protected:
    /// Calls put(row, column, code), where the code may be `unknown`.
    template <class Put>
    [[nodiscard]] Result<void> encode(const Data& rows, Put put) const {
        TRY(check_columns(rows));
        const auto take = [&](std::size_t row, std::size_t column, const auto& value) -> Result<void> {
            const std::size_t code = columns[column].categories.find(value);
            if (code == unknown_category) TRY(accept_unknown(rows, row, column, value));
            put(row, column, code);
            return {};
        };
        if (const auto* matrix_given = std::get_if<Matrix>(&rows.values)) {
            for (std::size_t row = 0; row < rows.rows; ++row) {
                for (std::size_t column = 0; column < columns.size(); ++column)
                    TRY(take(row, column, (*matrix_given)(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column))));
            }
            return {};
        }
        const auto& given = std::get<std::vector<Column>>(rows.values);
        for (std::size_t column = 0; column < columns.size(); ++column) {
            if (given[column].inexact) return not_replayable(fmt::format("column {} holds integers that no double holds exactly", column));
            for (std::size_t row = 0; row < rows.rows; ++row) {
                if (given[column].objects) {
                    TRY(take(row, column, given[column].cells[row]));
                } else {
                    TRY(take(row, column, given[column].numbers[row]));
                }
            }
        }
        return {};
    }

private:
    static bool is_nan(double value) { return std::isnan(value); }
    static bool is_nan(const Cell& value) { return value.kind == Cell::Kind::nan; }
    static std::string in_words(double value) { return fmt::format("{}", value); }
    static std::string in_words(const Cell& value) { return to_string(value); }

    template <class Value>
    [[nodiscard]] Result<void> accept_unknown(const Data& rows, std::size_t row, std::size_t column, const Value& value) const {
        const std::string where = rows.names.empty() ? fmt::format("row {}, column {}", row, column)
                                                     : fmt::format("row {}, column '{}'", row, rows.names[column]);
        if (refuses_nan && is_nan(value)) return refuse_input(where + ": NaN, and it does not accept missing values");
        if (refuses_unknown) return refuse_input(fmt::format("{}: {} is an unknown category", where, in_words(value)));
        return {};
    }
};

/// `categories_`, one list per column.
void read_categories(StateReader& state, Encoder& made);

/// `dtype`: of what an encoder makes.
[[nodiscard]] NumberType read_type(StateReader& state);

/// A OneHotEncoder of 0.20 or 0.21 that was fitted as releases before 0.20 did: on integers from 0, of some columns.
[[nodiscard]] Result<std::unique_ptr<Step>> legacy_one_hot(StateReader& state);

}  // namespace assay::pipeline
