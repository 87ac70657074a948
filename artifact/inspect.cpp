#include "artifact/inspect.hpp"

#include "artifact/archive.hpp"
#include "artifact/byte_cursor.hpp"
#include "artifact/content.hpp"
#include "artifact/joblib/container.hpp"
#include "artifact/joblib/in_pickle.hpp"
#include "artifact/mlflow/mlmodel.hpp"
#include "artifact/numpy/npy.hpp"
#include "artifact/numpy/npy_header.hpp"
#include "artifact/onnx/onnx.hpp"
#include "artifact/pickle/inspect_pickle.hpp"
#include "artifact/pipeline/from_archive.hpp"
#include "artifact/pipeline/inspect_archive.hpp"
#include "artifact/pmml/pmml.hpp"
#include "artifact/safetensors/safetensors.hpp"
#include "artifact/text_format.hpp"
#include "artifact/zip/inspect_zip.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace assay {

namespace {

using namespace std::string_view_literals;

struct Magic {
    std::string_view bytes;
    std::string_view what;
};

/// What a file is that no reader here reads, by its first bytes.
constexpr auto magics = std::to_array<Magic>({
    {"\x7f"
     "ELF"sv,
     "a program for Linux (ELF)"},
    {"MZ"sv, "a program for Windows"},
    {"\xcf\xfa\xed\xfe"sv, "a program for macOS"},
    {"\x89HDF\r\n\x1a\n"sv, "an HDF5 file (Keras 2, pandas)"},
    {"7z\xbc\xaf\x27\x1c"sv, "a 7z archive"},
    {"Rar!\x1a\x07"sv, "a RAR archive"},
    {"\x28\xb5\x2f\xfd"sv, "a Zstandard stream"},
    {"PAR1"sv, "a Parquet file"},
    {"ARROW1"sv, "an Arrow file"},
    {"GGUF"sv, "a GGUF file"},
    {"SQLite format 3"sv, "an SQLite database"},
    {"%PDF"sv, "a PDF document"},
    {"\x89PNG"sv, "a PNG picture"},
    {"\xca\xfe\xba\xbe"sv, "Java bytecode"},
});

std::string_view what_it_looks_like(std::string_view first_bytes) {
    const auto* const found =
        std::find_if(magics.begin(), magics.end(), [&](const Magic& magic) { return first_bytes.starts_with(magic.bytes); });
    if (found != magics.end()) return found->what;
    if (first_bytes.size() >= 262 && first_bytes.substr(257, 5) == "ustar") return "a tar archive";
    return "nothing known";
}

/// Files with these endings are loaded as pickles, whatever is in them.
bool is_named_like_pickle(std::string_view name) {
    constexpr auto endings =
        std::to_array<std::string_view>({".pkl", ".pickle", ".joblib", ".pk", ".dill", ".z", ".npy", ".npz", ".skops"});
    const std::string lower = to_lower_ascii(name);
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return lower.ends_with(ending); });
}

void call_unknown(Inspection& inspection, std::string_view first_bytes) {
    inspection.format = "unknown";
    inspection.complete = false;
    inspection.oddities.push_back(
        {"unknown-format", 0, fmt::format("the first bytes are those of {}", what_it_looks_like(first_bytes)), {}, {}});
}

/// Counts what is read of it.
struct CountedSource final : Source {
    explicit CountedSource(std::string_view bytes) : inner(bytes) {}
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) override {
        auto read_now = inner.read(buffer);
        if (read_now) count += *read_now;
        return read_now;
    }
    MemorySource inner;
    std::size_t count = 0;
};

