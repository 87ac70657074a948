#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

// sklearn.random_projection.GaussianRandomProjection and SparseRandomProjection (sklearn/random_projection.py), and
// sklearn.cluster.FeatureAgglomeration (sklearn/cluster/_feature_agglomeration.py).

namespace assay::pipeline {

namespace {

/// Of a matrix with few numbers in each row: where they are, and what they are.
struct SparseRows {
    std::vector<std::size_t> starts;  ///< one more than there are rows
    std::vector<std::size_t> columns;
    std::vector<double> values;
};

class RandomProjection final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override {
        return 2 * input.width + std::max(sparse.starts.size(), static_cast<std::size_t>(components.rows()));
    }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(const Data given, numbers(std::move(rows), Missing::refuse, Single::allow));
        const Matrix& values = std::get<Matrix>(given.values);
        if (sparse.starts.empty()) return data_of(times_transposed(values, components));
        Matrix found = Matrix::Zero(values.rows(), static_cast<Eigen::Index>(sparse.starts.size() - 1));
        for (Eigen::Index row = 0; row < values.rows(); ++row) {
            for (std::size_t k = 0; k + 1 < sparse.starts.size(); ++k) {
                double sum = 0;
                for (std::size_t at = sparse.starts[k]; at < sparse.starts[k + 1]; ++at)
                    sum += sparse.values[at] * values(row, static_cast<Eigen::Index>(sparse.columns[at]));
                found(row, static_cast<Eigen::Index>(k)) = sum;
            }
        }
        Data made = data_of(std::move(found));
        made.sparse = given.sparse && !dense_output;
        return made;
    }

    Matrix components;
    SparseRows sparse;
    bool dense_output = true;
};

Result<std::unique_ptr<Step>> gaussian_projection(StateReader& state) {
    auto made = std::make_unique<RandomProjection>();
    made->components = double_matrix(state, "components_");
    state.fitted_with(static_cast<std::size_t>(made->components.cols()), "components_");
    must_be_finite(state, made->components, "components_");
    return state.finish(std::move(made));
}

/// A scipy.sparse.csr_matrix: `data`, `indices` and `indptr` of `_shape`.
void read_sparse_rows(StateReader& state, const Fitted& value, RandomProjection& made) {
    const std::string cls = value.is(FittedKind::object) ? value.class_name() : std::string();
    if (cls != "scipy.sparse.csr.csr_matrix" && cls != "scipy.sparse._csr.csr_matrix" && cls != "scipy.sparse._csr.csr_array")
        return state.problem_of("components_", "is no sparse matrix of rows that is read: " + value.describe());
    StateReader inner(value, state.place(), state.budget());
    const Vector values = inner.vector("data");
    const auto columns = inner.require("indices");
    const auto starts = inner.require("indptr");
    const auto shape = inner.require("_shape");
    inner.known("maxprint _has_sorted_indices _has_canonical_format has_sorted_indices has_canonical_format");
    if (const auto read = inner.finish(); !read) return state.problem("its components_: " + read.error().because);
    const std::vector<std::int64_t> size = state.integers_of(*shape, "attribute components_._shape");
    const std::vector<std::int64_t> given = state.integers_of(*starts, "attribute components_.indptr");
    const std::vector<std::int64_t> places = state.integers_of(*columns, "attribute components_.indices");
    const auto count = static_cast<std::int64_t>(values.size());
    const bool fits = !state.failed() && size.size() == 2 && size[0] > 0 && size[1] > 0 && size[1] <= max_features &&
                      size[0] <= max_features && given.size() == static_cast<std::size_t>(size[0]) + 1 &&
                      places.size() == static_cast<std::size_t>(count) && given.front() == 0 && given.back() == count &&
                      std::ranges::is_sorted(given) &&
                      std::ranges::all_of(places, [&](std::int64_t place) { return place >= 0 && place < size[1]; });
    if (!fits) return state.problem_of("components_", "is no sparse matrix whose parts fit each other");
    must_be_finite(state, values, "components_");
    state.fitted_with(static_cast<std::size_t>(size[1]), "components_");
    made.sparse.starts.assign(given.begin(), given.end());
    made.sparse.columns.assign(places.begin(), places.end());
    made.sparse.values.assign(values.data(), values.data() + values.size());
}

Result<std::unique_ptr<Step>> sparse_projection(StateReader& state) {
    auto made = std::make_unique<RandomProjection>();
    made->dense_output = state.flag("dense_output");
    const auto components = state.require("components_");
    if (components && components->is(FittedKind::array)) {  // of a density of 1
        made->components = double_matrix(state, "components_");
        state.fitted_with(static_cast<std::size_t>(made->components.cols()), "components_");
    } else if (components) {
        read_sparse_rows(state, *components, *made);
    }
    return state.finish(std::move(made));
}

