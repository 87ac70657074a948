#pragma once

#include "artifact/pipeline/state_reader.hpp"

#include <cmath>
#include <deque>

namespace assay::pipeline {

/// What counts as missing.
struct MissingMark {
    Cell cell;  ///< of a NaN or pandas.NA: those; else what is equal to it
    [[nodiscard]] bool is_nan() const { return cell.kind == Cell::Kind::nan; }
    [[nodiscard]] bool matches(double value) const { return is_nan() ? std::isnan(value) : cell.is_number() && value == cell.number; }
    [[nodiscard]] bool matches(const Cell& value) const { return cell.kind == Cell::Kind::na ? value.is_missing() : value == cell; }
};

/// `missing_values`: what counts as missing.
[[nodiscard]] MissingMark read_mark(StateReader& state, std::deque<std::string>& texts);

/// `indicator_` of an imputer that flags gaps: which of its columns.
[[nodiscard]] std::vector<std::size_t> read_indicator(StateReader& imputer, std::size_t width);

}  // namespace assay::pipeline
