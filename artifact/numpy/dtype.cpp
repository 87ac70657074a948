#include "artifact/numpy/dtype.hpp"

#include "artifact/byte_cursor.hpp"
#include "artifact/pickle/look.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace assay {

namespace {

constexpr std::uint64_t max_itemsize = std::uint64_t{1} << 31U;  // NumPy keeps it in an int

bool is_size_of(char kind, std::uint64_t size) {
    switch (kind) {
        case 'b': return size == 1;
        case 'i':
        case 'u': return size == 1 || size == 2 || size == 4 || size == 8;
        case 'f': return size == 2 || size == 4 || size == 8 || size == 12 || size == 16;
        case 'c': return size == 8 || size == 16 || size == 24 || size == 32;
        case 'M':
        case 'm': return size == 8;
        case 'O': return size == 8 || size == 4;
        default: return size <= max_itemsize;
    }
}

/// "f8", "U3", "O", "b1", "?".
std::optional<DType> parse_code(std::string_view code) {
    if (code.empty()) return std::nullopt;
    DType dtype;
    dtype.kind = code.front() == '?' ? 'b' : code.front();
    if (std::string_view("biufcSUVMmO").find(dtype.kind) == std::string_view::npos) return std::nullopt;
    std::string_view digits = code.substr(1);
    if (const std::size_t bracket = digits.find('['); bracket != std::string_view::npos && (dtype.kind == 'M' || dtype.kind == 'm')) {
        if (!digits.ends_with(']')) return std::nullopt;
        dtype.unit = std::string(digits.substr(bracket + 1, digits.size() - bracket - 2));
        digits = digits.substr(0, bracket);
    }
    std::uint64_t size = dtype.kind == 'O' || dtype.kind == 'M' || dtype.kind == 'm' ? 8 : code == "?" ? 1 : 0;
    if (!digits.empty()) {
        const auto number = parse_integer(digits);
        if (!number || *number < 0) return std::nullopt;
        size = static_cast<std::uint64_t>(*number);
    }
    if (!is_size_of(dtype.kind, size)) return std::nullopt;
    dtype.itemsize = dtype.kind == 'U' ? size * 4 : size;
    dtype.has_objects = dtype.kind == 'O';
    const bool orderless = dtype.itemsize <= 1 || dtype.kind == 'S' || dtype.kind == 'V' || dtype.kind == 'O';
    dtype.byte_order = orderless && dtype.kind != 'U' ? '|' : '<';
    return dtype;
}

struct DTypeState {
    std::string_view order;
    ValueId subtype = no_value;
    ValueId names = no_value;
    ValueId fields = no_value;
    std::int64_t itemsize = -1;
    std::int64_t flags = 0;
    ValueId metadata = no_value;
};

std::string_view string_of(const PickleGraph& graph, ValueId id) {
    if (graph.is(id, ValueKind::text)) return graph.text(id);
    return graph.is(id, ValueKind::bytes) && graph.at(id).legacy ? graph.text(id) : std::string_view();
}

/// The tuple that numpy.dtype.__reduce__ gives as state: (version, order, subtype, names, fields, itemsize, alignment, flags[, metadata]).
std::optional<DTypeState> read_state(const PickleGraph& graph, ValueId id) {
    if (!graph.is(id, ValueKind::tuple)) return std::nullopt;
    const std::vector<ValueId> parts = graph.children(id, 10);
    if (parts.size() < 7 || parts.size() > 9 || !graph.is(parts[0], ValueKind::integer)) return std::nullopt;
    // The version says how many there are: 2 has no flags, 4 has the unit of a datetime64.
    const std::int64_t version = graph.integer(parts[0]);
    if (parts.size() == 7 ? version != 2 : version != 3 && version != 4) return std::nullopt;
    for (std::size_t i = 5; i < std::min<std::size_t>(parts.size(), 8); ++i) {
        if (!graph.is(parts[i], ValueKind::integer)) return std::nullopt;
    }
    const auto integer = [&](std::size_t i) { return graph.is(parts[i], ValueKind::integer) ? graph.integer(parts[i]) : -1; };
    DTypeState state{string_of(graph, parts[1]),
                     parts[2],
                     parts[3],
                     parts[4],
                     integer(5),
                     parts.size() > 7 ? integer(7) : -1,
                     parts.size() > 8 ? parts[8] : no_value};
    if (state.order.size() != 1 || std::string_view("<>|=").find(state.order) == std::string_view::npos) return std::nullopt;
    return state;
}

std::optional<DType> read_nested(const PickleGraph& graph, ValueId id, int& budget);

bool read_fields(const PickleGraph& graph, const DTypeState& state, DType& dtype, int& budget) {
    if (!graph.is(state.fields, ValueKind::dict)) return graph.is(state.fields, ValueKind::none);
    const std::vector<ValueId> entries = graph.children(state.fields, 2000);
    for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
        if (!graph.is(entries[i + 1], ValueKind::tuple)) return false;
        const std::vector<ValueId> field = graph.children(entries[i + 1], 3);
        if (field.size() < 2 || !graph.is(field[1], ValueKind::integer) || graph.integer(field[1]) < 0) return false;
        const auto type = read_nested(graph, field[0], budget);
        if (!type) return false;
        dtype.has_objects = dtype.has_objects || type->has_objects;
        dtype.fields.push_back(
            {std::string(string_of(graph, entries[i])), type->str(), static_cast<std::uint64_t>(graph.integer(field[1]))});
    }
    std::sort(dtype.fields.begin(), dtype.fields.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
    return true;
}

/// datetime64's unit: metadata ({}, ('D', 1, 1, 1)).
void read_unit(const PickleGraph& graph, ValueId metadata, DType& dtype) {
    if (!graph.is(metadata, ValueKind::tuple)) return;
    const std::vector<ValueId> parts = graph.children(metadata, 3);
    if (parts.size() != 2 || !graph.is(parts[1], ValueKind::tuple)) return;
    const std::vector<ValueId> unit = graph.children(parts[1], 2);
    if (unit.empty()) return;
    dtype.unit = graph.is(unit[0], ValueKind::bytes) ? std::string(graph.text(unit[0])) : std::string(string_of(graph, unit[0]));
}

bool read_subtype(const PickleGraph& graph, const DTypeState& state, DType& dtype, int& budget) {
    if (!graph.is(state.subtype, ValueKind::tuple)) return graph.is(state.subtype, ValueKind::none);
    const std::vector<ValueId> parts = graph.children(state.subtype, 3);
    const auto inner = parts.size() == 2 ? read_nested(graph, parts[0], budget) : std::nullopt;
    if (!inner) return false;
    dtype.has_objects = dtype.has_objects || inner->has_objects;
    return true;
}

bool apply_state(const PickleGraph& graph, const DTypeState& state, DType& dtype, int& budget) {
    const bool plain = graph.is(state.fields, ValueKind::none) && graph.is(state.subtype, ValueKind::none);
    if (state.order.front() == '>') {
        dtype.byte_order = '>';
    } else if (state.order.front() == '|' && plain && dtype.kind != 'U') {
        dtype.byte_order = '|';
    }
    if (state.itemsize >= 0) {
        if (static_cast<std::uint64_t>(state.itemsize) > max_itemsize) return false;
        // A plain number has the size that its code says; only V, S and U take another from the state.
        const bool flexible = dtype.kind == 'V' || dtype.kind == 'S' || dtype.kind == 'U';
        if (!flexible && static_cast<std::uint64_t>(state.itemsize) != dtype.itemsize) return false;
        if (flexible && dtype.itemsize != 0 && static_cast<std::uint64_t>(state.itemsize) != dtype.itemsize) return false;
        dtype.itemsize = static_cast<std::uint64_t>(state.itemsize);
    } else if (dtype.kind == 'V' || dtype.kind == 'S' || dtype.kind == 'U') {
        return false;  // NumPy would take the -1 for the size
    }
    read_unit(graph, state.metadata, dtype);
    if (!read_fields(graph, state, dtype, budget) || !read_subtype(graph, state, dtype, budget)) return false;
    // Bit 0 of the flags is what NumPy goes by (NPY_ITEM_REFCOUNT): set without objects, or not set with them, readers part ways.
    return state.flags < 0 || ((state.flags & 1) != 0) == dtype.has_objects;
}

/// The code of a dtype: a text, or the class of a record array's elements, whose fields the state has.
std::string_view code_of(const PickleGraph& graph, ValueId id) {
    if (!graph.is(id, ValueKind::global)) return string_of(graph, id);
    return is_one_of(graph, id, {"numpy.record", "numpy.rec.record", "numpy.core.records.record", "numpy._core.records.record"}) ? "V" : "";
}

/// A bool, or the 0 and 1 that NumPy wrote before 1.14.
std::optional<bool> is_true(const PickleGraph& graph, ValueId id) {
    if (graph.is(id, ValueKind::boolean)) return graph.boolean(id);
    if (!graph.is(id, ValueKind::integer) || graph.integer(id) < 0 || graph.integer(id) > 1) return std::nullopt;
    return graph.integer(id) == 1;
}

std::optional<DType> read_nested(const PickleGraph& graph, ValueId id, int& budget) {
    if (--budget < 0 || !graph.is(id, ValueKind::call)) return std::nullopt;
    const PickleCall& call = graph.call(id);
    if (call.form != CallForm::reduce || !graph.is(call.callable, ValueKind::global) ||
        graph.global(call.callable).dotted() != "numpy.dtype")
        return std::nullopt;
    if (!graph.is(call.arguments, ValueKind::tuple) || call.items.count != 0 || call.pairs.count != 0 || call.states.count > 1)
        return std::nullopt;
    const std::vector<ValueId> arguments = graph.children(call.arguments, 4);
    // dtype(code, align=False, copy=True): of a dtype that is no copy NumPy passes over the state.
    if (arguments.size() != 3 || is_true(graph, arguments[1]) != false || is_true(graph, arguments[2]) != true) return std::nullopt;
    auto dtype = parse_code(code_of(graph, arguments[0]));
    if (!dtype || call.states.count == 0) return dtype;
    const auto state = read_state(graph, graph.values(call.states).front());
    if (!state || !apply_state(graph, *state, *dtype, budget)) return std::nullopt;
    return dtype;
}

float half_to_float(std::uint16_t half) {
    const std::uint32_t exponent = half >> 10U & 0x1fU;
    const std::uint32_t mantissa = half & 0x3ffU;
    float value = 0;
    if (exponent == 0x1f) {
        value = mantissa == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
    } else if (exponent == 0) {
        value = std::ldexp(static_cast<float>(mantissa), -24);
    } else {
        value = std::ldexp(static_cast<float>(mantissa | 0x400U), static_cast<int>(exponent) - 25);
    }
    return (half & 0x8000U) != 0 ? -value : value;
}

}  // namespace

