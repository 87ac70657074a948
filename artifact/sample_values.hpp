#pragma once

#include "artifact/sample.hpp"
#include "base/json_reader.hpp"

// The values of a sample, one by one: parts of artifact/sample.cpp that stand alone.

namespace assay {

/// What may stand where a value is expected.
struct ValueRules {
    SampleType type = SampleType::float64;
    bool nulls = false;     ///< null is a missing value
    bool nan = true;        ///< "NaN" is a float: not where null stands for a missing one
    std::string_view fits;  ///< "int8", "float16", …: a narrower NumPy type that keeps every value; empty: any
};

/// Reads nested lists of the given shape. What is wrong becomes a problem with the value's path, up to limits.max_problems of them and
/// one more; the array is only of use when there is none.
[[nodiscard]] SampleArray read_values(const Json& values, std::vector<std::size_t> shape, const ValueRules& rules, const std::string& path,
                                      const SampleLimits& limits, Problems& problems);

/// Reads records, one per row, and what is wrong with them as read_values does.
[[nodiscard]] SampleRecords read_records(const Json& values, std::size_t rows, const std::string& path, const SampleLimits& limits,
                                         Problems& problems);

/// The NumPy types of numbers by name ("int8", "float64", "bool") and the type that keeps them; absent for any other name.
[[nodiscard]] std::optional<SampleType> type_of_numpy_name(std::string_view dtype);

/// One value as it is written: "NaN", 0.1, true, "text".
[[nodiscard]] Json value_to_json(const SampleValues& values, std::size_t index);

[[nodiscard]] std::optional<SampleType> sample_type(std::string_view name);

}  // namespace assay
