#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/algebra.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

// sklearn.decomposition: SparseCoder, DictionaryLearning and MiniBatchDictionaryLearning (sklearn/decomposition/_dict_learning.py), by
// thresholds or by orthogonal matching pursuit (sklearn/linear_model/_omp.py, _gram_omp).

namespace assay::pipeline {

namespace {

class Coder final : public Step {
public:
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return 2 * input.width + static_cast<std::size_t>(4 * atoms.rows()); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(const Matrix given, matrix(std::move(rows), Missing::refuse));
        Matrix code = times_transposed(given, atoms);
        for (Eigen::Index row = 0; row < code.rows(); ++row) {
            if (pursues) {
                code.row(row) = pursued(code.row(row).transpose()).transpose();
                continue;
            }
            for (Eigen::Index k = 0; k < code.cols(); ++k) {
                const double value = code(row, k);
                const double sign = value > 0 ? 1.0 : value < 0 ? -1.0 : 0.0;
                code(row, k) = sign * std::max(std::abs(value) - threshold, 0.0);
                if (positive && !(code(row, k) > 0)) code(row, k) = 0.0;
            }
        }
        if (!splits) return data_of(std::move(code));
        Matrix both(code.rows(), 2 * code.cols());
        both.leftCols(code.cols()) = code.cwiseMax(0.0);
        both.rightCols(code.cols()) = -code.cwiseMin(0.0);
        return data_of(std::move(both));
    }

