#include "artifact/zip/zip_headers.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t end_bytes = 22;
constexpr std::uint64_t locator_bytes = 20;
constexpr std::uint64_t end64_bytes = 56;
constexpr std::uint64_t max_comment = 65'535;
constexpr std::uint32_t all_ones = 0xffffffffU;  // "the number is in the zip64 record"
constexpr std::uint16_t all_ones_16 = 0xffffU;

/// The little-endian numbers of a record, by where they stand in it; 0 beyond its end.
struct Record {
    std::string_view bytes;
    [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t width) const {
        return at + width > bytes.size() ? 0 : little_endian(bytes.substr(at, width));
    }
    [[nodiscard]] std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
    [[nodiscard]] std::uint32_t u32(std::size_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
    [[nodiscard]] std::uint64_t u64(std::size_t at) const { return number(at, 8); }
};

/// `length` bytes at `offset`; fewer at the end of the file.
Result<std::string> bytes_at(RandomSource& file, std::uint64_t offset, std::uint64_t length) {
    RangeSource source(file, offset, length);
    return read_all(source, static_cast<std::size_t>(length) + 1);
}

ZipEnd no_end(std::string code, std::uint64_t offset, std::string fault) {
    return {.code = std::move(code), .fault = std::move(fault), .offset = offset};
}

/// No record at the very end: is one further up, before a comment or bytes that belong to no zip?
Result<ZipEnd> explain_missing_end(RandomSource& file) {
    const std::uint64_t size = file.size();
    const std::uint64_t from = size - std::min(size, max_comment + end_bytes);
    TRY_ASSIGN(const std::string tail, bytes_at(file, from, size - from));
    const std::size_t at = tail.rfind("PK\5\6"sv);
    if (at != std::string::npos) return no_end("zip-layout", from + at, "bytes follow the end of the zip, or it has a comment");
    return no_end("truncated", size, "the zip has no end record");
}

/// The zip64 records that end where the end record begins, if there are any.
Result<void> read_zip64(RandomSource& file, ZipEnd& end, std::string_view plain) {
    const Record over{plain};
    const std::uint16_t entries = over.u16(10);
    const std::uint32_t size = over.u32(12);
    const std::uint32_t offset = over.u32(16);
    std::string locator;
    if (end.offset >= locator_bytes) {
        TRY_ASSIGN(locator, bytes_at(file, end.offset - locator_bytes, locator_bytes));
    }
    const bool needed = entries == all_ones_16 || size == all_ones || offset == all_ones;
    if (!locator.starts_with("PK\6\7"sv)) {
        if (needed) end = no_end("zip-structure", end.offset, "the zip64 record is missing");
        return {};
    }
    const Record at{locator};
    const std::uint64_t record = at.u64(8);
    if (at.u32(4) != 0 || at.u32(16) != 1 || record > end.offset || end.offset - record != locator_bytes + end64_bytes) {
        end = no_end("zip-structure", end.offset - locator_bytes, "the zip64 locator does not point to the record before it");
        return {};
    }
    TRY_ASSIGN(const std::string bytes, bytes_at(file, record, end64_bytes));
    const Record wide{bytes};
    const bool is_record = bytes.starts_with("PK\6\6"sv) && wide.u64(4) == end64_bytes - 12 && wide.u32(16) == 0 && wide.u32(20) == 0 &&
                           wide.u64(24) == wide.u64(32);
    const auto agrees = [](std::uint64_t narrow, std::uint64_t ones, std::uint64_t value) { return narrow == ones || narrow == value; };
    if (!is_record || !agrees(entries, all_ones_16, wide.u64(32)) || !agrees(size, all_ones, wide.u64(40)) ||
        !agrees(offset, all_ones, wide.u64(48))) {
        end = no_end("zip-structure", record, "the zip64 record and the end record say different things");
        return {};
    }
    end.entries = wide.u64(32);
    end.directory_size = wide.u64(40);
    end.directory_offset = wide.u64(48);
    end.offset = record;
    return {};
}

struct Extra {
    std::string fault = {};
    std::string_view zip64 = {};
};

/// The extra field of a header: records of id and length. Some of them make a reader see another name or other bytes.
Extra read_extra(std::string_view bytes) {
    Extra extra;
    while (!bytes.empty()) {
        const Record at{bytes};
        if (bytes.size() < 4 || at.u16(2) > bytes.size() - 4) return {.fault = "an extra field is cut off"};
        const std::uint16_t id = at.u16(0);
        const std::string_view value = bytes.substr(4, at.u16(2));
        if (id == 0x7075 || id == 0x6375) return {.fault = "an extra field gives a second name or comment"};
        if (id == 0x9901 || id == 0x0017) return {.fault = "an extra field says that the member is encrypted"};
        if (id == 0x0001) {
            if (!extra.zip64.empty() || value.empty()) return {.fault = "a zip64 field is empty or there twice"};
            extra.zip64 = value;
        }
        bytes.remove_prefix(4 + value.size());
    }
    return extra;
}

/// The next number of a zip64 field, for one that the header leaves at all ones.
bool widen(std::uint64_t& value, std::uint64_t ones, std::string_view& zip64) {
    if (value != ones) return true;
    if (zip64.size() < 8) return false;
    value = little_endian(zip64.substr(0, 8));
    zip64.remove_prefix(8);
    return true;
}

constexpr std::string_view bad_zip64 = "the zip64 field does not have the numbers that it must have";

}  // namespace

