#pragma once

#include "artifact/pickle/graph.hpp"
#include "artifact/pickle/paths.hpp"
#include "base/json.hpp"

#include <string>
#include <vector>

namespace assay {

/// The tree of objects below a root: {"class", "path", "name"?, "release"?, "params", "fitted", "children", "more"?}. `params` are the
/// attributes without an underscore at either end (scikit-learn's hyperparameters), `fitted` those with one at the end; values are plain
/// JSON where they are plain, else {"array": dtype, "shape"}, {"name": "module.function"}, {"object": class}, {"call": text},
/// {"list"|"tuple"|"dict"|"set": length}. Of a long row of objects of one class the first stand in `children`, the others are counted in
/// `more`. Null when the root is no object.
[[nodiscard]] Json estimator_tree(const PickleGraph& graph, const PicklePaths& paths, ValueId root);

/// `feature_names_in_` of the pipeline: of the root or what it wraps; at most `max`.
[[nodiscard]] std::vector<std::string> feature_names(const PickleGraph& graph, ValueId root, std::size_t max);
/// `classes_` of the classifier that the root is, or ends in; null when it is none.
[[nodiscard]] Json class_labels(const PickleGraph& graph, ValueId root, std::size_t max);

/// The elements of an array, list or tuple as JSON, at most `max`; null when they are not at hand.
[[nodiscard]] Json elements_to_json(const PickleGraph& graph, ValueId id, std::size_t max);

}  // namespace assay
