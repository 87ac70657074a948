#pragma once

#include "artifact/sample.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace assay::pipeline {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;  ///< rows × features
using Vector = Eigen::VectorXd;

/// One Python object in a column of objects. Numbers compare as Python compares them: True == 1 == 1.0.
struct Cell {
    enum class Kind : std::uint8_t { nan, none, na, boolean, integer, real, text };
    Kind kind = Kind::nan;
    double number = 0;       ///< of a boolean, integer or real; integers beyond 2^53 are not kept in columns of objects
    std::string_view text = {};  ///< lives in the rows that were given, or in the model

    [[nodiscard]] bool is_missing() const { return kind <= Kind::na; }
    [[nodiscard]] bool is_number() const { return kind >= Kind::boolean && kind <= Kind::real; }
};
/// As a category is found in Python: by value, each kind of missing value equal to itself.
[[nodiscard]] bool operator==(const Cell& a, const Cell& b);
/// "'Dream'", "3", "nan", "None": for error messages.
[[nodiscard]] std::string to_string(const Cell& cell);

/// What numbers were before they became doubles.
enum class NumberType : std::uint8_t {
    float64,
    float32,
    float16,  ///< only compared here: arithmetic rounds to it after every operation
    integer,
    small_integer,  ///< 8 or 16 bits
    boolean
};

/// A column of a table, or of a matrix of objects.
struct Column {
    bool objects = false;
    bool inexact = false;  ///< it holds integers that no double holds: whoever looks at it refuses
    bool extension = false;  ///< of a type of pandas' own (Int64, boolean): numbers, and computed with in other ways than NumPy's
    NumberType type = NumberType::float64;  ///< of numbers
    std::vector<double> numbers;            ///< one per row, unless `objects`
    std::vector<Cell> cells;                ///< one per row, when `objects`
};

/// Rows of mostly zeros, as SciPy's csr_matrix has them: of each row the entries that are written down, in their order, which sums are made
/// in. Some may be zero.
struct SparseRows {
    std::size_t width = 0;
    std::vector<std::size_t> starts = {0};  ///< where the entries of each row begin, and where the last one's end
    std::vector<std::uint32_t> columns;  ///< of each entry, below `width`; in a row, each stands once
    std::vector<double> values;  ///< of each entry
};

/// Rows on their way through a pipeline: a matrix of numbers, columns of different types, or sparse rows, which only a step is given that
/// takes them (Step::takes_sparse).
struct Data {
    std::variant<Matrix, std::vector<Column>, SparseRows> values;
    std::size_t rows = 0;
    NumberType type = NumberType::float64;  ///< of a matrix
    bool table = false;  ///< a DataFrame
    std::span<const SampleRecord> records;  ///< the rows, in place of `values`: for a step that takes records (Step::takes_records)
    bool flat = false;  ///< of one dimension: texts, a column that is selected by its name alone, labels: no estimator of rows takes it
    bool sparse = false;  ///< SciPy would have it sparse, where scaling multiplies by the inverse
    std::vector<std::string> names;  ///< of the columns of a table; else empty

    [[nodiscard]] bool is_matrix() const { return values.index() == 0; }
    [[nodiscard]] std::size_t width() const;
};

[[nodiscard]] Data data_of(Matrix matrix);
[[nodiscard]] Data data_of(SparseRows rows);

/// Sparse rows as a matrix, with all their zeros; others as they are.
[[nodiscard]] Data dense(Data data);

/// Rows `first` … `first + count` of an input as an estimator is given them. REQUIRES that they exist and that `sample` outlives the data.
/// `invalid`, code "not-replayable", for a matrix of integers that no double holds; a column of them is marked.
[[nodiscard]] Result<Data> rows_of(const Sample& sample, std::size_t first, std::size_t count);

/// Every column as one of objects.
[[nodiscard]] std::vector<Column> object_columns(Data data);

/// The type of NumPy's array of these columns. REQUIRES that there is one, and none of objects.
[[nodiscard]] NumberType common_type(const std::vector<Column>& columns);

/// The columns of these places, in this order. REQUIRES that they exist, and that the rows are not sparse.
[[nodiscard]] Data select(const Data& data, const std::vector<std::size_t>& columns);

/// Side by side; a matrix when all are, sparse rows when it should be `sparse` and one of them is.
[[nodiscard]] Data beside(std::vector<Data> parts, std::size_t rows, bool sparse);

/// Every element times `weight`. `invalid`, code "not-replayable", for objects.
[[nodiscard]] Result<void> multiply(Data& rows, double weight);

/// Elements as the outputs of a sample have them, shape {rows, columns}. `invalid`, code "not-replayable", for objects of several types.
[[nodiscard]] Result<SampleArray> to_array(const Data& data);

}  // namespace assay::pipeline
