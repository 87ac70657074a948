#include "artifact/pipeline/estimators.hpp"

#include <algorithm>
#include <array>
#include <limits>

// sklearn.preprocessing.PolynomialFeatures (sklearn/preprocessing/_polynomial.py).

namespace assay::pipeline {

namespace {

/// A product of features: one of a degree less, times a feature.
struct PolynomialTerm {
    std::uint32_t rest;  ///< the place of the shorter product
    std::uint32_t feature;
};

/// The products of each degree from 1 on, in their order.
class PolynomialTerms {
public:
    /// `from_front`: x0·x1·x2 is (x0·x1)·x2, else (x1·x2)·x0. Absent when there are more than `most`.
    static std::optional<PolynomialTerms> make(std::size_t features, std::int64_t degree, bool interactions, bool from_front,
                                               std::size_t most) {
        PolynomialTerms made;
        made.first_of_degree_.push_back(0);
        std::vector<std::uint32_t> first_feature;  // of each product
        std::vector<std::uint32_t> last_feature;
        const auto add = [&](std::uint32_t rest, std::uint32_t feature, std::uint32_t first, std::uint32_t last) {
            made.terms_.push_back({rest, feature});
            first_feature.push_back(first);
            last_feature.push_back(last);
            return made.terms_.size() <= most;
        };
        const auto count = static_cast<std::uint32_t>(features);
        for (std::uint32_t i = 0; degree >= 1 && i < count; ++i) {
            if (!add(none, i, i, i)) return std::nullopt;
        }
        for (std::int64_t d = 2; d <= degree; ++d) {
            const std::size_t begin = made.first_of_degree_.back();
            const std::size_t end = made.terms_.size();
            if (begin == end) break;  // there are no products of so many different features
            made.first_of_degree_.push_back(end);
            if (from_front) {
                for (std::size_t rest = begin; rest < end; ++rest) {
                    const std::uint32_t first = first_feature[rest];
                    for (std::uint32_t i = last_feature[rest] + (interactions ? 1 : 0); i < count; ++i) {
                        if (!add(static_cast<std::uint32_t>(rest), i, first, i)) return std::nullopt;
                    }
                }
            } else {
                for (std::uint32_t i = 0; i < count; ++i) {
                    // Products are sorted by their first feature.
                    const std::uint32_t least = i + (interactions ? 1 : 0);
                    const auto from = std::lower_bound(first_feature.begin() + static_cast<std::ptrdiff_t>(begin),
                                                       first_feature.begin() + static_cast<std::ptrdiff_t>(end), least) -
                                      first_feature.begin();
                    for (auto rest = static_cast<std::size_t>(from); rest < end; ++rest) {
                        const std::uint32_t last = last_feature[rest];
                        if (!add(static_cast<std::uint32_t>(rest), i, i, last)) return std::nullopt;
                    }
                }
            }
        }
        return made;
    }

    [[nodiscard]] const std::vector<PolynomialTerm>& all() const { return terms_; }
    /// The place of the first product of that degree; that behind the last when there is none.
    [[nodiscard]] std::size_t first_of(std::int64_t degree) const {
        const auto place = static_cast<std::size_t>(std::max<std::int64_t>(degree, 1) - 1);
        return place < first_of_degree_.size() ? first_of_degree_[place] : terms_.size();
    }
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

private:
    std::vector<PolynomialTerm> terms_;
    std::vector<std::size_t> first_of_degree_;
};

class PolynomialFeatures final : public Step {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return true; }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return 1 + terms.all().size() + output_width(); }
    [[nodiscard]] std::size_t output_width() const { return (bias ? 1 : 0) + terms.all().size() - first; }

    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(Data given, numbers(std::move(rows), Missing::refuse, Single::allow));
        const bool single = given.type == NumberType::float32;
        const PolynomialTerms& used = given.sparse ? sparse_terms : terms;
        const Matrix& before = std::get<Matrix>(given.values);
        Matrix after(before.rows(), static_cast<Eigen::Index>(output_width()));
        std::vector<double> products(used.all().size());
        for (Eigen::Index row = 0; row < before.rows(); ++row) {
            for (std::size_t i = 0; i < products.size(); ++i) {
                const PolynomialTerm& term = used.all()[i];
                const double factor = before(row, static_cast<Eigen::Index>(term.feature));
                if (term.rest == PolynomialTerms::none) {
                    products[i] = factor;
                } else {
                    const double product = products[term.rest] * factor;
                    products[i] = single ? static_cast<double>(static_cast<float>(product)) : product;
                }
                // A sparse matrix keeps no product of nothing, and no sign of it.
                if (given.sparse && products[i] == 0) products[i] = 0;
            }
            Eigen::Index to = 0;
            if (bias) after(row, to++) = 1;
            for (std::size_t i = first; i < products.size(); ++i) after(row, to++) = products[i];
        }
        Data made = data_of(std::move(after));
        made.type = given.type;
        made.sparse = given.sparse;
        return made;
    }

    PolynomialTerms terms;
    PolynomialTerms sparse_terms;  ///< the same, multiplied from the front
    std::size_t first = 0;         ///< the first product that is given
    bool bias = true;
};

