#pragma once

#include "artifact/content.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace assay {

/// A file in a zip, as its central and its local header say alike.
struct ZipMember {
    std::string name;
    std::uint16_t method = 0;  ///< 0 stored, 8 deflated
    std::uint16_t flags = 0;
    std::uint32_t crc = 0;
    std::uint64_t packed_size = 0;
    std::uint64_t size = 0;
    std::uint64_t header_offset = 0;
    std::uint64_t data_offset = 0;

    [[nodiscard]] bool is_folder() const { return name.ends_with('/'); }
    [[nodiscard]] bool is_readable() const { return method == 0 || method == 8; }
};

/// What is in a zip. Readers find a zip's members in different ways (from its end, from its front, by the local headers); this one takes
/// only what all of them read alike.
struct ZipDirectory {
    std::vector<ZipMember> members;  ///< in the order of the central directory; those whose bytes can be found
    std::vector<Oddity> oddities;
};

/// Reads the directory of a zip. Whatever is not as it must be is an oddity: `zip-structure` (headers that are none, zip64 that says
/// something else), `zip-mismatch` (central and local header differ), `zip-encrypted`, `zip-overlap`, `zip-layout` (bytes before, between
/// or after the members, comments), `zip-name` (not UTF-8, absolute, "..", a backslash, twice), `limit-members`, `limit-unpacked`.
/// Fails only when the file cannot be read. Source: PKWARE, APPNOTE 6.3.10; CPython, Lib/zipfile.py.
[[nodiscard]] Result<ZipDirectory> read_zip_directory(RandomSource& file, Allowance& allowance);

/// The member's bytes, front to back. Reading fails with `invalid` where they do not unpack to exactly its size ("corrupt-data",
/// "zip-mismatch"). `file` outlives it.
[[nodiscard]] std::unique_ptr<Source> open_member(RandomSource& file, const ZipMember& member);

/// A stored member's bytes at any place. `file` outlives it.
[[nodiscard]] std::unique_ptr<RandomSource> stored_member(RandomSource& file, const ZipMember& member);

/// Reads the member to its end and notes what its bytes are not: of its size, of its checksum (`zip-crc`).
[[nodiscard]] Result<void> check_member(RandomSource& file, const ZipMember& member, Inspection& part);

}  // namespace assay
