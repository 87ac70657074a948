#pragma once

#include "artifact/pipeline/state_reader.hpp"

namespace assay::pipeline {

/// `dtype`: of what an encoder makes.
[[nodiscard]] NumberType read_type(StateReader& state);

/// A OneHotEncoder of 0.20 or 0.21 that was fitted as releases before 0.20 did: on integers from 0, of some columns.
[[nodiscard]] Result<std::unique_ptr<Step>> legacy_one_hot(StateReader& state);

}  // namespace assay::pipeline
