#pragma once

#include "artifact/pipeline/state_reader.hpp"

namespace assay::pipeline {

enum class RowNorm : std::uint8_t { none, l1, l2 };

/// The parameter `norm` of a vectorizer.
[[nodiscard]] RowNorm read_row_norm(StateReader& state);
/// Makes the norm of each row 1, summed entry by entry in their order; rows of zeros stay (sklearn/utils/sparsefuncs_fast.pyx). `single`:
/// entries are float32, and their sum is float64.
void normalize_rows(SparseRows& rows, RowNorm norm, bool single);

/// Weights counts of terms (sklearn/feature_extraction/text.py, TfidfTransformer).
struct Tfidf {
    /// Absent, or why scikit-learn refuses the rows. REQUIRES that they have as many columns as `idf`.
    [[nodiscard]] std::optional<std::string> weigh(SparseRows& rows, bool single) const;
    /// Whether float32 rows are weighted as scikit-learn does.
    [[nodiscard]] bool takes_single() const { return !sublinear && (!idf || idf_is_single); }

    std::optional<Vector> idf;
    bool idf_is_single = false;
    bool turns_round = false;  ///< the product with a diagonal matrix, before 1.5, leaves the entries of a row in the opposite order
    bool sublinear = false;
    RowNorm norm = RowNorm::l2;
};

[[nodiscard]] Tfidf read_tfidf(StateReader& state);

}  // namespace assay::pipeline
