#include "artifact/pipeline/dtype_name.hpp"
#include "artifact/pipeline/estimators.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

// sklearn.preprocessing.KBinsDiscretizer (sklearn/preprocessing/_discretization.py): the bin of each number, as a number or one-hot.

namespace assay::pipeline {

namespace {

class Bins final : public Step {
public:
    [[nodiscard]] bool is_exact(Method method) const override { return !encoder || encoder->is_exact(method); }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return edges.size() + (encoder ? encoder->widest() : 0); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Data given, numbers(std::move(rows), Missing::refuse, Single::allow));
        if (type) given.type = *type;
        Matrix& matrix = std::get<Matrix>(given.values);
        for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
            for (std::size_t column = 0; column < edges.size(); ++column) {
                double& value = matrix(row, static_cast<Eigen::Index>(column));
                value = given.type == NumberType::float32 ? widened_single(value)
                        : widens                          ? value + (1e-8 + 1e-5 * std::abs(value))
                                                          : value;
                const auto bin = std::ranges::upper_bound(edges[column], value) - edges[column].begin();
                value = static_cast<double>(bin);
            }
        }
        given.sparse = false;
        if (!encoder) return given;
        const NumberType made_of = given.type;
        given.type = NumberType::float64;
        TRY_ASSIGN(Data encoded, encoder->transform(std::move(given)));
        if (type || keeps_type) encoded.type = made_of;
        return encoded;
    }

    std::vector<std::vector<double>> edges;  ///< between the bins of each column
    std::optional<NumberType> type;          ///< of the numbers, when it is told
    bool widens = false;                     ///< releases before 1.1: a number just below an edge counts as on it
    bool keeps_type = false;                 ///< the encoder answers in the type of the input: since 0.24
    std::unique_ptr<Step> encoder;           ///< null: the answer is the number of the bin

private:
    /// Each operation is rounded to float32.
    [[nodiscard]] double widened_single(double given) const {
        const auto value = static_cast<float>(given);
        if (!widens) return static_cast<double>(value);
        const float part = 1e-5F * std::abs(value);
        const float width = 1e-8F + part;
        return static_cast<double>(value + width);
    }
};

/// The edges between bins: neither the first nor the last, behind which no number is out of its bin.
std::vector<std::vector<double>> read_edges(StateReader& state) {
    std::vector<std::vector<double>> edges;
    const auto value = state.require("bin_edges_");
    const Vector counts = state.vector("n_bins_");
    if (!value || state.failed()) return edges;
    for (const Fitted& each : state.items_of(*value, "attribute bin_edges_")) {
        const std::string what = fmt::format("attribute bin_edges_[{}]", edges.size());
        const Vector all = state.vector_of(each, what);
        const auto place = static_cast<Eigen::Index>(edges.size());
        const bool sound = all.size() >= 2 && std::ranges::none_of(all, [](double edge) { return std::isnan(edge); }) &&
                           std::is_sorted(all.begin(), all.end()) && place < counts.size() &&
                           counts[place] == static_cast<double>(all.size() - 1);
        if (!sound) {
            state.problem(what + " holds no edges of n_bins_ bins");
            return {};
        }
        edges.emplace_back(all.begin() + 1, all.end() - 1);
    }
    state.require_that(static_cast<Eigen::Index>(edges.size()) == counts.size(), "attribute n_bins_ has more entries than bin_edges_");
    state.fitted_with(edges.size(), "bin_edges_");
    return edges;
}

Result<std::unique_ptr<Step>> bins(StateReader& state) {
    auto made = std::make_unique<Bins>();
    made->edges = read_edges(state);
    made->widens = state.writer().before(1, 1);
    made->keeps_type = !state.writer().before(0, 24);
    if (const auto dtype = state.find("dtype"); dtype && !dtype->is_none()) {
        made->type = number_type_of(dtype_name(*dtype));
        state.require_that(made->type == NumberType::float64 || made->type == NumberType::float32,
                           "attribute dtype is " + dtype->describe());
    }
    const std::string encode = state.text("encode");
    state.require_that(encode == "ordinal" || encode == "onehot" || encode == "onehot-dense", "attribute encode is " + encode);
    if (encode == "ordinal") {
        state.known("_encoder");
    } else if (const auto encoder = state.require("_encoder")) {
        made->encoder = state.estimator(*encoder, "_encoder");
        const bool fits = made->encoder && made->encoder->has(Method::transform) && made->encoder->input.width == made->edges.size();
        state.require_that(fits, "attribute _encoder does not fit the bins");
    }
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> bins_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.preprocessing._discretization.KBinsDiscretizer", bins, "n_bins quantile_method random_state strategy subsample"},
    });
    return classes;
}

}  // namespace assay::pipeline
