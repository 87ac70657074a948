#include "base/byte_stream.hpp"
#include "base/text.hpp"
#include "clients/cpp/archive.hpp"

#include <fmt/format.h>
#include <cereal/archives/portable_binary.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <exception>
#include <istream>
#include <ostream>

// The bytes of an archive: docs/formats.md, "Native archive". cereal tells its failures, and ours within its calls, by exceptions; they end
// in this file.

namespace assay {

namespace {

constexpr std::string_view magic = "ASSAYARC";
constexpr std::uint32_t format_version = 1;
constexpr std::uint32_t class_version = 1;  // of what cereal writes: the archive, and each value
constexpr std::size_t header_bytes = magic.size() + sizeof format_version;
constexpr char little_endian = 1;  // the first byte of cereal's own
constexpr std::size_t least_value_bytes = sizeof(std::uint64_t) + 1 + sizeof(std::uint64_t);  // name, kind, and a number or a size
constexpr std::size_t piece = 4096;  // doubles that are copied and looked at while they are in the cache

enum class Kind : std::uint8_t { number = 1, integer = 2, text = 3, texts = 4, vector = 5, matrix = 6 };

struct Refusal : std::exception {
    Refusal(std::size_t at, std::string why) : offset(at), because(std::move(why)) {}
    std::size_t offset;
    std::string because;
};

/// True when no double is NaN or infinite. (Those, and no others, have all bits of the exponent: one more carries into the sign.)
bool all_finite(const double* values, std::size_t count) {
    std::uint64_t carries = 0;
    for (std::size_t i = 0; i < count; ++i)
        carries |= (std::bit_cast<std::uint64_t>(values[i]) & 0x7fff'ffff'ffff'ffffU) + 0x0010'0000'0000'0000U;
    return (carries >> 63U) == 0;
}

/// What reading needs beside cereal's archive.
struct Reading {
    const ByteViewStream& bytes;
    const ArchiveLimits& limits;
    NonFinite non_finite;
};

using Input = cereal::PortableBinaryInputArchive;
using Output = cereal::PortableBinaryOutputArchive;

struct BoundedInput : Input {
    BoundedInput(const Reading& reading_, std::istream& stream) : Input(stream), reading(reading_) {}
    const Reading& reading;
};
/// REQUIRES that `input` is the BoundedInput of parse_archive: nothing else here reads.
const Reading& reading_of(Input& input) { return static_cast<BoundedInput&>(input).reading; }

struct Entry {
    std::string name;
    Archive::Value value;
};

struct Contents {
    std::string schema;
    Archive::Values values;
};

// ---- writing ----

void write_text(Output& output, const std::string& text) {
    output(static_cast<std::uint64_t>(text.size()));
    output(cereal::binary_data(text.data(), text.size()));
}

struct ValueWriter {
    Output& output;

    void kind(Kind kind) const { output(static_cast<std::uint8_t>(kind)); }
    void operator()(double value) const {
        kind(Kind::number);
        output(value);
    }
    void operator()(std::int64_t value) const {
        kind(Kind::integer);
        output(value);
    }
    void operator()(const std::string& value) const {
        kind(Kind::text);
        write_text(output, value);
    }
    void operator()(const std::vector<std::string>& values) const {
        kind(Kind::texts);
        output(static_cast<std::uint64_t>(values.size()));
        for (const std::string& value : values) write_text(output, value);
    }
    void operator()(const ArchiveNumbers& value) const {
        const bool is_vector = value.kind == ArchiveNumbers::Kind::vector;
        kind(is_vector ? Kind::vector : Kind::matrix);
        output(static_cast<std::uint64_t>(value.rows));
        if (!is_vector) output(static_cast<std::uint64_t>(value.columns));
        output(cereal::binary_data(value.values.get(), value.rows * value.columns * sizeof(double)));
    }
};

void save(Output& output, const Entry& entry, std::uint32_t /*version*/) {
    write_text(output, entry.name);
    std::visit(ValueWriter{output}, entry.value);
}

void save(Output& output, const Contents& contents, std::uint32_t /*version*/) {
    write_text(output, contents.schema);
    output(static_cast<std::uint64_t>(contents.values.size()));
    for (const auto& [name, value] : contents.values) output(Entry{name, value});
}

// ---- reading: each count is held against the bytes that are left before anything is allocated ----

void refuse_later(const Reading& reading, std::uint32_t version) {
    if (version != class_version)
        throw Refusal(reading.bytes.offset(), fmt::format("a part of it has version {}, and {} is known here", version, class_version));
}

std::uint64_t read_count(Input& input) {
    std::uint64_t count = 0;
    input(count);
    return count;
}

std::string read_text(Input& input, const Reading& reading, std::size_t max_bytes) {
    const std::size_t at = reading.bytes.offset();
    const std::uint64_t size = read_count(input);
    if (size > reading.bytes.left())
        throw Refusal(at, fmt::format("a text of {} bytes is announced, and {} are left", size, reading.bytes.left()));
    if (size > max_bytes) throw Refusal(at, fmt::format("a name has {} bytes, at most {} are read", size, max_bytes));
    std::string text(static_cast<std::size_t>(size), '\0');
    input(cereal::binary_data(text.data(), text.size()));
    if (!is_utf8(text)) throw Refusal(at, "a text is not UTF-8");
    return text;
}

double read_number(Input& input, const Reading& reading) {
    const std::size_t at = reading.bytes.offset();
    double number = 0;
    input(number);
    if (reading.non_finite == NonFinite::refuse && !std::isfinite(number)) throw Refusal(at, fmt::format("a number is {}", number));
    return number;
}

std::vector<std::string> read_texts(Input& input, const Reading& reading) {
    const std::size_t at = reading.bytes.offset();
    const std::uint64_t count = read_count(input);
    if (count > reading.bytes.left() / sizeof(std::uint64_t))
        throw Refusal(at, fmt::format("a list of {} texts is announced, and {} bytes are left", count, reading.bytes.left()));
    std::vector<std::string> texts;
    texts.reserve(static_cast<std::size_t>(count));
    while (texts.size() < count) texts.push_back(read_text(input, reading, SIZE_MAX));
    return texts;
}

ArchiveNumbers read_numbers(Input& input, const Reading& reading, ArchiveNumbers::Kind kind) {
    const std::size_t at = reading.bytes.offset();
    const std::uint64_t rows = read_count(input);
    const std::uint64_t columns = kind == ArchiveNumbers::Kind::matrix ? read_count(input) : 1;
    if (rows > reading.limits.max_dimension || columns > reading.limits.max_dimension)
        throw Refusal(at, fmt::format("{} x {} numbers are announced, at most {} of a dimension are read", rows, columns,
                                      reading.limits.max_dimension));
    const std::uint64_t count = rows * columns;  // below 2^63: both are at most 2^31
    if (count > reading.bytes.left() / sizeof(double))
        throw Refusal(at, fmt::format("{} x {} numbers are announced, and {} bytes are left", rows, columns, reading.bytes.left()));

    const auto values = std::make_shared_for_overwrite<double[]>(static_cast<std::size_t>(count));  // NOLINT(modernize-avoid-c-arrays)
    for (std::size_t done = 0; done < count;) {
        const std::size_t now = std::min(piece, static_cast<std::size_t>(count) - done);
        double* const begin = values.get() + done;
        input(cereal::binary_data(begin, now * sizeof(double)));
        if (reading.non_finite == NonFinite::refuse && !all_finite(begin, now)) {
            std::size_t bad = 0;
            while (std::isfinite(begin[bad])) ++bad;
            throw Refusal(reading.bytes.offset() - (now - bad) * sizeof(double),
                          fmt::format("number {} of {} x {} is {}", done + bad, rows, columns, begin[bad]));
        }
        done += now;
    }
    return {kind, static_cast<std::size_t>(rows), static_cast<std::size_t>(columns), values};
}

Archive::Value read_value(Input& input, const Reading& reading) {
    std::uint8_t kind = 0;
    input(kind);
    switch (static_cast<Kind>(kind)) {
        case Kind::number: return read_number(input, reading);
        case Kind::integer: {
            std::int64_t integer = 0;
            input(integer);
            return integer;
        }
        case Kind::text: return read_text(input, reading, SIZE_MAX);
        case Kind::texts: return read_texts(input, reading);
        case Kind::vector: return read_numbers(input, reading, ArchiveNumbers::Kind::vector);
        case Kind::matrix: return read_numbers(input, reading, ArchiveNumbers::Kind::matrix);
    }
    throw Refusal(reading.bytes.offset() - sizeof kind, fmt::format("there is no kind {} of values", kind));
}

void load(Input& input, Entry& entry, std::uint32_t version) {
    const Reading& reading = reading_of(input);
    refuse_later(reading, version);
    const std::size_t at = reading.bytes.offset();
    entry.name = read_text(input, reading, reading.limits.max_name_bytes);
    if (entry.name.empty()) throw Refusal(at, "a name is empty");
    entry.value = read_value(input, reading);
}

void load(Input& input, Contents& contents, std::uint32_t version) {
    const Reading& reading = reading_of(input);
    refuse_later(reading, version);
    contents.schema = read_text(input, reading, reading.limits.max_name_bytes);
    const std::size_t at = reading.bytes.offset();
    const std::uint64_t count = read_count(input);
    if (count > reading.limits.max_values || count > reading.bytes.left() / least_value_bytes)
        throw Refusal(at, fmt::format("{} values are announced, and {} bytes are left; at most {} are read", count, reading.bytes.left(),
                                      reading.limits.max_values));
    while (contents.values.size() < count) {
        const std::size_t begin = reading.bytes.offset();
        Entry entry;
        input(entry);
        if (!contents.values.empty() && contents.values.rbegin()->first >= entry.name)
            throw Refusal(begin, "the names are not in ascending order");
        contents.values.emplace_hint(contents.values.end(), std::move(entry.name), std::move(entry.value));
    }
}

// ---- what cannot be written, because it could not be read ----

std::optional<std::string> problem_of_text(std::string_view text) {
    return is_utf8(text) ? std::nullopt : std::optional<std::string>("is not UTF-8");
}

struct ProblemOfValue {
    NonFinite non_finite;

    std::optional<std::string> operator()(double value) const {
        if (non_finite == NonFinite::allow || std::isfinite(value)) return std::nullopt;
        return fmt::format("is {}", value);
    }
    std::optional<std::string> operator()(std::int64_t /*value*/) const { return std::nullopt; }
    std::optional<std::string> operator()(const std::string& value) const { return problem_of_text(value); }
    std::optional<std::string> operator()(const std::vector<std::string>& values) const {
        for (const std::string& value : values) {
            if (auto problem = problem_of_text(value)) return problem;
        }
        return std::nullopt;
    }
    std::optional<std::string> operator()(const ArchiveNumbers& value) const {
        if (non_finite == NonFinite::allow || all_finite(value.values.get(), value.rows * value.columns)) return std::nullopt;
        return "holds NaN or an infinity";
    }
};

Result<void> check_writable(const Archive& archive, NonFinite non_finite) {
    const auto refuse = [](std::string_view what, std::string because) {
        return fail(Error(ErrorKind::invalid, "invalid-archive", fmt::format("'{}' cannot be archived", printable(what, 100)))
                        .with_because(std::move(because)));
    };
    const ArchiveLimits limits;
    if (const auto problem = problem_of_text(archive.schema())) return refuse(archive.schema(), "the schema " + *problem);
    for (const auto& [name, value] : archive.values()) {
        if (name.empty() || name.size() > limits.max_name_bytes)
            return refuse(name, fmt::format("its name has {} bytes; 1 to {} are possible", name.size(), limits.max_name_bytes));
        if (const auto problem = problem_of_text(name)) return refuse(name, "its name " + *problem);
        if (const auto problem = std::visit(ProblemOfValue{non_finite}, value)) return refuse(name, "it " + *problem);
    }
    if (archive.values().size() > limits.max_values)
        return refuse(archive.schema(), fmt::format("it has {} values, at most {} are read", archive.values().size(), limits.max_values));
    return {};
}

std::unexpected<Error> refuse(std::size_t offset, std::string because) {
    return fail(Error(ErrorKind::invalid, "invalid-archive", "this is not an archive that can be read")
                    .with_because(fmt::format("at byte {}: {}", offset, because))
                    .with_fix("fetch it again; what is fetched is verified"));
}

}  // namespace

}  // namespace assay

CEREAL_CLASS_VERSION(assay::Entry, assay::class_version)
CEREAL_CLASS_VERSION(assay::Contents, assay::class_version)

namespace assay {

Result<std::string> to_bytes(const Archive& archive, NonFinite non_finite) {
    TRY(check_writable(archive, non_finite));
    std::string bytes(magic);
    for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(format_version >> shift);
    std::size_t most = 1024;
    for (const auto& [name, value] : archive.values()) {
        if (const auto* numbers = std::get_if<ArchiveNumbers>(&value)) most += numbers->rows * numbers->columns * sizeof(double);
    }
    bytes.reserve(most);
    AppendingStream sink(bytes);
    std::ostream stream(&sink);
    {
        Output output(stream, Output::Options::LittleEndian());
        output(Contents{archive.schema(), archive.values()});
    }
    return bytes;
}

Result<Archive> parse_archive(std::string_view bytes, NonFinite non_finite, const ArchiveLimits& limits) {
    if (!bytes.starts_with(magic)) return refuse(0, "it does not begin as an archive does");
    if (bytes.size() <= header_bytes) return refuse(bytes.size(), "it ends within its header");
    std::uint32_t version = 0;
    for (std::size_t i = 0; i < sizeof version; ++i)
        version |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[magic.size() + i])) << (8 * i);
    if (version != format_version) {
        return fail(Error(ErrorKind::invalid, "unknown-archive-version", "this archive cannot be read here")
                        .with_because(fmt::format("at byte {}: it has format version {}, and {} is known here", magic.size(), version,
                                                  format_version))
                        .with_fix("build against a newer Assay, or archive the model again with this one"));
    }
    if (bytes[header_bytes] != little_endian) return refuse(header_bytes, "its numbers are not little-endian");

    ByteViewStream source(bytes.substr(header_bytes), header_bytes);
    const Reading reading{source, limits, non_finite};
    Contents contents;
    try {
        std::istream stream(&source);
        BoundedInput input(reading, stream);
        input(contents);
    } catch (const Refusal& refusal) {
        return refuse(refusal.offset, refusal.because);
    } catch (const cereal::Exception&) {  // its only other cause: the bytes have ended
        return refuse(source.offset(), "it ends before what it announces");
    }
    if (source.left() != 0) return refuse(source.offset(), fmt::format("it goes on for {} after its end", counted(source.left(), "byte")));
    Archive archive(std::move(contents.schema));
    for (auto& [name, value] : contents.values) archive.put(name, std::move(value));
    return archive;
}

}  // namespace assay
