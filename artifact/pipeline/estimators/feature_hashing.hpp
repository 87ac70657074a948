#pragma once

#include "artifact/pipeline/state_reader.hpp"

namespace assay::pipeline {

/// Names of features as columns, by their hash (sklearn/feature_extraction/_hash.py, _hashing_fast.pyx).
struct FeatureHashing {
    std::size_t width = 0;
    bool alternate_sign = true;
    bool non_negative = false;  ///< the absolute value of each sum (until 0.20)
    NumberType type = NumberType::float64;

    /// Puts one feature of the row that is being made behind the others.
    void put(SparseRows& rows, std::string_view feature, double value) const;
    /// The row is whole: sorts it and adds what has the same column, as SciPy does.
    void end_row(SparseRows& rows) const;
};

/// A number or boolean of a record as float() makes it; absent for anything else.
[[nodiscard]] std::optional<double> number_in(const SampleRecordValue& value);

/// n_features, alternate_sign and dtype.
[[nodiscard]] FeatureHashing read_feature_hashing(StateReader& state);

}  // namespace assay::pipeline
