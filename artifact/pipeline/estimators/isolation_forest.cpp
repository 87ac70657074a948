#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/meta.hpp"
#include "artifact/pipeline/estimators/tree.hpp"
#include "artifact/pipeline/rounding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

// sklearn.ensemble.IsolationForest (sklearn/ensemble/_iforest.py): how few splits it takes to set a row apart. And RandomTreesEmbedding
// (sklearn/ensemble/_forest.py): the leaves that a row ends in.

namespace assay::pipeline {

namespace {

/// Of an unsuccessful search in a tree of so many rows. Until 0.20, of two rows by the formula for many; of one row it was 1.
double average_path_length(double samples, bool old) {
    if (samples <= 1) return old ? 1.0 : 0.0;
    if (samples == 2 && !old) return 1.0;
    return 2.0 * (std::log(samples - 1.0) + std::numbers::egamma) - 2.0 * (samples - 1.0) / samples;
}

struct PartialTree {
    Tree tree;
    std::vector<std::size_t> columns;  ///< that it was fitted on
    std::vector<double> lengths;       ///< of the path to each leaf, with what its rows would still need
};

class IsolationForest final : public TreeStep {
public:
    [[nodiscard]] bool has(Method method) const override {
        return method == Method::predict || method == Method::decision_function || method == Method::score_samples;
    }
    [[nodiscard]] std::size_t widest() const override { return 3 * input.width + 4; }
    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const Scores decisions, scores(Method::decision_function, std::move(rows)));
        std::vector<std::int64_t> labels;
        labels.reserve(static_cast<std::size_t>(decisions.values.rows()));
        for (Eigen::Index row = 0; row < decisions.values.rows(); ++row) labels.push_back(decisions.values(row, 0) < threshold ? -1 : 1);
        return SampleArray{.shape = {labels.size()}, .values = std::move(labels), .missing = {}};
    }
    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(const FloatRows given, rows_for_trees(std::move(rows), takes_missing));
        Matrix found(static_cast<Eigen::Index>(given.rows), 1);
        std::vector<float> part(given.columns);
        for (std::size_t row = 0; row < given.rows; ++row) {
            const float* const at = given.values.data() + row * given.columns;
            double depth = 0;
            for (const PartialTree& one : trees) {
                const float* from = at;
                if (subsets) {
                    for (std::size_t i = 0; i < one.columns.size(); ++i) part[i] = at[one.columns[i]];
                    from = part.data();
                }
                depth += one.lengths[given.holds_nan ? one.tree.leaf<true>(from) : one.tree.leaf<false>(from)];
            }
            const auto count = static_cast<double>(trees.size());
            // Until 0.20, a mean over the average; then a sum over both.
            const double share = old ? depth / count / longest : count * longest == 0 ? 1.0 : depth / (count * longest);
            const double score = -std::pow(2.0, -share);
            found(static_cast<Eigen::Index>(row), 0) = rounded_worst(score, std::abs(score), 8, row);
        }
        if (method == Method::decision_function) found = found.unaryExpr([&](double value) { return value - offset; });
        return Scores{std::move(found), true};
    }

    std::vector<PartialTree> trees;
    double longest = 0;     ///< the average path length in the rows of one tree
    double offset = 0;
    double threshold = 0;   ///< of decisions; not zero with the behaviour of before 0.22
    bool subsets = false;   ///< trees see some of the columns
    bool takes_missing = false;
    bool old = false;
};

/// The trees of an ensemble that are no steps of their own, and their class.
std::vector<TreeModel> read_facts(StateReader& state) {
    std::vector<TreeModel> models;
    const auto estimators = state.require("estimators_");
    for (const Fitted& each : estimators ? state.items_of(*estimators, "attribute estimators_") : std::vector<Fitted>()) {
        const std::string where = fmt::format("attribute estimators_[{}]", models.size());
        if (is_tree_classifier(each.class_name()) != false) {
            state.problem(where + " is no tree of numbers");
            return {};
        }
        std::optional<TreeModel> model = read_inner_tree(state, each, where, false, true);
        if (!model) return {};
        models.push_back(*std::move(model));
    }
    state.require_that(!models.empty(), "attribute estimators_ holds no trees");
    return models;
}

