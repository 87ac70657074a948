#include "artifact/pipeline/from_skops.hpp"

#include "artifact/numpy/npy_header.hpp"
#include "artifact/pipeline/state_reader.hpp"
#include "artifact/skops/node.hpp"
#include "artifact/zip/zip_reader.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>
#include <map>

namespace assay::pipeline {

namespace {

/// A .npy member, read whole.
struct Member {
    NpyHeader header;
    std::string bytes;
};

Result<Member> read_member(RandomSource& file, const ZipMember& member, const InspectLimits& limits) {
    const std::unique_ptr<Source> source = open_member(file, member);
    ByteCursor cursor(*source);
    auto read = read_npy_header(cursor, limits);
    const auto* header = std::get_if<NpyHeader>(&read);
    const auto damaged = [&](const std::string& why) {
        return not_decodable(the_file, fmt::format("its member {} is no array: {}", printable(member.name, 100), why));
    };
    if (header == nullptr) return damaged(std::get<NpyFault>(read).detail);
    const auto length = array_bytes(header->shape, header->dtype.itemsize);
    if (header->dtype.has_objects || !length || *length > member.size) return damaged("its header claims more than it holds");
    Member found{*header, {}};
    found.bytes.reserve(static_cast<std::size_t>(*length));
    while (found.bytes.size() < *length && cursor.ok()) found.bytes.append(cursor.some(*length - found.bytes.size()));
    if (cursor.source_error() && cursor.source_error()->kind != ErrorKind::invalid) return fail(*cursor.source_error());
    if (found.bytes.size() != *length || !cursor.at_end()) return damaged("its bytes are not as many as its header says");
    return found;
}

class SkopsFitted final : public FittedSource {
public:
    SkopsFitted(Json schema, std::map<std::string, Member> members) : schema_(std::move(schema)), members_(std::move(members)) {
        index(schema_);
        root_ = id_of(schema_);
    }

    [[nodiscard]] FittedId root() const override { return root_; }

    [[nodiscard]] FittedKind kind(FittedId id) const override {
        const Value& value = values_[id];
        if (value.member != nullptr) return FittedKind::array;
        if (value.json == nullptr) return FittedKind::text;
        if (value.is_state) return FittedKind::dict;
        const Json& node = *value.json;
        if (!node.is_object()) return plain_kind(node);
        const auto loader = skops_loader(node);
        if (!loader) return FittedKind::other;
        switch (*loader) {
            case SkopsLoader::json: {
                if (special_of(node)) return FittedKind::real;
                const auto plain = skops_value(node);
                return plain ? plain_kind(*plain) : FittedKind::other;
            }
            case SkopsLoader::dict:
            case SkopsLoader::default_dict: return FittedKind::dict;
            case SkopsLoader::list: return FittedKind::list;
            case SkopsLoader::tuple: return FittedKind::tuple;
            case SkopsLoader::set: return FittedKind::set;
            case SkopsLoader::function:
            case SkopsLoader::type: return FittedKind::name;
            case SkopsLoader::dtype: return dtype_of(node) != nullptr ? FittedKind::text : FittedKind::other;
            case SkopsLoader::array: return array_kind(node);
            case SkopsLoader::object:
            case SkopsLoader::tree:
            case SkopsLoader::partial:
            case SkopsLoader::slice: return FittedKind::object;
            case SkopsLoader::sparse_matrix: return is_sparse_rows(node) ? FittedKind::object : FittedKind::other;
            default: return FittedKind::other;
        }
    }

