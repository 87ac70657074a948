#pragma once

#include "artifact/inspection.hpp"
#include "artifact/pickle/graph.hpp"
#include "artifact/pickle/uses.hpp"

#include <vector>

namespace assay {

/// What else tells releases: how the file was written.
struct WriterTraits {
    int protocol = 0;
    int nested_protocol = -1;   ///< of joblib's pickles for arrays of objects; -1 when there are none
    std::size_t wrappers = 0;   ///< arrays of joblib
    std::size_t aligned = 0;    ///< of them, with an alignment byte
    bool python_2 = false;
};

/// The releases of Python, scikit-learn, NumPy and joblib that the bytes give away, each with its evidence: exact ones from
/// `_sklearn_version`, ranges from names, layouts and keys that came or went with a release (measured on scikit-learn 0.18 … 1.9).
[[nodiscard]] std::vector<ReleaseEvidence> find_releases(const PickleGraph& graph, const PickleUses& uses, const WriterTraits& traits);

}  // namespace assay