std::size_t width_of(StateReader& state) {
    if (state.has("n_features_")) {  // until 1.1
        const std::int64_t count = state.integer("n_features_");
        if (count < 1 || count > max_features) {
            state.problem_of("n_features_", "is impossible");
        } else {
            state.fitted_with(static_cast<std::size_t>(count), "n_features_");
        }
    }
    state.require_that(state.input_check().width != 0, "it does not say how many columns it was fitted with");
    return state.input_check().width;
}

/// Per node, since 1.3; what the trees say of themselves before.
std::vector<std::vector<double>> read_lengths(StateReader& state, std::string_view key, std::size_t trees) {
    std::vector<std::vector<double>> all;
    const auto value = state.find(key);
    if (!value) return all;
    for (const Fitted& each : state.items_of(*value, fmt::format("attribute {}", key))) {
        const Vector one = state.vector_of(each, fmt::format("attribute {}[{}]", key, all.size()));
        all.emplace_back(one.data(), one.data() + one.size());
    }
    if (all.size() != trees) state.problem_of(key, "has not one list per tree");
    return all;
}

/// What a leaf adds to the depth of its rows.
std::vector<double> lengths_of(StateReader& state, const Tree& tree, const std::vector<double>* depths, const std::vector<double>* averages,
                               bool old) {
    std::vector<double> lengths;
    lengths.reserve(tree.leaves());
    for (std::size_t leaf = 0; leaf < tree.leaves(); ++leaf) {
        const Tree::LeafFacts& facts = tree.facts(leaf);
        if (depths != nullptr) {
            if (facts.node >= depths->size() || facts.node >= averages->size()) {
                state.problem("attribute _decision_path_lengths has not one number per node");
                return {};
            }
            lengths.push_back((*depths)[facts.node] + (*averages)[facts.node] - 1.0);
            continue;
        }
        if (facts.samples < 0) {
            state.problem("attribute estimators_ holds a tree of negative numbers of rows");
            return {};
        }
        const double average = average_path_length(static_cast<double>(facts.samples), old);
        const auto nodes = static_cast<double>(facts.depth) + 1.0;
        lengths.push_back(old ? (nodes - 1.0) + average : nodes + average - 1.0);
    }
    return lengths;
}

Result<std::unique_ptr<Step>> isolation_forest(StateReader& state) {
    auto made = std::make_unique<IsolationForest>();
    const std::size_t width = width_of(state);
    made->old = state.writer().before(0, 21);
    made->takes_missing = !state.writer().before(1, 6);
    std::vector<TreeModel> models = read_facts(state);
    const auto depths = read_lengths(state, "_decision_path_lengths", models.size());
    const auto averages = read_lengths(state, "_average_path_length_per_tree", models.size());
    state.require_that(depths.size() == averages.size(), "attributes _decision_path_lengths and _average_path_length_per_tree contradict");
    const std::int64_t columns = state.integer("_max_features");
    made->subsets = columns != static_cast<std::int64_t>(width);
    const auto features = state.require("estimators_features_");
    const std::vector<Fitted> lists = features ? state.items_of(*features, "attribute estimators_features_") : std::vector<Fitted>();
    state.require_that(lists.size() == models.size(), "attribute estimators_features_ has not one list per tree");
    for (std::size_t i = 0; i < models.size() && !state.failed(); ++i) {
        PartialTree one;
        for (const std::int64_t column : state.integers_of(lists[i], "attribute estimators_features_")) {
            if (column < 0 || static_cast<std::uint64_t>(column) >= width) {
                state.problem_of("estimators_features_", fmt::format("names the column {} of {}", column, width));
                break;
            }
            one.columns.push_back(static_cast<std::size_t>(column));
        }
        const std::size_t seen = made->subsets ? one.columns.size() : width;
        state.require_that(seen == models[i].tree.features() && seen <= width, "attribute estimators_features_ contradicts the trees");
        if (state.failed()) break;
        one.lengths =
            lengths_of(state, models[i].tree, depths.empty() ? nullptr : &depths[i], depths.empty() ? nullptr : &averages[i], made->old);
        one.tree = std::move(models[i].tree);
        made->trees.push_back(std::move(one));
    }
    const bool earlier = state.writer().before(1, 3);
    const std::int64_t rows = state.integer(earlier ? "max_samples_" : "_max_samples");
    state.known(earlier ? "_max_samples" : "max_samples_");
    made->longest = average_path_length(static_cast<double>(rows), made->old);
    made->offset = state.number("offset_");
    // Until 0.21; "deprecated" in 0.22 and 0.23.
    if (state.text_or_none("behaviour") == "old") made->threshold = state.number("_threshold_");
    state.require_that(std::isfinite(made->offset) && std::isfinite(made->threshold), "attribute offset_ is no finite number");
    return state.finish(std::move(made));
}

