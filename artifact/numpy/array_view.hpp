#pragma once

#include "artifact/numpy/dtype.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace assay {

/// A NumPy array as a file holds it: what it is and where its bytes are. Nothing is copied.
struct ArrayView {
    DType dtype;
    std::vector<std::uint64_t> shape;  ///< empty: one element
    bool fortran = false;              ///< elements in Fortran order (first index fastest)
    std::uint64_t offset = 0;          ///< of the first byte, in the decompressed file
    std::uint64_t length = 0;          ///< bytes; of objects, those of their pickle or 0
    std::string_view head = {};        ///< its first bytes, all of them when head.size() == length
    ValueId data = no_value;           ///< what its bytes are given as; no_value of a joblib array
    ValueId objects = no_value;        ///< the list of an array of objects, in C order whatever `fortran` says

    [[nodiscard]] std::uint64_t elements() const;
};

/// The array that a value stands for: a joblib array in place, or one of the calls by which NumPy pickles itself
/// (`numpy.core.multiarray._reconstruct` with its state, `numpy.core.numeric._frombuffer`, under the names of NumPy 1 and 2). Absent for
/// everything else, and when shape, dtype and bytes contradict each other.
[[nodiscard]] std::optional<ArrayView> read_array(const PickleGraph& graph, ValueId id);

/// The element of a call `numpy.core.multiarray.scalar(dtype, bytes)`; not of objects.
struct ScalarView {
    DType dtype;
    std::string_view bytes;
};
[[nodiscard]] std::optional<ScalarView> read_scalar(const PickleGraph& graph, ValueId id);

/// The bytes a value stands for: bytes, a bytearray, `_codecs.encode(text, 'latin1')`, `builtins.bytearray(…)`, `builtins.bytes(…)`, a
/// Python 2 str. `length` counts them all, `kept` are the first, and are no bytes of the file when `encoded`.
struct BytesView {
    std::uint64_t length = 0;
    std::uint64_t offset = 0;
    std::string_view kept;  ///< of an encoded text: still UTF-8
    bool encoded = false;
};
[[nodiscard]] std::optional<BytesView> read_bytes(const PickleGraph& graph, ValueId id);

/// A tuple of non-negative integers.
[[nodiscard]] std::optional<std::vector<std::uint64_t>> read_shape(const PickleGraph& graph, ValueId id);

}  // namespace assay
