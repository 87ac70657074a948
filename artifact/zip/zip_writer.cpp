#include "artifact/zip/zip_writer.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace assay {

namespace {

constexpr std::uint16_t version_needed = 20;
constexpr std::uint16_t first_of_1980 = 0x21;

void put_number(std::string& bytes, std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i, value >>= 8U) bytes += static_cast<char>(value);
}

std::uint32_t crc_of(std::string_view content) {
    uLong crc = crc32(0, nullptr, 0);
    while (!content.empty()) {
        const auto now = static_cast<uInt>(std::min<std::size_t>(content.size(), std::numeric_limits<uInt>::max()));
        crc = crc32(crc, reinterpret_cast<const Bytef*>(content.data()), now);
        content.remove_prefix(now);
    }
    return static_cast<std::uint32_t>(crc);
}

/// What the header before a member and its entry in the directory have in common.
void put_facts(std::string& bytes, std::uint32_t crc, std::uint32_t size, const std::string& name) {
    put_number(bytes, version_needed, 2);
    put_number(bytes, 0, 2);  // flags
    put_number(bytes, 0, 2);  // stored
    put_number(bytes, 0, 2);  // midnight
    put_number(bytes, first_of_1980, 2);
    put_number(bytes, crc, 4);
    put_number(bytes, size, 4);
    put_number(bytes, size, 4);
    put_number(bytes, name.size(), 2);
    put_number(bytes, 0, 2);  // no extra field
}

}  // namespace

bool ZipWriter::add(const std::string& name, std::string_view content) {
    if (members_.size() >= max_members || content.size() > max_bytes || bytes_.size() > max_bytes - content.size()) return false;
    const Member member{name, crc_of(content), static_cast<std::uint32_t>(content.size()), static_cast<std::uint32_t>(bytes_.size())};
    put_number(bytes_, 0x0403'4b50, 4);
    put_facts(bytes_, member.crc, member.size, name);
    bytes_ += name;
    bytes_ += content;
    members_.push_back(member);
    return true;
}

std::string ZipWriter::finish() && {
    const std::size_t directory = bytes_.size();
    for (const Member& member : members_) {
        put_number(bytes_, 0x0201'4b50, 4);
        put_number(bytes_, version_needed, 2);  // made by
        put_facts(bytes_, member.crc, member.size, member.name);
        put_number(bytes_, 0, 2 + 2 + 2 + 4);  // comment, disk, attributes
        put_number(bytes_, member.offset, 4);
        bytes_ += member.name;
    }
    const std::size_t size = bytes_.size() - directory;
    put_number(bytes_, 0x0605'4b50, 4);
    put_number(bytes_, 0, 4);  // disks
    put_number(bytes_, members_.size(), 2);
    put_number(bytes_, members_.size(), 2);
    put_number(bytes_, size, 4);
    put_number(bytes_, directory, 4);
    put_number(bytes_, 0, 2);  // no comment
    return std::move(bytes_);
}

}  // namespace assay
