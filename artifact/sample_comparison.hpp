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

/// What came of a smoke test: of loading a version and letting it answer the rows of its sample.
struct Replay {
    enum class Outcome {
        equal,         ///< bit for bit
        close,         ///< within the tolerance of the sample
        different,     ///< `differences` says where
        load_error,    ///< there is no model to ask; `message`, which is required, says why
        predict_error  ///< it gave no answer; likewise
    } outcome = Outcome::equal;
    std::size_t rows = 0;
    std::vector<std::string> methods = {};  ///< of the sample
    std::vector<SampleDifference> differences = {};
    std::string message = {};
    double max_abs = 0;          ///< of a close one: the largest difference
    std::uint64_t max_ulp = 0;   ///< and the largest distance in units of the last place
};

/// Holds a model's answers to the rows of a sample against those that it gave when it was pushed. A method of the sample that was not
/// answered differs, too.
[[nodiscard]] Replay replay(const Sample& sample, const SampleOutputArrays& answers);

/// Several differences as one: the rows that differ in any method, and the largest distances. Without method and `because`.
[[nodiscard]] SampleDifference altogether(const std::vector<SampleDifference>& differences);

/// A different Replay as an error: `prediction_differs`, code "prediction-differs", names the methods, how many rows, the first of them,
/// and by how much. A load_error or predict_error: `invalid`, code "model-failed", with its message.
[[nodiscard]] Result<void> check(const Replay& found);

/// check() of replay().
[[nodiscard]] Result<void> check_predictions(const Sample& sample, const SampleOutputArrays& answers);

}  // namespace assay
