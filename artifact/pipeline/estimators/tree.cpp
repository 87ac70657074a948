#include "artifact/pipeline/estimators/tree.hpp"

#include "artifact/byte_cursor.hpp"
#include "artifact/pipeline/estimators.hpp"
#include "artifact/pipeline/estimators/node_field.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

// sklearn.tree (sklearn/tree/_classes.py, _tree.pyx): the same bits, because a tree only compares and looks up.

namespace assay::pipeline {

namespace {

constexpr std::string_view known_keys =
    "ccp_alpha class_weight max_depth max_features max_features_ max_leaf_nodes min_impurity_decrease min_impurity_split min_samples_leaf "
    "min_samples_split min_weight_fraction_leaf n_classes_ n_outputs_ presort random_state classes_ criterion splitter monotonic_cst "
    "n_features_";

/// The largest float32 that is not above.
float floor_to_float(double value) {
    const auto nearest = static_cast<float>(std::clamp(value, static_cast<double>(std::numeric_limits<float>::lowest()),
                                                       static_cast<double>(std::numeric_limits<float>::max())));
    if (value < static_cast<double>(std::numeric_limits<float>::lowest())) return -std::numeric_limits<float>::infinity();
    if (value == std::numeric_limits<double>::infinity()) return std::numeric_limits<float>::infinity();
    return static_cast<double>(nearest) > value ? std::nextafter(nearest, -std::numeric_limits<float>::infinity()) : nearest;
}

}  // namespace

Tree Tree::read(StateReader& state, bool with_facts) {
    Tree tree;
    const auto value = state.require("tree_");
    if (!value) return tree;
    const auto wrong = [&](std::string_view what) {
        state.problem(fmt::format("attribute tree_ {}", what));
        return Tree();
    };
    if (value->class_name() != "sklearn.tree._tree.Tree") return wrong("is no tree");
    const FittedObject object = value->object();
    if (!object.plain || object.arguments.size() != 3 || !object.state) return wrong("is no tree that a release of scikit-learn writes");
    const auto features = value->at(object.arguments[0]).as_integer();
    const auto outputs = value->at(object.arguments[2]).as_integer();
    const std::vector<std::int64_t> classes = state.integers_of(value->at(object.arguments[1]), "attribute tree_: its numbers of classes");
    if (state.failed()) return tree;
    if (!features || *features < 1 || *features > max_features) return wrong("claims an impossible number of features");
    if (!outputs || *outputs < 1 || static_cast<std::int64_t>(classes.size()) != *outputs)
        return wrong("claims an impossible number of outputs");
    tree.features_ = static_cast<std::size_t>(*features);
    tree.outputs_ = static_cast<std::size_t>(*outputs);
    if (std::ranges::any_of(classes, [](std::int64_t count) { return count < 1 || count > (1 << 24); }))
        return wrong("claims an impossible number of classes");
    for (const std::int64_t count : classes) tree.class_counts_.push_back(static_cast<std::size_t>(count));
    tree.classes_ = *std::ranges::max_element(tree.class_counts_);
    const bool of_classifier = is_tree_classifier(state.cls()).value_or(false);

    const auto inner = state.dict_of(value->at(*object.state));
    const auto attribute = [&](std::string_view key) {
        const auto found = inner.find(key);
        return found == inner.end() ? std::nullopt : std::optional(found->second);
    };
    for (const auto& [key, each] : inner) {
        if (key != "nodes" && key != "values" && key != "node_count" && key != "max_depth")
            return wrong(fmt::format("holds {}, which is not known: it could change what it predicts", printable(key, 60)));
    }
    const auto nodes_value = attribute("nodes");
    const auto values_value = attribute("values");
    const auto count_value = attribute("node_count");
    const auto count = count_value ? count_value->as_integer() : std::nullopt;
    if (!nodes_value || !values_value || !count || !nodes_value->is(FittedKind::array) || !values_value->is(FittedKind::array))
        return wrong("has no nodes and values");
    const FittedArray nodes = nodes_value->array();
    const FittedArray values = values_value->array();
    if (nodes.shape != std::vector<std::uint64_t>{static_cast<std::uint64_t>(std::max<std::int64_t>(*count, 0))} || *count < 1)
        return wrong("has not node_count nodes");
    if (nodes.size() > is_leaf / 2) return wrong("has more nodes than are decoded");
    if (values.shape != std::vector<std::uint64_t>{nodes.shape[0], tree.outputs_, tree.classes_} || values.dtype.str() != "<f8" ||
        values.fortran)
        return wrong("has values of another shape or type than its nodes need");
    using Kind = NodeField::Kind;
    const NodeField left(nodes, "left_child", Kind::integer);
    const NodeField right(nodes, "right_child", Kind::integer);
    const NodeField feature(nodes, "feature", Kind::integer);
    const NodeField threshold(nodes, "threshold", Kind::real);
    const NodeField missing(nodes, "missing_go_to_left", Kind::integer);
    std::optional<NodeField> samples;
    if (with_facts) samples.emplace(nodes, "n_node_samples", Kind::integer);
    if (samples && !samples->there()) return wrong("has nodes in a layout that is not known");
    if (!left.there() || !right.there() || !feature.there() || !threshold.there()) return wrong("has nodes in a layout that is not known");
    const std::uint64_t needed = (with_facts ? 3 : 1) * nodes.size() + values.size();
    if (needed > state.budget().numbers) return wrong("has more nodes than are decoded");
    state.budget().numbers -= needed;

    const auto size = static_cast<std::size_t>(nodes.size());
    const std::size_t per_node = tree.outputs_ * tree.classes_;
    if (values.bytes.size() != size * per_node * sizeof(double)) return wrong("has not all of its values");
    tree.nodes_.resize(size);
    tree.values_.reserve((size / 2 + 1) * per_node);  // a tree whose nodes have two children each has that many leaves
    std::vector<std::uint32_t> depth(size, 0);  // of each node, whose parent stands before it
    for (std::size_t i = 0; i < size; ++i) {
        Node& node = tree.nodes_[i];
        const std::int64_t l = left.integer(i);
        const std::int64_t r = right.integer(i);
        if (l == -1 && r == -1) {
            node.left = static_cast<std::uint32_t>(tree.leaves_++);
            for (std::size_t k = 0; k < per_node; ++k) {
                double held = 0;
                std::memcpy(&held, values.bytes.data() + (i * per_node + k) * sizeof held, sizeof held);
                if (!std::isfinite(held) || (of_classifier && held < 0)) return wrong(fmt::format("has the value {} at node {}", held, i));
                tree.values_.push_back(held);
            }
            if (samples) tree.facts_.push_back({static_cast<std::uint32_t>(i), depth[i], samples->integer(i)});
            continue;
        }
        // Every release numbers children behind their parent: so no row walks in a circle.
        const auto here = static_cast<std::int64_t>(i);
        if (l <= here || r <= here || l >= *count || r >= *count)
            return wrong(fmt::format("has the children {} and {} at node {} of {}", l, r, i, size));
        const std::int64_t f = feature.integer(i);
        if (f < 0 || f >= *features) return wrong(fmt::format("asks for feature {} of {} at node {}", f, *features, i));
        const double t = threshold.real(i);
        if (std::isnan(t)) return wrong(fmt::format("has the threshold NaN at node {}", i));
        node.threshold = floor_to_float(t);
        node.feature = static_cast<std::uint32_t>(f);
        if (missing.integer(i) != 0) node.feature |= missing_left;
        node.left = static_cast<std::uint32_t>(l);
        node.right = static_cast<std::uint32_t>(r);
        depth[node.left] = std::max(depth[node.left], depth[i] + 1);
        depth[node.right] = std::max(depth[node.right], depth[i] + 1);
    }
    if (!state.may_walk(*std::ranges::max_element(depth))) return Tree();
    return tree;
}

std::string_view known_of_trees() { return known_keys; }

std::optional<bool> is_tree_classifier(std::string_view cls) {
    for (const EstimatorClass& each : tree_classes()) {
        if (each.is(cls)) return cls.ends_with("Classifier");
    }
    return std::nullopt;
}

namespace {

/// scikit-learn: __sklearn_tags__().input_tags.allow_nan and _support_missing_values.
bool takes_missing(StateReader& state) {
    if (state.writer().before(1, 3)) return false;
    const std::string splitter = state.text("splitter");
    const std::string criterion = state.text("criterion");
    const auto monotonic = state.find("monotonic_cst");
    const bool extra = state.cls().find(".ExtraTree") != std::string::npos;
    if (!state.writer().before(1, 9)) return !extra || splitter == "random";
    if (monotonic && !monotonic->is_none()) return false;
    const bool common = criterion == "gini" || criterion == "log_loss" || criterion == "entropy" || criterion == "squared_error" ||
                        criterion == "friedman_mse" || criterion == "poisson";
    if (!common) return false;
    if (state.writer().before(1, 6)) return !extra && splitter == "best";
    return extra ? splitter == "random" : splitter == "best" || splitter == "random";
}

/// Each row's values over their sum, as releases up to 1.3 do; later ones keep fractions.
void make_probabilities(TreeModel& model) {
    for (std::size_t leaf = 0; leaf < model.tree.leaves(); ++leaf) {
        for (std::size_t output = 0; output < model.tree.outputs(); ++output) {
            double* const values = model.tree.values(leaf) + output * model.tree.classes();
            const std::size_t count = count_of(model.classes[output]);
            const double sum = numpy_sum(values, count);
            const double divisor = sum == 0 ? 1.0 : sum;
            for (std::size_t k = 0; k < count; ++k) values[k] /= divisor;
        }
    }
}

}  // namespace

std::vector<SampleValues> read_tree_classes(StateReader& state, const Tree& tree) {
    std::vector<SampleValues> found;
    const auto classes = state.require("classes_");
    if (!classes) return found;
    if (tree.outputs() == 1) {
        found.push_back(state.labels_of(*classes, "attribute classes_"));
    } else {
        for (const Fitted& each : state.items_of(*classes, "attribute classes_"))
            found.push_back(state.labels_of(each, "attribute classes_"));
    }
    const std::vector<std::size_t>& counts = tree.class_counts();
    const bool fits = std::ranges::equal(found, counts, {}, [](const SampleValues& each) { return count_of(each); });
    state.require_that(fits, "attribute classes_ has other numbers of classes than the tree");
    const auto claimed = state.find("n_classes_");
    if (claimed && tree.outputs() == 1) {
        state.require_that(claimed->as_integer() == static_cast<std::int64_t>(counts.front()), "attribute n_classes_ contradicts the tree");
    } else if (claimed) {
        const std::vector<std::int64_t> each = state.integers_of(*claimed, "attribute n_classes_");
        const bool same = std::ranges::equal(each, counts, {}, {}, [](std::size_t count) { return static_cast<std::int64_t>(count); });
        state.require_that(same, "attribute n_classes_ contradicts the tree");
    }
    state.require_that(!mixes_texts(found), "attribute classes_ has texts and numbers for labels");
    return found;
}

TreeModel read_tree_model(StateReader& state, bool classifier, bool with_facts) {
    TreeModel model;
    state.known(known_keys);
    model.classifier = classifier;
    model.takes_missing = takes_missing(state);
    model.tree = Tree::read(state, with_facts);
    if (state.failed()) return model;
    state.fitted_with(model.tree.features(), "tree_");
    if (const auto outputs = state.find("n_outputs_"))
        state.require_that(outputs->as_integer() == static_cast<std::int64_t>(model.tree.outputs()),
                           "attribute n_outputs_ contradicts the tree");
    if (!classifier) {
        if (model.tree.classes() != 1) state.problem("attribute tree_ has the values of a classifier");
        return model;
    }
    model.classes = read_tree_classes(state, model.tree);
    if (state.failed()) return model;
    for (std::size_t leaf = 0; leaf < model.tree.leaves(); ++leaf) {
        for (std::size_t output = 0; output < model.tree.outputs(); ++output) {
            const double* const values = model.tree.values(leaf) + output * model.tree.classes();
            const std::size_t count = count_of(model.classes[output]);
            model.labels.push_back(static_cast<std::uint32_t>(std::max_element(values, values + count) - values));
        }
    }
    if (state.writer().before(1, 4)) make_probabilities(model);
    return model;
}

std::optional<TreeModel> read_inner_tree(StateReader& state, const Fitted& tree, const std::string& where, bool classifier,
                                         bool with_facts) {
    StateReader inner(tree, state.place(), state.budget());
    TreeModel model = read_tree_model(inner, classifier, with_facts);
    if (const auto read = inner.finish(); !read) {
        state.problem(where + ": " + read.error().because);
        return std::nullopt;
    }
    return model;
}

FloatRowsOrPlace float_rows(const Matrix& rows) {
    FloatRowsOrPlace made;
    made.rows.rows = static_cast<std::size_t>(rows.rows());
    made.rows.columns = static_cast<std::size_t>(rows.cols());
    made.rows.values.resize(static_cast<std::size_t>(rows.size()));
    const double* const from = rows.data();
    for (std::size_t i = 0; i < made.rows.values.size(); ++i) {
        const auto value = static_cast<float>(from[i]);
        made.rows.values[i] = value;
        if (value != value) made.rows.holds_nan = true;
        if (std::isinf(value) && !made.too_large) made.too_large = {i / made.rows.columns, i % made.rows.columns};
    }
    return made;
}

Result<FloatRows> TreeStep::rows_for_trees(Data rows, bool may_miss) const {
    // Sparse rows with missing values are refused by every release.
    const Missing missing = may_miss && !rows.sparse ? Missing::allow : Missing::refuse;
    TRY_ASSIGN(const Matrix given, matrix(std::move(rows), missing, Single::compares));
    FloatRowsOrPlace made = float_rows(given);
    if (made.too_large)
        return refuse_input(
            fmt::format("row {}, column {}: a number beyond what a float32 holds", made.too_large->first, made.too_large->second));
    return std::move(made.rows);
}

SampleArray labels_of_outputs(const std::vector<SampleValues>& classes, const std::vector<std::vector<std::size_t>>& places,
                              std::size_t rows, bool as_floats) {
    SampleArray answer;
    answer.shape = {rows, classes.size()};
    const auto number_at = [](const SampleValues& values, std::size_t place) {
        return std::visit(
            [&](const auto& all) -> double {
                if constexpr (std::is_arithmetic_v<typename std::decay_t<decltype(all)>::value_type>) {
                    return static_cast<double>(all[place]);
                } else {
                    return std::numeric_limits<double>::quiet_NaN();
                }
            },
            values);
    };
    const bool same = std::ranges::all_of(classes, [&](const SampleValues& each) { return each.index() == classes.front().index(); });
    if (as_floats || !same) {
        std::vector<double> values;
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t output = 0; output < classes.size(); ++output)
                values.push_back(number_at(classes[output], places[output][row]));
        }
        answer.values = std::move(values);
        return answer;
    }
    std::visit(
        [&](const auto& first) {
            std::decay_t<decltype(first)> values;
            for (std::size_t row = 0; row < rows; ++row) {
                for (std::size_t output = 0; output < classes.size(); ++output)
                    values.push_back(std::get<std::decay_t<decltype(first)>>(classes[output])[places[output][row]]);
            }
            answer.values = std::move(values);
        },
        classes.front());
    return answer;
}

