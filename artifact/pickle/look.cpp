#include "artifact/pickle/look.hpp"

#include <algorithm>

namespace assay {

std::optional<std::string_view> text_value(const PickleGraph& graph, ValueId id) {
    if (id == no_value) return std::nullopt;
    const PickleValue& value = graph.at(id);
    const bool text = value.kind == ValueKind::text || (value.kind == ValueKind::bytes && value.legacy);
    if (!text || !graph.whole(id)) return std::nullopt;
    const std::string_view found = graph.text(id);
    if (value.legacy && std::any_of(found.begin(), found.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return std::nullopt;
    return found;
}

std::optional<std::int64_t> integer_value(const PickleGraph& graph, ValueId id) {
    return graph.is(id, ValueKind::integer) ? std::optional(graph.integer(id)) : std::nullopt;
}

bool is_global(const PickleGraph& graph, ValueId id, std::string_view module, std::string_view name) {
    return graph.is(id, ValueKind::global) && graph.global(id).module == module && graph.global(id).name == name;
}

bool is_one_of(const PickleGraph& graph, ValueId id, std::initializer_list<std::string_view> dotted) {
    if (!graph.is(id, ValueKind::global)) return false;
    const PickleGlobal& global = graph.global(id);
    return std::any_of(dotted.begin(), dotted.end(), [&](std::string_view text) {
        return text.size() == global.module.size() + 1 + global.name.size() && text.starts_with(global.module) &&
               text.ends_with(global.name) && text[global.module.size()] == '.';
    });
}

std::string callable_name(const PickleGraph& graph, ValueId id) {
    if (!graph.is(id, ValueKind::call)) return {};
    const ValueId callable = graph.call(id).callable;
    return graph.is(callable, ValueKind::global) ? graph.global(callable).dotted() : std::string();
}

ValueId class_of(const PickleGraph& graph, ValueId id) {
    if (!graph.is(id, ValueKind::call)) return no_value;
    const PickleCall& call = graph.call(id);
    if (call.form != CallForm::reduce) return call.callable;
    if (!graph.is(call.callable, ValueKind::global) || graph.global(call.callable).module != "copyreg") return no_value;
    const std::vector<ValueId> arguments = arguments_of(graph, id, 4);
    const std::string& name = graph.global(call.callable).name;
    if (name == "__newobj__") return arguments.size() == 1 ? arguments.front() : no_value;
    if (name != "_reconstructor" || arguments.size() != 3) return no_value;
    const bool plain = is_global(graph, arguments[1], "builtins", "object") && graph.is(arguments[2], ValueKind::none);
    // A subclass of dict, list, …: the third argument is what is in it.
    const bool filled =
        is_one_of(graph, arguments[1], {"builtins.dict", "builtins.list", "builtins.set", "builtins.frozenset", "builtins.tuple"}) &&
        (graph.is(arguments[2], ValueKind::dict) || graph.is(arguments[2], ValueKind::list) || graph.is(arguments[2], ValueKind::set) ||
         graph.is(arguments[2], ValueKind::frozen_set) || graph.is(arguments[2], ValueKind::tuple));
    return plain || filled ? arguments.front() : no_value;
}

std::string class_name(const PickleGraph& graph, ValueId id) {
    const ValueId cls = class_of(graph, id);
    return graph.is(cls, ValueKind::global) ? graph.global(cls).dotted() : std::string();
}

ValueId state_dict(const PickleGraph& graph, ValueId id) {
    if (!graph.is(id, ValueKind::call) || graph.call(id).states.count == 0) return no_value;
    const ValueId state = graph.values(graph.call(id).states).back();
    if (graph.is(state, ValueKind::dict)) return state;
    if (!graph.is(state, ValueKind::tuple)) return no_value;
    const std::vector<ValueId> parts = graph.children(state, 3);
    return parts.size() == 2 && graph.is(parts[0], ValueKind::dict) ? parts[0] : no_value;
}

ValueId dict_value(const PickleGraph& graph, ValueId dict, std::string_view key) {
    if (!graph.is(dict, ValueKind::dict)) return no_value;
    ValueId found = no_value;
    bool is_key = true;
    bool matches = false;
    graph.for_each(graph.list_of(dict), [&](ValueId value) {
        if (is_key) {
            matches = text_value(graph, value) == key;
        } else if (matches) {
            found = value;  // the last one counts, as in Python
        }
        is_key = !is_key;
    });
    return found;
}

ValueId attribute(const PickleGraph& graph, ValueId object, std::string_view key) {
    return dict_value(graph, state_dict(graph, object), key);
}

std::vector<ValueId> arguments_of(const PickleGraph& graph, ValueId call, std::size_t max) {
    const ValueId arguments = graph.call(call).arguments;
    return graph.is(arguments, ValueKind::tuple) ? graph.children(arguments, max) : std::vector<ValueId>();
}

}  // namespace assay
