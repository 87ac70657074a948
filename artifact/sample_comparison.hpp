#pragma once

#include "artifact/sample.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// How the outputs of one method differ from those of a sample (docs/formats.md, "Comparing").
struct SampleDifference {
    std::string method;
    std::vector<std::size_t> rows;  ///< from 0, ascending; all of them when type or shape differ
    double max_abs = 0;             ///< largest difference; infinite where it has no size: NaN against a number, text
    std::uint64_t max_ulp = 0;      ///< largest distance of floats in units of the last place
    std::string because;            ///< when type or shape differ
};

/// Absent when `actual` is what the sample expects, within the tolerance.
[[nodiscard]] std::optional<SampleDifference> compare(std::string_view method, const SampleArray& expected, const SampleArray& actual,
                                                      const SampleTolerance& tolerance);

/// Predictions by method, as Sample::outputs has them.
using SampleOutputArrays = std::map<std::string, SampleArray, std::less<>>;

/// Holds a model's answers to the rows of a sample against those that it gave when it was pushed. `prediction_differs`, code
/// "prediction-differs", names the methods, how many rows, the first of them, and by how much; a method of the sample that was not
/// answered differs, too.
[[nodiscard]] Result<void> check_predictions(const Sample& sample, const SampleOutputArrays& answers);

}  // namespace assay