namespace {

class DecisionTree final : public TreeStep {
public:
    [[nodiscard]] bool is_exact(Method method) const override { return method != Method::predict_log_proba; }
    [[nodiscard]] bool has(Method method) const override {
        if (method == Method::predict) return true;
        return model.classifier && (method == Method::predict_proba || method == Method::predict_log_proba);
    }

    [[nodiscard]] Result<SampleArray> predict(Data rows) const override {
        TRY_ASSIGN(const std::vector<std::size_t> leaves, leaves_of(std::move(rows)));
        const std::size_t outputs = model.tree.outputs();
        if (!model.classifier) {
            std::vector<double> values;
            values.reserve(leaves.size() * outputs);
            for (const std::size_t leaf : leaves) values.insert(values.end(), model.tree.values(leaf), model.tree.values(leaf) + outputs);
            SampleArray answer{.shape = {leaves.size()}, .values = std::move(values), .missing = {}};
            if (outputs > 1) answer.shape.push_back(outputs);
            return answer;
        }
        std::vector<std::vector<std::size_t>> places(outputs);
        for (const std::size_t leaf : leaves) {
            for (std::size_t output = 0; output < outputs; ++output) places[output].push_back(model.labels[leaf * outputs + output]);
        }
        if (outputs == 1) return labels_at(model.classes.front(), places.front());
        return labels_of_outputs(model.classes, places, leaves.size(), floats);
    }

