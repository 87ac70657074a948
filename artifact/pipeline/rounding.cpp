#include "artifact/pipeline/rounding.hpp"

#include <limits>

namespace assay::pipeline {

namespace {

thread_local int direction = 0;  // 0: off

}  // namespace

WorstRounding::WorstRounding(bool up) { direction = up ? 1 : -1; }
WorstRounding::~WorstRounding() { direction = 0; }
bool WorstRounding::is_on() { return direction != 0; }

double rounded_worst(double value, double magnitude, double units, std::size_t turn) {
    if (direction == 0) return value;
    const double off = units * std::numeric_limits<double>::epsilon() * magnitude;
    return (turn % 2 == 0) == (direction > 0) ? value + off : value - off;
}

}  // namespace assay::pipeline
