#include "artifact/pipeline/from_archive.hpp"

#include "artifact/pipeline/archive_format.hpp"
#include "artifact/pipeline/archive_names.hpp"
#include "base/byte_stream.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <cereal/archives/portable_binary.hpp>

#include <algorithm>
#include <bit>
#include <exception>
#include <istream>
#include <span>
#include <unordered_set>

// cereal tells its failures, and this reader its refusals, by exceptions; they end in read_archive.

namespace assay::pipeline {

namespace {

struct RefusedArchive : std::exception {
    RefusedArchive(std::size_t at, std::string why) : offset(at), because(std::move(why)) {}
    std::size_t offset;
    std::string because;
};

struct ArchivedArray {
    DType dtype;
    std::vector<std::uint64_t> shape;
    bool fortran = false;
    std::string_view bytes;
};

struct ArchivedValue {
    ArchiveKind kind = ArchiveKind::none;
    std::uint16_t name = 0;      ///< of an object or name
    ArchiveState state = ArchiveState::none;      ///< the last of its places is the state
    std::uint32_t first = 0;     ///< of its places; of an array its place among the arrays
    std::uint32_t count = 0;     ///< of its places
    std::uint64_t bits = 0;      ///< of an integer or real; of a text its place
};

class ArchiveFitted final : public FittedSource {
public:
    explicit ArchiveFitted(std::string bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] std::string_view all() const { return bytes_; }

    [[nodiscard]] FittedId root() const override { return static_cast<FittedId>(values_.size() - 1); }
    [[nodiscard]] FittedKind kind(FittedId id) const override {
        switch (values_[id].kind) {
            case ArchiveKind::none: return FittedKind::none;
            case ArchiveKind::no:
            case ArchiveKind::yes: return FittedKind::boolean;
            case ArchiveKind::integer: return FittedKind::integer;
            case ArchiveKind::real: return FittedKind::real;
            case ArchiveKind::text: return FittedKind::text;
            case ArchiveKind::list: return FittedKind::list;
            case ArchiveKind::tuple: return FittedKind::tuple;
            case ArchiveKind::set: return FittedKind::set;
            case ArchiveKind::dict: return FittedKind::dict;
            case ArchiveKind::array:
            case ArchiveKind::objects: return FittedKind::array;
            case ArchiveKind::object:
            case ArchiveKind::partial: return FittedKind::object;
            case ArchiveKind::name: return FittedKind::name;
            case ArchiveKind::bytes: return FittedKind::bytes;
            case ArchiveKind::other: break;
        }
        return FittedKind::other;
    }
    [[nodiscard]] bool boolean(FittedId id) const override { return values_[id].kind == ArchiveKind::yes; }
    [[nodiscard]] std::int64_t integer(FittedId id) const override { return std::bit_cast<std::int64_t>(values_[id].bits); }
    [[nodiscard]] double real(FittedId id) const override { return std::bit_cast<double>(values_[id].bits); }
    [[nodiscard]] std::string_view bytes(FittedId id) const override { return arrays_[values_[id].first].bytes; }
    [[nodiscard]] std::string_view text(FittedId id) const override { return texts_[static_cast<std::size_t>(values_[id].bits)]; }
    [[nodiscard]] std::vector<FittedId> items(FittedId id) const override {
        const auto places = places_of(values_[id]);
        return {places.begin(), places.end()};
    }
    [[nodiscard]] std::vector<std::pair<FittedId, FittedId>> entries(FittedId id) const override {
        const auto places = places_of(values_[id]);
        std::vector<std::pair<FittedId, FittedId>> found;
        found.reserve(places.size() / 2);
        for (std::size_t i = 0; i < places.size(); i += 2) found.emplace_back(places[i], places[i + 1]);
        return found;
    }
    [[nodiscard]] FittedArray array(FittedId id) const override {
        const ArchivedValue& value = values_[id];
        const ArchivedArray& held = arrays_[value.kind == ArchiveKind::array ? value.first : static_cast<std::uint32_t>(value.bits)];
        FittedArray found;
        found.dtype = held.dtype;
        found.shape = held.shape;
        found.fortran = held.fortran;
        found.bytes = held.bytes;
        if (value.kind == ArchiveKind::objects) found.elements = items(id);
        return found;
    }
    [[nodiscard]] FittedObject object(FittedId id) const override {
        const ArchivedValue& value = values_[id];
        FittedObject found;
        const auto places = places_of(value);
        if (value.kind == ArchiveKind::partial) {
            found.cls = "functools.partial";
            found.partial = FittedObject::Partial{places[0], places[1], places[2]};
            return found;
        }
        found.cls = archive_name(value.name);
        found.arguments.assign(places.begin(), places.end() - (value.state != ArchiveState::none ? 1 : 0));
        if (value.state == ArchiveState::dict) found.state = places.back();
        if (value.state == ArchiveState::tuple) found.tuple = places.back();
        return found;
    }
    [[nodiscard]] std::string name(FittedId id) const override { return std::string(archive_name(values_[id].name)); }
    [[nodiscard]] std::string describe(FittedId id) const override {
        switch (kind(id)) {
            case FittedKind::none: return "None";
            case FittedKind::boolean: return boolean(id) ? "True" : "False";
            case FittedKind::integer: return fmt::format("{}", integer(id));
            case FittedKind::real: return fmt::format("{}", real(id));
            case FittedKind::text: return "'" + printable(text(id), 80) + "'";
            case FittedKind::list: return "a list";
            case FittedKind::tuple: return "a tuple";
            case FittedKind::set: return "a set";
            case FittedKind::dict: return "a dict";
            case FittedKind::array: return "an array of " + array(id).dtype.name();
            case FittedKind::object: return object(id).cls;
            case FittedKind::name: return name(id);
            case FittedKind::bytes: return fmt::format("{} bytes", bytes(id).size());
            case FittedKind::other: break;
        }
        return "what the archive does not hold";
    }

private:
    friend class PipelineArchiveReader;

