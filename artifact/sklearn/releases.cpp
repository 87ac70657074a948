#include "artifact/sklearn/releases.hpp"

#include "artifact/numpy/dtype.hpp"
#include "artifact/pickle/look.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

namespace assay {

namespace {

/// A key of an estimator's state that came or went with a release of scikit-learn.
struct KeyTrait {
    std::string_view estimator;  ///< the class's name without its module
    std::string_view key;
    bool present;
    std::string_view range;
};

constexpr auto key_traits = std::to_array<KeyTrait>({
    {"OneHotEncoder", "sparse_output", true, ">=1.2"},
    {"OneHotEncoder", "sparse_output", false, "<1.2"},
    {"OneHotEncoder", "sparse", true, "<1.4"},
    {"OneHotEncoder", "feature_name_combiner", true, ">=1.3"},
    {"RandomForestClassifier", "base_estimator", true, "<1.4"},
    {"RandomForestRegressor", "base_estimator", true, "<1.4"},
    {"RandomForestClassifier", "monotonic_cst", true, ">=1.4"},
    {"RandomForestRegressor", "monotonic_cst", true, ">=1.4"},
    {"LogisticRegression", "multi_class", true, "<1.8"},
    {"LogisticRegression", "multi_class", false, ">=1.8"},
    {"Pipeline", "transform_input", true, ">=1.6"},
    {"ColumnTransformer", "force_int_remainder_cols", true, ">=1.5"},
});

/// Modules that lost their public name in scikit-learn 0.22.
constexpr auto old_modules = std::to_array<std::string_view>({"sklearn.preprocessing.data",
                                                              "sklearn.preprocessing.label",
                                                              "sklearn.preprocessing.imputation",
                                                              "sklearn.linear_model.logistic",
                                                              "sklearn.linear_model.base",
                                                              "sklearn.linear_model.ridge",
                                                              "sklearn.linear_model.coordinate_descent",
                                                              "sklearn.linear_model.stochastic_gradient",
                                                              "sklearn.tree.tree",
                                                              "sklearn.ensemble.forest",
                                                              "sklearn.ensemble.gradient_boosting",
                                                              "sklearn.ensemble.weight_boosting",
                                                              "sklearn.ensemble.bagging",
                                                              "sklearn.ensemble.voting_classifier",
                                                              "sklearn.svm.classes",
                                                              "sklearn.neighbors.classification",
                                                              "sklearn.neighbors.regression",
                                                              "sklearn.decomposition.pca",
                                                              "sklearn.decomposition.truncated_svd",
                                                              "sklearn.cluster.k_means_",
                                                              "sklearn.feature_selection.univariate_selection",
                                                              "sklearn.neural_network.multilayer_perceptron",
                                                              "sklearn.externals.joblib.numpy_pickle"});

class Evidence {
public:
    void add(std::string_view package, std::string release, bool exact, std::string evidence) {
        auto& [words, count] = found_[{std::string(package), std::move(release), exact}];
        if (count++ == 0) words = std::move(evidence);
    }