Result<ZipEnd> read_zip_end(RandomSource& file) {
    if (file.size() < end_bytes) return no_end("truncated", file.size(), "the file is too short for a zip");
    ZipEnd end{.offset = file.size() - end_bytes};
    TRY_ASSIGN(const std::string bytes, bytes_at(file, end.offset, end_bytes));
    const Record at{bytes};
    if (!bytes.starts_with("PK\5\6"sv) || at.u16(20) != 0) return explain_missing_end(file);
    if (at.u16(4) != 0 || at.u16(6) != 0 || at.u16(8) != at.u16(10))
        return no_end("zip-structure", end.offset, "the zip claims to be one of several volumes");
    end.entries = at.u16(10);
    end.directory_size = at.u32(12);
    end.directory_offset = at.u32(16);
    TRY(read_zip64(file, end, bytes));
    if (!end.fault.empty()) return end;
    std::uint64_t directory_end = 0;
    if (__builtin_add_overflow(end.directory_offset, end.directory_size, &directory_end) || directory_end > end.offset)
        return no_end("zip-structure", end.offset, "the central directory is not where the end record says");
    // A program that finds the directory by its size reads another one than a program that trusts the offset.
    if (directory_end < end.offset)
        return no_end("zip-layout", directory_end, "bytes lie before the zip, or between its central directory and its end");
    return end;
}

CentralEntry read_central_entry(ByteCursor& cursor) {
    CentralEntry entry;
    const std::string fixed(cursor.take(46));
    if (!cursor.ok()) return entry;
    const Record at{fixed};
    if (!fixed.starts_with("PK\1\2"sv)) return {.member = {}, .fault = "the central directory holds what is no entry of it"};
    ZipMember& member = entry.member;
    member.flags = at.u16(8);
    member.method = at.u16(10);
    member.crc = at.u32(16);
    member.packed_size = at.u32(20);
    member.size = at.u32(24);
    member.header_offset = at.u32(42);
    entry.comment = at.u16(32);
    member.name = std::string(cursor.take(at.u16(28)));
    const std::string extra_bytes(cursor.take(at.u16(30)));
    cursor.skip(entry.comment);
    if (!cursor.ok()) return entry;
    Extra extra = read_extra(extra_bytes);
    entry.fault = extra.fault;
    if (at.u16(34) != 0) entry.fault = "a member lies in another volume";
    if (!widen(member.size, all_ones, extra.zip64) || !widen(member.packed_size, all_ones, extra.zip64) ||
        !widen(member.header_offset, all_ones, extra.zip64))
        entry.fault = bad_zip64;
    return entry;
}

LocalHeader read_local_header(ByteCursor& cursor) {
    LocalHeader header;
    const std::string fixed(cursor.take(30));
    if (!cursor.ok()) return header;
    const Record at{fixed};
    if (!fixed.starts_with("PK\3\4"sv)) return {.member = {}, .fault = "there is no header where a member should begin"};
    ZipMember& member = header.member;
    member.flags = at.u16(6);
    member.method = at.u16(8);
    member.crc = at.u32(14);
    member.packed_size = at.u32(18);
    member.size = at.u32(22);
    member.name = std::string(cursor.take(at.u16(26)));
    const std::string extra_bytes(cursor.take(at.u16(28)));
    if (!cursor.ok()) return header;
    Extra extra = read_extra(extra_bytes);
    header.fault = extra.fault;
    if (!widen(member.size, all_ones, extra.zip64) || !widen(member.packed_size, all_ones, extra.zip64)) header.fault = bad_zip64;
    return header;
}

std::uint64_t descriptor_length(std::string_view bytes, const ZipMember& member) {
    const std::uint64_t length = bytes.size();
    if (bytes.starts_with("PK\7\x08"sv) && (length == 16 || length == 24)) bytes.remove_prefix(4);
    if (bytes.size() != 12 && bytes.size() != 20) return 0;
    const std::size_t width = bytes.size() == 12 ? 4 : 8;
    const bool same = little_endian(bytes.substr(0, 4)) == member.crc && little_endian(bytes.substr(4, width)) == member.packed_size &&
                      little_endian(bytes.substr(4 + width, width)) == member.size;
    return same ? length : 0;
}

}  // namespace assay
