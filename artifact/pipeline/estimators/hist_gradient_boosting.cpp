#include "artifact/byte_cursor.hpp"
#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/linear.hpp"
#include "artifact/pipeline/estimators/node_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

// sklearn.ensemble.HistGradientBoostingClassifier and -Regressor (sklearn/ensemble/_hist_gradient_boosting/gradient_boosting.py,
// _predictor.pyx). Rows stay float64 here.

namespace assay::pipeline {

namespace {

using Bitset = std::array<std::uint32_t, 8>;  // categories 0 to 255

bool holds(const Bitset& bits, std::uint32_t category) { return (bits[category / 32] >> (category % 32) & 1U) != 0; }

struct Node {
    double threshold = 0;
    double value = 0;           ///< of a leaf
    std::uint32_t feature = 0;
    std::uint32_t left = 0;     ///< 0: a leaf
    std::uint32_t right = 0;
    std::uint32_t bitset = 0;   ///< of a categorical split
    bool missing_left = false;
    bool categorical = false;
};

struct Predictor {
    std::vector<Node> nodes;
    std::vector<Bitset> left_categories;
};

enum class Link : std::uint8_t { identity, exponential, binomial, multinomial };

class HistGradientBoosting final : public Step {
public:
    [[nodiscard]] bool is_exact(Method method) const override {
        if (preprocessor && !preprocessor->is_exact(Method::transform)) return false;
        return method == Method::decision_function || (method == Method::predict && link != Link::exponential && !label_of_probabilities);
    }
    [[nodiscard]] bool has(Method method) const override {
        if (method == Method::predict) return true;
        return is_classifier() && (method == Method::predict_proba || method == Method::decision_function);
    }
    [[nodiscard]] std::size_t widest() const override { return std::max(features, preprocessor ? preprocessor->widest() : 0); }

    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(Matrix raw, raw_predictions(std::move(rows)));
        if (!is_classifier()) {
            if (link == Link::exponential) raw = raw.unaryExpr([](double value) { return std::exp(value); });
            return array_of(raw, true);
        }
        if (label_of_probabilities) return labels_at(classes, argmax(probabilities(std::move(raw))));
        if (raw.cols() > 1) return labels_at(classes, argmax(raw));
        std::vector<std::size_t> places;
        for (Eigen::Index row = 0; row < raw.rows(); ++row) places.push_back(raw(row, 0) > 0 ? 1 : 0);
        return labels_at(classes, places);
    }

    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        TRY_ASSIGN(Matrix raw, raw_predictions(std::move(rows)));
        if (method != Method::decision_function) return Scores{probabilities(std::move(raw))};
        const bool flat = raw.cols() == 1;
        return Scores{std::move(raw), flat};
    }

    Link link = Link::identity;
    SampleValues classes;
    std::size_t features = 0;
    std::vector<double> baseline;
    std::vector<std::vector<Predictor>> stages;
    std::map<std::uint32_t, Bitset> known;  ///< of the categorical features, as the predictors number them
    std::unique_ptr<Step> preprocessor;        ///< puts the categorical columns first, as codes
    bool label_of_probabilities = false;
    bool takes_missing = true;

private:
    [[nodiscard]] bool is_classifier() const { return link == Link::binomial || link == Link::multinomial; }

    /// Infinite values are taken here, and compared like others (force_all_finite=False).
    [[nodiscard]] Result<Matrix> prepared(Data rows) const {
        if (preprocessor) {
            TRY_ASSIGN(rows, preprocessor->transform(std::move(rows)));
        }
        return matrix(std::move(rows), takes_missing ? Missing::allow_infinite : Missing::refuse, Single::compares);
    }

    [[nodiscard]] Result<Matrix> raw_predictions(Data rows) const {
        TRY_ASSIGN(const Matrix given, prepared(std::move(rows)));
        Matrix raw(given.rows(), static_cast<Eigen::Index>(baseline.size()));
        for (std::size_t k = 0; k < baseline.size(); ++k) raw.col(static_cast<Eigen::Index>(k)).setConstant(baseline[k]);
        for (const std::vector<Predictor>& stage : stages) {
            for (std::size_t k = 0; k < stage.size(); ++k) {
                for (Eigen::Index row = 0; row < given.rows(); ++row)
                    raw(row, static_cast<Eigen::Index>(k)) += value_of(stage[k], given.data() + row * given.cols());
            }
        }
        return raw;
    }

