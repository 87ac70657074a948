#include "artifact/pipeline/estimators/importances.hpp"

#include "artifact/pipeline/estimators/node_field.hpp"
#include "artifact/pipeline/estimators/tree.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

// coef_ and feature_importances_, which is computed of trees whenever it is asked for (sklearn/tree/_tree.pyx,
// compute_feature_importances; sklearn/ensemble/_forest.py, _gb.py).

namespace assay::pipeline {

namespace {

/// Reads what is important out of an estimator within a selector.
class ImportanceReader {
public:
    explicit ImportanceReader(StateReader& selector) : selector_(selector) {}

    /// `feature_importances_`, by the class.
    Vector of_trees(const Fitted& estimator) {
        const std::string cls = estimator.class_name();
        if (is_tree_classifier(cls)) return of_tree(estimator, true).gains;
        StateReader state(estimator, selector_.place(), selector_.budget());
        const std::string_view name = std::string_view(cls).substr(cls.rfind('.') + 1);
        if (cls.starts_with("sklearn.ensemble.") && name.starts_with("AdaBoost")) return of_weighted(state);
        const bool forest = name == "RandomForestClassifier" || name == "RandomForestRegressor" || name == "ExtraTreesClassifier" ||
                            name == "ExtraTreesRegressor";
        const bool boosting = name == "GradientBoostingClassifier" || name == "GradientBoostingRegressor";
        if (!cls.starts_with("sklearn.ensemble.") || (!forest && !boosting))
            return wrong("the importances of `" + printable(cls, 100) + "`");
        const auto trees = state.require("estimators_");
        std::vector<Fitted> all = trees ? state.items_of(*trees, "attribute estimators_") : std::vector<Fitted>();
        if (const auto read = failure_of(state); read || all.empty()) return wrong("an ensemble without trees");
        return state.writer().before(0, 22) ? early_mean(state, *trees, all, boosting) : mean(all, forest);
    }

    /// A matrix, or a vector as one row.
    Importances of_attribute(const Fitted& value) {
        Importances found;
        if (value.is(FittedKind::array) && value.array().shape.size() == 2) {
            found.flat = false;
            found.values = selector_.matrix_of(value, "the coef_ of its estimator");
        } else {
            found.values = row_of(selector_.vector_of(value, "the coef_ of its estimator"));
        }
        return found;
    }

    static Matrix row_of(const Vector& values) { return Eigen::Map<const Matrix>(values.data(), 1, values.size()); }

    /// An attribute by its name, and by names with dots between.
    std::optional<Fitted> attribute(Fitted estimator, std::string_view path) {
        while (true) {
            const std::size_t dot = path.find('.');
            const std::string_view name = path.substr(0, dot);
            std::optional<Fitted> found;
            if (name == "named_steps" && dot != std::string_view::npos) {
                path.remove_prefix(dot + 1);
                found = named_step(estimator, path.substr(0, path.find('.')));
            } else if (estimator.is(FittedKind::object) && estimator.object().state) {
                StateReader state(estimator, selector_.place(), selector_.budget());
                found = state.find(name);
            }
            const std::size_t next = path.find('.');
            if (!found || next == std::string_view::npos) return found;
            path.remove_prefix(next + 1);
            estimator = *found;
        }
    }

    Vector wrong(const std::string& what) {
        selector_.problem("what its estimator finds important is not computed here: " + what);
        return {};
    }

private:
    struct Gains {
        Vector gains;
        bool is_leaf = false;  ///< the tree is one node
    };

    static bool failure_of(StateReader& state) { return state.failed(); }

    std::optional<Fitted> named_step(const Fitted& pipeline, std::string_view name) {
        if (!pipeline.is(FittedKind::object) || !pipeline.object().state) return std::nullopt;
        StateReader state(pipeline, selector_.place(), selector_.budget());
        const auto steps = state.find("steps");
        if (!steps || !steps->is(FittedKind::list)) return std::nullopt;
        for (const Fitted& step : state.items_of(*steps, "attribute steps")) {
            const std::vector<Fitted> parts = step.is(FittedKind::tuple) ? step.items() : std::vector<Fitted>();
            if (parts.size() == 2 && parts[0].as_text() == name) return parts[1];
        }
        return std::nullopt;
    }

