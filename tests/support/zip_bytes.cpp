#include "tests/support/zip_bytes.hpp"

namespace assay::test {

std::string le(std::uint64_t value, int width) {
    std::string bytes;
    for (int i = 0; i < width; ++i) {
        bytes += static_cast<char>(value & 0xffU);
        value >>= 8U;
    }
    return bytes;
}

std::uint32_t slow_crc32(const std::string& bytes) {
    std::uint32_t crc = 0xffffffffU;
    for (const char byte : bytes) {
        crc ^= static_cast<std::uint8_t>(byte);
        for (int i = 0; i < 8; ++i) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

std::string zip_bytes(const std::vector<ZipEntry>& entries, const std::string& end_comment) {
    std::string file;
    std::string directory;
    for (const ZipEntry& entry : entries) {
        file += entry.gap;
        const std::uint64_t offset = file.size();
        const std::uint64_t size = entry.size == ~0ULL ? entry.data.size() : entry.size;
        const std::uint32_t crc = entry.crc == 0 ? slow_crc32(entry.data) : entry.crc;
        const unsigned flags = entry.flags | (entry.described ? 8U : 0U);
        const std::string name = entry.local_name.empty() ? entry.name : entry.local_name;
        std::string extra = entry.local_extra;
        if (entry.zip64) extra += le(1, 2) + le(16, 2) + le(size, 8) + le(entry.data.size(), 8);
        const std::string sizes = entry.zip64       ? le(crc, 4) + le(0xffffffffU, 4) + le(0xffffffffU, 4)
                                  : entry.described ? le(0, 12)
                                                    : le(crc, 4) + le(entry.data.size(), 4) + le(size, 4);
        file += "PK\3\4" + le(20, 2) + le(flags, 2) + le(entry.method, 2) + le(0, 4) + sizes + le(name.size(), 2) + le(extra.size(), 2) +
                name + extra + entry.data;
        if (entry.described) file += "PK\7\x08" + le(crc, 4) + le(entry.data.size(), 4) + le(size, 4);
        directory += "PK\1\2" + le(0x0314, 2) + le(20, 2) + le(flags, 2) + le(entry.method, 2) + le(0, 4) + le(crc, 4) +
                     le(entry.data.size(), 4) + le(size, 4) + le(entry.name.size(), 2) + le(0, 2) + le(entry.comment.size(), 2) + le(0, 8) +
                     le(offset, 4) + entry.name + entry.comment;
    }
    const std::uint64_t at = file.size();
    file += directory + "PK\5\6" + le(0, 4) + le(entries.size(), 2) + le(entries.size(), 2) + le(directory.size(), 4) + le(at, 4) +
            le(end_comment.size(), 2) + end_comment;
    return file;
}

}  // namespace assay::test
