#include "artifact/onnx/onnx.hpp"

#include "artifact/numpy/dtype.hpp"
#include "artifact/onnx/wire.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace assay {

namespace {

using Type = WireField::Type;

constexpr std::size_t max_depth = 24;    // graphs within graphs, types within types
constexpr std::size_t max_axes = 64;
constexpr std::size_t max_values = 500;  // inputs, outputs, metadata entries

struct ElementType {
    std::string_view name;
    std::string_view dtype;
    std::uint64_t bytes;  ///< 0 where one element is no whole number of them, or of no fixed size
};

/// TensorProto.DataType.
constexpr auto element_types = std::to_array<ElementType>({
    {"undefined", "", 0},
    {"float32", "<f4", 4},
    {"uint8", "|u1", 1},
    {"int8", "|i1", 1},
    {"uint16", "<u2", 2},
    {"int16", "<i2", 2},
    {"int32", "<i4", 4},
    {"int64", "<i8", 8},
    {"string", "string", 0},
    {"bool", "|b1", 1},
    {"float16", "<f2", 2},
    {"float64", "<f8", 8},
    {"uint32", "<u4", 4},
    {"uint64", "<u8", 8},
    {"complex64", "<c8", 8},
    {"complex128", "<c16", 16},
    {"bfloat16", "bfloat16", 2},
    {"float8e4m3fn", "float8e4m3fn", 1},
    {"float8e4m3fnuz", "float8e4m3fnuz", 1},
    {"float8e5m2", "float8e5m2", 1},
    {"float8e5m2fnuz", "float8e5m2fnuz", 1},
    {"uint4", "uint4", 0},
    {"int4", "int4", 0},
    {"float4e2m1", "float4e2m1", 0},
    {"float8e8m0", "float8e8m0", 1},
    {"uint2", "uint2", 0},
    {"int2", "int2", 0},
});

const ElementType& element_type(std::uint64_t number) { return element_types[number < element_types.size() ? number : 0]; }

/// Domains whose operators every runtime brings along.
bool is_known_domain(std::string_view domain) {
    constexpr auto known =
        std::to_array<std::string_view>({"", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training",
                                         "com.microsoft", "com.microsoft.nchwc", "com.microsoft.experimental", "com.ms.internal.nhwc"});
    return std::find(known.begin(), known.end(), domain) != known.end();
}

/// Of a known domain, but what they do is in a library or in Python beside the model.
bool runs_foreign_code(std::string_view op_type) {
    return op_type == "PyOp" || op_type == "PythonOp" || op_type == "PythonOpGrad" || op_type == "ExternalGradient";
}

struct Operator {
    std::uint64_t count = 0;
    std::uint64_t offset = 0;  ///< of the first
};

class Reader {
public:
    Reader(ByteCursor& cursor, Inspection& inspection, const InspectLimits& limits)
        : wire_(cursor), inspection_(inspection), limits_(limits) {}

    void model(std::uint64_t end) {
        Json& details = inspection_.details = Json::object();
        details["inputs"] = details["outputs"] = Json::array();
        details["opsets"] = details["metadata"] = Json::object();
        while (const auto field = wire_.next(end)) {
            switch (field->number) {
                case 1: details["ir_version"] = number(*field); break;
                case 2: details["producer"] = text(*field); break;
                case 3: details["producer_version"] = text(*field); break;
                case 4: details["domain"] = text(*field); break;
                case 5: details["model_version"] = number(*field); break;
                case 7: graph(*field, 0, true); break;
                case 8: opset(*field); break;
                case 14: pair(*field, details["metadata"]); break;
                case 20: training(*field); break;
                case 25: function(*field); break;
                default: wire_.skip(*field); break;
            }
        }
    }

