#pragma once

#include "artifact/inspection.hpp"
#include "artifact/pickle/graph.hpp"
#include "artifact/pickle/uses.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace assay {

/// What else tells releases: how the file was written.
struct WriterTraits {
    int protocol = 0;
    int nested_protocol = -1;   ///< of joblib's pickles for arrays of objects; -1 when there are none
    std::size_t wrappers = 0;   ///< arrays of joblib
    std::size_t raw = 0;        ///< of them, arrays of numbers: only those can be aligned
    std::size_t aligned = 0;    ///< of them, with an alignment byte
    bool python_2 = false;
};

/// The releases of Python, scikit-learn, NumPy and joblib that the bytes give away, each with its evidence: exact ones from
/// `_sklearn_version`, ranges from names, layouts and keys that came or went with a release (measured on scikit-learn 0.18 … 1.9).
[[nodiscard]] std::vector<ReleaseEvidence> find_releases(const PickleGraph& graph, const PickleUses& uses, const WriterTraits& traits);

/// What the keys of an estimator's state say about scikit-learn's release. `cls` is the name with its module.
struct KeyEvidence {
    std::string_view range;  ///< ">=1.2"
    std::string evidence;    ///< "OneHotEncoder has sparse_output"
};
[[nodiscard]] std::vector<KeyEvidence> key_evidence(std::string_view cls, const std::function<bool(std::string_view)>& has_key);

}  // namespace assay
