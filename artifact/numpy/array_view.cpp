#include "artifact/numpy/array_view.hpp"

#include "artifact/pickle/look.hpp"

#include <algorithm>

namespace assay {

namespace {

bool is_call_of(const PickleGraph& graph, ValueId id, std::initializer_list<std::string_view> dotted) {
    return graph.is(id, ValueKind::call) && graph.call(id).form == CallForm::reduce && is_one_of(graph, graph.call(id).callable, dotted);
}

bool does_nothing_more(const PickleCall& call, std::uint32_t states) {
    return call.states.count == states && call.items.count == 0 && call.pairs.count == 0;
}

bool is_array_class(const PickleGraph& graph, ValueId id) {
    return is_one_of(graph, id,
                     {"numpy.ndarray", "numpy.matrix", "numpy.recarray", "numpy.matrixlib.defmatrix.matrix", "numpy.rec.recarray",
                      "numpy.core.records.recarray"});
}

/// (0,) and b'b': what NumPy passes for an array that gets its contents by BUILD.
bool is_empty_array(const PickleGraph& graph, ValueId shape, ValueId code) {
    const auto extents = read_shape(graph, shape);
    const auto bytes = read_bytes(graph, code);
    const bool is_b = text_value(graph, code) == "b" || (bytes && bytes->kept == "b");
    return extents && *extents == std::vector<std::uint64_t>{0} && is_b;
}

/// Whether `length` bytes are what dtype and shape say.
bool fits(const ArrayView& view, std::uint64_t length) {
    const auto bytes = array_bytes(view.shape, view.dtype.itemsize);
    return bytes && *bytes == length;
}

bool is_fortran(const PickleGraph& graph, ValueId id) {
    return (graph.is(id, ValueKind::boolean) && graph.boolean(id)) || (graph.is(id, ValueKind::integer) && graph.integer(id) != 0);
}

std::optional<ArrayView> read_contents(const PickleGraph& graph, ArrayView view, ValueId data) {
    if (view.dtype.has_objects) {
        if (!graph.is(data, ValueKind::list)) return std::nullopt;
        if (view.elements() != graph.child_count(data)) return std::nullopt;
        view.objects = data;
        view.offset = graph.at(data).offset;
        return view;
    }
    const auto bytes = read_bytes(graph, data);
    if (!bytes || !fits(view, bytes->length)) return std::nullopt;
    view.data = data;
    view.offset = bytes->offset;
    view.length = bytes->length;
    if (!bytes->encoded) view.head = bytes->kept;
    return view;
}

/// `_reconstruct(numpy.ndarray, (0,), b'b')` with the state (1, shape, dtype, is_fortran, bytes or list).
std::optional<ArrayView> read_reconstructed(const PickleGraph& graph, ValueId id) {
    const PickleCall& call = graph.call(id);
    const std::vector<ValueId> arguments = arguments_of(graph, id, 4);
    if (arguments.size() != 3 || !does_nothing_more(call, 1)) return std::nullopt;
    if (!is_array_class(graph, arguments[0]) || !is_empty_array(graph, arguments[1], arguments[2])) return std::nullopt;
    const ValueId state = graph.values(call.states).front();
    if (!graph.is(state, ValueKind::tuple)) return std::nullopt;
    std::vector<ValueId> parts = graph.children(state, 6);
    if (parts.size() == 5) parts.erase(parts.begin());  // the version of the state
    if (parts.size() != 4) return std::nullopt;
    const auto shape = read_shape(graph, parts[0]);
    auto dtype = read_dtype(graph, parts[1]);
    if (!shape || !dtype) return std::nullopt;
    return read_contents(graph, {.dtype = *std::move(dtype), .shape = *shape, .fortran = is_fortran(graph, parts[2])}, parts[3]);
}

/// `_frombuffer(buffer, dtype, shape, order)`: protocol 5.
std::optional<ArrayView> read_from_buffer(const PickleGraph& graph, ValueId id) {
    const std::vector<ValueId> arguments = arguments_of(graph, id, 6);
    if (arguments.size() < 4 || arguments.size() > 5 || !does_nothing_more(graph.call(id), 0)) return std::nullopt;
    auto dtype = read_dtype(graph, arguments[1]);
    const auto shape = read_shape(graph, arguments[2]);
    const auto order = text_value(graph, arguments[3]);
    if (!dtype || dtype->has_objects || !shape || (order != "C" && order != "F")) return std::nullopt;
    return read_contents(graph, {.dtype = *std::move(dtype), .shape = *shape, .fortran = order == "F"}, arguments[0]);
}

std::optional<ArrayView> read_in_place(const PickleGraph& graph, ValueId id) {
    const PickleArray& array = graph.array(id);
    const auto shape = read_shape(graph, attribute(graph, array.wrapper, "shape"));
    auto dtype = read_dtype(graph, attribute(graph, array.wrapper, "dtype"));
    if (!shape || !dtype) return std::nullopt;
    ArrayView view{
        .dtype = *std::move(dtype), .shape = *shape, .offset = array.offset, .length = array.length, .head = graph.array_head(id)};
    view.fortran = text_value(graph, attribute(graph, array.wrapper, "order")) == "F";
    if (array.content == no_value) return view;
    const auto content = read_array(graph, array.content);
    if (!content || content->objects == no_value || content->shape != view.shape) return std::nullopt;  // joblib writes the same of both
    view.objects = content->objects;
    view.fortran = content->fortran;
    return view;
}

}  // namespace

std::uint64_t ArrayView::elements() const {
    std::uint64_t count = 1;
    for (const std::uint64_t extent : shape) {
        if (extent == 0) return 0;
        if (__builtin_mul_overflow(count, extent, &count)) return UINT64_MAX;
    }
    return count;
}

std::optional<ArrayView> read_array(const PickleGraph& graph, ValueId id) {
    if (graph.is(id, ValueKind::array)) return read_in_place(graph, id);
    if (is_call_of(graph, id,
                   {"numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
                    "numpy.core._multiarray_umath._reconstruct", "numpy._core._multiarray_umath._reconstruct"})) {
        return read_reconstructed(graph, id);
    }
    if (is_call_of(graph, id, {"numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer"})) return read_from_buffer(graph, id);
    return std::nullopt;
}

std::optional<ScalarView> read_scalar(const PickleGraph& graph, ValueId id) {
    if (!is_call_of(graph, id, {"numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar"})) return std::nullopt;
    const std::vector<ValueId> arguments = arguments_of(graph, id, 3);
    if (arguments.size() != 2 || !does_nothing_more(graph.call(id), 0)) return std::nullopt;
    auto dtype = read_dtype(graph, arguments[0]);
    const auto bytes = read_bytes(graph, arguments[1]);
    if (!dtype || dtype->has_objects || !bytes || bytes->length != dtype->itemsize) return std::nullopt;
    return ScalarView{*std::move(dtype), bytes->encoded ? std::string_view() : bytes->kept};
}

std::optional<BytesView> read_bytes(const PickleGraph& graph, ValueId id) {
    if (id == no_value) return std::nullopt;
    if (graph.is(id, ValueKind::bytes) || graph.is(id, ValueKind::byte_array)) {
        return BytesView{graph.text_info(id).length, graph.text_info(id).offset, graph.text(id), false};
    }
    if (!is_call_of(graph, id, {"_codecs.encode", "builtins.bytearray", "builtins.bytes"}) || !does_nothing_more(graph.call(id), 0))
        return std::nullopt;
    const bool codec = is_one_of(graph, graph.call(id).callable, {"_codecs.encode"});
    const std::vector<ValueId> arguments = arguments_of(graph, id, 3);
    if (arguments.empty()) return codec ? std::nullopt : std::optional(BytesView{0, graph.at(id).offset, {}, false});
    if (arguments.size() == 1) {
        const bool bytes = !codec && (graph.is(arguments[0], ValueKind::bytes) || graph.is(arguments[0], ValueKind::byte_array));
        const bool encoded = !codec && is_call_of(graph, arguments[0], {"_codecs.encode"});  // protocol 2 has no bytes of its own
        return bytes || encoded ? read_bytes(graph, arguments[0]) : std::nullopt;
    }
    const auto encoding = text_value(graph, arguments[1]);
    if (arguments.size() != 2 || !graph.is(arguments[0], ValueKind::text) || (encoding != "latin1" && encoding != "latin-1"))
        return std::nullopt;
    const PickleText& text = graph.text_info(arguments[0]);
    const bool ascii = text.characters == text.length;
    return BytesView{text.characters, text.offset, graph.text(arguments[0]), !ascii};
}

std::optional<std::vector<std::uint64_t>> read_shape(const PickleGraph& graph, ValueId id) {
    if (!graph.is(id, ValueKind::tuple) || graph.child_count(id) > 64) return std::nullopt;
    std::vector<std::uint64_t> shape;
    for (const ValueId extent : graph.children(id)) {
        const auto value = integer_value(graph, extent);
        if (!value || *value < 0) return std::nullopt;
        shape.push_back(static_cast<std::uint64_t>(*value));
    }
    return shape;
}

}  // namespace assay
