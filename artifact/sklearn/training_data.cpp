#include "artifact/sklearn/training_data.hpp"

#include "artifact/numpy/array_view.hpp"
#include "artifact/pickle/look.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace assay {

namespace {

struct Carrier {
    std::string_view estimator;  ///< the class's name without its module; "*" for every class
    std::string_view attribute;
    std::string_view level;
};

constexpr auto carriers = std::to_array<Carrier>({
    {"*", "_fit_X", "rows"},
    {"*", "X_fit_", "rows"},
    {"*", "X_train_", "rows"},
    {"*", "y_train_", "rows"},
    {"*", "_y", "rows"},
    {"*", "_mask_fit_X", "rows"},
    {"*", "training_data_", "rows"},
    {"LabelPropagation", "X_", "rows"},
    {"LabelSpreading", "X_", "rows"},
    {"LabelPropagation", "transduction_", "rows"},
    {"LabelSpreading", "transduction_", "rows"},
    {"KernelDensity", "tree_", "rows"},
    {"*", "_tree", "rows"},
    {"Nystroem", "components_", "rows"},
    {"DBSCAN", "components_", "rows"},
    {"*", "support_vectors_", "rows"},
    {"Isomap", "dist_matrix_", "rows"},
    {"GaussianProcessRegressor", "L_", "rows"},
    {"OneHotEncoder", "categories_", "columns"},
    {"OrdinalEncoder", "categories_", "columns"},
    {"TargetEncoder", "categories_", "columns"},
    {"CountVectorizer", "vocabulary_", "columns"},
    {"TfidfVectorizer", "vocabulary_", "columns"},
    {"DictVectorizer", "vocabulary_", "columns"},
    {"IsotonicRegression", "X_thresholds_", "columns"},
    {"QuantileTransformer", "quantiles_", "columns"},
    {"_BinMapper", "bin_thresholds_", "columns"},
    {"KBinsDiscretizer", "bin_edges_", "columns"},
    {"*", "labels_", "per-row"},
    {"*", "dist_", "per-row"},
    {"*", "outliers_", "per-row"},
    {"*", "negative_outlier_factor_", "per-row"},
    {"*", "embedding_", "per-row"},
    {"*", "affinity_matrix_", "per-row"},
    {"*", "cv_values_", "per-row"},
    {"*", "cv_results_values_", "per-row"},
    {"*", "oob_decision_function_", "per-row"},
    {"*", "oob_prediction_", "per-row"},
    {"*", "_sample_weight", "per-row"},
    {"*", "x_scores_", "per-row"},
    {"*", "y_scores_", "per-row"},
});

/// How many rows (or values) a carrying attribute holds; 0 for none, and for what carries nothing (None, a number).
std::uint64_t rows_of(const PickleGraph& graph, ValueId id) {
    if (const auto view = read_array(graph, id)) return view->shape.empty() ? 0 : view->shape.front();
    switch (graph.kind(id)) {
        case ValueKind::dict: return graph.child_count(id) / 2;
        case ValueKind::list: {
            // A list of arrays (categories_ of each column): all their values.
            std::uint64_t total = 0;
            for (const ValueId child : graph.children(id, 1000)) {
                const auto view = read_array(graph, child);
                total += view && !view->shape.empty() ? view->shape.front() : 1;
            }
            return total;
        }
        case ValueKind::call: {
            // A sparse matrix says its shape, a neighbours' tree holds its rows as the first part of its state.
            if (const auto shape = read_shape(graph, attribute(graph, id, "_shape")); shape && !shape->empty()) return shape->front();
            if (graph.call(id).states.count == 0) return 0;
            const ValueId state = graph.values(graph.call(id).states).front();
            if (!graph.is(state, ValueKind::tuple) || graph.child_count(state) == 0) return 0;
            const auto view = read_array(graph, graph.children(state, 1).front());
            return view && !view->shape.empty() ? view->shape.front() : 0;
        }
        default: return 0;
    }
}

std::string_view last_part(std::string_view dotted) { return dotted.substr(dotted.rfind('.') + 1); }

const Carrier* find_carrier(std::string_view estimator, std::string_view attribute) {
    const auto* const found = std::find_if(carriers.begin(), carriers.end(), [&](const Carrier& carrier) {
        return carrier.attribute == attribute && (carrier.estimator == "*" || carrier.estimator == estimator);
    });
    return found == carriers.end() ? nullptr : found;
}

bool is_table(std::string_view cls) {
    return cls == "pandas.core.frame.DataFrame" || cls == "pandas.core.series.Series" || cls == "polars.dataframe.frame.DataFrame" ||
           cls == "polars.series.series.Series" || cls == "pyarrow.lib.Table";
}

class Finder {
public:
    Finder(const PickleGraph& graph, const PicklePaths& paths, std::size_t max) : graph_(graph), paths_(paths), max_(max) {}

    std::vector<TrainingData> find() {
        const auto size = static_cast<ValueId>(graph_.size());
        for (ValueId id = 0; id < size && found_.size() < max_; ++id) {
            if (graph_.is(id, ValueKind::call)) look(id);
        }
        return std::move(found_);
    }

private:
    void look(ValueId id) {
        const std::string cls = class_name(graph_, id);
        if (cls.empty()) return;
        if (is_table(cls)) add("rows", paths_.path_of(id), cls, 0);
        const ValueId state = state_dict(graph_, id);
        if (state == no_value) return;
        const std::vector<ValueId> entries = graph_.children(state, 2000);
        for (std::size_t i = 0; i + 1 < entries.size() && found_.size() < max_; i += 2) {
            const auto key = text_value(graph_, entries[i]);
            if (!key) continue;
            if (key->ends_with("_Verification")) add("rows", paths_.path_of(entries[i + 1]), cls, rows_of(graph_, entries[i + 1]));
            const Carrier* carrier = find_carrier(last_part(cls), *key);
            if (carrier == nullptr) continue;
            if (const std::uint64_t rows = rows_of(graph_, entries[i + 1]); rows != 0) {
                add(carrier->level, paths_.path_of(entries[i + 1]), cls, rows);
            }
        }
    }

    void add(std::string_view level, std::string path, std::string_view cls, std::uint64_t rows) {
        found_.push_back({std::string(level), std::move(path), printable(cls, 200), rows});
    }

    const PickleGraph& graph_;
    const PicklePaths& paths_;
    std::size_t max_;
    std::vector<TrainingData> found_;
};

}  // namespace

std::string_view training_level(std::string_view cls, std::string_view attribute) {
    const Carrier* carrier = find_carrier(last_part(cls), attribute);
    return carrier == nullptr ? std::string_view() : carrier->level;
}

std::vector<TrainingData> training_data(const PickleGraph& graph, const PicklePaths& paths, std::size_t max) {
    return Finder(graph, paths, max).find();
}

}  // namespace assay