std::string DType::str() const {
    const std::uint64_t count = kind == 'U' ? itemsize / 4 : itemsize;
    if (kind == 'O') return "|O";
    const std::string suffix = unit.empty() ? "" : "[" + unit + "]";
    return fmt::format("{}{}{}{}", byte_order, kind, count, suffix);
}

std::string DType::name() const {
    switch (kind) {
        case 'b': return "bool";
        case 'i': return fmt::format("int{}", itemsize * 8);
        case 'u': return fmt::format("uint{}", itemsize * 8);
        case 'f': return fmt::format("float{}", itemsize * 8);
        case 'c': return fmt::format("complex{}", itemsize * 8);
        case 'M': return unit.empty() ? "datetime64" : fmt::format("datetime64[{}]", unit);
        case 'm': return unit.empty() ? "timedelta64" : fmt::format("timedelta64[{}]", unit);
        case 'O': return "object";
        case 'U': return fmt::format("str{}", itemsize / 4);
        case 'S': return fmt::format("bytes{}", itemsize);
        default: return fmt::format("void{}", itemsize);
    }
}

std::optional<DType> read_dtype(const PickleGraph& graph, ValueId id) {
    if (id == no_value) return std::nullopt;
    int budget = 2000;  // dtypes within dtypes: a graph can name the same one again and again
    return read_nested(graph, id, budget);
}