    [[nodiscard]] double value_of(const Predictor& predictor, const double* row) const {
        const Node* node = predictor.nodes.data();
        while (node->left != 0) {
            const double value = row[node->feature];
            bool left = value <= node->threshold;
            if (std::isnan(value)) {
                left = node->missing_left;
            } else if (node->categorical) {
                left = goes_left(predictor, *node, value);
            }
            node = predictor.nodes.data() + (left ? node->left : node->right);
        }
        return node->value;
    }

    /// Negative and unknown categories go where missing values go.
    [[nodiscard]] bool goes_left(const Predictor& predictor, const Node& node, double value) const {
        if (value < 0 || value >= 256) return node.missing_left;
        const auto category = static_cast<std::uint32_t>(value);
        if (holds(predictor.left_categories[node.bitset], category)) return true;
        const auto all = known.find(node.feature);
        return all != known.end() && !holds(all->second, category) && node.missing_left;
    }

    [[nodiscard]] Matrix probabilities(Matrix raw) const {
        if (link == Link::binomial) return two_columns(raw.unaryExpr([](double value) { return expit(value); }));
        softmax(raw);
        return raw;
    }
};

std::vector<Bitset> bitsets_of(StateReader& state, const Fitted& value, const std::string& what) {
    std::vector<Bitset> found;
    if (!value.is(FittedKind::array) || value.array().shape.size() != 2 || value.array().shape[1] != 8 ||
        value.array().dtype.str() != "<u4" || (value.array().fortran && value.array().size() != 0)) {
        state.problem(what + " has another shape or type than 8 words per split");
        return found;
    }
    const FittedArray array = value.array();
    if (array.size() > state.budget().numbers) {
        state.problem(what + " is too large");
        return found;
    }
    state.budget().numbers -= array.size();
    found.resize(static_cast<std::size_t>(array.shape[0]));
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (std::size_t word = 0; word < 8; ++word)
            found[i][word] = static_cast<std::uint32_t>(little_endian(array.bytes.substr((i * 8 + word) * 4, 4)));
    }
    return found;
}

Predictor read_predictor(StateReader& state, const Fitted& value, const std::string& where, std::size_t features) {
    Predictor made;
    if (value.class_name() != "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor") {
        state.problem(where + " is no TreePredictor");
        return made;
    }
    StateReader inner(value, state.place(), state.budget());
    const auto wrong = [&](const std::string& what) {
        state.problem(where + " " + what);
        return Predictor();
    };
    const auto nodes_value = inner.require("nodes");
    if (const auto bits = inner.find("raw_left_cat_bitsets"))
        made.left_categories = bitsets_of(inner, *bits, "attribute raw_left_cat_bitsets");
    inner.known({"binned_left_cat_bitsets"});
    if (const auto read = inner.finish(); !read) return wrong(read.error().because);
    if (!nodes_value->is(FittedKind::array) || nodes_value->array().shape.size() != 1 || nodes_value->array().size() == 0)
        return wrong("has no nodes");
    const FittedArray nodes = nodes_value->array();
    if (nodes.size() > state.budget().numbers) return wrong("has more nodes than are decoded");
    state.budget().numbers -= nodes.size();
    using Kind = NodeField::Kind;
    const NodeField leaf(nodes, "is_leaf", Kind::integer);
    const NodeField val(nodes, "value", Kind::real);
    const NodeField feature(nodes, "feature_idx", Kind::integer);
    const NodeField left(nodes, "left", Kind::integer);
    const NodeField right(nodes, "right", Kind::integer);
    // Until 0.24 the field was called `threshold`.
    const NodeField threshold(nodes, "num_threshold", Kind::real);
    const NodeField old_threshold(nodes, "threshold", Kind::real);
    const NodeField missing(nodes, "missing_go_to_left", Kind::integer);
    const NodeField categorical(nodes, "is_categorical", Kind::integer);
    const NodeField bitset(nodes, "bitset_idx", Kind::integer);
    if (!leaf.there() || !val.there() || !feature.there() || !left.there() || !right.there() ||
        (!threshold.there() && !old_threshold.there()))
        return wrong("has nodes in a layout that is not known");
    const auto size = static_cast<std::int64_t>(nodes.size());
    made.nodes.resize(nodes.size());
    std::vector<std::uint32_t> depth(nodes.size(), 0);
    for (std::size_t i = 0; i < made.nodes.size(); ++i) {
        Node& node = made.nodes[i];
        node.value = val.real(i);
        if (leaf.integer(i) != 0) continue;
        const std::int64_t l = left.integer(i);
        const std::int64_t r = right.integer(i);
        const std::int64_t f = feature.integer(i);
        // Children stand behind their parent in every release: no row walks in a circle.
        const auto here = static_cast<std::int64_t>(i);
        if (l <= here || r <= here || l >= size || r >= size)
            return wrong(fmt::format("has the children {} and {} at node {} of {}", l, r, i, size));
        if (f < 0 || f >= static_cast<std::int64_t>(features))
            return wrong(fmt::format("asks for feature {} of {} at node {}", f, features, i));
        node.threshold = threshold.there() ? threshold.real(i) : old_threshold.real(i);
        node.left = static_cast<std::uint32_t>(l);
        node.right = static_cast<std::uint32_t>(r);
        node.feature = static_cast<std::uint32_t>(f);
        node.missing_left = missing.integer(i) != 0;
        node.categorical = categorical.integer(i) != 0;
        depth[node.left] = std::max(depth[node.left], depth[i] + 1);
        depth[node.right] = std::max(depth[node.right], depth[i] + 1);
        if (node.categorical) {
            const std::int64_t place = bitset.integer(i);
            if (!bitset.there() || place < 0 || place >= static_cast<std::int64_t>(made.left_categories.size()))
                return wrong(fmt::format("names categories at node {} that are not there", i));
            node.bitset = static_cast<std::uint32_t>(place);
        } else if (std::isnan(node.threshold)) {
            return wrong(fmt::format("has the threshold NaN at node {}", i));
        }
    }
    if (!state.may_walk(*std::ranges::max_element(depth))) return Predictor();
    return made;
}