    void finish(const ByteCursor& cursor, std::uint64_t size) {
        Json operators = Json::array();
        for (const auto& [key, found] : operators_) {
            const auto& [domain, op_type] = key;
            if (operators.size() < max_listed_facts)
                operators.push_back({{"domain", shown(domain)}, {"type", shown(op_type)}, {"count", found.count}});
            if (functions_.contains(key)) continue;  // the model says itself what it does, in other operators
            if (!is_known_domain(domain) || runs_foreign_code(op_type)) {
                note(inspection_, "custom-operator", found.offset,
                     fmt::format("the operator {} of the domain {} is code that the model does not hold", op_type, domain),
                     domain + "." + op_type);
            }
        }
        inspection_.details["operators"] = std::move(operators);
        if (!wire_.fault().empty()) {
            note(inspection_, "onnx-wire", wire_.offset(), wire_.fault());
        } else if (!cursor.ok() || cursor.offset() != size) {
            note(inspection_, "truncated", cursor.offset(), "the file ends within the model");
        } else if (!has_graph_) {
            note(inspection_, "onnx-wire", 0, "the model has no graph");
        }
        if (cut_) note(inspection_, "limit-distinct", 0, "there are more different operators than any real file has");
        put_release();
    }

private:
    static std::string shown(std::string_view text) { return printable(text, max_shown_name); }
    std::string text(const WireField& field) { return shown(wire_.text(field, max_shown_name)); }

    /// A number, where there is one: bytes in its place are passed over, as protobuf passes over them.
    std::uint64_t number(const WireField& field) {
        wire_.skip(field);
        return field.value;
    }

    void put_release() {
        const auto version = inspection_.details.value("producer_version", std::string());
        const auto producer = inspection_.details.value("producer", std::string());
        if (producer.empty() || version.empty()) return;
        inspection_.releases.push_back({producer, version, "producer of the model", true});
    }

    void opset(const WireField& message) {
        std::string domain;
        std::uint64_t version = 0;
        while (const auto field = wire_.next(message.end)) {
            if (field->number == 1)
                domain = text(*field);
            else if (field->number == 2)
                version = number(*field);
            else
                wire_.skip(*field);
        }
        if (inspection_.details["opsets"].size() < max_values) inspection_.details["opsets"][domain.empty() ? "ai.onnx" : domain] = version;
    }

    /// StringStringEntryProto.
    std::pair<std::string, std::string> pair(const WireField& message) {
        std::pair<std::string, std::string> entry;
        while (const auto field = wire_.next(message.end)) {
            if (field->number == 1)
                entry.first = text(*field);
            else if (field->number == 2)
                entry.second = text(*field);
            else
                wire_.skip(*field);
        }
        return entry;
    }
    void pair(const WireField& message, Json& object) {
        auto [key, value] = pair(message);
        if (object.size() < max_values) object[key] = std::move(value);
    }

    /// TrainingInfoProto: two graphs.
    void training(const WireField& message) {
        while (const auto field = wire_.next(message.end)) {
            if (field->number == 1 || field->number == 2)
                graph(*field, 1, false);
            else
                wire_.skip(*field);
        }
    }

    void function(const WireField& message) {
        std::string name;
        std::string domain;
        while (const auto field = wire_.next(message.end)) {
            switch (field->number) {
                case 1: name = wire_.text(*field, max_shown_name); break;
                case 7: node(*field, 1); break;
                case 10: domain = wire_.text(*field, max_shown_name); break;
                default: wire_.skip(*field); break;
            }
        }
        if (functions_.size() < limits_.max_distinct) functions_.emplace(domain, name);
    }

    void graph(const WireField& message, std::size_t depth, bool is_main) {
        if (message.type != Type::bytes) return;
        has_graph_ = has_graph_ || is_main;
        if (depth >= max_depth) {
            note(inspection_, "limit-depth", wire_.offset(), "graphs are nested deeper than any real model needs");
            return wire_.skip(message);
        }
        Json& details = inspection_.details;
        while (const auto field = wire_.next(message.end)) {
            switch (field->number) {
                case 1: node(*field, depth); break;
                case 2:
                    if (is_main)
                        details["graph"] = text(*field);
                    else
                        wire_.skip(*field);
                    break;
                case 5: tensor(*field); break;
                case 11:
                case 12:
                    if (is_main)
                        value_info(*field, details[field->number == 11 ? "inputs" : "outputs"]);
                    else
                        wire_.skip(*field);
                    break;
                case 15: sparse_tensor(*field); break;
                default: wire_.skip(*field); break;
            }
        }
    }

