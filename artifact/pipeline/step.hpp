#pragma once

#include "artifact/pipeline/data.hpp"
#include "base/result.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::pipeline {

/// The methods of an estimator that give one row per row, in the order in which they are listed.
enum class Method : std::uint8_t { predict, predict_proba, predict_log_proba, decision_function, transform, score_samples };
inline constexpr std::array<std::string_view, 6> method_names = {"predict",           "predict_proba", "predict_log_proba",
                                                                 "decision_function", "transform",     "score_samples"};
[[nodiscard]] std::string_view to_string(Method method);
[[nodiscard]] std::optional<Method> parse_method(std::string_view name);

/// Probabilities, decisions: one row per row.
struct Scores {
    Matrix values;
    bool flat = false;  ///< the shape is (rows,), not (rows, 1)
    bool single = false;  ///< they are float32
};

/// What an estimator checks of its input (scikit-learn: validate_data).
struct InputCheck {
    std::size_t width = 0;            ///< n_features_in_; 0: the release kept none
    std::vector<std::string> names;   ///< feature_names_in_; empty when it was fitted without
    bool names_must_match = false;    ///< releases before 1.2 only warned
};

/// While it lives, the rows that steps get on this thread are not all rows of the input: a step whose answer for a row depends on the
/// others cannot answer.
class PartOfRows {
public:
    PartOfRows();
    ~PartOfRows();
    PartOfRows(const PartOfRows&) = delete;
    PartOfRows& operator=(const PartOfRows&) = delete;

    [[nodiscard]] static bool is_on();
};

/// A fitted estimator that can predict: immutable, safe for concurrent use. Every method takes the rows that the estimator's own method
/// takes and gives what it gives, with the release of scikit-learn that wrote it; `invalid` when that would raise (code "invalid-input") or
/// cannot be computed here ("not-replayable", "no-such-method").
class Step {
public:
    virtual ~Step() = default;
    [[nodiscard]] virtual bool has(Method method) const = 0;
    [[nodiscard]] virtual Result<SampleArray> predict(Data rows) const;
    /// predict_proba, predict_log_proba, decision_function or score_samples.
    [[nodiscard]] virtual Result<Scores> scores(Method method, Data rows) const;
    [[nodiscard]] virtual Result<Data> transform(Data rows) const;
    /// Whether a transformer can be asked for what transform would make rows of.
    [[nodiscard]] virtual bool inverts() const { return false; }
    [[nodiscard]] virtual Result<Data> inverse_transform(Data rows) const;
    /// Whether the answer has the same bits on every machine: nothing of it goes through exp, log or a matrix product.
    [[nodiscard]] virtual bool is_exact(Method /*method*/) const { return false; }
    /// How many numbers a row becomes where it is widest: bounds the memory of a block of rows.
    [[nodiscard]] virtual std::size_t widest() const { return input.width; }
    /// Whether its methods take records, and nothing else.
    [[nodiscard]] virtual bool takes_records() const { return false; }
    /// Whether its methods take sparse rows as they are; others are given a matrix with all their zeros.
    [[nodiscard]] virtual bool takes_sparse() const { return false; }

    std::string place;  ///< "step 2 `sklearn.tree._classes.DecisionTreeClassifier`", for errors
    InputCheck input;

protected:
    /// The rows as a matrix of doubles (`type` float64, or float32 where that is allowed), after the checks that scikit-learn makes: how
    /// many columns, which, nothing missing or infinite.
    enum class Missing : std::uint8_t { refuse, allow, allow_infinite };  ///< the last: both NaN and infinite numbers
    /// Whether the estimator computes with rows of float32 as scikit-learn does, or only compares them: then float16 does as well.
    enum class Single : std::uint8_t { refuse, allow, compares };
    [[nodiscard]] Result<Data> numbers(Data rows, Missing missing, Single single = Single::refuse) const;
    /// The same, but sparse rows stay sparse.
    [[nodiscard]] Result<Data> sparse_numbers(Data rows, Single single) const;
    /// The same as numbers() when nothing but the matrix is wanted.
    [[nodiscard]] Result<Matrix> matrix(Data rows, Missing missing, Single single = Single::refuse) const;
    [[nodiscard]] Result<void> check_columns(const Data& rows) const;
    /// The type of the array that check_array makes of rows where it keeps their type; of objects, the float64 that it makes of them.
    [[nodiscard]] Result<NumberType> kept_type(const Data& rows) const;
    [[nodiscard]] std::unexpected<Error> refuse_input(std::string because, std::string fix = {}) const;
    [[nodiscard]] std::unexpected<Error> not_replayable(std::string because) const;
    [[nodiscard]] std::unexpected<Error> no_method(Method method) const;
    /// Refuses rows that are not all of the input.
    [[nodiscard]] Result<void> want_all_rows() const;
};

/// The elements of `labels` at these places, shape {places}.
[[nodiscard]] SampleArray labels_at(const SampleValues& labels, const std::vector<std::size_t>& places);
/// A number per row, shape {rows}, or a table of them.
[[nodiscard]] SampleArray array_of(const Matrix& values, bool flat);
/// The place of the first largest value of each row.
[[nodiscard]] std::vector<std::size_t> argmax(const Matrix& scores);
[[nodiscard]] std::size_t count_of(const SampleValues& values);
/// Whether texts stand beside numbers in the labels of several outputs, of which releases make different arrays, or none.
[[nodiscard]] bool mixes_texts(const std::vector<SampleValues>& labels);

/// NumPy's sum of `count` doubles that lie side by side: pairwise, so that the last bit is the same. Source: numpy,
/// _core/src/umath/loops_utils.h.src (pairwise_sum).
[[nodiscard]] double numpy_sum(const double* values, std::size_t count);

}  // namespace assay::pipeline
