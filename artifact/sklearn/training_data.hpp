#pragma once

#include "artifact/inspection.hpp"
#include "artifact/pickle/graph.hpp"
#include "artifact/pickle/paths.hpp"

#include <string_view>
#include <vector>

namespace assay {

/// Training data that fitted estimators carry, by class and attribute (measured on 189 estimators of scikit-learn: which fitted arrays
/// have a row for every training row), and pandas objects anywhere. In the order of the file, at most `max`.
[[nodiscard]] std::vector<TrainingData> training_data(const PickleGraph& graph, const PicklePaths& paths, std::size_t max);

/// The level of training data that an attribute of a class holds ("rows", "columns", "per-row"); empty for none. `cls` is the name with
/// or without its module.
[[nodiscard]] std::string_view training_level(std::string_view cls, std::string_view attribute);

}  // namespace assay
