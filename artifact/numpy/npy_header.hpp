#pragma once

#include "artifact/byte_cursor.hpp"
#include "artifact/numpy/dtype.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace assay {

/// What stands before the bytes of an array in a .npy file.
struct NpyHeader {
    int version = 1;
    DType dtype;
    std::vector<std::uint64_t> shape;
    bool fortran = false;
    std::uint64_t data_offset = 0;
};

/// Why a header is none.
struct NpyFault {
    std::string code;  ///< "truncated", "limit-header", "npy-header"
    std::uint64_t offset = 0;
    std::string detail;
};

[[nodiscard]] bool begins_like_npy(std::string_view first_bytes);

/// Reads magic, version and the header, a dict of Python literals with exactly the keys descr, fortran_order and shape; the cursor stands
/// before the array's bytes then. Source: NumPy, numpy/lib/format.py (read_array_header_1_0).
[[nodiscard]] std::variant<NpyHeader, NpyFault> read_npy_header(ByteCursor& cursor, const InspectLimits& limits);

/// The dtype of a `descr`: "'<f8'", or "[('a', '<f8'), ('b', '<i4', (2,))]". Absent for anything else.
[[nodiscard]] std::optional<DType> parse_descr(std::string_view text);

}  // namespace assay