/// A pickle behind the head of something else: harmless unless a program looks for it there. Looks at the first 16 MiB, and does not read
/// them over and over where many seem to begin.
Result<void> note_pickles_within(const OpenAgain& open, Inspection& inspection, const InspectLimits& limits) {
    const std::unique_ptr<Source> source = open();
    auto bytes = read_all(*source, std::size_t{16} << 20U);
    if (!bytes) return bytes.error().kind == ErrorKind::internal ? Result<void>(fail(bytes.error())) : Result<void>();
    std::size_t may_read = bytes->size() + (std::size_t{1} << 20U);
    for (std::size_t at = bytes->find('\x80', 1); at != std::string::npos && may_read > 0; at = bytes->find('\x80', at + 1)) {
        if (!begins_like_pickle(std::string_view(*bytes).substr(at))) continue;
        CountedSource inner(std::string_view(*bytes).substr(at));
        Inspection within;
        TRY(inspect_pickles(inner, {}, within, limits));
        may_read -= std::min(may_read, inner.count);
        if (within.calls.empty()) continue;
        const Call& call = within.calls.front();
        inspection.oddities.push_back({"embedded-pickle",
                                       at,
                                       fmt::format("a pickle begins here, which calls {}.{}{}", call.module, call.name, call.text),
                                       call.module + "." + call.name,
                                       {}});
        break;
    }
    return {};
}

constexpr std::string_view behind_the_end = "(behind the end)";

/// What lies behind the end of a compressed stream: other readers go on there.
Result<void> inspect_rest(RandomSource& file, std::uint64_t from, Inspection& inspection, const InspectLimits& limits) {
    RangeSource rest(file, from, file.size() - from);
    auto bytes = read_all(rest, std::size_t{16} << 20U);
    if (!bytes) return bytes.error().kind == ErrorKind::internal ? Result<void>(fail(bytes.error())) : Result<void>();
    MemoryBytes memory(*bytes);
    TRY_ASSIGN(Inspection part, inspect(memory, std::string(behind_the_end), limits));
    inspection.parts.push_back(std::move(part));
    return {};
}

/// Faults at which every Python stops, too: what was read up to there is all that could run.
bool stops_every_reader(const Oddity& oddity) {
    constexpr auto codes = std::to_array<std::string_view>(
        {"unknown-opcode", "stack-empty", "mark-missing", "memo-undefined", "number-text", "bad-text", "truncated", "persistent-id"});
    return std::any_of(codes.begin(), codes.end(), [&](std::string_view code) { return code == oddity.code; });
}

/// What lies around the bytes is damaged, which was met while reading ahead.
bool is_of_the_source(const Oddity& oddity) {
    return oddity.code.starts_with("zip-") || oddity.code == "corrupt-data" || oddity.code == "multi-member" ||
           oddity.code == "limit-unpacked" || oddity.code == "limit-memory";
}

/// Names as Python has them; a text that begins with a 'c' seems to import something, too.
bool imports_a_name(const Inspection& attempt) {
    const auto is_name = [](std::string_view text) {
        return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
        });
    };
    return std::any_of(attempt.imports.begin(), attempt.imports.end(),
                       [&](const Import& import) { return is_name(import.module) && is_name(import.name); });
}

/// Whether bytes that announce no format are to be judged as the pickle that they were read as. A text is no pickle: every reader stops at
/// its first words. One that went further, or stopped where another reader goes on, is.
bool is_a_pickle(const Inspection& attempt, std::string_view first_bytes) {
    if (attempt.complete || !attempt.calls.empty() || begins_like_pickle(first_bytes)) return true;
    if (imports_a_name(attempt) && is_named_like_pickle(attempt.name)) return true;
    const auto& oddities = attempt.oddities;
    return std::none_of(oddities.begin(), oddities.end(), stops_every_reader) ||
           !std::all_of(oddities.begin(), oddities.end(),
                        [](const Oddity& each) { return stops_every_reader(each) || is_of_the_source(each); });
}

