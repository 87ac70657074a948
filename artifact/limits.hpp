#pragma once

#include <cstddef>
#include <cstdint>

namespace assay {

/// What reading an artifact may cost, whatever a stranger wrote into it. Measured on 650 real scikit-learn files, the largest needed
/// what stands in brackets.
struct InspectLimits {
    std::uint64_t max_values = 8'000'000;  ///< objects in a pickle [about 100,000]; 24 bytes each, about 100 with all that belongs to them
    std::size_t max_stack = 4'000'000;  ///< values waiting on the stack [2,000]
    std::size_t max_marks = 10'000;  ///< marks within marks [17]
    std::size_t max_memo = 4'000'000;  ///< remembered values [11,164]
    std::size_t max_line = 65'536;  ///< bytes of a text line that is a number or a name
    std::size_t max_kept_text = 65'536;  ///< bytes kept of one string; the rest is read, counted and dropped
    std::uint64_t max_kept_texts = 256U << 20U;  ///< bytes kept of all strings together
    std::size_t max_array_head = 4'096;  ///< first bytes kept of an array
    std::uint64_t max_array_heads = 16U << 20U;  ///< of all arrays together
    std::size_t max_arrays = 2'000'000;  ///< arrays [2,084]; those without elements cost no byte of the file
    std::size_t max_nesting = 4;  ///< pickles within pickles [1]
    std::size_t max_streams = 1'000;  ///< pickles one after the other in a file [11]
    std::uint64_t max_unpacked = std::uint64_t{4} << 30U;  ///< bytes that a compressed file or all members of a zip may unpack to
    std::uint64_t free_unpacked = std::uint64_t{256} << 20U;  ///< below this, no ratio is too high
    std::uint64_t max_ratio = 2'000;  ///< beyond free_unpacked; zlib reaches 1,032 on zeros, bzip2 a million
    std::uint64_t decoder_memory = std::uint64_t{256} << 20U;  ///< bytes that an xz or lzma header may ask for
    std::size_t max_members = 100'000;  ///< files in a zip
    std::size_t max_npy_header = 65'536;  ///< bytes of a .npy header; NumPy itself refuses more than 10,000 unless told otherwise
    std::size_t max_buffered = std::size_t{64} << 20U;  ///< bytes of a zip within a zip, of JSON, of XML: what is read whole
    std::size_t max_json_depth = 500;  ///< of a skops schema [about 60]
    std::size_t max_distinct = 10'000;  ///< different imports, and different calls, in a report
};

}  // namespace assay
