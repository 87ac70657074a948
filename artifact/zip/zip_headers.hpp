#pragma once

#include "artifact/byte_cursor.hpp"
#include "artifact/zip/zip_reader.hpp"

namespace assay {

/// Where the central directory is, from the records at the end of a zip (those of zip64 included).
struct ZipEnd {
    std::string code = {};      ///< of the fault
    std::string fault = {};     ///< why there is no directory to read; empty when all is well
    std::uint64_t offset = 0;   ///< of the end record
    std::uint64_t entries = 0;
    std::uint64_t directory_offset = 0;
    std::uint64_t directory_size = 0;
};
[[nodiscard]] Result<ZipEnd> read_zip_end(RandomSource& file);

struct CentralEntry {
    ZipMember member;
    std::size_t comment = 0;  ///< bytes of it
    std::string fault = {};
};
/// At the end of the source the cursor is not ok() and the entry worth nothing.
[[nodiscard]] CentralEntry read_central_entry(ByteCursor& cursor);

struct LocalHeader {
    ZipMember member;
    std::string fault = {};
};
[[nodiscard]] LocalHeader read_local_header(ByteCursor& cursor);

/// The length of the data descriptor at the front of `bytes` (12 to 24, all that lies between the member and the next one) when it says
/// what the member's headers say; else 0.
[[nodiscard]] std::uint64_t descriptor_length(std::string_view bytes, const ZipMember& member);

}  // namespace assay