    [[nodiscard]] bool boolean(FittedId id) const override {
        const auto plain = plain_of(id);
        return plain && plain->is_boolean() ? plain->get<bool>() : scalar(id) != 0;
    }
    [[nodiscard]] std::int64_t integer(FittedId id) const override {
        const auto plain = plain_of(id);
        if (plain && plain->is_number_integer()) return plain->get<std::int64_t>();
        const auto numbers = pipeline::integers_of(array(id));
        return numbers && numbers->size() == 1 ? numbers->front() : 0;
    }
    [[nodiscard]] double real(FittedId id) const override {
        const Value& value = values_[id];
        if (value.json != nullptr && value.json->is_object()) {
            if (const auto number = special_of(*value.json)) return *number;
        }
        const auto plain = plain_of(id);
        return plain && plain->is_number() ? plain->get<double>() : scalar(id);
    }
    [[nodiscard]] std::string_view text(FittedId id) const override {
        const Value& value = values_[id];
        if (value.json == nullptr) return value.text;
        const auto kept = texts_.find(id);
        if (kept != texts_.end()) return kept->second;
        std::string found;
        if (const auto plain = plain_of(id); plain && plain->is_string()) {
            found = plain->get<std::string>();
        } else if (const Member* member = dtype_of(*value.json)) {
            found = member->header.dtype.name();
        } else {
            const FittedArray one = array(id);
            if (one.dtype.kind == 'U') found = read_string(one.dtype, one.bytes);
        }
        return texts_.emplace(id, std::move(found)).first->second;
    }

    [[nodiscard]] std::vector<FittedId> items(FittedId id) const override {
        std::vector<FittedId> found;
        for (const Json& item : skops_items(*values_[id].json)) found.push_back(id_of(item));
        return found;
    }

    [[nodiscard]] std::vector<std::pair<FittedId, FittedId>> entries(FittedId id) const override {
        std::vector<std::pair<FittedId, FittedId>> found;
        if (values_[id].is_state) return parts_of_sparse_rows(*values_[id].json);
        const Json& content = skops_member(*values_[id].json, "content");
        if (!content.is_object()) return found;
        for (const auto& [key, value] : content.items()) found.emplace_back(id_of_text(key), id_of(value));
        return found;
    }

    [[nodiscard]] FittedArray array(FittedId id) const override {
        FittedArray found;
        found.shape = {0};
        if (values_[id].json == nullptr && values_[id].member == nullptr) return found;
        const Json& node = values_[id].json != nullptr ? *values_[id].json : schema_;
        if (const Member* member = values_[id].member != nullptr ? values_[id].member : member_of(node)) {
            found.dtype = member->header.dtype;
            found.shape = member->header.shape;
            found.fortran = member->header.fortran;
            found.bytes = member->bytes;
            return found;
        }
        const auto shape = shape_of(node);
        if (!shape) return found;
        std::vector<const Json*> elements;
        if (!flatten(node, *shape, 0, elements)) return found;
        found.dtype.kind = 'O';
        found.dtype.itemsize = 8;
        found.dtype.has_objects = true;
        found.shape = *shape;
        for (const Json* element : elements) found.elements.push_back(id_of(*element));
        return found;
    }

    [[nodiscard]] FittedObject object(FittedId id) const override {
        const Json& node = *values_[id].json;
        FittedObject found;
        found.cls = skops_class(node);
        const auto loader = skops_loader(node);
        if (loader == SkopsLoader::slice) {
            const Json& content = skops_member(node, "content");
            for (const char* bound : {"start", "stop", "step"}) found.arguments.push_back(id_of(skops_member(content, bound)));
            return found;
        }
        if (loader == SkopsLoader::partial) {
            const Json& parts = skops_member(node, "content");
            found.cls = "functools.partial";
            found.partial = {id_of(skops_member(parts, "func")), id_of(skops_member(parts, "args")), id_of(skops_member(parts, "kwds"))};
            return found;
        }
        if (loader == SkopsLoader::sparse_matrix) {
            found.state = id_of_state(node);
            return found;
        }
        if (loader == SkopsLoader::tree) {
            for (const Json& argument : skops_items(skops_member(skops_member(node, "__reduce__"), "args")))
                found.arguments.push_back(id_of(argument));
        }
        const Json& content = skops_member(node, "content");
        if (skops_loader(content) == SkopsLoader::dict) found.state = id_of(content);
        if (skops_loader(content) == SkopsLoader::tuple) found.tuple = id_of(content);
        return found;
    }