    [[nodiscard]] std::span<const FittedId> places_of(const ArchivedValue& value) const {
        return std::span(places_).subspan(value.first, value.count);
    }

    std::string bytes_;
    std::vector<std::string_view> texts_;
    std::vector<ArchivedValue> values_;
    std::vector<FittedId> places_;
    std::vector<ArchivedArray> arrays_;
};

/// Each count is held against the bytes that are left before anything is allocated.
class PipelineArchiveReader {
public:
    PipelineArchiveReader(ByteViewStream& bytes, cereal::PortableBinaryInputArchive& input, ArchiveFitted& made)
        : bytes_(bytes), input_(input), made_(made) {}

    Digest read() {
        Digest::Bytes digest{};
        input_(cereal::binary_data(digest.data(), digest.size()));
        read_texts();
        const std::uint32_t count = bounded(1, "values");
        if (count == 0) refuse("it holds no value");
        made_.values_.reserve(count);
        while (made_.values_.size() < count) made_.values_.push_back(read_value());
        if (bytes_.left() != 0) refuse(fmt::format("it goes on for {} after its end", counted(bytes_.left(), "byte")));
        return Digest(digest);
    }

private:
    [[noreturn]] void refuse(std::string because) const { throw RefusedArchive(bytes_.offset(), std::move(because)); }

    template <class Number>
    Number number() {
        Number found = 0;
        input_(found);
        return found;
    }
    /// A count of things that take at least `width` bytes each.
    std::uint32_t bounded(std::size_t width, std::string_view what) {
        const auto count = number<std::uint32_t>();
        if (count > bytes_.left() / width) refuse(fmt::format("{} {} are announced, and {} bytes are left", count, what, bytes_.left()));
        return count;
    }

    void read_texts() {
        const std::uint32_t count = bounded(sizeof(std::uint32_t), "texts");
        made_.texts_.reserve(count);
        std::unordered_set<std::string_view> seen;
        while (made_.texts_.size() < count) {
            const std::string_view text = bytes_.take(bounded(1, "bytes of a text"));
            if (!is_utf8(text)) refuse("a text is not UTF-8");
            if (!seen.insert(text).second) refuse("a text is there twice");
            made_.texts_.push_back(text);
        }
    }

    std::uint32_t text_place() {
        const auto place = number<std::uint32_t>();
        if (place >= made_.texts_.size()) refuse(fmt::format("text {} is named, and there are {}", place, made_.texts_.size()));
        return place;
    }
    std::string_view text() { return made_.texts_[text_place()]; }

    std::uint16_t name() {
        const auto found = number<std::uint16_t>();
        if (archive_name(found).empty()) refuse(fmt::format("there is no class or function of number {}", found));
        return found;
    }