/// How many products are computed of a row at most.
constexpr std::size_t most_products = 2'000'000;

/// `degree`: a number, or since 1.0 the least and the largest.
std::pair<std::int64_t, std::int64_t> read_degrees(StateReader& state) {
    const auto degree = state.require("degree");
    if (!degree) return {};
    std::int64_t least = 0;
    std::int64_t largest = 0;
    if (const auto number = degree->as_integer()) {
        largest = *number;
    } else if (const std::vector<std::int64_t> both = state.integers_of(*degree, "attribute degree"); both.size() == 2) {
        least = both[0];
        largest = both[1];
    } else {
        state.problem_of("degree", "is " + degree->describe());
    }
    const bool sound = least >= 0 && largest >= least && largest <= static_cast<std::int64_t>(most_products);
    state.require_that(sound, "attribute degree is no degree that is computed with");
    if (state.has("_min_degree") || state.has("_max_degree")) {
        state.require_that(state.integer("_min_degree") == least && state.integer("_max_degree") == largest,
                           "attributes _min_degree and _max_degree contradict degree");
    }
    // Until then it gives the features themselves as well, where there is no room for them.
    state.require_that(largest > 0 || !state.writer().before(1, 0), "attribute degree is 0");
    return {least, largest};
}

Result<std::unique_ptr<Step>> polynomial(StateReader& state) {
    auto made = std::make_unique<PolynomialFeatures>();
    const auto [least, largest] = read_degrees(state);
    const bool interactions = state.flag("interaction_only");
    made->bias = state.flag("include_bias");
    if (state.has("n_input_features_")) {
        const std::int64_t width = state.integer("n_input_features_");
        state.require_that(width > 0 && width <= max_features, "attribute n_input_features_ is no number of features");
        if (!state.failed()) state.fitted_with(static_cast<std::size_t>(width), "n_input_features_");
    }
    const std::size_t width = state.input_check().width;
    state.require_that(width != 0, "it does not say how many features it was fitted with");
    if (state.failed()) return state.finish(std::move(made));
    const bool from_front = state.writer().before(0, 22);
    // Each product costs as much as four numbers, in both orders.
    std::uint64_t& budget = state.budget().numbers;
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(most_products, budget / 8));
    auto terms = PolynomialTerms::make(width, largest, interactions, from_front, most);
    auto sparse_terms = terms ? PolynomialTerms::make(width, largest, interactions, true, most) : std::nullopt;
    if (!terms || !sparse_terms) {
        state.problem("it makes more products of a row than are computed with");
        return state.finish(std::move(made));
    }
    budget -= 8 * static_cast<std::uint64_t>(terms->all().size());
    made->terms = *std::move(terms);
    made->sparse_terms = *std::move(sparse_terms);
    made->first = made->terms.first_of(least);
    state.require_that(state.integer("n_output_features_") == static_cast<std::int64_t>(made->output_width()),
                       "attribute n_output_features_ contradicts the degree");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> polynomial_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.preprocessing._polynomial.PolynomialFeatures", polynomial, "order _n_out_full"},
        {"sklearn.preprocessing._data.PolynomialFeatures", polynomial, "order", "sklearn.preprocessing.data.PolynomialFeatures"},
    });
    return classes;
}

}  // namespace assay::pipeline
