#include "artifact/pickle/fold.hpp"

#include "artifact/numpy/array_view.hpp"
#include "artifact/pickle/look.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace assay {

namespace {

using Arguments = std::span<const ValueId>;

bool is_plain(const PickleGraph& graph, ValueId id) {
    switch (graph.kind(id)) {
        case ValueKind::none:
        case ValueKind::boolean:
        case ValueKind::integer:
        case ValueKind::big_integer:
        case ValueKind::real:
        case ValueKind::text:
        case ValueKind::bytes: return true;
        default: return false;
    }
}

bool all_plain(const PickleGraph& graph, Arguments arguments) {
    return std::all_of(arguments.begin(), arguments.end(), [&](ValueId id) { return is_plain(graph, id); });
}

bool all_integers(const PickleGraph& graph, Arguments arguments) {
    return std::all_of(arguments.begin(), arguments.end(), [&](ValueId id) { return graph.is(id, ValueKind::integer); });
}

bool is_container(const PickleGraph& graph, ValueId id) {
    switch (graph.kind(id)) {
        case ValueKind::list:
        case ValueKind::tuple:
        case ValueKind::dict:
        case ValueKind::set:
        case ValueKind::frozen_set: return true;
        default: return false;
    }
}

bool is_untouched(const PickleCall& call) { return call.states.count == 0 && call.items.count == 0 && call.pairs.count == 0; }

bool is_collection(const PickleGraph& graph, const PickleCall& call, std::string_view name, Arguments arguments) {
    if (call.states.count > 1) return false;
    if (call.states.count == 1) {
        const ValueId state = graph.values(call.states).front();  // attributes of a subclass's kind; plain ones have none
        if (!graph.is(state, ValueKind::none) && !(graph.is(state, ValueKind::dict) && graph.child_count(state) == 0)) return false;
    }
    if (name == "defaultdict") {
        return arguments.empty() ||
               (arguments.size() == 1 && (graph.is(arguments[0], ValueKind::none) ||
                                          is_one_of(graph, arguments[0],
                                                    {"builtins.list", "builtins.int", "builtins.dict", "builtins.set", "builtins.float",
                                                     "builtins.str", "builtins.tuple", "builtins.bool", "collections.OrderedDict"})));
    }
    if (name == "deque") {
        if (arguments.size() == 2 && !graph.is(arguments[1], ValueKind::integer) && !graph.is(arguments[1], ValueKind::none)) return false;
        return arguments.empty() || (arguments.size() <= 2 && is_container(graph, arguments[0]));
    }
    return arguments.empty() || (arguments.size() == 1 && is_container(graph, arguments[0]));
}

Folded fold_builtin(const PickleGraph& graph, const PickleCall& call, ValueId id, std::string_view name, Arguments arguments) {
    if (name == "bytearray" || name == "bytes") return read_bytes(graph, id) ? Folded::bytes : Folded::no;
    if (!is_untouched(call)) return Folded::no;
    if (name == "slice") return arguments.size() <= 3 && !arguments.empty() && all_plain(graph, arguments) ? Folded::slice : Folded::no;
    if (name == "range" || name == "xrange")
        return arguments.size() <= 3 && !arguments.empty() && all_integers(graph, arguments) ? Folded::slice : Folded::no;
    if (name == "complex") return arguments.size() <= 2 && all_plain(graph, arguments) ? Folded::number : Folded::no;
    if (name == "list" || name == "tuple" || name == "dict" || name == "set" || name == "frozenset") {
        return arguments.empty() || (arguments.size() == 1 && is_container(graph, arguments[0])) ? Folded::container : Folded::no;
    }
    return Folded::no;
}

bool is_time_argument(const PickleGraph& graph, ValueId id) {
    return is_plain(graph, id) || read_bytes(graph, id).has_value() || (graph.is(id, ValueKind::call) && fold(graph, id) == Folded::time);
}

Folded fold_time(const PickleGraph& graph, const PickleCall& call, std::string_view name, Arguments arguments) {
    const bool known = name == "datetime" || name == "date" || name == "time" || name == "timedelta" || name == "timezone";
    if (!known || !is_untouched(call) || arguments.size() > 8) return Folded::no;
    // A datetime may have a time zone, and that a timedelta: so this ends.
    for (const ValueId id : arguments) {
        if (graph.is(id, ValueKind::call) && callable_name(graph, id) != "datetime.timezone" &&
            callable_name(graph, id) != "datetime.timedelta" && !read_bytes(graph, id)) {
            return Folded::no;
        }
        if (name == "timedelta" && graph.is(id, ValueKind::call)) return Folded::no;
        if (name == "timezone" && callable_name(graph, id) == "datetime.timezone") return Folded::no;
        if (!is_time_argument(graph, id)) return Folded::no;
    }
    return Folded::time;
}

/// `_mareconstruct(MaskedArray, ndarray, (0,), b'b')` with the state (1, shape, dtype, fortran, data, mask, fill value).
bool is_masked_array(const PickleGraph& graph, const PickleCall& call, Arguments arguments) {
    if (arguments.size() != 4 || call.states.count != 1 || call.items.count != 0 || call.pairs.count != 0) return false;
    if (!is_one_of(graph, arguments[0], {"numpy.ma.core.MaskedArray", "numpy.ma.MaskedArray"}) ||
        !is_one_of(graph, arguments[1], {"numpy.ndarray"}))
        return false;
    const auto shape = read_shape(graph, arguments[2]);
    const auto code = read_bytes(graph, arguments[3]);
    const bool is_b = text_value(graph, arguments[3]) == "b" || (code && code->kept == "b");
    if (!shape || *shape != std::vector<std::uint64_t>{0} || !is_b) return false;
    const ValueId state = graph.values(call.states).front();
    if (!graph.is(state, ValueKind::tuple)) return false;
    const std::vector<ValueId> parts = graph.children(state, 8);
    if (parts.size() != 7) return false;
    const auto extents = read_shape(graph, parts[1]);
    const auto dtype = read_dtype(graph, parts[2]);
    if (!extents || !dtype) return false;
    if (graph.is(parts[4], ValueKind::list)) return dtype->has_objects;
    const auto data = read_bytes(graph, parts[4]);
    return data && !dtype->has_objects && array_bytes(*extents, dtype->itemsize) == data->length && read_bytes(graph, parts[5]).has_value();
}

bool is_bit_generator(const PickleGraph& graph, ValueId id) {
    constexpr std::array names = {"MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"};
    if (const auto text = text_value(graph, id)) return std::find(names.begin(), names.end(), *text) != names.end();
    if (graph.is(id, ValueKind::global)) {
        const PickleGlobal& global = graph.global(id);
        return std::find(names.begin(), names.end(), global.name) != names.end() && global.module.starts_with("numpy.random._");
    }
    return graph.is(id, ValueKind::call) && callable_name(graph, id) == "numpy.random._pickle.__bit_generator_ctor";
}

bool is_random(const PickleGraph& graph, std::string_view name, Arguments arguments) {
    const auto is_constructor = [&](ValueId id) { return is_one_of(graph, id, {"numpy.random._pickle.__bit_generator_ctor"}); };
    if (name == "__randomstate_ctor" || name == "__generator_ctor" || name == "__bit_generator_ctor") {
        if (arguments.size() > 2) return false;
        if (arguments.size() == 2 && !is_constructor(arguments[1])) return false;
        return arguments.empty() || is_bit_generator(graph, arguments[0]);
    }
    return false;
}

/// `__pyx_unpickle_SeedSequence(SeedSequence, checksum, None)` with the state (entropy, …, pool).
bool is_seed(const PickleGraph& graph, const PickleCall& call, Arguments arguments) {
    if (arguments.size() != 3 || call.states.count > 1 || call.items.count != 0 || call.pairs.count != 0) return false;
    if (!is_one_of(graph, arguments[0], {"numpy.random.bit_generator.SeedSequence", "numpy.random._bit_generator.SeedSequence"}))
        return false;
    const auto is_state = [&](ValueId id) { return graph.is(id, ValueKind::none) || graph.is(id, ValueKind::tuple); };
    if (!graph.is(arguments[1], ValueKind::integer) || !is_state(arguments[2])) return false;
    return call.states.count == 0 || is_state(graph.values(call.states).front());
}

/// `partial(function)` with the state (function, arguments, keywords, None or {}): what BUILD says is what will be called.
bool is_partial(const PickleGraph& graph, const PickleCall& call, Arguments arguments) {
    if (arguments.size() != 1 || !graph.is(arguments[0], ValueKind::global)) return false;
    if (call.states.count != 1 || call.items.count != 0 || call.pairs.count != 0) return false;
    const ValueId state = graph.values(call.states).front();
    if (!graph.is(state, ValueKind::tuple) || graph.child_count(state) != 4) return false;
    const std::vector<ValueId> parts = graph.children(state);
    const bool same = graph.is(parts[0], ValueKind::global) && graph.global(parts[0]).dotted() == graph.global(arguments[0]).dotted();
    const bool no_attributes =
        graph.is(parts[3], ValueKind::none) || (graph.is(parts[3], ValueKind::dict) && graph.child_count(parts[3]) == 0);
    // A key function or a constant decides what these give: any text, of which something else makes a file's name.
    const bool chooses =
        is_one_of(graph, arguments[0], {"builtins.max", "builtins.min", "builtins.sorted", "builtins.next", "builtins.iter"});
    if (chooses && (graph.child_count(parts[1]) != 0 || dict_value(graph, parts[2], "key") != no_value)) return false;
    return same && graph.is(parts[1], ValueKind::tuple) && graph.is(parts[2], ValueKind::dict) && no_attributes;
}

constexpr auto ufunc_modules =
    std::to_array<std::string_view>({"numpy", "numpy.core._multiarray_umath", "numpy._core._multiarray_umath", "numpy.core.umath",
                                     "numpy._core.umath", "scipy.special", "scipy.special._ufuncs"});

}  // namespace

