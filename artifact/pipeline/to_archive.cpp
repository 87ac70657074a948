#include "artifact/pipeline/to_archive.hpp"

#include "artifact/byte_cursor.hpp"
#include "artifact/pipeline/archive_format.hpp"
#include "artifact/pipeline/archive_names.hpp"
#include "artifact/pipeline/from_archive.hpp"
#include "artifact/pipeline/node_layout.hpp"
#include "artifact/pipeline/read_fitted.hpp"
#include "artifact/pipeline/recording.hpp"
#include "artifact/pipeline/state_reader.hpp"
#include "artifact/pipeline/verification.hpp"
#include "base/byte_stream.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <cereal/archives/portable_binary.hpp>

#include <algorithm>
#include <ostream>
#include <unordered_map>

namespace assay::pipeline {

namespace {

using Output = cereal::PortableBinaryOutputArchive;

/// Writes what was asked of a source, each value once and behind those that it is made of. The first problem is kept.
class PipelineArchiveWriter {
public:
    PipelineArchiveWriter(const FittedSource& source, const Recording& recording)
        : source_(source), recording_(recording), stream_(values_), out_(&stream_), values_out_(out_, Output::Options::LittleEndian()) {}

    Result<std::string> write(const Digest& made_from) {
        (void)place_of(source_.root());
        if (!problem_.empty()) return not_decodable("as an archive", problem_);
        std::string bytes(archive_magic);
        for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(archive_version >> shift);
        AppendingStream stream(bytes);
        std::ostream out(&stream);
        Output output(out, Output::Options::LittleEndian());
        output(cereal::binary_data(made_from.bytes().data(), Digest::size_bytes));
        output(static_cast<std::uint32_t>(texts_.size()));
        for (const std::string& text : texts_) {
            output(static_cast<std::uint32_t>(text.size()));
            output(cereal::binary_data(text.data(), text.size()));
        }
        output(count_);
        bytes.append(values_, 1);  // behind cereal's mark, which stands in front of the texts already
        return bytes;
    }

private:
    std::uint32_t refuse(std::string because) {
        if (problem_.empty()) problem_ = std::move(because);
        return 0;
    }

    std::uint32_t text_place(std::string_view text) {
        if (!is_utf8(text)) return refuse("it holds a text that is no Unicode");
        const auto [found, is_new] = text_places_.try_emplace(std::string(text), static_cast<std::uint32_t>(texts_.size()));
        if (is_new) texts_.push_back(found->first);
        return found->second;
    }

    void put(ArchiveKind kind) { values_out_(static_cast<std::uint8_t>(kind)); }
    template <class Content>
    void put(ArchiveKind kind, Content content) {
        values_out_(static_cast<std::uint8_t>(kind), content);
    }
    void put_places(const std::vector<std::uint32_t>& places) {
        for (const std::uint32_t place : places) values_out_(place);
    }
    std::vector<std::uint32_t> places_of(const std::vector<FittedId>& ids) {
        std::vector<std::uint32_t> found;
        found.reserve(ids.size());
        for (const FittedId id : ids) found.push_back(place_of(id));
        return found;
    }
    void put_items(ArchiveKind kind, const std::vector<FittedId>& ids) {
        const auto places = places_of(ids);
        put(kind, static_cast<std::uint32_t>(places.size()));
        put_places(places);
    }
    void put_shape(const std::vector<std::uint64_t>& shape) {
        if (shape.size() > max_archive_dimensions) return (void)refuse(fmt::format("it holds an array of {} dimensions", shape.size()));
        values_out_(static_cast<std::uint8_t>(shape.size()));
        for (const std::uint64_t extent : shape) values_out_(extent);
    }

    /// Where a value stands, which is written first when it is met first. A model that is re-created holds no circle among what was asked
    /// for: what is met within itself is a problem all the same.
    std::uint32_t place_of(FittedId id) {
        const auto [found, is_new] = places_.try_emplace(id, in_work);
        if (!is_new) return found->second == in_work ? refuse("it holds a value that holds itself") : found->second;
        if (!problem_.empty()) return 0;
        put_value(id, recording_.asked(id) == Recording::Asked::content);
        return places_[id] = count_++;
    }

