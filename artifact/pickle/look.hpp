#pragma once

#include "artifact/pickle/graph.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>

namespace assay {

// Questions to one value of a PickleGraph that many readers ask.

/// The text of a str (of a Python 2 str too, when it is ASCII); absent for other values and for texts that are not kept whole.
[[nodiscard]] std::optional<std::string_view> text_value(const PickleGraph& graph, ValueId id);
/// The integer that a value is; absent for other values.
[[nodiscard]] std::optional<std::int64_t> integer_value(const PickleGraph& graph, ValueId id);
/// Whether the value is the global module.name.
[[nodiscard]] bool is_global(const PickleGraph& graph, ValueId id, std::string_view module, std::string_view name);
/// Whether the value is a global that is one of the names, each "module.name".
[[nodiscard]] bool is_one_of(const PickleGraph& graph, ValueId id, std::initializer_list<std::string_view> dotted);
/// "module.name" of the global that is called or instantiated; empty when the callable is none.
[[nodiscard]] std::string callable_name(const PickleGraph& graph, ValueId id);
/// The class of an object: what NEWOBJ or INST instantiates, or the first argument of `copyreg._reconstructor(cls, object, None)`, of
/// `(cls, dict, {…})` and of `copyreg.__newobj__(cls)`, by which protocols 0 and 1 say the same. no_value for everything else.
[[nodiscard]] ValueId class_of(const PickleGraph& graph, ValueId id);
/// "module.Class" of an object; empty when it is none or its class is no global.
[[nodiscard]] std::string class_name(const PickleGraph& graph, ValueId id);
/// The dict that is the state of an object (its `__dict__`): BUILD's dict, or the first of a pair (dict, slots). no_value without one.
[[nodiscard]] ValueId state_dict(const PickleGraph& graph, ValueId id);
/// The value of a text key in a dict; no_value when it has none.
[[nodiscard]] ValueId dict_value(const PickleGraph& graph, ValueId dict, std::string_view key);
/// dict_value in the state of an object.
[[nodiscard]] ValueId attribute(const PickleGraph& graph, ValueId object, std::string_view key);
/// The arguments of a call, at most `max`; none when they are no tuple.
[[nodiscard]] std::vector<ValueId> arguments_of(const PickleGraph& graph, ValueId call, std::size_t max = SIZE_MAX);

}  // namespace assay