    Matrix atoms;  ///< atom × feature
    bool pursues = false;
    bool positive = false;
    bool splits = false;
    double threshold = 1;
    std::size_t most = 0;  ///< atoms in a code
    Matrix gram;

private:
    [[nodiscard]] Vector pursued(Vector products) const;
};

/// The atoms that explain most of a row, one after the other; with a Cholesky factor of their products that grows by a row for each.
Vector Coder::pursued(Vector products) const {
    constexpr double least = std::numeric_limits<double>::epsilon();
    const auto limit = static_cast<Eigen::Index>(most);
    const Eigen::Index count = products.size();
    std::vector<Eigen::Index> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    const auto of = [&](Eigen::Index a, Eigen::Index b) {
        return gram(order[static_cast<std::size_t>(a)], order[static_cast<std::size_t>(b)]);
    };
    Matrix factor = Matrix::Zero(limit, limit);
    Vector rest = products;  // in the order of `order`, as products are
    Vector weights;
    Eigen::Index active = 0;
    while (active < limit) {
        Eigen::Index best = 0;
        for (Eigen::Index i = 1; i < count; ++i) {
            if (std::abs(rest[i]) > std::abs(rest[best])) best = i;
        }
        if (best < active || rest[best] * rest[best] < least) break;
        double square = 0;
        for (Eigen::Index i = 0; i < active; ++i) {
            double value = of(best, i);
            for (Eigen::Index k = 0; k < i; ++k) value -= factor(i, k) * factor(active, k);
            factor(active, i) = value / factor(i, i);
            square += factor(active, i) * factor(active, i);
        }
        const double pivot = of(best, best) - square;
        if (active > 0 && pivot <= least) break;
        factor(active, active) = std::sqrt(pivot);
        std::swap(order[static_cast<std::size_t>(active)], order[static_cast<std::size_t>(best)]);
        std::swap(products[active], products[best]);
        ++active;
        weights = products.head(active);
        for (Eigen::Index i = 0; i < active; ++i) {
            for (Eigen::Index k = 0; k < i; ++k) weights[i] -= factor(i, k) * weights[k];
            weights[i] /= factor(i, i);
        }
        for (Eigen::Index i = active - 1; i >= 0; --i) {
            for (Eigen::Index k = i + 1; k < active; ++k) weights[i] -= factor(k, i) * weights[k];
            weights[i] /= factor(i, i);
        }
        for (Eigen::Index i = 0; i < count; ++i) {
            double sum = 0;
            for (Eigen::Index k = 0; k < active; ++k) sum += of(i, k) * weights[k];
            rest[i] = products[i] - sum;
        }
    }
    Vector code = Vector::Zero(count);
    for (Eigen::Index i = 0; i < weights.size(); ++i) code[order[static_cast<std::size_t>(i)]] = weights[i];
    return code;
}

/// The penalty is the one of fitting since 1.2, where transform_alpha is None; until then, and without one, it is 1.
double read_threshold(StateReader& state) {
    const auto alpha = state.find("transform_alpha");
    if (alpha && !alpha->is_none()) return state.number("transform_alpha");
    if (!state.writer().before(1, 2) && state.has("alpha")) return state.number("alpha");
    return 1.0;
}

Result<std::unique_ptr<Step>> coder_with(StateReader& state, std::string_view key) {
    auto made = std::make_unique<Coder>();
    made->atoms = double_matrix(state, key);
    state.fitted_with(static_cast<std::size_t>(made->atoms.cols()), key);
    must_be_finite(state, made->atoms, key);
    state.require_that(made->atoms.rows() > 0, fmt::format("attribute {} is empty", key));
    made->positive = state.flag_or("positive_code", false);
    made->splits = state.flag("split_sign");
    const std::string how = state.text("transform_algorithm");
    if (state.failed()) return state.finish(std::move(made));
    if (how == "threshold") {
        made->threshold = read_threshold(state);
        state.require_that(std::isfinite(made->threshold), "attribute transform_alpha is no number");
    } else if (how == "omp") {
        made->pursues = true;
        state.require_that(!made->positive, "attribute positive_code is set, which its transform_algorithm does not allow");
        state.require_that(made->atoms.rows() <= most_inverted, "attribute transform_algorithm pursues more atoms than are computed with");
        const double few = std::max(static_cast<double>(made->atoms.cols()) / 10.0, 1.0);
        const double count =
            std::trunc(state.number_or("transform_n_nonzero_coefs", std::min(few, static_cast<double>(made->atoms.rows()))));
        state.require_that(count >= 1 && count <= static_cast<double>(made->atoms.rows()),
                           "attribute transform_n_nonzero_coefs is no number of atoms that there are");
        if (state.failed()) return state.finish(std::move(made));
        made->most = static_cast<std::size_t>(count);
        made->gram = times_transposed(made->atoms, made->atoms);
    } else {
        state.problem_of("transform_algorithm", "is " + how + ", which is not re-created");
    }
    return state.finish(std::move(made));
}

Result<std::unique_ptr<Step>> learned(StateReader& state) { return coder_with(state, "components_"); }

/// The dictionary is `components_` until 0.23.
Result<std::unique_ptr<Step>> given_coder(StateReader& state) {
    return coder_with(state, state.has("dictionary") ? "dictionary" : "components_");
}

}  // namespace

std::span<const EstimatorClass> dictionary_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.decomposition._dict_learning.SparseCoder", given_coder,
         "n_components n_components_ n_jobs transform_alpha transform_max_iter transform_n_nonzero_coefs",
         "sklearn.decomposition.dict_learning.SparseCoder"},
        {"sklearn.decomposition._dict_learning.DictionaryLearning", learned,
         "alpha callback code_init dict_init error_ fit_algorithm max_iter n_components n_iter_ n_jobs positive_dict random_state tol "
         "transform_alpha transform_max_iter transform_n_nonzero_coefs verbose",
         "sklearn.decomposition.dict_learning.DictionaryLearning"},
        {"sklearn.decomposition._dict_learning.MiniBatchDictionaryLearning", learned,
         "_A _B _batch_size _inner_stats _ewa_cost _ewa_cost_min _fit_algorithm _n_components _no_improvement _random_state alpha "
         "batch_size callback dict_init fit_algorithm inner_stats_ iter_offset_ max_iter max_no_improvement n_components n_iter n_iter_ "
         "n_jobs n_steps_ positive_dict random_state random_state_ shuffle tol transform_alpha transform_max_iter "
         "transform_n_nonzero_coefs verbose",
         "sklearn.decomposition.dict_learning.MiniBatchDictionaryLearning"},
    });
    return classes;
}

}  // namespace assay::pipeline