    /// Places of values that stand before this one.
    void places(ArchivedValue& value, std::uint32_t count) {
        if (count > bytes_.left() / sizeof(std::uint32_t))
            refuse(fmt::format("{} values are announced, and {} bytes are left", count, bytes_.left()));
        value.first = static_cast<std::uint32_t>(made_.places_.size());
        value.count = count;
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto place = number<std::uint32_t>();
            if (place >= made_.values_.size()) refuse(fmt::format("value {} names value {}", made_.values_.size(), place));
            made_.places_.push_back(place);
        }
    }

    std::vector<std::uint64_t> shape() {
        std::vector<std::uint64_t> found(number<std::uint8_t>());
        if (found.size() > max_archive_dimensions) refuse(fmt::format("an array has {} dimensions", found.size()));
        for (std::uint64_t& extent : found) extent = number<std::uint64_t>();
        return found;
    }

    DType dtype() {
        const std::string_view spelled = text();
        auto found = parse_dtype(spelled);
        const auto fields = number<std::uint8_t>();
        if (!found || found->kind == 'O' || (fields != 0 && found->kind != 'V') || fields > max_archive_fields)
            refuse(fmt::format("there are no arrays of '{}'", printable(spelled, 60)));
        for (std::uint8_t i = 0; i < fields; ++i) {
            DType::Field field{std::string(text()), std::string(text()), number<std::uint32_t>()};
            const auto type = parse_dtype(field.type);
            if (!type || type->kind == 'O' || type->itemsize > found->itemsize || field.offset > found->itemsize - type->itemsize)
                refuse(fmt::format("an array has no field '{}'", printable(field.name, 60)));
            found->fields.push_back(std::move(field));
        }
        return *std::move(found);
    }

    void array(ArchivedValue& value) {
        ArchivedArray found;
        found.dtype = dtype();
        const auto order = number<std::uint8_t>();
        if (order > 1) refuse("an array is in no order that there is");
        found.fortran = order == 1;
        found.shape = shape();
        const auto size = array_bytes(found.shape, found.dtype.itemsize);
        if (!size || *size > bytes_.left() || (found.dtype.itemsize == 0 && elements(found.shape) != 0))
            refuse(
                fmt::format("an array of the shape ({}) is announced, and {} bytes are left", fmt::join(found.shape, ", "), bytes_.left()));
        found.bytes = bytes_.take(static_cast<std::size_t>(*size));
        value.first = static_cast<std::uint32_t>(made_.arrays_.size());
        made_.arrays_.push_back(std::move(found));
    }

    /// 1 where it is more than 64 bits hold.
    static std::uint64_t elements(const std::vector<std::uint64_t>& shape) { return array_bytes(shape, 1).value_or(1); }

    void objects(ArchivedValue& value) {
        ArchivedArray found;
        found.dtype = *parse_dtype("|O");
        found.shape = shape();
        const auto size = array_bytes(found.shape, 1);
        if (!size || *size > bytes_.left() / sizeof(std::uint32_t))
            refuse(
                fmt::format("an array of the shape ({}) is announced, and {} bytes are left", fmt::join(found.shape, ", "), bytes_.left()));
        value.bits = made_.arrays_.size();
        made_.arrays_.push_back(std::move(found));
        places(value, static_cast<std::uint32_t>(*size));
    }