    [[nodiscard]] std::vector<ReleaseEvidence> all() const {
        std::vector<ReleaseEvidence> list;
        for (const auto& [key, value] : found_) {
            const auto& [package, release, exact] = key;
            std::string words = value.first;
            if (exact && value.second > 1) words += fmt::format(" of {} objects", value.second);
            list.push_back({package, release, std::move(words), exact});
        }
        return list;
    }

private:
    std::map<std::tuple<std::string, std::string, bool>, std::pair<std::string, std::uint64_t>> found_;
};

void look_at_object(const PickleGraph& graph, ValueId id, Evidence& evidence) {
    const std::string cls = class_name(graph, id);
    if (cls.empty()) return;
    const ValueId state = state_dict(graph, id);
    if (state == no_value) return;
    const auto release = text_value(graph, dict_value(graph, state, "_sklearn_version"));
    if (!release) return;  // keys of other objects say nothing
    evidence.add("scikit-learn", printable(*release, 40), true, "_sklearn_version");
    for (const KeyEvidence& key : key_evidence(cls, [&](std::string_view name) { return dict_value(graph, state, name) != no_value; })) {
        evidence.add("scikit-learn", std::string(key.range), false, key.evidence);
    }
}

/// `sklearn.tree._tree.Tree`: its nodes got a field in scikit-learn 1.3.
void look_at_tree(const PickleGraph& graph, ValueId id, Evidence& evidence) {
    const std::string callable = callable_name(graph, id);
    if (callable != "sklearn.tree._tree.Tree") return;
    const ValueId nodes = attribute(graph, id, "nodes");
    if (nodes == no_value) return;
    ValueId dtype_id = no_value;
    if (graph.is(nodes, ValueKind::array)) {
        dtype_id = attribute(graph, graph.array(nodes).wrapper, "dtype");
    } else if (graph.is(nodes, ValueKind::call)) {
        // Inline: the dtype is the second argument of _frombuffer, or the third part of _reconstruct's state.
        const std::vector<ValueId> arguments = arguments_of(graph, nodes, 4);
        if (arguments.size() == 4) dtype_id = arguments[1];
        if (graph.call(nodes).states.count == 1) {
            const ValueId state = graph.values(graph.call(nodes).states).front();
            if (graph.is(state, ValueKind::tuple) && graph.child_count(state) == 5) dtype_id = graph.children(state)[2];
        }
    }
    const auto dtype = read_dtype(graph, dtype_id);
    if (!dtype || dtype->fields.empty()) return;
    const bool newer =
        std::any_of(dtype->fields.begin(), dtype->fields.end(), [](const auto& field) { return field.name == "missing_go_to_left"; });
    evidence.add("scikit-learn", newer ? ">=1.3" : "<1.3", false, fmt::format("tree nodes of {} bytes", dtype->itemsize));
}

}  // namespace

std::vector<KeyEvidence> key_evidence(std::string_view cls, const std::function<bool(std::string_view)>& has_key) {
    std::vector<KeyEvidence> found;
    if (!cls.starts_with("sklearn.")) return found;
    const std::string_view name = cls.substr(cls.rfind('.') + 1);
    for (const KeyTrait& trait : key_traits) {
        if (trait.estimator != name || has_key(trait.key) != trait.present) continue;
        found.push_back({trait.range, fmt::format("{} {} {}", name, trait.present ? "has" : "has no", trait.key)});
    }
    return found;
}

std::vector<ReleaseEvidence> find_releases(const PickleGraph& graph, const PickleUses& uses, const WriterTraits& traits) {
    Evidence evidence;
    const auto size = static_cast<ValueId>(graph.size());
    for (ValueId id = 0; id < size; ++id) {
        if (!graph.is(id, ValueKind::call)) continue;
        look_at_object(graph, id, evidence);
        look_at_tree(graph, id, evidence);
    }
    for (const ImportRecord& import : uses.imports) {
        if (import.module.starts_with("numpy._core.") || import.module == "numpy._core") evidence.add("numpy", ">=2", false, import.module);
        if (import.module.starts_with("numpy.core.") || import.module == "numpy.core") evidence.add("numpy", "<2", false, import.module);
        if (std::find(old_modules.begin(), old_modules.end(), import.module) != old_modules.end()) {
            evidence.add("scikit-learn", "<0.22", false, import.module);
        }
    }
    if (traits.raw != 0) {
        const bool with = traits.aligned != 0;
        evidence.add("joblib", with ? ">=1.2" : "<1.2", false, with ? "arrays are aligned" : "arrays are not aligned");
    }
    if (traits.nested_protocol >= 0) {
        const bool newer = traits.nested_protocol >= 5;
        evidence.add("joblib", newer ? ">=1.5" : "<1.5", false,
                     fmt::format("arrays of objects in pickle protocol {}", traits.nested_protocol));
    }
    if (traits.python_2) evidence.add("python", "<3", false, "strings of Python 2");
    if (const int protocol = std::max(traits.protocol, traits.nested_protocol); protocol >= 4)
        evidence.add("python", protocol == 5 ? ">=3.8" : ">=3.4", false, fmt::format("pickle protocol {}", protocol));
    return evidence.all();
}

}  // namespace assay