/// Bytes that announce no format: a pickle of protocol 0 or 1, a text, or nothing known.
Result<void> inspect_plain(const OpenAgain& open, Inspection& inspection, const InspectLimits& limits) {
    const std::unique_ptr<Source> source = open();
    ByteCursor cursor(*source);
    const std::string first_bytes(cursor.peek(300));
    if (cursor.source_error() && cursor.source_error()->kind != ErrorKind::invalid) return fail(*cursor.source_error());
    Inspection attempt = inspection;
    if (!first_bytes.empty()) {
        const std::unique_ptr<Source> again = open();
        TRY(inspect_pickles(*again, open, attempt, limits));
        if (is_a_pickle(attempt, first_bytes)) {
            inspection = std::move(attempt);
            return {};
        }
    }
    const std::unique_ptr<Source> text = open();
    const auto format = text_format(*text);
    if (!format) {
        if (format.error().kind != ErrorKind::invalid) return fail(format.error());
        inspection.format = "unknown";
        inspection.oddities.push_back({format.error().code, 0, format.error().message, {}, {}});
        return {};
    }
    if (format->empty()) {
        call_unknown(inspection, first_bytes);
        return note_pickles_within(open, inspection, limits);
    }
    inspection.format = *format;
    inspection.complete = true;
    if (is_named_like_pickle(inspection.name))
        inspection.oddities.push_back({"not-what-it-says", 0, "the name says that it is a model, and it is a text", {}, {}});
    return {};
}

/// A compressed file as the bytes of its first stream; remembers where that ends when more follows.
struct FirstStream final : Source {
    FirstStream(std::unique_ptr<Source> packed_, std::uint64_t size, Codec codec, const InspectLimits& limits, std::uint64_t& end_)
        : packed(std::move(packed_)), unpacked(unpack(codec, *packed, size, limits)), end(end_) {}
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> buffer) override {
        auto count = unpacked->read(buffer);
        if (!count && count.error().code == "multi-member") end = unpacked->packed_offset();
        return count;
    }
    std::unique_ptr<Source> packed;
    std::unique_ptr<Unpacked> unpacked;
    std::uint64_t& end;
};

/// joblib's compressed files: a stream around a pickle, one level of it.
Result<void> inspect_compressed(const Content& content, Codec codec, Inspection& inspection, Allowance& allowance) {
    inspection.compression = to_string(codec);
    InspectLimits limits = allowance.limits;
    limits.max_unpacked = std::min(limits.max_unpacked, allowance.unpacked);
    limits.free_unpacked = std::min(limits.free_unpacked, allowance.unpacked);
    std::uint64_t end = 0;
    TRY(inspect_plain([&] { return std::make_unique<FirstStream>(content.open(), content.size, codec, limits, end); }, inspection, limits));
    // Many members that unpack to much are together what one is.
    if (allowance.nesting > 0) allowance.unpacked -= std::min(allowance.unpacked, inspection.unpacked);
    // Once only: the rest of a rest is no part of its own.
    if (end != 0 && end < content.size && content.random != nullptr && inspection.name != behind_the_end) {
        return inspect_rest(*content.random, end, inspection, limits);
    }
    return {};
}

/// A number in a tar's header: octal digits up to a NUL with spaces around, or big-endian bytes behind 0x80 (negative behind 0xff). Source:
/// CPython, Lib/tarfile.py (nti).
std::optional<std::int64_t> tar_number(std::string_view field) {
    const auto first = static_cast<unsigned char>(field.front());
    std::int64_t value = 0;
    if (first == 0x80 || first == 0xff) {
        for (const char c : field.substr(1)) value = value * 256 + static_cast<unsigned char>(c);
        return first == 0x80 ? value : value - (std::int64_t{1} << 56);
    }
    const std::string_view digits = trim(field.substr(0, field.find('\0')));
    if (digits.empty() || digits.find_first_not_of("01234567") != std::string_view::npos) return std::nullopt;
    for (const char c : digits) value = value * 8 + (c - '0');
    return value;
}

