#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay::test {

/// A member of a zip to write. What a test leaves alone is as Python's zipfile writes it.
struct ZipEntry {
    std::string name;
    std::string data;                ///< as it lies in the file
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
    std::uint64_t size = ~0ULL;      ///< unpacked; by default that of `data`
    std::uint32_t crc = 0;           ///< 0: that of `data`, which is then not deflated
    std::string local_name = {};     ///< when the local header has another one
    std::string local_extra = {};
    std::string gap = {};            ///< bytes before the local header
    std::string comment = {};
    bool described = false;          ///< sizes and crc behind the data
    bool zip64 = false;              ///< sizes of the local header in an extra field, as NumPy writes them
};

[[nodiscard]] std::string zip_bytes(const std::vector<ZipEntry>& entries, const std::string& end_comment = {});
/// CRC-32, a bit at a time.
[[nodiscard]] std::uint32_t slow_crc32(const std::string& bytes);
/// Little-endian, `width` bytes.
[[nodiscard]] std::string le(std::uint64_t value, int width);

}  // namespace assay::test
