#pragma once

#include "base/digest.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

// The bytes of a pipeline's archive: docs/formats.md, "Pipeline archive". Written by to_archive.cpp, read by from_archive.cpp, both with
// cereal.

namespace assay::pipeline {

inline constexpr std::string_view archive_magic = "ASSAYPIP";
inline constexpr std::uint32_t archive_version = 1;
inline constexpr std::size_t archive_header_bytes = archive_magic.size() + sizeof archive_version;
inline constexpr std::uint8_t archive_little_endian = 1;  ///< cereal's mark, behind the header
inline constexpr std::size_t max_archive_dimensions = 8;
inline constexpr std::size_t max_archive_fields = 64;  ///< of a structure in an array

/// What a value is. Values that it is made of stand before it, and are named by their places.
enum class ArchiveKind : std::uint8_t {
    none = 0,
    no = 1,
    yes = 2,
    integer = 3,  ///< i64
    real = 4,     ///< f64
    text = 5,     ///< place of a text
    list = 6,     ///< count, places
    tuple = 7,
    set = 8,
    dict = 9,      ///< count, places of key and value by turns
    array = 10,    ///< type, order, shape, bytes
    objects = 11,  ///< an array of Python objects: shape, places
    object = 12,   ///< name, what its state is, arguments, state
    name = 13,     ///< number of a name
    partial = 14,  ///< functools.partial: places of function, arguments and keywords
    bytes = 15,    ///< u64 and as many bytes
    other = 16     ///< something that predictions do not look into
};

/// What the state of an object is.
enum class ArchiveState : std::uint8_t { none = 0, dict = 1, tuple = 2 };

}  // namespace assay::pipeline