    [[nodiscard]] std::string name(FittedId id) const override { return skops_class(*values_[id].json); }

    [[nodiscard]] std::string describe(FittedId id) const override {
        const Value& value = values_[id];
        if (value.member != nullptr) return "an array";
        if (value.json == nullptr) return "'" + printable(value.text, 80) + "'";
        if (!value.json->is_object()) return printable(value.json->dump(), 80);
        const auto plain = skops_value(*value.json);
        return printable(plain ? plain->dump() : skops_class(*value.json) + "(…)", 120);
    }

private:
    struct Value {
        const Json* json = nullptr;  ///< null: a key, `text`, or the array `member`
        std::string text = {};
        const Member* member = nullptr;
        bool is_state = false;  ///< not the node, but the attributes of what is made of it
    };

    /// Every node by its number: CachedNode stands for one.
    void index(const Json& node) {
        if (node.is_object()) {
            if (is_skops_node(node) && skops_text(node, "__loader__") != "CachedNode" && skops_member(node, "__id__").is_number_integer())
                by_number_.emplace(skops_member(node, "__id__").get<std::int64_t>(), &node);
            for (const auto& [key, value] : node.items()) index(value);
        } else if (node.is_array()) {
            for (const Json& value : node) index(value);
        }
    }

    [[nodiscard]] const Json& resolve(const Json& node) const {
        if (skops_text(node, "__loader__") != "CachedNode") return node;
        const Json& number = skops_member(node, "__id__");
        const auto found = number.is_number_integer() ? by_number_.find(number.get<std::int64_t>()) : by_number_.end();
        return found == by_number_.end() ? node : *found->second;
    }

    [[nodiscard]] FittedId id_of(const Json& given) const {
        const Json& node = resolve(given);
        const auto [found, is_new] = ids_.emplace(&node, static_cast<FittedId>(values_.size()));
        if (is_new) values_.push_back({.json = &node});
        return found->second;
    }
    [[nodiscard]] FittedId id_of_text(const std::string& text) const {
        const auto [found, is_new] = keys_.emplace(text, static_cast<FittedId>(values_.size()));
        if (is_new) values_.push_back({.text = text});
        return found->second;
    }

    [[nodiscard]] FittedId id_of_state(const Json& node) const {
        const auto [found, is_new] = states_.emplace(&node, static_cast<FittedId>(values_.size()));
        if (is_new) values_.push_back({.json = &node, .is_state = true});
        return found->second;
    }

    /// An array within the .npz member that a sparse matrix is kept in.
    [[nodiscard]] const Member* part_of(const Json& node, const char* name) const {
        const auto found = members_.find(skops_text(node, "file") + "/" + name + ".npy");
        return found == members_.end() ? nullptr : &found->second;
    }
    /// scipy.sparse.load_npz makes what `format` says.
    [[nodiscard]] bool is_sparse_rows(const Json& node) const {
        const std::string cls = skops_class(node);
        const Member* const format = part_of(node, "format");
        const bool is_csr = format != nullptr && format->header.dtype.kind == 'S' && format->bytes == "csr";
        return is_csr &&
               (cls == "scipy.sparse._csr.csr_matrix" || cls == "scipy.sparse.csr.csr_matrix" || cls == "scipy.sparse._csr.csr_array") &&
               part_of(node, "data") != nullptr && part_of(node, "indices") != nullptr && part_of(node, "indptr") != nullptr &&
               part_of(node, "shape") != nullptr;
    }
    /// As SciPy's own state names them.
    [[nodiscard]] std::vector<std::pair<FittedId, FittedId>> parts_of_sparse_rows(const Json& node) const {
        std::vector<std::pair<FittedId, FittedId>> found;
        for (const auto& [key, name] : {std::pair{"data", "data"}, {"indices", "indices"}, {"indptr", "indptr"}, {"_shape", "shape"}}) {
            const Member* const part = part_of(node, name);
            const auto [known, is_new] = arrays_.emplace(part, static_cast<FittedId>(values_.size()));
            if (is_new) values_.push_back({.member = part});
            found.emplace_back(id_of_text(key), known->second);
        }
        return found;
    }

