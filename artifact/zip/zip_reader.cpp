#include "artifact/zip/zip_reader.hpp"

#include "artifact/byte_cursor.hpp"
#include "artifact/zip/zip_headers.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace assay {

namespace {

constexpr std::size_t max_oddities = 100;  // one broken zip can have one for every member

class DirectoryReader {
public:
    DirectoryReader(RandomSource& file, Allowance& allowance) : file_(file), allowance_(allowance) {}

    Result<ZipDirectory> read() {
        TRY_ASSIGN(const auto end, read_zip_end(file_));
        if (!end.fault.empty()) {
            wrong(end.code, end.offset, end.fault);
            return std::move(directory_);
        }
        if (end.entries > allowance_.members) {
            wrong("limit-members", end.directory_offset, fmt::format("the zip has {} members", end.entries));
            return std::move(directory_);
        }
        allowance_.members -= static_cast<std::size_t>(end.entries);
        TRY(read_central(end));
        TRY(read_locals(end.directory_offset));
        check_sizes();
        return std::move(directory_);
    }

private:
    void wrong(std::string code, std::uint64_t offset, std::string_view detail, std::string_view name = {}) {
        if (directory_.oddities.size() >= max_oddities) return;
        directory_.oddities.push_back({std::move(code), offset, printable(detail, 500), printable(name, max_shown_name), {}});
    }

    Result<void> read_central(const ZipEnd& end) {
        RangeSource source(file_, end.directory_offset, end.directory_size);
        ByteCursor cursor(source, end.directory_offset);
        for (std::uint64_t i = 0; i < end.entries; ++i) {
            CentralEntry entry = read_central_entry(cursor);
            if (cursor.source_error()) return fail(*cursor.source_error());
            if (!entry.fault.empty() || !cursor.ok()) {
                wrong("zip-structure", cursor.offset(), entry.fault.empty() ? "the central directory ends early" : entry.fault);
                return {};
            }
            if (entry.comment != 0) wrong("zip-layout", cursor.offset(), "a member has a comment, which can hide bytes", entry.member.name);
            check_flags(entry.member);
            check_name(entry.member);
            directory_.members.push_back(std::move(entry.member));
        }
        if (!cursor.at_end()) wrong("zip-structure", cursor.offset(), "the central directory holds more than its members");
        return {};
    }

    void check_flags(const ZipMember& member) {
        constexpr unsigned encrypted = 0x2041;  // bit 0, strong encryption (6), masked headers (13)
        constexpr unsigned known = 0x080e;      // the level of deflate (1, 2), a descriptor behind the data (3), UTF-8 (11)
        if ((member.flags & encrypted) != 0) {
            wrong("zip-encrypted", member.header_offset, "a member is encrypted", member.name);
        } else if ((member.flags & ~known) != 0) {
            wrong("zip-structure", member.header_offset, fmt::format("a member has the flags {:#06x}", member.flags), member.name);
        }
    }

