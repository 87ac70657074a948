#pragma once

#include "artifact/inspection.hpp"
#include "artifact/pickle/graph.hpp"
#include "artifact/pickle/paths.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace assay {

/// What kind of value it is, and what it is where releases of a library read it differently: "none", "true", "'mean'", "0", "int", "nan",
/// "float", "list [2]", "array <f8 [n,2]", "object sklearn.tree._classes:DecisionTreeClassifier". docs/formats.md, "Words for values".
[[nodiscard]] std::string value_word(const PickleGraph& graph, ValueId id);

/// The objects that loading would make, each kind of state of a class once: instances with their attributes, and what else is called to
/// make one with its arguments. In the order of the file; at most `max`. A file with more attributes in all than any real one has is read
/// so far: `cut` says whether something was left out.
[[nodiscard]] std::vector<ObjectFact> objects_of(const PickleGraph& graph, const PicklePaths& paths, std::size_t max, bool& cut);

}  // namespace assay
