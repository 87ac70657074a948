#include "artifact/zip/inspect_zip.hpp"

#include "artifact/byte_cursor.hpp"
#include "artifact/numpy/npy_header.hpp"
#include "artifact/skops/skops.hpp"
#include "artifact/zip/keras.hpp"
#include "artifact/zip/pytorch.hpp"
#include "artifact/zip/zip_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay {

namespace {

using namespace std::string_view_literals;

Content content_of_member(RandomSource& file, const ZipMember& member, std::unique_ptr<RandomSource>& stored) {
    if (member.method == 0) {
        stored = stored_member(file, member);
        return content_of(*stored);
    }
    return {[&file, &member] { return open_member(file, member); }, nullptr, member.size};
}

/// Whole or not, a member's contents are looked at: a program that reads them as a stream meets them before their checksum.
Result<Inspection> inspect_member(RandomSource& file, const ZipMember& member, bool is_raw, Allowance& allowance) {
    Inspection part;
    part.name = member.name;
    part.bytes = member.size;
    if (!member.is_readable()) {
        part.format = "unknown";
        note(part, "unscannable", member.data_offset, fmt::format("a member is compressed by method {}", member.method), member.name);
        return part;
    }
    TRY(check_member(file, member, part));
    if (is_raw) {
        part.format = "storage";
        part.complete = part.oddities.empty();
        return part;
    }
    const bool whole = part.oddities.empty();
    std::unique_ptr<RandomSource> stored;
    TRY(inspect_content(content_of_member(file, member, stored), part, allowance));
    part.complete = part.complete && whole;
    return part;
}

bool all_are_arrays(const std::vector<ZipMember>& members) {
    return !members.empty() &&
           std::all_of(members.begin(), members.end(), [](const ZipMember& member) { return member.name.ends_with(".npy"); });
}

/// np.load takes the members that end in .npy for arrays, and reads the others as bytes.
void recognise_npz(Inspection& inspection) {
    inspection.format = "npz";
    for (Inspection& part : inspection.parts) {
        if (part.format != "npy" && part.oddities.empty()) note(part, "not-what-it-says", 0, "the member is named .npy and is none");
        inspection.array_count += part.array_count;
        inspection.array_total += part.array_total;
    }
}

/// A member that torch.load takes for numbers, and nothing else for a model: what begins as an array of NumPy's or a zip is looked into.
Result<bool> is_raw_storage(RandomSource& file, const ZipMember& member, std::string_view torch_root) {
    if (!is_pytorch_storage(member, torch_root) || !member.is_readable()) return false;
    const std::unique_ptr<Source> source = open_member(file, member);
    ByteCursor cursor(*source);
    const std::string first_bytes(cursor.peek(16));
    if (cursor.source_error() && cursor.source_error()->kind != ErrorKind::invalid) return fail(*cursor.source_error());
    return !begins_like_npy(first_bytes) && !begins_like_zip(first_bytes);
}

Result<void> inspect_members(RandomSource& file, const ZipDirectory& directory, Inspection& inspection, Allowance& allowance) {
    const std::string torch_root = pytorch_root(directory.members);
    ++allowance.nesting;
    for (const ZipMember& member : directory.members) {
        if (member.is_folder()) continue;
        TRY_ASSIGN(const bool raw, is_raw_storage(file, member, torch_root));
        TRY_ASSIGN(Inspection part, inspect_member(file, member, raw, allowance));
        inspection.parts.push_back(std::move(part));
    }
    --allowance.nesting;
    return {};
}

Result<void> recognise(RandomSource& file, const ZipDirectory& directory, Inspection& inspection, Allowance& allowance) {
    const auto find = [&](std::string_view name) {
        const auto found =
            std::find_if(directory.members.begin(), directory.members.end(), [&](const ZipMember& member) { return member.name == name; });
        return found == directory.members.end() || !found->is_readable() ? nullptr : &*found;
    };
    const ZipMember* const schema = find("schema.json");
    const bool pytorch = !pytorch_root(directory.members).empty();
    const ZipMember* const config = is_keras(directory.members, inspection.name) ? find("config.json") : nullptr;
    if (schema != nullptr) TRY(inspect_skops(file, directory, *schema, inspection, allowance));
    if (config != nullptr) TRY(inspect_keras(file, *config, find("metadata.json"), inspection, allowance));
    if (pytorch) recognise_pytorch(directory.members, inspection);
    if ((schema != nullptr) + (config != nullptr) + pytorch > 1)
        note(inspection, "polyglot", 0, "it is several formats at once: who loads it decides which");
    if (all_are_arrays(directory.members)) recognise_npz(inspection);
    return {};
}

Result<void> inspect_file(RandomSource& file, Inspection& inspection, Allowance& allowance) {
    inspection.format = "zip";
    TRY_ASSIGN(ZipDirectory directory, read_zip_directory(file, allowance));
    inspection.oddities.insert(inspection.oddities.end(), directory.oddities.begin(), directory.oddities.end());
    inspection.complete = directory.oddities.empty();
    if (allowance.nesting >= allowance.limits.max_nesting) {
        inspection.complete = false;
        note(inspection, "limit-depth", 0, "zips are nested deeper than any real file needs");
        return {};
    }
    TRY(inspect_members(file, directory, inspection, allowance));
    return recognise(file, directory, inspection, allowance);
}

/// Whether a directory of `size` bytes ends where an end record begins, or before the two records that zip64 puts in between.
Result<bool> has_directory(RandomSource& file, std::uint64_t end_record, std::uint64_t size) {
    if (size == 0xffff'ffffU) return true;
    for (const std::uint64_t between : {std::uint64_t{0}, std::uint64_t{76}}) {
        if (size < 46 || size + between > end_record) continue;
        RangeSource source(file, end_record - between - size, 4);
        TRY_ASSIGN(const std::string begin, read_all(source, 4));
        if (begin == "PK\1\2"sv) return true;
    }
    return false;
}

}  // namespace

bool begins_like_zip(std::string_view first_bytes) { return first_bytes.starts_with("PK\3\4"sv) || first_bytes.starts_with("PK\5\6"sv); }

Result<bool> ends_like_zip(RandomSource& file) {
    constexpr std::uint64_t longest = 22 + 65'535;  // the end record and its comment
    const std::uint64_t from = file.size() - std::min(file.size(), longest);
    RangeSource source(file, from, longest);
    TRY_ASSIGN(const std::string tail, read_all(source, longest + 1));
    for (std::size_t at = tail.rfind("PK\5\6"sv); at != std::string::npos; at = at == 0 ? at - 1 : tail.rfind("PK\5\6"sv, at - 1)) {
        if (tail.size() - at < 22) continue;
        const std::uint64_t comment = little_endian(std::string_view(tail).substr(at + 20, 2));
        const std::uint64_t directory = little_endian(std::string_view(tail).substr(at + 12, 4));
        if (at + 22 + comment == tail.size() && directory <= from + at) return true;
        // Python's zipfile does not mind what follows.
        TRY_ASSIGN(const bool found, has_directory(file, from + at, directory));
        if (found) return true;
    }
    return false;
}

Result<void> inspect_zip(const Content& content, Inspection& inspection, Allowance& allowance) {
    if (content.random != nullptr) return inspect_file(*content.random, inspection, allowance);
    // A zip is read from its end: one that is deflated within another has to be unpacked first.
    inspection.format = "zip";
    TRY_ASSIGN(const auto bytes, read_whole(content, allowance.limits.max_buffered, inspection));
    if (!bytes) return {};
    MemoryBytes memory(*bytes);
    return inspect_file(memory, inspection, allowance);
}

}  // namespace assay
