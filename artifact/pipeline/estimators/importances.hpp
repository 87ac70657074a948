#pragma once

#include "artifact/pipeline/state_reader.hpp"

namespace assay::pipeline {

/// How important a fitted estimator finds its features: its coefficients (several rows: outputs × features), or what its trees gain by
/// them.
struct Importances {
    Matrix values;
    bool flat = true;  ///< one row, of an attribute of one dimension
};

/// As `importance_getter` says: "auto", or attributes with dots between. What is wrong becomes a problem of `state`.
[[nodiscard]] Importances read_importances(StateReader& state, const Fitted& estimator, std::string_view getter);

}  // namespace assay::pipeline
