#pragma once

#include "artifact/pipeline/data.hpp"
#include "artifact/pipeline/fitted.hpp"

#include <optional>
#include <string>

namespace assay::pipeline {

/// The type that a parameter `dtype` names, as NumPy spells it ("float64", "object"): the class `numpy.float64`, Python's `float`, a
/// `numpy.dtype`, a text. Empty for anything else.
[[nodiscard]] std::string dtype_name(const Fitted& value);

/// Numbers of that type as they travel; absent for what are no numbers, and for types whose arithmetic is not ours.
[[nodiscard]] std::optional<NumberType> number_type_of(const std::string& dtype);

}  // namespace assay::pipeline
