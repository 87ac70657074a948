#pragma once

#include "artifact/pickle/graph.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

/// The element type of a NumPy array (numpy.dtype), as NumPy's array protocol spells it.
struct DType {
    char kind = 'V';             ///< b i u f c S U V M m O
    char byte_order = '|';       ///< '<' little, '>' big, '|' does not apply
    std::uint64_t itemsize = 0;  ///< bytes of one element
    std::string unit;            ///< of M and m: "ns", "D"
    bool has_objects = false;    ///< elements, or fields of them, are Python objects: stored as a pickle
    struct Field {
        std::string name;
        std::string type;         ///< "<f8"
        std::uint64_t offset = 0; ///< bytes from the front of an element
    };
    std::vector<Field> fields;   ///< of a structure, by offset

    /// "<f8", "|V64", "<U3", "|O": NumPy's dtype.str.
    [[nodiscard]] std::string str() const;
    /// "float64", "str3", "object", "void64": for people.
    [[nodiscard]] std::string name() const;
};

/// The dtype that a pickled call `numpy.dtype('f8', False, True)` with its state stands for; absent for anything else, and for dtypes that
/// contradict themselves.
[[nodiscard]] std::optional<DType> read_dtype(const PickleGraph& graph, ValueId id);

/// The dtype of a string of the array protocol ("<f8", "|O", "U3"); absent for anything else.
[[nodiscard]] std::optional<DType> parse_dtype(std::string_view text);

/// Bytes of an array: the product of the shape and the item size; absent beyond 2^63. An item size of 0 gives 0.
[[nodiscard]] std::optional<std::uint64_t> array_bytes(const std::vector<std::uint64_t>& shape, std::uint64_t itemsize);

/// Whether an element of the dtype at the front of `bytes` can be read as a number, and that number.
[[nodiscard]] std::optional<double> read_number(const DType& dtype, std::string_view bytes);
/// A str element (U) as UTF-8, without the zeros that pad it; an S element as it is.
[[nodiscard]] std::string read_string(const DType& dtype, std::string_view bytes);

}  // namespace assay
