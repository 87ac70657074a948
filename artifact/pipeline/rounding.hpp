#pragma once

#include <cstddef>

namespace assay::pipeline {

/// While it lives, what every library rounds otherwise (matrix products, exp and log) is off on this thread by as much as rounding can make
/// it, by turns up and down, the first of them as `up` says: what an answer then differs by is how well it is known at all.
class WorstRounding {
public:
    explicit WorstRounding(bool up);
    ~WorstRounding();
    WorstRounding(const WorstRounding&) = delete;
    WorstRounding& operator=(const WorstRounding&) = delete;

    [[nodiscard]] static bool is_on();
};

/// `value`; under WorstRounding off by `units` roundings of a number of this magnitude. `turn`: of a column, of an output.
[[nodiscard]] double rounded_worst(double value, double magnitude, double units, std::size_t turn);

}  // namespace assay::pipeline