    void put_value(FittedId id, bool opened) {
        switch (source_.kind(id)) {
            case FittedKind::none: return put(ArchiveKind::none);
            case FittedKind::boolean: return put(source_.boolean(id) ? ArchiveKind::yes : ArchiveKind::no);
            case FittedKind::integer: return put(ArchiveKind::integer, source_.integer(id));
            case FittedKind::real: return put(ArchiveKind::real, source_.real(id));
            case FittedKind::text:
                return put(ArchiveKind::text,
                           text_place(opened || source_.text(id).size() <= max_unread_text ? source_.text(id) : std::string_view()));
            case FittedKind::list: return put_items(ArchiveKind::list, opened ? source_.items(id) : std::vector<FittedId>());
            case FittedKind::tuple: return put_items(ArchiveKind::tuple, opened ? source_.items(id) : std::vector<FittedId>());
            case FittedKind::set: return put_items(ArchiveKind::set, opened ? source_.items(id) : std::vector<FittedId>());
            case FittedKind::dict: return put_dict(id, opened, false);
            case FittedKind::array:
                if (opened) return put_array(source_.array(id), recording_.fields_asked(id));
                return put_array({.dtype = *parse_dtype("|u1"), .shape = {0}, .bytes = {}, .elements = {}}, {});
            case FittedKind::object: return put_object(id, opened);
            case FittedKind::name: return opened ? put_name(source_.name(id)) : put(ArchiveKind::other);
            case FittedKind::bytes: return put_bytes(opened ? source_.bytes(id) : std::string_view());
            case FittedKind::other: return put(ArchiveKind::other);
        }
    }

    void put_bytes(std::string_view bytes) {
        put(ArchiveKind::bytes, static_cast<std::uint64_t>(bytes.size()));
        values_out_(cereal::binary_data(bytes.data(), bytes.size()));
    }

    /// Of a state only what was asked for.
    void put_dict(FittedId id, bool opened, bool is_state) {
        std::vector<std::uint32_t> places;
        for (const auto& [key, value] : opened ? source_.entries(id) : std::vector<std::pair<FittedId, FittedId>>()) {
            if (is_state && recording_.asked(value) == Recording::Asked::nothing) continue;
            places.push_back(place_of(key));
            places.push_back(place_of(value));
        }
        put(ArchiveKind::dict, static_cast<std::uint32_t>(places.size() / 2));
        put_places(places);
    }

    /// What was looked at would be something else to whoever looks again.
    void put_unknown(const std::string& name) { (void)refuse("archives have no number for " + printable(name, 200)); }

    void put_name(const std::string& name) {
        const auto number = archive_number(name);
        if (!number) return put_unknown(name);
        put(ArchiveKind::name, *number);
    }

    void put_object(FittedId id, bool opened) {
        if (!opened) return put(ArchiveKind::other);
        const FittedObject object = source_.object(id);
        if (object.partial) {
            const auto places = places_of({object.partial->function, object.partial->arguments, object.partial->keywords});
            put(ArchiveKind::partial);
            return put_places(places);
        }
        const auto number = archive_number(object.cls);
        if (!number || !object.plain) return put_unknown(object.cls);
        std::vector<std::uint32_t> places = places_of(object.arguments);
        if (object.state) {
            const auto [found, is_new] = places_.try_emplace(*object.state, in_work);
            if (!is_new) return (void)refuse("it holds a state that is another object's too");
            put_dict(*object.state, recording_.asked(*object.state) == Recording::Asked::content, true);
            places.push_back(places_[*object.state] = count_++);
        }
        ArchiveState state = object.state ? ArchiveState::dict : ArchiveState::none;
        if (object.tuple) {
            state = ArchiveState::tuple;
            places.push_back(place_of(*object.tuple));
        }
        put(ArchiveKind::object);
        values_out_(*number, static_cast<std::uint8_t>(state), static_cast<std::uint32_t>(object.arguments.size()));
        put_places(places);
    }

