#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace assay {

inline constexpr std::string_view sample_schema = "assay.sample/1";
/// Where a version has its sample.
inline constexpr std::string_view sample_path = "sample.json";
inline constexpr std::string_view sample_media_type = "application/vnd.assay.sample+json";

enum class SampleType { float64, float32, int64, boolean, string };

/// What a null stands for: scikit-learn's imputers and encoders tell these apart.
enum class MissingSpelling { nan, none, pandas_na };

/// Values of one SampleType, in this order of alternatives. Floats have the bits that were written (any NaN is the quiet one), booleans
/// are 0 or 1.
using SampleValues =
    std::variant<std::vector<double>, std::vector<float>, std::vector<std::int64_t>, std::vector<std::uint8_t>, std::vector<std::string>>;

/// Values in row-major order: the last dimension runs fastest, so that the numbers can be mapped as a row-major matrix.
struct SampleArray {
    std::vector<std::size_t> shape;  ///< first the rows; at least one dimension
    SampleValues values;             ///< as many as the product of `shape`; NaN, 0, false or "" where `missing` says so
    std::vector<std::uint8_t> missing;  ///< per value 1 where null was written; empty when nothing is null

    [[nodiscard]] SampleType type() const { return static_cast<SampleType>(values.index()); }
    [[nodiscard]] std::size_t rows() const { return shape.empty() ? 0 : shape.front(); }
};

/// The categories of a categorical column, in their order; of the column's type.
struct SampleCategories {
    SampleValues values;
    bool ordered = false;
};

struct SampleColumn {
    std::string name;
    SampleArray array;  ///< shape {rows}
    std::string dtype;  ///< "int8", "object", "category", "Int64", …; empty: what `type` says (docs/formats.md)
    MissingSpelling missing_as = MissingSpelling::nan;
    std::optional<SampleCategories> categories;  ///< when dtype is "category"
};

struct SampleTable {
    std::vector<SampleColumn> columns;  ///< at least one; names differ
};

struct SampleMatrix {
    SampleArray array;  ///< shape {rows, columns}
    std::string dtype;
    MissingSpelling missing_as = MissingSpelling::nan;
};

struct SampleTexts {
    std::vector<std::string> values;  ///< one per row
};

/// What a name has in a record: None, a boolean, an integer, a finite number, a text, or texts.
using SampleRecordValue = std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::string>>;

struct SampleRecord {
    std::vector<std::pair<std::string, SampleRecordValue>> values;  ///< by name, each once, in the order of the names' bytes
};

struct SampleRecords {
    std::vector<SampleRecord> records;  ///< one per row
};

/// How far a replay may be off; docs/formats.md, "Comparing".
struct SampleTolerance {
    bool exact = true;
    double abs = 0;  ///< with `exact` false: |actual - expected| <= abs + rel * |expected|
    double rel = 0;
};

/// Held-out rows with the outputs that the model gave at training time.
struct Sample {
    std::size_t rows = 0;
    std::variant<SampleTable, SampleMatrix, SampleTexts, SampleRecords> input;
    std::map<std::string, SampleArray, std::less<>> outputs;  ///< by method; shape {rows, …}, nothing missing
    SampleTolerance tolerance;
};

/// What is read of a stranger's sample; the numbers are those of docs/formats.md.
struct SampleLimits {
    std::size_t max_bytes = std::size_t{32} << 20U;
    std::size_t max_rows = 1000;
    std::size_t max_columns = 100'000;
    std::size_t max_values = 1'000'000;      ///< of the input, and of each method
    std::size_t max_all_values = 2'000'000;  ///< of the whole document
    std::size_t max_text_bytes = std::size_t{1} << 20U;  ///< of one value
    std::size_t max_name_bytes = 1000;       ///< of a column's name and of a dtype
    std::size_t max_problems = 50;           ///< that are told one by one
};

/// A version keeps a sample for its outputs; the input of a prediction is a sample that may be without.
enum class SampleOutputs { required, optional };

/// Reads a sample strictly. `invalid`, code "invalid-sample", with every problem and its path ("input.columns[0].values[3]");
/// `invalid-json` and `too_large` when the text cannot be read at all.
[[nodiscard]] Result<Sample> parse_sample(std::string_view text, SampleOutputs outputs, const SampleLimits& limits = {});

/// The sample as compact JSON; reading it gives the same sample again, bit by bit.
[[nodiscard]] std::string to_text(const Sample& sample);

[[nodiscard]] std::string_view to_string(SampleType type);

}  // namespace assay
