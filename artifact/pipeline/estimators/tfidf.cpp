#include "artifact/pipeline/estimators/tfidf.hpp"

#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace assay::pipeline {

RowNorm read_row_norm(StateReader& state) {
    const auto norm = state.require("norm");
    if (!norm || norm->is_none()) return RowNorm::none;
    if (norm->as_text() == "l1") return RowNorm::l1;
    if (norm->as_text() != "l2") state.problem_of("norm", "is " + norm->describe());
    return RowNorm::l2;
}

void normalize_rows(SparseRows& rows, RowNorm norm, bool single) {
    if (norm == RowNorm::none) return;
    const auto rounded = [&](double value) { return single ? static_cast<double>(static_cast<float>(value)) : value; };
    for (std::size_t row = 0; row + 1 < rows.starts.size(); ++row) {
        double sum = 0;
        for (std::size_t i = rows.starts[row]; i < rows.starts[row + 1]; ++i)
            sum += norm == RowNorm::l1 ? std::abs(rows.values[i]) : rounded(rows.values[i] * rows.values[i]);
        if (sum == 0) continue;
        if (norm == RowNorm::l2) sum = std::sqrt(sum);
        for (std::size_t i = rows.starts[row]; i < rows.starts[row + 1]; ++i) rows.values[i] = rounded(rows.values[i] / sum);
    }
}

std::optional<std::string> Tfidf::weigh(SparseRows& rows, bool single) const {
    for (std::size_t i = 0; i < rows.values.size(); ++i) {
        double& value = rows.values[i];
        if (sublinear) {
            value = std::log(value);
            value = rounded_worst(value, std::abs(value), 4, i) + 1.0;
        }
        if (idf) {
            value *= (*idf)[rows.columns[i]];
            if (single) value = static_cast<double>(static_cast<float>(value));
        }
    }
    if (idf && turns_round) {
        for (std::size_t row = 0; row + 1 < rows.starts.size(); ++row) {
            const auto first = static_cast<std::ptrdiff_t>(rows.starts[row]);
            const auto last = static_cast<std::ptrdiff_t>(rows.starts[row + 1]);
            std::reverse(rows.values.begin() + first, rows.values.begin() + last);
            std::reverse(rows.columns.begin() + first, rows.columns.begin() + last);
        }
    }
    if (norm != RowNorm::none && !std::ranges::all_of(rows.values, [](double value) { return std::isfinite(value); }))
        return "a weight is NaN or infinite before the rows are normalised";
    normalize_rows(rows, norm, single);
    return std::nullopt;
}

namespace {

/// Until 1.4, the diagonal of a SciPy matrix.
std::optional<Vector> read_diagonal(StateReader& state, const Fitted& value, bool& single) {
    const std::string cls = value.class_name();
    if (!cls.starts_with("scipy.sparse.") || !cls.ends_with(".csr_matrix")) {
        state.problem_of("_idf_diag", "is " + value.describe() + ", a csr_matrix is expected");
        return std::nullopt;
    }
    const FittedObject object = value.object();
    if (!object.state) {
        state.problem_of("_idf_diag", "is a matrix in a file of its own, which is not read here");
        return std::nullopt;
    }
    const auto part = [&](std::string_view key) {
        auto found = object.plain ? value.at(*object.state).find(key) : std::nullopt;
        if (!found) state.problem_of("_idf_diag", "has no " + std::string(key));
        return found;
    };
    const auto data = part("data");
    const auto indices = part("indices");
    const auto starts = part("indptr");
    const auto shape = part("_shape");
    if (!data || !indices || !starts || !shape) return std::nullopt;
    const Vector diagonal = state.vector_of(*data, "attribute _idf_diag.data");
    const auto count = static_cast<std::int64_t>(diagonal.size());
    std::vector<std::int64_t> expected(static_cast<std::size_t>(count) + 1);
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] = static_cast<std::int64_t>(i);
    const bool is_diagonal = state.integers_of(*starts, "attribute _idf_diag.indptr") == expected &&
                             (expected.pop_back(), state.integers_of(*indices, "attribute _idf_diag.indices") == expected) &&
                             state.integers_of(*shape, "attribute _idf_diag._shape") == std::vector<std::int64_t>{count, count};
    if (!is_diagonal) state.problem_of("_idf_diag", "is no diagonal matrix");
    single = data->is(FittedKind::array) && data->array().dtype.itemsize < 8;
    return diagonal;
}

/// A TfidfTransformer by itself.
class TfidfStep final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] bool takes_sparse() const override { return true; }
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return !tfidf.sublinear; }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Data given, sparse_numbers(std::move(rows), tfidf.takes_single() ? Single::allow : Single::refuse));
        const bool single = given.type == NumberType::float32;
        Data made =
            std::holds_alternative<SparseRows>(given.values) ? std::move(given) : data_of(entries_of(std::get<Matrix>(given.values)));
        if (const auto why = tfidf.weigh(std::get<SparseRows>(made.values), single)) return refuse_input(*why);
        made.type = single ? NumberType::float32 : NumberType::float64;
        return made;
    }

    Tfidf tfidf;

private:
    static SparseRows entries_of(const Matrix& matrix) {
        SparseRows rows;
        rows.width = static_cast<std::size_t>(matrix.cols());
        for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
            for (Eigen::Index i = 0; i < matrix.cols(); ++i) {
                if (matrix(row, i) == 0) continue;
                rows.columns.push_back(static_cast<std::uint32_t>(i));
                rows.values.push_back(matrix(row, i));
            }
            rows.starts.push_back(rows.values.size());
        }
        return rows;
    }
};

Result<std::unique_ptr<Step>> tfidf_transformer(StateReader& state) {
    auto made = std::make_unique<TfidfStep>();
    made->tfidf = read_tfidf(state);
    return state.finish(std::move(made));
}

}  // namespace

Tfidf read_tfidf(StateReader& state) {
    Tfidf made;
    made.norm = read_row_norm(state);
    made.sublinear = state.flag("sublinear_tf");
    if (const auto idf = state.find("idf_")) {
        made.idf = state.vector_of(*idf, "attribute idf_");
        made.idf_is_single = idf->is(FittedKind::array) && idf->array().dtype.itemsize < 8;
        state.known({"use_idf"});
    } else if (state.flag("use_idf")) {
        made.turns_round = true;
        if (const auto diagonal = state.require("_idf_diag")) made.idf = read_diagonal(state, *diagonal, made.idf_is_single);
    }
    if (made.idf && !state.failed()) {
        state.require_that(made.idf->allFinite(), "attribute idf_ holds what is not finite");
        state.fitted_with(static_cast<std::size_t>(made.idf->size()), "idf_");
    }
    state.known("smooth_idf _idf_diag");
    return made;
}

std::span<const EstimatorClass> tfidf_classes() {
    static constexpr auto classes =
        std::to_array<EstimatorClass>({{"sklearn.feature_extraction.text.TfidfTransformer", tfidf_transformer}});
    return classes;
}

}  // namespace assay::pipeline