UfuncName ufunc_name(const PickleGraph& graph, ValueId call) {
    const std::vector<ValueId> arguments = arguments_of(graph, call, 3);
    if (arguments.size() != 2) return {};
    const auto module = text_value(graph, arguments[0]);
    const auto name = text_value(graph, arguments[1]);
    if (!module || !name || std::find(ufunc_modules.begin(), ufunc_modules.end(), *module) == ufunc_modules.end()) return {};
    return {std::string(*module), std::string(*name)};
}

Folded fold(const PickleGraph& graph, ValueId id) {
    if (!graph.is(id, ValueKind::call)) return Folded::no;
    const PickleCall& call = graph.call(id);
    if (call.form != CallForm::reduce || !graph.is(call.callable, ValueKind::global)) return Folded::no;
    const std::string& module = graph.global(call.callable).module;
    const std::string& name = graph.global(call.callable).name;
    if (!graph.is(call.arguments, ValueKind::tuple)) return Folded::no;
    const std::vector<ValueId> arguments = graph.children(call.arguments, 16);
    // Of a class that the pickle names; one that a call gave could be any.
    if (module == "copyreg") return graph.is(class_of(graph, id), ValueKind::global) ? Folded::object : Folded::no;
    if (module == "builtins") return fold_builtin(graph, call, id, name, arguments);
    if (module == "_codecs") return read_bytes(graph, id) ? Folded::bytes : Folded::no;
    if (module == "datetime") return fold_time(graph, call, name, arguments);
    if (module == "collections") {
        const bool known = name == "OrderedDict" || name == "defaultdict" || name == "deque" || name == "Counter";
        return known && is_collection(graph, call, name, arguments) ? Folded::container : Folded::no;
    }
    if ((module == "decimal" && name == "Decimal") || (module == "fractions" && name == "Fraction")) {
        return is_untouched(call) && arguments.size() <= 2 && all_plain(graph, arguments) ? Folded::number : Folded::no;
    }
    if (module == "functools") {
        return name == "partial" && is_partial(graph, call, arguments) ? Folded::partial : Folded::no;
    }
    if (!module.starts_with("numpy")) return Folded::no;
    if (module == "numpy" && name == "dtype") return read_dtype(graph, id) ? Folded::dtype : Folded::no;
    if (module == "numpy.random" && name == "__RandomState_ctor") return arguments.empty() ? Folded::random : Folded::no;
    if (name == "__pyx_unpickle_SeedSequence") return is_seed(graph, call, arguments) ? Folded::random : Folded::no;
    if (module == "numpy.random._pickle") return is_random(graph, name, arguments) ? Folded::random : Folded::no;
    if (name == "_mareconstruct") return is_masked_array(graph, call, arguments) ? Folded::masked_array : Folded::no;
    if (name == "scalar") return read_scalar(graph, id) ? Folded::scalar : Folded::no;
    if (name == "_ufunc_reconstruct") return is_untouched(call) && !ufunc_name(graph, id).name.empty() ? Folded::ufunc : Folded::no;
    return read_array(graph, id) ? Folded::array : Folded::no;
}

}  // namespace assay