    void put_array(const FittedArray& array, const std::set<std::string, std::less<>>& fields_asked) {
        if (array.dtype.kind == 'O') {
            const auto places = places_of(array.elements);
            put(ArchiveKind::objects);
            put_shape(array.shape);
            return put_places(places);
        }
        const std::optional<PackedNodes> packed = pack_nodes(array, fields_asked);
        const DType& dtype = packed ? packed->dtype : array.dtype;
        const std::string_view bytes = packed ? packed->bytes : array.bytes;
        const std::uint32_t spelled = text_place(dtype.str());
        std::vector<std::uint32_t> fields;
        for (const DType::Field& field : dtype.fields) {
            fields.push_back(text_place(field.name));
            fields.push_back(text_place(field.type));
            fields.push_back(static_cast<std::uint32_t>(field.offset));
        }
        if (dtype.fields.size() > max_archive_fields) return (void)refuse("it holds an array of a structure with too many fields");
        put(ArchiveKind::array);
        values_out_(spelled, static_cast<std::uint8_t>(dtype.fields.size()));
        put_places(fields);
        values_out_(static_cast<std::uint8_t>(array.fortran ? 1 : 0));
        put_shape(array.shape);
        values_out_(cereal::binary_data(bytes.data(), bytes.size()));
    }

    static constexpr std::size_t max_unread_text = 64;  ///< names of steps, which people look for
    static constexpr std::uint32_t in_work = 0xffff'ffff;

    const FittedSource& source_;
    const Recording& recording_;
    std::string values_;  ///< cereal's mark, and the values
    AppendingStream stream_;
    std::ostream out_;
    Output values_out_;
    std::uint32_t count_ = 0;
    std::vector<std::string> texts_;
    std::unordered_map<std::string, std::uint32_t> text_places_;
    std::unordered_map<FittedId, std::uint32_t> places_;
    std::string problem_;
};

/// All that Pipeline::decode asks of a source.
Result<void> ask_everything(const FittedSource& source) {
    Budget budget;
    const Fitted root(source, source.root());
    TRY_ASSIGN(const std::unique_ptr<Step> step, decode_estimator(root, {}, budget));
    (void)verification_of(root);
    return {};
}

/// Of the file; of an archive that of the file which it is a copy of.
Result<Digest> origin_of(RandomSource& file) {
    RangeSource whole(file);
    ByteCursor cursor(whole);
    if (begins_like_pipeline_archive(cursor.peek(archive_magic.size()))) {
        cursor.skip(archive_header_bytes + 1);
        Digest::Bytes bytes{};
        const std::string_view held = cursor.take(bytes.size());
        std::ranges::copy(held, bytes.begin());
        if (cursor.ok()) return Digest(bytes);
    }
    Sha256 hash;
    RangeSource again(file);
    std::vector<std::byte> buffer(std::size_t{1} << 16U);
    while (true) {
        TRY_ASSIGN(const std::size_t count, again.read(buffer));
        if (count == 0) return hash.finish();
        hash.update(std::span(buffer).first(count));
    }
}

}  // namespace

Result<std::string> archive_of(RandomSource& file) {
    TRY_ASSIGN(const std::unique_ptr<FittedSource> source, read_fitted(file));
    const Recording recording(*source);
    TRY(ask_everything(recording));
    TRY_ASSIGN(const Digest made_from, origin_of(file));
    PipelineArchiveWriter writer(*source, recording);
    TRY_ASSIGN(std::string bytes, writer.write(made_from));
    // What the copy lacks shows when it is asked the same.
    TRY_ASSIGN(const ArchivedFitted copy, read_archive(bytes));
    if (auto asked = ask_everything(*copy.values); !asked)
        return fail(std::move(asked).error().with_context("reading the archive that was made of it"));
    return bytes;
}

}  // namespace assay::pipeline
