#pragma once

#include "artifact/pickle/graph.hpp"

#include <string>

namespace assay {

/// What a recorded call stands for, when it is one that a reader can carry out itself without running anything: a constructor of plain
/// values, with arguments and state of exactly the shape that its library writes.
enum class Folded {
    no,           ///< any other call, or the same callable with other arguments
    dtype,
    array,
    masked_array,
    scalar,
    bytes,
    container,    ///< OrderedDict, defaultdict, deque, Counter, list, dict, set, frozenset, tuple
    number,       ///< complex, Decimal, Fraction
    slice,        ///< slice, range
    time,         ///< datetime, date, time, timedelta, timezone, pandas' and NumPy's are none of these
    object,       ///< copyreg._reconstructor(cls, object, None): an object of cls, as NEWOBJ makes one
    partial,      ///< functools.partial(function), called by nobody yet
    random,       ///< a NumPy random generator
    ufunc,        ///< a NumPy or SciPy ufunc by name
};

[[nodiscard]] Folded fold(const PickleGraph& graph, ValueId call);

/// "module.name" of the ufunc that a folded call stands for: `numpy.core._ufunc_reconstruct('numpy', 'log1p')` imports numpy.log1p.
struct UfuncName {
    std::string module;
    std::string name;
};
[[nodiscard]] UfuncName ufunc_name(const PickleGraph& graph, ValueId call);

}  // namespace assay