class RandomTreesEmbedding final : public TreeStep {
public:
    [[nodiscard]] bool is_exact(Method /*method*/) const override { return encoder->is_exact(Method::transform); }
    [[nodiscard]] bool has(Method method) const override { return method == Method::transform; }
    [[nodiscard]] std::size_t widest() const override { return 2 * input.width + 2 * trees.size() + encoder->widest(); }
    [[nodiscard]] Result<Data> transform(Data rows) const override {
        TRY_ASSIGN(const FloatRows given, rows_for_trees(std::move(rows), false));
        Matrix leaves(static_cast<Eigen::Index>(given.rows), static_cast<Eigen::Index>(trees.size()));
        for (std::size_t row = 0; row < given.rows; ++row) {
            const float* const at = given.values.data() + row * given.columns;
            for (std::size_t i = 0; i < trees.size(); ++i)
                leaves(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(i)) =
                    static_cast<double>(trees[i].facts(trees[i].leaf<false>(at)).node);
        }
        Data made = data_of(std::move(leaves));
        made.type = NumberType::integer;
        return encoder->transform(std::move(made));
    }

    std::vector<Tree> trees;
    std::unique_ptr<Step> encoder;
};

Result<std::unique_ptr<Step>> trees_embedding(StateReader& state) {
    auto made = std::make_unique<RandomTreesEmbedding>();
    const std::size_t width = width_of(state);
    for (TreeModel& model : read_facts(state)) {
        state.require_that(model.tree.features() == width, "attribute estimators_ holds trees of other columns");
        made->trees.push_back(std::move(model.tree));
    }
    made->encoder = read_step(state, "one_hot_encoder_");
    state.require_that(!made->encoder || made->encoder->has(Method::transform), "attribute one_hot_encoder_ is no transformer");
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> isolation_forest_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.ensemble._iforest.IsolationForest", isolation_forest,
         "_contamination _n_samples _sample_weight _seeds base_estimator base_estimator_ bootstrap bootstrap_features contamination "
         "estimator estimator_ estimator_params max_features max_samples n_estimators n_jobs oob_score random_state verbose warm_start",
         "sklearn.ensemble.iforest.IsolationForest"},
        {"sklearn.ensemble._forest.RandomTreesEmbedding", trees_embedding,
         "_n_features_out _n_samples _n_samples_bootstrap _sample_weight base_estimator base_estimator_ bootstrap ccp_alpha class_weight "
         "criterion "
         "estimator "
         "estimator_ estimator_params max_depth max_features max_leaf_nodes max_samples min_impurity_decrease min_impurity_split "
         "min_samples_leaf min_samples_split min_weight_fraction_leaf n_estimators n_jobs n_outputs_ oob_score random_state sparse_output "
         "verbose warm_start",
         "sklearn.ensemble.forest.RandomTreesEmbedding"},
    });
    return classes;
}

}  // namespace assay::pipeline