std::optional<DType> parse_dtype(std::string_view text) {
    char order = 0;
    if (!text.empty() && std::string_view("<>|=").find(text.front()) != std::string_view::npos) {
        order = text.front();
        text.remove_prefix(1);
    }
    auto dtype = parse_code(text);
    if (dtype && order == '>' && dtype->byte_order == '<') dtype->byte_order = '>';
    return dtype;
}

std::optional<std::uint64_t> array_bytes(const std::vector<std::uint64_t>& shape, std::uint64_t itemsize) {
    if (itemsize == 0) return 0;
    for (const std::uint64_t extent : shape) {
        if (extent == 0) return 0;
    }
    std::uint64_t bytes = itemsize;
    for (const std::uint64_t extent : shape) {
        if (__builtin_mul_overflow(bytes, extent, &bytes) || bytes > std::uint64_t{1} << 62U) return std::nullopt;
    }
    return bytes;
}

std::optional<double> read_number(const DType& dtype, std::string_view bytes) {
    if (bytes.size() < dtype.itemsize || dtype.itemsize > 8) return std::nullopt;
    std::string element(bytes.substr(0, static_cast<std::size_t>(dtype.itemsize)));
    if (dtype.byte_order == '>') std::reverse(element.begin(), element.end());
    const std::uint64_t bits = little_endian(element);
    switch (dtype.kind) {
        case 'b': return bits != 0 ? 1.0 : 0.0;
        case 'u': return static_cast<double>(bits);
        case 'i': {
            const std::uint64_t shift = 64 - 8 * dtype.itemsize;
            return static_cast<double>(std::bit_cast<std::int64_t>(bits << shift) >> shift);
        }
        case 'f':
            if (dtype.itemsize == 8) return std::bit_cast<double>(bits);
            if (dtype.itemsize == 4) return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
            return static_cast<double>(half_to_float(static_cast<std::uint16_t>(bits)));
        default: return std::nullopt;
    }
}

std::string read_string(const DType& dtype, std::string_view bytes) {
    bytes = bytes.substr(0, static_cast<std::size_t>(dtype.itemsize));
    std::string text;
    if (dtype.kind != 'U') {
        text = std::string(bytes);
        text.erase(text.find_last_not_of('\0') + 1);
        return text;
    }
    for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        std::string unit(bytes.substr(i, 4));
        if (dtype.byte_order == '>') std::reverse(unit.begin(), unit.end());
        const auto code = static_cast<std::uint32_t>(little_endian(unit));
        if (code == 0) break;
        if (code > 0x10ffff) return text;
        append_utf8(text, code);
    }
    return text;
}

}  // namespace assay