/// The categories that each categorical feature was fitted with: its bin thresholds.
void read_known_categories(StateReader& state, HistGradientBoosting& made) {
    const auto mapper = state.find("_bin_mapper");
    if (!mapper || mapper->is_none()) return;
    if (!mapper->is(FittedKind::object)) return state.problem("attribute _bin_mapper is no bin mapper");
    StateReader inner(*mapper, state.place(), state.budget());
    inner.known(
        "actual_n_bins_ max_bins missing_values_bin_idx_ n_bins n_bins_non_missing_ random_state subsample is_categorical known_categories "
        "n_threads");
    const auto thresholds = inner.require("bin_thresholds_");
    std::vector<std::int64_t> categorical;
    if (const auto flags = inner.find("is_categorical_"); flags && !flags->is_none())
        categorical = inner.integers_of(*flags, "attribute is_categorical_");
    if (thresholds && !categorical.empty()) {
        const std::vector<Fitted> all = inner.items_of(*thresholds, "attribute bin_thresholds_");
        if (all.size() != made.features || categorical.size() != made.features)
            inner.problem("attribute bin_thresholds_ has not one entry per feature");
        for (std::size_t i = 0; i < made.features && !inner.failed(); ++i) {
            if (categorical[i] == 0) continue;
            Bitset bits{};
            const Vector categories = inner.vector_of(all[i], fmt::format("attribute bin_thresholds_[{}]", i));
            for (const double category : categories) {
                if (!(category >= 0 && category < 256)) {
                    inner.problem(fmt::format("attribute bin_thresholds_[{}] holds {}, which is no category", i, category));
                    break;
                }
                const auto number = static_cast<std::uint32_t>(category);
                bits[number / 32] |= 1U << (number % 32);
            }
            made.known.emplace(static_cast<std::uint32_t>(i), bits);
        }
    }
    if (const auto read = inner.finish(); !read) state.problem("its _bin_mapper: " + read.error().because);
}

void read_loss(StateReader& state, HistGradientBoosting& made, bool classifier) {
    const std::string loss = state.text("loss");
    if (!classifier) {
        made.link = loss == "poisson" || loss == "gamma" ? Link::exponential : Link::identity;
        const bool known_loss = made.link == Link::exponential || loss == "squared_error" || loss == "least_squares" ||
                                loss == "absolute_error" || loss == "least_absolute_deviation" || loss == "quantile";
        state.require_that(known_loss, "attribute loss is " + loss);
        return;
    }
    made.classes = state.labels("classes_");
    made.link = count_of(made.classes) > 2 ? Link::multinomial : Link::binomial;
    const bool known_loss = loss == "log_loss" || loss == "auto" || loss == "binary_crossentropy" || loss == "categorical_crossentropy" ||
                            loss == "binary-crossentropy" || loss == "categorical-crossentropy" || loss == "deviance";
    state.require_that(known_loss, "attribute loss is " + loss);
    state.require_that(count_of(made.classes) >= 2, "attribute classes_ has fewer than two classes");
}

