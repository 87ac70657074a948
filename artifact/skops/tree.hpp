#pragma once

#include "artifact/inspection.hpp"

#include <functional>
#include <string>
#include <vector>

namespace assay {

/// The members of a skops archive, as they were inspected.
struct SkopsFiles {
    /// The part of that name; null when there is none.
    std::function<const Inspection*(const std::string& name)> part;
    /// The first elements of the array in a .npy member as JSON, at most `max`; null when they are not at hand.
    std::function<Json(const std::string& name, std::size_t max)> elements;
};

/// As estimator_tree, feature_names and class_labels of artifact/sklearn/estimator.hpp, of the schema of a skops archive.
[[nodiscard]] Json skops_tree(const Json& schema, const SkopsFiles& files);
[[nodiscard]] std::vector<std::string> skops_feature_names(const Json& schema, const SkopsFiles& files, std::size_t max);
[[nodiscard]] Json skops_class_labels(const Json& schema, const SkopsFiles& files, std::size_t max);

/// What a node is, in the words of artifact/value_word.hpp.
[[nodiscard]] std::string skops_word(const Json& node, const SkopsFiles& files);

/// The array of a node with a .npy member; null when it is none.
[[nodiscard]] const ArrayFact* skops_array(const Json& node, const SkopsFiles& files);
/// How many rows (or values) a node holds, for an attribute that carries training data; 0 for none.
[[nodiscard]] std::uint64_t skops_rows(const Json& node, const SkopsFiles& files);

}  // namespace assay