    [[nodiscard]] Result<Scores> scores(Method method, Data rows) const override {
        if (!has(method) || method == Method::predict) return no_method(method);
        if (model.tree.outputs() > 1) return not_replayable("it gives one table of probabilities per output, and a sample keeps one");
        TRY_ASSIGN(const std::vector<std::size_t> leaves, leaves_of(std::move(rows)));
        Matrix found(static_cast<Eigen::Index>(leaves.size()), static_cast<Eigen::Index>(count_of(model.classes.front())));
        for (std::size_t row = 0; row < leaves.size(); ++row) {
            for (Eigen::Index k = 0; k < found.cols(); ++k) {
                const double value = model.tree.values(leaves[row])[k];
                found(static_cast<Eigen::Index>(row), k) = method == Method::predict_log_proba ? std::log(value) : value;
            }
        }
        return Scores{std::move(found)};
    }

    TreeModel model;
    bool floats = false;  ///< labels of several outputs are floats

private:
    [[nodiscard]] Result<std::vector<std::size_t>> leaves_of(Data rows) const {
        TRY_ASSIGN(const FloatRows given, rows_for_trees(std::move(rows), model.takes_missing));
        std::vector<std::size_t> leaves(given.rows);
        for (std::size_t row = 0; row < given.rows; ++row) {
            const float* const at = given.values.data() + row * given.columns;
            leaves[row] = given.holds_nan ? model.tree.leaf<true>(at) : model.tree.leaf<false>(at);
        }
        return leaves;
    }
};

Result<std::unique_ptr<Step>> decision_tree(StateReader& state) {
    auto made = std::make_unique<DecisionTree>();
    made->model = read_tree_model(state, state.cls().ends_with("Classifier"));
    made->floats = state.writer().before(0, 21);
    return state.finish(std::move(made));
}

}  // namespace

std::span<const EstimatorClass> tree_classes() {
    static constexpr auto classes = std::to_array<EstimatorClass>({
        {"sklearn.tree._classes.DecisionTreeClassifier", decision_tree, "", "sklearn.tree.tree.DecisionTreeClassifier"},
        {"sklearn.tree._classes.DecisionTreeRegressor", decision_tree, "", "sklearn.tree.tree.DecisionTreeRegressor"},
        {"sklearn.tree._classes.ExtraTreeClassifier", decision_tree, "", "sklearn.tree.tree.ExtraTreeClassifier"},
        {"sklearn.tree._classes.ExtraTreeRegressor", decision_tree, "", "sklearn.tree.tree.ExtraTreeRegressor"},
    });
    return classes;
}

}  // namespace assay::pipeline