    void node(const WireField& message, std::size_t depth) {
        if (message.type != Type::bytes) return;
        const std::uint64_t at = wire_.offset();
        std::string op_type;
        std::string domain;
        while (const auto field = wire_.next(message.end)) {
            switch (field->number) {
                case 4: op_type = wire_.text(*field, max_shown_name); break;
                case 5: attribute(*field, depth); break;
                case 7: domain = wire_.text(*field, max_shown_name); break;
                default: wire_.skip(*field); break;
            }
        }
        auto found = operators_.find({domain, op_type});
        if (found == operators_.end()) {
            if (operators_.size() >= limits_.max_distinct) {
                cut_ = true;
                return;
            }
            found = operators_.emplace(std::pair(domain, op_type), Operator{0, at}).first;
        }
        ++found->second.count;
    }

    /// Only what can hold tensors or nodes of its own is looked into.
    void attribute(const WireField& message, std::size_t depth) {
        while (const auto field = wire_.next(message.end)) {
            switch (field->number) {
                case 5:
                case 10: tensor(*field); break;
                case 6:
                case 11: graph(*field, depth + 1, false); break;
                case 22:
                case 23: sparse_tensor(*field); break;
                default: wire_.skip(*field); break;
            }
        }
    }

    void sparse_tensor(const WireField& message) {
        while (const auto field = wire_.next(message.end)) {
            if (field->number == 1 || field->number == 2)
                tensor(*field);
            else
                wire_.skip(*field);
        }
    }

    void tensor(const WireField& message) {
        if (message.type != Type::bytes) return;
        ArrayFact fact;
        std::uint64_t type = 0;
        bool raw = false;
        bool external = false;
        std::string location;
        const std::uint64_t at = wire_.offset();
        while (const auto field = wire_.next(message.end)) {
            switch (field->number) {
                case 1: dims(*field, fact.shape); break;
                case 2: type = number(*field); break;
                case 8: fact.path = text(*field); break;
                case 9: raw = true; [[fallthrough]];
                case 4:
                case 5:
                case 6:
                case 7:
                case 10:
                case 11:
                    fact.offset = wire_.offset();
                    if (field->type == Type::bytes) fact.length += field->end - fact.offset;
                    wire_.skip(*field);
                    break;
                case 13: {
                    external = true;
                    if (auto [key, value] = pair(*field); key == "location") location = std::move(value);
                    break;
                }
                case 14: external = number(*field) == 1 || external; break;
                default: wire_.skip(*field); break;
            }
        }
        if (!wire_.ok()) return;
        const ElementType& element = element_type(type);
        if (external) {
            note(inspection_, "external-file", at,
                 fmt::format("a tensor's bytes are in another file, '{}', which loading would read", location), location, fact.path);
        } else if (raw && element.bytes != 0 && array_bytes(fact.shape, element.bytes) != fact.length) {
            note(inspection_, "onnx-tensor", at, "a tensor does not have as many bytes as its shape says", fact.path);
        }
        fact.dtype = element.dtype;
        ++inspection_.array_count;
        inspection_.array_total += fact.length;
        if (inspection_.arrays.size() < max_listed_facts) inspection_.arrays.push_back(std::move(fact));
    }

    void dims(const WireField& field, std::vector<std::uint64_t>& shape) {
        if (field.type == Type::varint) {
            if (shape.size() < max_axes) shape.push_back(field.value);
            return;
        }
        while (const auto extent = wire_.packed(field.end)) {
            if (shape.size() < max_axes) shape.push_back(*extent);
        }
    }