void read_baseline(StateReader& state, HistGradientBoosting& made, std::size_t outputs) {
    const auto value = state.require("_baseline_prediction");
    if (!value) return;
    if (const auto number = value->as_number()) {
        made.baseline.assign(outputs, *number);
    } else if (value->is(FittedKind::array)) {
        const FittedArray array = value->array();
        const auto numbers_found = numbers_of(array);
        if (!numbers_found || (numbers_found->size() != outputs && numbers_found->size() != 1))
            return state.problem("attribute _baseline_prediction has not one number per output");
        made.baseline = *numbers_found;
        if (made.baseline.size() == 1) made.baseline.assign(outputs, made.baseline.front());
        if (array.dtype.itemsize != 8) state.problem("attribute _baseline_prediction is not float64");
    } else {
        state.problem("attribute _baseline_prediction is " + value->describe());
    }
}

Result<std::unique_ptr<Step>> hist_boosting(StateReader& state) {
    auto made = std::make_unique<HistGradientBoosting>();
    const bool classifier = state.cls().ends_with("Classifier");
    read_loss(state, *made, classifier);
    const std::size_t outputs = made->link == Link::multinomial ? count_of(made->classes) : 1;
    // The number of features has had three names.
    for (const char* key : {"_n_features", "n_features_", "n_features_in_"}) {
        if (made->features != 0 || !state.has(key)) continue;
        const std::int64_t count = state.integer(key);
        if (count < 1 || count > max_features) return state.problem_of(key, "is no number of features"), state.finish(std::move(made));
        made->features = static_cast<std::size_t>(count);
    }
    state.known({"_n_features", "n_features_"});
    state.fitted_with(made->features, "_n_features");
    read_baseline(state, *made, outputs);
    if (const auto preprocessor = state.find("_preprocessor"); preprocessor && !preprocessor->is_none())
        made->preprocessor = state.estimator(*preprocessor, "_preprocessor");
    // Missing values since 0.22.
    made->takes_missing = !state.writer().before(0, 22);
    made->label_of_probabilities = state.writer().before(1, 5);
    if (!state.failed()) read_known_categories(state, *made);
    const auto predictors = state.require("_predictors");
    std::size_t stage = 0;
    for (const Fitted& each :
         predictors && !state.failed() ? state.items_of(*predictors, "attribute _predictors") : std::vector<Fitted>()) {
        const std::vector<Fitted> all = state.items_of(each, fmt::format("attribute _predictors[{}]", stage));
        if (all.size() != outputs) state.problem(fmt::format("attribute _predictors[{}] has not {} trees", stage, outputs));
        if (state.failed()) break;
        made->stages.emplace_back();
        for (std::size_t k = 0; k < all.size() && !state.failed(); ++k)
            made->stages.back().push_back(
                read_predictor(state, all[k], fmt::format("attribute _predictors[{}][{}]", stage, k), made->features));
        ++stage;
    }
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> hist_gradient_boosting_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier", hist_boosting,
         "_fitted_with_sw _bin_mapper _feature_subsample_rng _in_fit _is_categorical_remapped _label_encoder _loss _random_seed "
         "_raw_predictions _scorer _use_validation_data bin_mapper_ categorical_features class_weight do_early_stopping_ early_stopping "
         "interaction_cst is_categorical_ l2_regularization learning_rate loss loss_ max_bins max_depth max_features max_iter "
         "max_leaf_nodes min_samples_leaf monotonic_cst n_iter_no_change n_trees_per_iteration_ random_state scorer_ scoring tol "
         "train_score_ validation_fraction validation_score_ verbose warm_start"},
        {"sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor", hist_boosting,
         "_fitted_with_sw _bin_mapper _feature_subsample_rng _in_fit _is_categorical_remapped _loss _random_seed _raw_predictions _scorer "
         "_use_validation_data bin_mapper_ categorical_features do_early_stopping_ early_stopping interaction_cst is_categorical_ "
         "l2_regularization learning_rate loss loss_ max_bins max_depth max_features max_iter max_leaf_nodes min_samples_leaf "
         "monotonic_cst n_iter_no_change n_trees_per_iteration_ quantile random_state scorer_ scoring tol train_score_ validation_fraction "
         "validation_score_ verbose warm_start"},
    });
    return classes;
}

}  // namespace assay::pipeline