/// One column of each cluster of columns: exact, as it is added up from the first on, or one of them is taken.
class Agglomeration final : public Step {
public:
    enum class Pool : std::uint8_t { mean, median, largest, smallest };

    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] std::size_t widest() const override { return 2 * input.width + clusters.size(); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix found(given.rows(), static_cast<Eigen::Index>(clusters.size()));
        std::vector<double> values;
        for (Eigen::Index row = 0; row < given.rows(); ++row) {
            for (std::size_t k = 0; k < clusters.size(); ++k) {
                values.clear();
                for (const Eigen::Index column : clusters[k]) values.push_back(given(row, column));
                found(row, static_cast<Eigen::Index>(k)) = pooled(values);
            }
        }
        return data_of(std::move(found));
    }

    std::vector<std::vector<Eigen::Index>> clusters;
    Pool pool = Pool::mean;

private:
    [[nodiscard]] double pooled(std::vector<double>& values) const {
        if (pool == Pool::largest) return *std::ranges::max_element(values);
        if (pool == Pool::smallest) return *std::ranges::min_element(values);
        if (pool == Pool::mean) {
            double sum = 0;
            for (const double value : values) sum += value;
            return sum / static_cast<double>(values.size());
        }
        std::ranges::sort(values);
        const std::size_t half = values.size() / 2;
        // NumPy's mean of one or two numbers, which begins with 0: it is never -0.
        return values.size() % 2 == 1 ? 0.0 + values[half] : (0.0 + values[half - 1] + values[half]) / 2.0;
    }
};

Result<std::unique_ptr<Step>> agglomeration(StateReader& state) {
    auto made = std::make_unique<Agglomeration>();
    const auto labels = state.require("labels_");
    const auto function = state.require("pooling_func");
    if (state.failed()) return state.finish(std::move(made));
    const std::string name = function->is(FittedKind::name) ? function->name() : function->describe();
    constexpr std::array<std::pair<std::string_view, Agglomeration::Pool>, 6> pools = {{
        {"numpy.mean", Agglomeration::Pool::mean},
        {"numpy.median", Agglomeration::Pool::median},
        {"numpy.max", Agglomeration::Pool::largest},
        {"numpy.amax", Agglomeration::Pool::largest},
        {"numpy.min", Agglomeration::Pool::smallest},
        {"numpy.amin", Agglomeration::Pool::smallest},
    }};
    const auto* const pool = std::ranges::find(pools, name, [](const auto& each) { return each.first; });
    if (pool == pools.end()) {
        state.problem_of("pooling_func", "is " + name + ", which is not re-created");
        return state.finish(std::move(made));
    }
    made->pool = pool->second;
    const std::vector<std::int64_t> of_columns = state.integers_of(*labels, "attribute labels_");
    state.fitted_with(of_columns.size(), "labels_");
    for (std::size_t i = 0; i < of_columns.size() && !state.failed(); ++i) {
        const std::int64_t label = of_columns[i];
        if (label < 0 || static_cast<std::size_t>(label) >= of_columns.size()) {
            state.problem_of("labels_", fmt::format("has the cluster {} at column {}", label, i));
            break;
        }
        if (static_cast<std::size_t>(label) >= made->clusters.size()) made->clusters.resize(static_cast<std::size_t>(label) + 1);
        made->clusters[static_cast<std::size_t>(label)].push_back(static_cast<Eigen::Index>(i));
    }
    state.require_that(std::ranges::none_of(made->clusters, [](const auto& each) { return each.empty(); }),
                       "attribute labels_ lacks a cluster between others");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> random_projection_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.random_projection.GaussianRandomProjection", gaussian_projection,
         "_n_features_out compute_inverse_components dense_output eps inverse_components_ n_components n_components_ random_state"},
        {"sklearn.random_projection.SparseRandomProjection", sparse_projection,
         "_n_features_out compute_inverse_components density density_ eps inverse_components_ n_components n_components_ random_state"},
        {"sklearn.cluster._agglomerative.FeatureAgglomeration", agglomeration,
         "_metric _n_features_out affinity children_ compute_distances compute_full_tree connectivity distance_threshold distances_ "
         "linkage memory metric n_clusters n_clusters_ n_components n_components_ n_connected_components_ n_leaves_",
         "sklearn.cluster.hierarchical.FeatureAgglomeration"},
    });
    return classes;
}

}  // namespace assay::pipeline