    /// NaN and the infinities, which Python's json writes and JSON lacks.
    static std::optional<double> special_of(const Json& node) {
        if (skops_loader(node) != SkopsLoader::json) return std::nullopt;
        const std::string text = skops_text(node, "content");
        if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
        if (text == "Infinity") return std::numeric_limits<double>::infinity();
        if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
        return std::nullopt;
    }
    static FittedKind plain_kind(const Json& value) {
        if (value.is_null()) return FittedKind::none;
        if (value.is_boolean()) return FittedKind::boolean;
        if (value.is_number_integer()) return FittedKind::integer;
        if (value.is_number()) return FittedKind::real;
        return value.is_string() ? FittedKind::text : FittedKind::other;
    }
    [[nodiscard]] std::optional<Json> plain_of(FittedId id) const {
        const Value& value = values_[id];
        if (value.json == nullptr) return std::nullopt;
        return value.json->is_object() ? skops_value(*value.json) : std::optional(*value.json);
    }

    [[nodiscard]] const Member* member_of(const Json& node) const {
        if (skops_loader(node) != SkopsLoader::array || skops_text(node, "type") != "numpy") return nullptr;
        const auto found = members_.find(skops_text(node, "file"));
        return found == members_.end() ? nullptr : &found->second;
    }
    /// Of a DTypeNode: the empty array that has the type.
    [[nodiscard]] const Member* dtype_of(const Json& node) const {
        return skops_loader(node) == SkopsLoader::dtype ? member_of(resolve(skops_member(node, "content"))) : nullptr;
    }

    [[nodiscard]] std::optional<std::vector<std::uint64_t>> shape_of(const Json& node) const {
        if (skops_text(node, "type") != "json") return std::nullopt;
        constexpr std::size_t max_dimensions = 8;
        constexpr std::uint64_t max_elements = 4'000'000;
        std::vector<std::uint64_t> shape;
        std::uint64_t elements = 1;
        for (const Json& extent : skops_items(resolve(skops_member(node, "shape")))) {
            const auto value = skops_value(resolve(extent));
            if (!value || !value->is_number_integer() || *value < 0 || *value > max_elements) return std::nullopt;
            shape.push_back(value->get<std::uint64_t>());
            elements *= shape.back();
            if (shape.size() > max_dimensions || elements > max_elements) return std::nullopt;
        }
        return shape;
    }

    bool flatten(const Json& node, const std::vector<std::uint64_t>& shape, std::size_t axis, std::vector<const Json*>& elements) const {
        if (axis >= shape.size()) return false;
        const Json& content = skops_items(node);
        if (content.size() != shape[axis]) return false;
        for (const Json& item : content) {
            if (axis + 1 == shape.size()) {
                elements.push_back(&item);
            } else if (!flatten(resolve(item), shape, axis + 1, elements)) {
                return false;
            }
        }
        return true;
    }

    [[nodiscard]] FittedKind array_kind(const Json& node) const {
        if (const Member* member = member_of(node)) {
            // A NumPy scalar is an array without axes.
            if (!member->header.shape.empty() || skops_class(node) == "numpy.ndarray") return FittedKind::array;
            switch (member->header.dtype.kind) {
                case 'b': return FittedKind::boolean;
                case 'i':
                case 'u': return FittedKind::integer;
                case 'f': return FittedKind::real;
                case 'U': return FittedKind::text;
                default: return FittedKind::other;
            }
        }
        const auto shape = shape_of(node);
        std::vector<const Json*> elements;
        return shape && flatten(node, *shape, 0, elements) ? FittedKind::array : FittedKind::other;
    }

    [[nodiscard]] double scalar(FittedId id) const {
        const auto numbers = numbers_of(array(id));
        return numbers && numbers->size() == 1 ? numbers->front() : 0;
    }