    ArchivedValue read_value() {
        ArchivedValue value;
        const auto kind = number<std::uint8_t>();
        if (kind > static_cast<std::uint8_t>(ArchiveKind::other)) refuse(fmt::format("there is no kind {} of values", kind));
        value.kind = static_cast<ArchiveKind>(kind);
        switch (value.kind) {
            case ArchiveKind::none:
            case ArchiveKind::no:
            case ArchiveKind::yes:
            case ArchiveKind::other: break;
            case ArchiveKind::integer:
            case ArchiveKind::real: value.bits = number<std::uint64_t>(); break;
            case ArchiveKind::text: value.bits = text_place(); break;
            case ArchiveKind::list:
            case ArchiveKind::tuple:
            case ArchiveKind::set: places(value, number<std::uint32_t>()); break;
            case ArchiveKind::dict: {
                const auto count = bounded(2 * sizeof(std::uint32_t), "entries");
                places(value, 2 * count);
                check_keys(value);
                break;
            }
            case ArchiveKind::array: array(value); break;
            case ArchiveKind::objects: objects(value); break;
            case ArchiveKind::object: {
                value.name = name();
                const auto state = number<std::uint8_t>();
                if (state > static_cast<std::uint8_t>(ArchiveState::tuple)) refuse("an object has no state that there is");
                value.state = static_cast<ArchiveState>(state);
                const auto count = bounded(sizeof(std::uint32_t), "arguments");
                places(value, count + (value.state == ArchiveState::none ? 0 : 1));
                const ArchiveKind of_state =
                    value.state == ArchiveState::none ? ArchiveKind::none : made_.values_[made_.places_.back()].kind;
                if (value.state == ArchiveState::dict && of_state != ArchiveKind::dict) refuse("the state of an object is no dict");
                if (value.state == ArchiveState::tuple && of_state != ArchiveKind::tuple) refuse("the state of an object is no tuple");
                break;
            }
            case ArchiveKind::name: value.name = name(); break;
            case ArchiveKind::bytes: {
                const auto size = number<std::uint64_t>();
                if (size > bytes_.left()) refuse(fmt::format("{} bytes are announced, and {} are left", size, bytes_.left()));
                value.first = static_cast<std::uint32_t>(made_.arrays_.size());
                made_.arrays_.push_back({.dtype = {}, .shape = {}, .bytes = bytes_.take(static_cast<std::size_t>(size))});
                break;
            }
            case ArchiveKind::partial: places(value, 3); break;
        }
        return value;
    }

    /// A key that is a text stands once.
    void check_keys(const ArchivedValue& dict) const {
        std::unordered_set<std::uint64_t> seen;
        for (std::uint32_t i = 0; i < dict.count; i += 2) {
            const ArchivedValue& key = made_.values_[made_.places_[dict.first + i]];
            if (key.kind == ArchiveKind::text && !seen.insert(key.bits).second) refuse("a dict has a key twice");
        }
    }

    ByteViewStream& bytes_;
    cereal::PortableBinaryInputArchive& input_;
    ArchiveFitted& made_;
};

std::unexpected<Error> refuse_archive(std::size_t offset, std::string_view because) {
    return fail(Error(ErrorKind::invalid, "invalid-archive", "this is no archive of a pipeline that can be read")
                    .with_because(fmt::format("at byte {}: {}", offset, because))
                    .with_fix("fetch it again, or make it anew: assay convert FILE --to assay"));
}

}  // namespace

bool begins_like_pipeline_archive(std::string_view first_bytes) { return first_bytes.starts_with(archive_magic); }

Result<ArchivedFitted> read_archive(std::string bytes) {
    auto made = std::make_unique<ArchiveFitted>(std::move(bytes));
    const std::string_view all = made->all();
    if (!begins_like_pipeline_archive(all)) return refuse_archive(0, "it does not begin as one does");
    if (all.size() <= archive_header_bytes) return refuse_archive(all.size(), "it ends within its header");
    std::uint32_t version = 0;
    for (std::size_t i = 0; i < sizeof version; ++i)
        version |= static_cast<std::uint32_t>(static_cast<unsigned char>(all[archive_magic.size() + i])) << (8 * i);
    if (version != archive_version) {
        return fail(Error(ErrorKind::invalid, "unknown-archive-version", "this archive of a pipeline cannot be read here")
                        .with_because(fmt::format("at byte {}: it has format version {}, and {} is known here", archive_magic.size(),
                                                  version, archive_version))
                        .with_fix("use a newer Assay, or make the archive with this one: assay convert FILE --to assay"));
    }
    if (static_cast<std::uint8_t>(all[archive_header_bytes]) != archive_little_endian)
        return refuse_archive(archive_header_bytes, "its numbers are not little-endian");
    ByteViewStream stream(all.substr(archive_header_bytes), archive_header_bytes);
    try {
        std::istream in(&stream);
        cereal::PortableBinaryInputArchive input(in);
        const Digest made_from = PipelineArchiveReader(stream, input, *made).read();
        return ArchivedFitted{std::move(made), made_from};
    } catch (const RefusedArchive& refusal) {
        return refuse_archive(refusal.offset, refusal.because);
    } catch (const cereal::Exception&) {  // its only cause: the bytes have ended
        return refuse_archive(stream.offset(), "it ends before what it announces");
    }
}

}  // namespace assay::pipeline
