#pragma once

#include "artifact/pickle/graph.hpp"

#include <cstddef>
#include <string>

namespace assay {

/// The value as Python would print it: `('echo hello', True, [1, 2])`, an object as `sklearn.svm._classes.SVC(…)`, a call as
/// `posix.system('id')`, an array as `array(float64, (3, 2))`. Cut to about `max_bytes`; safe to print.
[[nodiscard]] std::string python_text(const PickleGraph& graph, ValueId id, std::size_t max_bytes = 300);

}  // namespace assay