    Json schema_;
    std::map<std::string, Member> members_;
    std::map<std::int64_t, const Json*> by_number_;
    FittedId root_ = 0;
    // Names of values are given when they are first asked for.
    mutable std::deque<Value> values_;
    mutable std::map<const Json*, FittedId> ids_;
    mutable std::map<const Json*, FittedId> states_;
    mutable std::map<const Member*, FittedId> arrays_;
    mutable std::map<std::string, FittedId> keys_;
    mutable std::map<FittedId, std::string> texts_;
};

/// The arrays of a .npz member, a zip within the zip, by "member.npz/array.npy". `left`: bytes that may still be read.
Result<void> read_npz(RandomSource& file, const ZipMember& member, const InspectLimits& reading, std::uint64_t& left,
                      std::map<std::string, Member>& members) {
    const std::unique_ptr<Source> source = open_member(file, member);
    const auto bytes = read_all(*source, static_cast<std::size_t>(member.size));
    if (!bytes) {
        if (bytes.error().kind == ErrorKind::internal) return fail(bytes.error());
        return not_decodable(the_file, fmt::format("its member {} cannot be read: {}", printable(member.name, 100), bytes.error().message));
    }
    MemoryBytes inner(*bytes);
    Allowance allowance(reading);
    TRY_ASSIGN(const ZipDirectory directory, read_zip_directory(inner, allowance));
    if (!directory.oddities.empty()) return {};
    for (const ZipMember& array : directory.members) {
        if (!array.name.ends_with(".npy") || !array.is_readable()) continue;
        if (array.size > left) return not_decodable(the_file, "its arrays have more bytes in all than are decoded");
        left -= array.size;
        TRY_ASSIGN(Member read, read_member(inner, array, reading));
        members.emplace(member.name + "/" + array.name, std::move(read));
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<FittedSource>> read_skops(RandomSource& file, const DecodeLimits& limits) {
    InspectLimits reading;
    reading.max_unpacked = limits.max_bytes;
    Allowance allowance(reading);
    TRY_ASSIGN(const ZipDirectory directory, read_zip_directory(file, allowance));
    if (!directory.oddities.empty())
        return not_decodable(the_file, "it is no sound zip: " + printable(directory.oddities.front().detail, 300));
    const auto schema = std::ranges::find(directory.members, "schema.json", &ZipMember::name);
    if (schema == directory.members.end()) return not_decodable(the_file, "it is a zip without schema.json: no skops archive");
    std::uint64_t left = limits.max_bytes;
    std::map<std::string, Member> members;
    for (const ZipMember& member : directory.members) {
        const bool sparse = member.name.ends_with(".npz");
        if ((!sparse && !member.name.ends_with(".npy")) || !member.is_readable()) continue;
        if (member.size > left) return not_decodable(the_file, "its arrays have more bytes in all than are decoded");
        left -= member.size;
        if (sparse) {
            TRY(read_npz(file, member, reading, left, members));
            continue;
        }
        TRY_ASSIGN(Member read, read_member(file, member, reading));
        members.emplace(member.name, std::move(read));
    }
    const std::unique_ptr<Source> source = open_member(file, *schema);
    const auto text = read_all(*source, reading.max_buffered);
    if (!text) {
        if (text.error().kind == ErrorKind::internal) return fail(text.error());
        return not_decodable(the_file, "its schema.json cannot be read: " + text.error().message);
    }
    auto json = parse_json(*text, {.max_bytes = reading.max_buffered, .max_depth = reading.max_json_depth});
    if (!json || !is_skops_node(*json)) return not_decodable(the_file, "its schema.json is none of skops");
    const Json& protocol = skops_member(*json, "protocol");
    if (!protocol.is_number_integer() || protocol < 0 || protocol > 2)
        return not_decodable(the_file, "its protocol is none that skops is known to have");
    return std::make_unique<SkopsFitted>(*std::move(json), std::move(members));
}

}  // namespace assay::pipeline