    void check_name(const ZipMember& member) {
        const std::string& name = member.name;
        const auto refuse = [&](std::string_view why) { wrong("zip-name", member.header_offset, why, name); };
        if (!names_.insert(name).second) refuse("two members have one name: readers take different ones");
        if (name.empty()) return refuse("a member has no name");
        if (!is_utf8(name)) return refuse("a name is not UTF-8");
        const bool ascii = std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        if (!ascii && (member.flags & 0x0800U) == 0) return refuse("a name is not ASCII, and not said to be UTF-8");
        if (has_control_characters(name)) return refuse("a name has control characters");
        if (name.find('\\') != std::string::npos || name.find(':') != std::string::npos)
            return refuse("a name has a backslash or a colon: a path of Windows");
        if (name.starts_with('/')) return refuse("a name is an absolute path");
        std::vector<std::string> parts = split(name, '/');
        if (member.is_folder()) parts.pop_back();
        if (std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty() || part == "." || part == ".."; }))
            refuse("a name leads out of the zip, or is no plain path");
        if (member.is_folder() && member.size != 0) refuse("a folder has contents");
    }

    /// The members, by where they begin, must lie one behind the other from the front of the file to the central directory.
    Result<void> read_locals(std::uint64_t directory_offset) {
        std::vector<ZipMember*> order;
        order.reserve(directory_.members.size());
        for (ZipMember& member : directory_.members) order.push_back(&member);
        std::stable_sort(order.begin(), order.end(),
                         [](const ZipMember* a, const ZipMember* b) { return a->header_offset < b->header_offset; });
        std::uint64_t expected = 0;
        for (std::size_t i = 0; i < order.size(); ++i) {
            ZipMember& member = *order[i];
            const std::uint64_t next = i + 1 < order.size() ? order[i + 1]->header_offset : directory_offset;
            if (member.header_offset > expected) {
                wrong("zip-layout", expected, fmt::format("{} bytes belong to no member", member.header_offset - expected), member.name);
            } else if (member.header_offset < expected) {
                wrong("zip-overlap", member.header_offset, "two members share bytes", member.name);
            }
            TRY_ASSIGN(expected, read_local(member, next));
        }
        if (!order.empty() && expected < directory_offset)
            wrong("zip-layout", expected, "bytes lie between the last member and the central directory");
        if (order.empty() && directory_offset != 0) wrong("zip-layout", 0, "bytes lie before an empty central directory");
        if (expected > directory_offset) wrong("zip-overlap", directory_offset, "the last member reaches into the central directory");
        std::erase_if(directory_.members, [&](const ZipMember& member) {
            return member.data_offset == 0 || member.packed_size > file_.size() - std::min(file_.size(), member.data_offset);
        });
        return {};
    }

    /// Returns where the member ends, its data descriptor included.
    Result<std::uint64_t> read_local(ZipMember& member, std::uint64_t next) {
        RangeSource source(file_, member.header_offset, file_.size());
        ByteCursor cursor(source, member.header_offset);
        const LocalHeader local = read_local_header(cursor);
        if (cursor.source_error()) return fail(*cursor.source_error());
        if (!local.fault.empty() || !cursor.ok()) {
            wrong("zip-structure", member.header_offset, local.fault.empty() ? "the file ends within a local header" : local.fault,
                  member.name);
            return next;
        }
        member.data_offset = cursor.offset();
        const bool described = (member.flags & 0x0008U) != 0;
        // With a descriptor the local header may leave crc and sizes at zero, for they were not known yet.
        const bool blank = described && local.member.crc == 0 && local.member.size == 0 && local.member.packed_size == 0;
        const bool same = local.member.name == member.name && local.member.method == member.method && local.member.flags == member.flags;
        const bool same_sizes =
            local.member.crc == member.crc && local.member.size == member.size && local.member.packed_size == member.packed_size;
        if (!same || (!same_sizes && !blank))
            wrong("zip-mismatch", member.header_offset, "the central directory and the member's own header say different things",
                  member.name);
        if (member.method == 0 && member.packed_size != member.size)
            wrong("zip-mismatch", member.header_offset, "a member that is not compressed has two sizes", member.name);
        if (member.packed_size > file_.size() - std::min(file_.size(), member.data_offset)) {
            wrong("zip-structure", member.data_offset, "a member goes beyond the end of the file", member.name);
            return next;
        }
        const std::uint64_t end = member.data_offset + member.packed_size;
        return described ? read_descriptor(member, end, next) : end;
    }

    Result<std::uint64_t> read_descriptor(const ZipMember& member, std::uint64_t at, std::uint64_t next) {
        if (next < at) return at;  // reported as an overlap
        RangeSource source(file_, at, std::min<std::uint64_t>(next - at, 24));
        ByteCursor cursor(source, at);
        const std::string bytes(cursor.peek(24));
        if (cursor.source_error()) return fail(*cursor.source_error());
        const std::uint64_t length = descriptor_length(bytes, member);
        if (length != 0) return at + length;
        wrong("zip-mismatch", at, "the descriptor behind a member says something else than its headers", member.name);
        return next;
    }

    /// By what the headers claim: open_member() holds the members to it.
    void check_sizes() {
        std::uint64_t total = 0;
        for (const ZipMember& member : directory_.members) {
            if (member.method == 0) continue;
            if (__builtin_add_overflow(total, member.size, &total) || total > allowance_.unpacked) {
                wrong("limit-unpacked", 0, fmt::format("the members unpack to more than {}", human_size(allowance_.unpacked)));
                return directory_.members.clear();
            }
        }
        if (total > allowance_.limits.free_unpacked && total / std::max<std::uint64_t>(file_.size(), 1) > allowance_.limits.max_ratio) {
            wrong("limit-unpacked", 0, fmt::format("{} unpack to {}: no model does that", human_size(file_.size()), human_size(total)));
            return directory_.members.clear();
        }
        allowance_.unpacked -= total;
    }

    RandomSource& file_;
    Allowance& allowance_;
    ZipDirectory directory_;
    std::set<std::string> names_;
};

}  // namespace

Result<ZipDirectory> read_zip_directory(RandomSource& file, Allowance& allowance) { return DirectoryReader(file, allowance).read(); }

}  // namespace assay