    void value_info(const WireField& message, Json& list) {
        Json value = Json::object();
        while (const auto field = wire_.next(message.end)) {
            if (field->number == 1)
                value["name"] = text(*field);
            else if (field->number == 2)
                value_type(*field, value, 0);
            else
                wire_.skip(*field);
        }
        if (list.size() < max_values) list.push_back(std::move(value));
    }

    /// TypeProto: a tensor, or a sequence, map or optional of such.
    void value_type(const WireField& message, Json& value, std::size_t depth) {
        if (depth >= max_depth) return wire_.skip(message);
        while (const auto field = wire_.next(message.end)) {
            switch (field->number) {
                case 1:
                case 8: tensor_type(*field, value, field->number == 8 ? "sparse tensor" : "tensor"); break;
                case 4:
                case 5:
                case 9: container_type(*field, value, depth); break;
                default: wire_.skip(*field); break;
            }
        }
    }

    void container_type(const WireField& message, Json& value, std::size_t depth) {
        value["kind"] = message.number == 4 ? "sequence" : message.number == 5 ? "map" : "optional";
        Json inner = Json::object();
        while (const auto field = wire_.next(message.end)) {
            if (field->type == Type::varint)
                inner["key"] = element_type(field->value).name;
            else if (field->type == Type::bytes)
                value_type(*field, inner, depth + 1);
        }
        value["of"] = std::move(inner);
    }

    void tensor_type(const WireField& message, Json& value, std::string_view kind) {
        value["kind"] = kind;
        while (const auto field = wire_.next(message.end)) {
            if (field->number == 1)
                value["type"] = element_type(number(*field)).name;
            else if (field->number == 2)
                value["shape"] = shape(*field);
            else
                wire_.skip(*field);
        }
    }

    /// Extents are numbers, names ("N") or unknown (null).
    Json shape(const WireField& message) {
        Json extents = Json::array();
        while (const auto field = wire_.next(message.end)) {
            if (field->number != 1 || field->type != Type::bytes) {
                wire_.skip(*field);
                continue;
            }
            Json extent;
            while (const auto part = wire_.next(field->end)) {
                if (part->number == 1)
                    extent = number(*part);
                else if (part->number == 2)
                    extent = text(*part);
                else
                    wire_.skip(*part);
            }
            if (extents.size() < max_axes) extents.push_back(std::move(extent));
        }
        return extents;
    }

    WireReader wire_;
    Inspection& inspection_;
    const InspectLimits& limits_;
    std::map<std::pair<std::string, std::string>, Operator> operators_;
    std::set<std::pair<std::string, std::string>> functions_;  ///< that the model itself defines
    bool has_graph_ = false;
    bool cut_ = false;
};

}  // namespace

bool begins_like_onnx(std::string_view first_bytes) {
    if (first_bytes.size() < 4 || first_bytes[0] != '\x08' || first_bytes[1] < 1 || first_bytes[1] > 40) return false;
    // Texts 2, 3, 4, 6, the graph, an opset, metadata; model_version is a number.
    return std::string_view("\x12\x1a\x22\x28\x32\x3a\x42\x72").find(first_bytes[2]) != std::string_view::npos;
}

Result<void> inspect_onnx(const Content& content, Inspection& inspection, const InspectLimits& limits) {
    inspection.format = "onnx";
    const std::unique_ptr<Source> source = content.open();
    ByteCursor cursor(*source);
    Reader reader(cursor, inspection, limits);
    reader.model(content.size);
    if (cursor.source_error() && cursor.source_error()->kind != ErrorKind::invalid) return fail(*cursor.source_error());
    reader.finish(cursor, content.size);
    inspection.complete = std::none_of(inspection.oddities.begin(), inspection.oddities.end(), [](const Oddity& oddity) {
        return oddity.code == "onnx-wire" || oddity.code == "truncated" || oddity.code.starts_with("limit-");
    });
    return {};
}

}  // namespace assay