/// The head of a tar's first member: the number at 148 is the sum of its 512 bytes, with spaces in that number's own place. Not by
/// "ustar", which old tars lack.
bool begins_like_tar(std::string_view first_bytes) {
    if (first_bytes.size() < 512) return false;
    const auto claimed = tar_number(first_bytes.substr(148, 8));
    std::int64_t plain = 8 * ' ';
    std::int64_t as_signed = plain;
    for (std::size_t i = 0; i < 512; ++i) {
        if (i >= 148 && i < 156) continue;
        plain += static_cast<unsigned char>(first_bytes[i]);
        as_signed += static_cast<signed char>(first_bytes[i]);
    }
    return claimed && (*claimed == plain || *claimed == as_signed);
}

void note_tar(Inspection& inspection) {
    note(inspection, "polyglot", 0, "it begins as something else and as a tar at once: torch.load looks for one");
}

bool is_named(const Inspection& inspection, std::string_view ending) { return to_lower_ascii(inspection.name).ends_with(ending); }

/// Formats that say what they are in their first bytes, then those that do not.
Result<void> inspect_bytes(const Content& content, std::string_view first_bytes, Inspection& inspection, Allowance& allowance) {
    const InspectLimits& limits = allowance.limits;
    if (begins_like_archive(first_bytes)) return inspect_archive(content, inspection);
    if (pipeline::begins_like_pipeline_archive(first_bytes)) return pipeline::inspect_pipeline_archive(content, inspection);
    if (begins_like_npy(first_bytes)) return inspect_npy(content, inspection, limits);
    if (begins_like_safetensors(first_bytes, content.size)) return inspect_safetensors(content, inspection, limits);
    if (const auto codec = sniff_codec(first_bytes)) return inspect_compressed(content, *codec, inspection, allowance);
    if (begins_like_pmml(first_bytes)) return inspect_pmml(content, inspection, limits);
    if (begins_like_onnx(first_bytes)) return inspect_onnx(content, inspection, limits);
    TRY(inspect_plain(content.open, inspection, limits));
    if (inspection.format == "unknown" && is_named(inspection, ".onnx")) {
        inspection.oddities.clear();
        return inspect_onnx(content, inspection, limits);
    }
    const bool text = inspection.format == "text" || inspection.format == "json";  // JSON is YAML, too
    if (text && is_mlflow_name(inspection.name)) return inspect_mlflow_text(content, inspection);
    return {};
}

}  // namespace

Result<void> inspect_content(const Content& content, Inspection& inspection, Allowance& allowance) {
    if (content.size == 0) {
        inspection.format = "empty";
        inspection.complete = true;
        if (is_named_like_pickle(inspection.name)) note(inspection, "truncated", 0, "the file is empty");
        return {};
    }
    const std::unique_ptr<Source> source = content.open();
    ByteCursor cursor(*source);
    const std::string first_bytes(cursor.peek(2000));
    if (cursor.source_error() && cursor.source_error()->kind != ErrorKind::invalid) return fail(*cursor.source_error());
    // Such a pickle does what joblib does with the bytes within, and nothing else: they are what is to be judged.
    TRY_ASSIGN(const auto within, joblib_within(content, first_bytes));
    if (within) return inspect_content(*within, inspection, allowance);
    const bool also_tar = begins_like_tar(first_bytes);
    if (begins_like_zip(first_bytes)) {
        if (also_tar) note_tar(inspection);
        return inspect_zip(content, inspection, allowance);
    }
    if (allowance.nesting == 0 && content.random != nullptr) {
        TRY_ASSIGN(const bool also_zip, ends_like_zip(*content.random));
        if (also_zip) note(inspection, "polyglot", 0, "it begins as something else and ends as a zip: programs that look for one find it");
    }
    TRY(inspect_bytes(content, first_bytes, inspection, allowance));
    if (also_tar && inspection.format != "unknown") note_tar(inspection);
    return {};
}

Result<Inspection> inspect(RandomSource& file, std::string name, const InspectLimits& limits) {
    Inspection inspection;
    inspection.name = std::move(name);
    inspection.bytes = file.size();
    Allowance allowance(limits);
    TRY(inspect_content(content_of(file), inspection, allowance));
    return inspection;
}

}  // namespace assay