    /// What each feature gains in a tree, of which Tree::read makes sure that its nodes have children that are there.
    Gains of_tree(const Fitted& estimator, bool normalize) {
        if (!is_tree_classifier(estimator.class_name())) return {wrong("an ensemble of what are no trees")};
        StateReader state(estimator, selector_.place(), selector_.budget());
        const Tree tree = Tree::read(state);
        if (failure_of(state)) return {wrong("a tree that is no sound one")};
        const Fitted value = *state.find("tree_");
        const auto nodes_value = value.at(*value.object().state).find("nodes");
        const FittedArray nodes = nodes_value->array();
        using Kind = NodeField::Kind;
        const NodeField left(nodes, "left_child", Kind::integer);
        const NodeField right(nodes, "right_child", Kind::integer);
        const NodeField feature(nodes, "feature", Kind::integer);
        const NodeField impurity(nodes, "impurity", Kind::real);
        const NodeField weight(nodes, "weighted_n_node_samples", Kind::real);
        if (!impurity.there() || !weight.there()) return {wrong("a tree whose nodes are not known")};
        const auto count = static_cast<std::size_t>(nodes.size());
        Gains found{.gains = Vector::Zero(static_cast<Eigen::Index>(tree.features())), .is_leaf = count == 1};
        for (std::size_t i = 0; i < count; ++i) {
            if (left.integer(i) < 0) continue;
            const auto l = static_cast<std::size_t>(left.integer(i));
            const auto r = static_cast<std::size_t>(right.integer(i));
            found.gains[feature.integer(i)] +=
                weight.real(i) * impurity.real(i) - weight.real(l) * impurity.real(l) - weight.real(r) * impurity.real(r);
        }
        found.gains /= weight.real(0);
        if (normalize) {
            const double sum = numpy_sum(found.gains.data(), static_cast<std::size_t>(found.gains.size()));
            if (sum > 0) found.gains /= sum;
        }
        return found;
    }

    bool add(Vector& sum, const Vector& one) {
        if (selector_.failed()) return false;
        if (sum.size() == 0) sum = Vector::Zero(one.size());
        if (sum.size() != one.size()) {
            (void)wrong("trees of several numbers of features");
            return false;
        }
        sum += one;
        return true;
    }

    static Vector normalized(const Vector& values) { return values / numpy_sum(values.data(), static_cast<std::size_t>(values.size())); }

    /// Of the trees that split.
    Vector mean(const std::vector<Fitted>& trees, bool normalize) {
        Vector sum;
        std::size_t split = 0;
        for (const Fitted& tree : trees) {
            const Gains one = of_tree(tree, normalize);
            if (!add(sum, one.is_leaf ? Vector::Zero(one.gains.size()) : one.gains)) return {};
            split += one.is_leaf ? 0 : 1;
        }
        if (split == 0) return sum;
        return normalized(sum / static_cast<double>(split));
    }

    /// AdaBoost's trees, by their weights (sklearn/ensemble/_weight_boosting.py).
    Vector of_weighted(StateReader& state) {
        const auto trees = state.require("estimators_");
        const Vector weights = state.vector("estimator_weights_");
        const std::vector<Fitted> all = trees ? state.items_of(*trees, "attribute estimators_") : std::vector<Fitted>();
        if (failure_of(state) || all.empty() || static_cast<std::size_t>(weights.size()) < all.size())
            return wrong("trees without weights");
        Vector sum;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (!add(sum, weights[static_cast<Eigen::Index>(i)] * of_tree(all[i], true).gains)) return {};
        }
        return sum / numpy_sum(weights.data(), static_cast<std::size_t>(weights.size()));
    }

    /// Releases before 0.22: of all trees; of boosting the mean of the means of each stage.
    Vector early_mean(StateReader& state, const Fitted& trees, const std::vector<Fitted>& all, bool boosting) {
        std::size_t per_stage = 1;
        if (boosting) {
            const std::vector<std::uint64_t> shape = trees.is(FittedKind::array) ? trees.array().shape : std::vector<std::uint64_t>();
            if (shape.size() != 2 || shape[1] == 0 || state.failed()) return wrong("boosting without stages");
            per_stage = static_cast<std::size_t>(shape[1]);
        }
        Vector sum;
        for (std::size_t first = 0; first < all.size(); first += per_stage) {
            Vector stage;
            for (std::size_t k = 0; k < per_stage; ++k) {
                if (!add(stage, of_tree(all[first + k], !boosting).gains)) return {};
            }
            if (!add(sum, boosting ? Vector(stage / static_cast<double>(per_stage)) : stage)) return {};
        }
        const Vector found = sum / static_cast<double>(all.size() / per_stage);
        return boosting ? normalized(found) : found;
    }

    StateReader& selector_;
};

}  // namespace

Importances read_importances(StateReader& state, const Fitted& estimator, std::string_view getter) {
    ImportanceReader reader(state);
    Importances found;
    const auto is_auto = getter == "auto";
    const auto coefficients = reader.attribute(estimator, is_auto ? "coef_" : getter);
    if (coefficients && (is_auto || !getter.ends_with("feature_importances_"))) {
        found = reader.of_attribute(*coefficients);
    } else if (estimator.is(FittedKind::object) && (is_auto || getter == "feature_importances_")) {
        found.values = ImportanceReader::row_of(reader.of_trees(estimator));
    } else if (constexpr std::string_view suffix = ".feature_importances_"; getter.ends_with(suffix)) {
        const auto inner = reader.attribute(estimator, getter.substr(0, getter.size() - suffix.size()));
        if (inner && inner->is(FittedKind::object)) found.values = ImportanceReader::row_of(reader.of_trees(*inner));
    }
    if (!state.failed() && found.values.size() == 0) (void)reader.wrong("there is none");
    if (!state.failed() && !found.values.allFinite()) (void)reader.wrong("it holds NaN or infinite numbers");
    return found;
}

}  // namespace assay::pipeline
