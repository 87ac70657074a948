#include "artifact/pickle/uses.hpp"

#include "artifact/numpy/array_view.hpp"
#include "artifact/pickle/fold.hpp"
#include "artifact/pickle/look.hpp"
#include "artifact/pickle/python_text.hpp"
#include "artifact/sklearn/scipy_distribution.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace assay {

namespace {

bool is_literal(const PickleGraph& graph, ValueId id, int depth, int& budget) {
    if (--budget < 0) return false;
    switch (graph.kind(id)) {
        case ValueKind::none:
        case ValueKind::boolean:
        case ValueKind::integer:
        case ValueKind::big_integer:
        case ValueKind::real:
        case ValueKind::text:
        case ValueKind::bytes: return true;
        case ValueKind::list:
        case ValueKind::tuple:
        case ValueKind::dict:
        case ValueKind::set:
        case ValueKind::frozen_set: {
            if (depth == 0 || graph.child_count(id) > 1000) return false;
            const std::vector<ValueId> children = graph.children(id);
            return std::all_of(children.begin(), children.end(),
                               [&](ValueId child) { return is_literal(graph, child, depth - 1, budget); });
        }
        default: return false;
    }
}

std::string container_shape(const PickleGraph& graph, ValueId id, std::string_view word) {
    int budget = 1000;
    return (is_literal(graph, id, 4, budget) ? "literal " : "") + std::string(word);
}

std::string text_shape(const PickleGraph& graph, ValueId id) {
    const auto text = text_value(graph, id);
    if (!text || text->size() > 40 || has_control_characters(*text)) return "str";
    return "str=" + std::string(*text);
}

std::string named(std::string_view word, const PickleGraph& graph, ValueId global) {
    if (!graph.is(global, ValueKind::global)) return std::string(word);
    return fmt::format("{}={}:{}", word, printable(graph.global(global).module, 200), printable(graph.global(global).name, 200));
}

std::string call_shape(const PickleGraph& graph, ValueId id) {
    switch (fold(graph, id)) {
        case Folded::dtype: return "dtype";
        case Folded::array:
        case Folded::masked_array: return "array";
        case Folded::scalar: return "scalar";
        case Folded::bytes: return "bytes";
        case Folded::container: return "container";
        case Folded::number:
        case Folded::slice:
        case Folded::time: return "number";
        case Folded::random: return "random";
        case Folded::ufunc: {
            const UfuncName ufunc = ufunc_name(graph, id);
            return fmt::format("global={}:{}", ufunc.module, ufunc.name);
        }
        case Folded::partial: return "partial";
        case Folded::object:
        case Folded::no: break;
    }
    if (const ValueId cls = class_of(graph, id); cls != no_value) return named("object", graph, cls);
    return named("call", graph, graph.call(id).callable);
}

bool is_pair_of_states(const PickleGraph& graph, ValueId state) {
    if (!graph.is(state, ValueKind::tuple) || graph.child_count(state) != 2) return false;
    const std::vector<ValueId> parts = graph.children(state);
    return graph.is(parts[1], ValueKind::dict) && (graph.is(parts[0], ValueKind::none) || graph.is(parts[0], ValueKind::dict));
}

/// What SciPy up to 1.5 writes for a distribution: the parameters of its constructor, and a random state.
bool is_distribution(const PickleGraph& graph, ValueId state) {
    if (!graph.is(state, ValueKind::tuple) || graph.child_count(state) != 2) return false;
    const std::vector<ValueId> parts = graph.children(state);
    if (!graph.is(parts[0], ValueKind::dict) || !(graph.is(parts[1], ValueKind::none) || shape_of(graph, parts[1]) == "random"))
        return false;
    const std::vector<ValueId> entries = graph.children(parts[0]);
    for (std::size_t i = 0; i < entries.size(); i += 2) {
        const auto key = text_value(graph, entries[i]);
        if (!key || !is_constructor_parameter(*key)) return false;
    }
    return true;
}

std::string state_shape(const PickleGraph& graph, ValueId state) {
    if (is_pair_of_states(graph, state)) return "slots";
    if (is_distribution(graph, state)) return "distribution";
    const std::string shape = shape_of(graph, state);
    return shape.substr(0, shape.find('='));
}

/// A name that Python itself looks up on an object; a description of a function that is kept as data is none.
bool is_takeover(std::string_view key, const PickleGraph& graph, ValueId value) {
    if (!is_special_key(key)) return false;
    return !is_description_key(key) || !(graph.is(value, ValueKind::none) || text_value(graph, value).has_value());
}

/// cloudpickle's way to name a type of the types module, which it calls: `_builtin_type('CodeType')(…)`.
bool names_builtin_type(const PickleGraph& graph, ValueId id) {
    const std::string name = callable_name(graph, id);
    return name.starts_with("cloudpickle.") && name.ends_with("._builtin_type");
}

bool is_method_type(const PickleGraph& graph, ValueId id) {
    if (!graph.is(id, ValueKind::call) || !names_builtin_type(graph, id)) return false;
    const PickleCall& call = graph.call(id);
    if (call.states.count + call.items.count + call.pairs.count != 0) return false;
    const std::vector<ValueId> arguments = arguments_of(graph, id, 2);
    return arguments.size() == 1 && text_value(graph, arguments[0]) == "MethodType";
}

/// What may run when it is called: a function, a class, an object whose class may have __call__, the result of a call.
bool is_code(const PickleGraph& graph, ValueId value) {
    if (graph.is(value, ValueKind::global) || graph.is(value, ValueKind::persistent)) return true;
    if (!graph.is(value, ValueKind::call)) return false;
    const Folded folded = fold(graph, value);
    // What a MetadataRequest has by the name of each method: names and dicts.
    if (class_name(graph, value) == "sklearn.utils._metadata_requests.MethodMetadataRequest") return false;
    return folded == Folded::no || folded == Folded::object || folded == Folded::partial || folded == Folded::ufunc;
}

/// A name, or a row of names, of which every one is such as the libraries write; None where there is none.
bool is_choice_value(const PickleGraph& graph, std::string_view key, ValueId value, int depth = 3) {
    if (const auto name = text_value(graph, value)) return is_choice(key, *name);
    if (graph.is(value, ValueKind::none) || (graph.is(value, ValueKind::global) && key == "importance_getter")) return true;
    if (depth == 0 || !(graph.is(value, ValueKind::list) || graph.is(value, ValueKind::tuple))) return false;
    const std::vector<ValueId> names = graph.children(value);
    return std::all_of(names.begin(), names.end(), [&](ValueId each) { return is_choice_value(graph, key, each, depth - 1); });
}

class Collector {
public:
    explicit Collector(const PickleGraph& graph) : graph_(graph) {}

    PickleUses collect(const std::vector<ValueId>& roots) {
        used_as_value_.assign(graph_.size(), false);
        used_.assign(graph_.size(), false);
        const auto size = static_cast<ValueId>(graph_.size());
        find_arguments(size);
        for (const ValueId root : roots) note_value(root);
        // Twice: only after the first time is it known which tuples are nothing but arguments.
        for (int time = 0; time < 2; ++time) {
            for (ValueId id = 0; id < size; ++id) note_children(id);
        }
        for (ValueId id = 0; id < size; ++id) {
            if (graph_.is(id, ValueKind::call)) note_call(id);
        }
        for (ValueId id = 0; id < size; ++id) {
            if (graph_.is(id, ValueKind::global) && (used_as_value_[id] || !used_[id])) {
                note_import(id, ImportUse::value, id, used_as_value_[id]);
            }
        }
        finish();
        return std::move(uses_);
    }

private:
    void note_value(ValueId id) {
        if (graph_.is(id, ValueKind::tuple)) is_arguments_[id] = false;  // kept somewhere else too
        if (graph_.is(id, ValueKind::global)) used_as_value_[id] = true;
    }

    /// The tuples that are nothing but the arguments of a call: names in them are judged by the shape that the call may have.
    void find_arguments(ValueId size) {
        is_arguments_.assign(size, false);
        for (ValueId id = 0; id < size; ++id) {
            if (!graph_.is(id, ValueKind::call)) continue;
            const ValueId arguments = graph_.call(id).arguments;
            // What functools.partial is given is called later, with whatever the model passes on.
            if (graph_.is(arguments, ValueKind::tuple) && callable_name(graph_, id) != "functools.partial") is_arguments_[arguments] = true;
        }
    }

    void note_children(ValueId id) {
        const auto note = [this](ValueId child) { note_value(child); };
        switch (graph_.kind(id)) {
            case ValueKind::tuple:
                if (is_arguments_[id]) return;
                [[fallthrough]];
            case ValueKind::list:
            case ValueKind::dict:
            case ValueKind::set:
            case ValueKind::frozen_set: return graph_.for_each(graph_.list_of(id), note);
            case ValueKind::persistent: return note_value(graph_.at(id).a);
            case ValueKind::array:
                if (graph_.array(id).content != no_value) note_value(graph_.array(id).content);
                return;
            case ValueKind::call: {
                const PickleCall& call = graph_.call(id);
                graph_.for_each(call.states, note);
                graph_.for_each(call.items, note);
                graph_.for_each(call.pairs, note);
                return;
            }
            default: return;
        }
    }

    void note_call(ValueId id) {
        const PickleCall& call = graph_.call(id);
        const Folded folded = fold(graph_, id);
        const bool makes_object = call.form != CallForm::reduce;
        if (graph_.is(call.callable, ValueKind::global)) {
            used_[call.callable] = true;
            note_import(call.callable, makes_object ? ImportUse::instantiate : ImportUse::call, id);
        }
        if (folded == Folded::object) note_made_object(id);
        if (folded == Folded::ufunc) note_ufunc(id);
        note_state(id);
        if (is_method_type(graph_, id)) return;  // the call of it is what counts
        CallRecord record{.form = call.form, .folded = folded != Folded::no, .offset = graph_.at(id).offset, .first = id};
        if (graph_.is(call.callable, ValueKind::global)) {
            record.module = graph_.global(call.callable).module;
            record.name = graph_.global(call.callable).name;
        } else if (is_method_type(graph_, call.callable)) {
            record.module = "types";
            record.name = "MethodType";
        } else if (names_builtin_type(graph_, call.callable)) {
            record.module = graph_.global(graph_.call(call.callable).callable).module;
            record.name = "_builtin_type";
        } else {
            record.of_call = true;
            if (const ValueId first = first_called(call.callable); first != no_value) {
                record.module = graph_.global(first).module;
                record.name = graph_.global(first).name;
            }
        }
        for (const ValueId argument : arguments_of(graph_, id)) {
            if (!graph_.is(argument, ValueKind::global) || !is_arguments_[call.arguments]) continue;
            used_[argument] = true;
            note_import(argument, ImportUse::argument, id);
        }
        if (folded == Folded::partial) record.arguments = argument_shapes(id);
        if (!record.folded) {
            record.arguments = argument_shapes(id);
            if (call.keywords != no_value) record.arguments.push_back("keywords " + shape_of(graph_, call.keywords));
            record.states = state_shapes(call);
            if (call.items.count != 0) record.states.push_back("items");
            if (call.pairs.count != 0) record.states.push_back("pairs");
        }
        add(std::move(record));
    }

    /// The first one by one; of what follows each kind once, so that a long row cannot hide anything.
    [[nodiscard]] std::vector<std::string> argument_shapes(ValueId id) const {
        std::vector<std::string> shapes;
        std::set<std::string> seen;
        for (const ValueId argument : arguments_of(graph_, id)) {
            if (shapes.size() == graph_.limits().max_distinct) {
                shapes.emplace_back("more arguments");  // of no kind that a list names
                break;
            }
            std::string shape = shape_of(graph_, argument);
            const bool is_new = seen.insert(shape).second;
            if (is_new || shapes.size() < 32) shapes.push_back(std::move(shape));
        }
        return shapes;
    }

    [[nodiscard]] std::vector<std::string> state_shapes(const PickleCall& call) const {
        std::vector<std::string> shapes;
        for (const ValueId state : graph_.values(call.states, 8)) shapes.push_back(state_shape(graph_, state));
        if (call.states.count > 8) shapes.emplace_back("more states");
        return shapes;
    }

    /// The global at the bottom of `f(…)(…)(…)`; no_value when there is none.
    [[nodiscard]] ValueId first_called(ValueId id) const {
        for (int depth = 0; depth < 100 && graph_.is(id, ValueKind::call); ++depth) id = graph_.call(id).callable;
        return graph_.is(id, ValueKind::global) ? id : no_value;
    }

    /// `copyreg._reconstructor(cls, object, None)` is NEWOBJ of cls in older words.
    void note_made_object(ValueId id) {
        const ValueId cls = class_of(graph_, id);
        if (!graph_.is(cls, ValueKind::global)) return;
        note_import(cls, ImportUse::instantiate, id);
        CallRecord record{.module = graph_.global(cls).module,
                          .name = graph_.global(cls).name,
                          .form = CallForm::new_object,
                          .offset = graph_.at(id).offset,
                          .first = id};
        const PickleCall& call = graph_.call(id);
        record.states = state_shapes(call);
        if (const std::vector<ValueId> arguments = arguments_of(graph_, id, 4);
            arguments.size() == 3 && graph_.is(arguments[2], ValueKind::tuple)) {
            for (const ValueId part : graph_.children(arguments[2], 32))
                record.arguments.push_back(shape_of(graph_, part));  // a namedtuple
        } else if (arguments.size() == 3 && !graph_.is(arguments[2], ValueKind::none)) {
            record.states.emplace_back(graph_.is(arguments[2], ValueKind::dict) ? "pairs" : "items");  // a subclass of dict, list, set
        }
        if (call.items.count != 0) record.states.push_back("items");
        if (call.pairs.count != 0) record.states.push_back("pairs");
        add(std::move(record));
    }

    void note_ufunc(ValueId id) {
        const UfuncName ufunc = ufunc_name(graph_, id);
        note_name(ufunc.module, ufunc.name, {}, ImportUse::value, graph_.at(id).offset, id);
    }

    void note_import(ValueId global, ImportUse use, ValueId at, bool kept = true) {
        const PickleGlobal& name = graph_.global(global);
        note_name(name.module, name.name, name.spelled, use, graph_.at(global).offset, at, kept);
    }

    void note_name(const std::string& module, const std::string& name, const std::string& spelled, ImportUse use, std::uint64_t offset,
                   ValueId at, bool kept = true) {
        const auto found = imports_.find({module, name, use});
        if (found != imports_.end()) {
            ++found->second.count;
            found->second.kept = found->second.kept || kept;
            return;
        }
        if (imports_.size() >= graph_.limits().max_distinct) {
            uses_.truncated = true;
            return;
        }
        imports_.emplace(std::tuple(module, name, use), ImportRecord{module, name, spelled, use, 1, offset, at, kept});
    }

    void add(CallRecord record) {
        const auto key =
            std::tuple(record.module, record.name, record.form, record.folded, record.of_call, record.arguments, record.states);
        const auto found = calls_.find(key);
        if (found != calls_.end()) {
            ++uses_.calls[found->second].count;
            return;
        }
        if (uses_.calls.size() >= graph_.limits().max_distinct) {
            uses_.truncated = true;
            return;
        }
        calls_.emplace(key, uses_.calls.size());
        record.count = 1;
        uses_.calls.push_back(std::move(record));
    }

    /// What is put into a dict of a class of its own (Bunch) is found as its attributes, too.
    void note_pairs(ValueId id) {
        const ValueId cls = class_of(graph_, id);
        if (cls == no_value) return;
        ValueId key = no_value;
        const auto note = [&](ValueId value) {
            if (key == no_value) {
                key = value;
                return;
            }
            // A text of NumPy's is found as an attribute, too, and hides what it says.
            if (text_value(graph_, key) || graph_.is(key, ValueKind::call)) note_key(id, key, value);
            key = no_value;
        };
        graph_.for_each(graph_.call(id).pairs, note);
        for (const ValueId argument : arguments_of(graph_, id, 4)) {
            if (graph_.is(argument, ValueKind::dict)) graph_.for_each(graph_.list_of(argument), note);
        }
    }

    void note_state(ValueId id) {
        note_pairs(id);
        for (const ValueId state : graph_.values(graph_.call(id).states)) {
            note_keys(id, state);
            if (is_pair_of_states(graph_, state)) {
                for (const ValueId part : graph_.children(state)) note_keys(id, part);
            } else if (!graph_.is(state, ValueKind::dict)) {
                note_within(id, state);
            }
        }
    }

    /// Python's own names anywhere in a state that is no dict: __setstate__ may update the object by any part of it, also by a row of pairs
    /// or a dict of another kind.
    void note_within(ValueId object, ValueId state) {
        std::vector<ValueId> waiting{state};
        std::set<ValueId> seen;
        while (!waiting.empty() && seen.size() < 10'000) {
            const ValueId id = waiting.back();
            waiting.pop_back();
            if (!seen.insert(id).second) continue;
            const auto look = [&](const ValueList& list) {
                ValueId before = no_value;
                graph_.for_each(list, [&](ValueId value) {
                    if (before != no_value) note_own_name(object, before, value);
                    before = value;
                    waiting.push_back(value);
                });
            };
            switch (graph_.kind(id)) {
                case ValueKind::tuple:
                case ValueKind::list:
                case ValueKind::dict: look(graph_.list_of(id)); break;
                case ValueKind::call:
                    // A container; what is within an object is looked at where it is made.
                    if (fold(graph_, id) != Folded::container) break;
                    look(graph_.call(id).pairs);
                    for (const ValueId argument : arguments_of(graph_, id, 4)) waiting.push_back(argument);
                    break;
                default: break;
            }
        }
    }

    void note_own_name(ValueId object, ValueId key, ValueId value) {
        const auto text = text_value(graph_, key);
        if (text && (*text == "_parse_arg_template" || is_takeover(*text, graph_, value))) note_key(object, key, value);
    }

    void note_keys(ValueId object, ValueId state) {
        if (!graph_.is(state, ValueKind::dict)) return;
        ValueId key = no_value;
        graph_.for_each(graph_.list_of(state), [&](ValueId value) {
            if (key == no_value) {
                key = value;
                return;
            }
            note_key(object, key, value);
            key = no_value;
        });
    }

    void note_key(ValueId object, ValueId key, ValueId value) {
        if (uses_.states.size() >= graph_.limits().max_distinct) {
            uses_.truncated = true;
            return;
        }
        const auto text = text_value(graph_, key);
        if (!text) {
            uses_.states.push_back({"state-code", "", python_text(graph_, key, 100) + ": " + python_text(graph_, value, 200),
                                    class_name(graph_, object), graph_.at(key).offset, object});
        } else if (*text == "_parse_arg_template") {
            const auto code = text_value(graph_, value);
            if (!code || !is_canonical_template(*code))
                uses_.states.push_back({"state-code", std::string(*text), python_text(graph_, value), class_name(graph_, object),
                                        graph_.at(value).offset, object});
        } else if (is_takeover(*text, graph_, value) || (is_method_key(*text) && is_code(graph_, value))) {
            const std::string name = graph_.is(value, ValueKind::global) ? graph_.global(value).dotted() : callable_name(graph_, value);
            uses_.states.push_back({"state-code", std::string(*text), python_text(graph_, value),
                                    name.empty() ? class_name(graph_, object) : name, graph_.at(value).offset, object});
        } else {
            note_choice(object, *text, value);
        }
    }

    /// What an attribute's text chooses.
    void note_choice(ValueId object, std::string_view key, ValueId value) {
        const bool chooses = is_chooser_key(key) && !is_choice_value(graph_, key, value);
        // A text of NumPy's equals the plain one.
        const bool opens = key == "input" && class_name(graph_, object).starts_with("sklearn.feature_extraction.") &&
                           (!text_value(graph_, value) || text_value(graph_, value) == "filename");
        if (!chooses && !opens) return;
        uses_.states.push_back({chooses ? "state-code" : "opens-files", std::string(key), python_text(graph_, value),
                                class_name(graph_, object), graph_.at(value).offset, object});
    }

    void finish() {
        for (auto& [key, record] : imports_) uses_.imports.push_back(std::move(record));
        std::stable_sort(uses_.imports.begin(), uses_.imports.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
        std::stable_sort(uses_.calls.begin(), uses_.calls.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
    }

    const PickleGraph& graph_;
    PickleUses uses_;
    std::vector<bool> used_as_value_;
    std::vector<bool> used_;
    std::vector<bool> is_arguments_;
    std::map<std::tuple<std::string, std::string, ImportUse>, ImportRecord> imports_;
    std::map<std::tuple<std::string, std::string, CallForm, bool, bool, std::vector<std::string>, std::vector<std::string>>, std::size_t>
        calls_;
};

}  // namespace

bool is_special_key(std::string_view key) { return key.starts_with("__") && key.ends_with("__"); }

bool is_description_key(std::string_view key) {
    return key == "__doc__" || key == "__name__" || key == "__qualname__" || key == "__module__";
}

bool is_method_key(std::string_view key) {
    constexpr auto methods = std::to_array<std::string_view>({"predict",
                                                              "predict_proba",
                                                              "predict_log_proba",
                                                              "decision_function",
                                                              "transform",
                                                              "inverse_transform",
                                                              "fit",
                                                              "fit_transform",
                                                              "fit_predict",
                                                              "score",
                                                              "score_samples",
                                                              "get_params",
                                                              "set_params",
                                                              "partial_fit",
                                                              "apply",
                                                              "decision_path",
                                                              "sample",
                                                              "kneighbors",
                                                              "get_feature_names_out",
                                                              "get_metadata_routing",
                                                              "get_support",
                                                              "set_output",
                                                              "staged_predict",
                                                              "sparsify",
                                                              "densify",
                                                              "transform_one",
                                                              "build_analyzer",
                                                              "build_tokenizer",
                                                              "build_preprocessor",
                                                              "decode",
                                                              "split",
                                                              "get_n_splits",
                                                              "read",  // what joblib calls
                                                              "read_array",
                                                              "read_mmap",
                                                              "append",  // what unpickling itself calls
                                                              "extend",
                                                              "add",
                                                              "update",
                                                              "__call__"});
    return std::find(methods.begin(), methods.end(), key) != methods.end();
}

bool is_chooser_key(std::string_view key) {
    constexpr auto keys = std::to_array<std::string_view>(
        {"_response_method", "response_method", "stack_method", "stack_method_", "chain_method", "chain_method_", "importance_getter"});
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool is_choice(std::string_view key, std::string_view name) {
    constexpr auto methods = std::to_array<std::string_view>(
        {"auto", "default", "predict", "predict_proba", "predict_log_proba", "decision_function", "score_samples", "transform"});
    if (key != "importance_getter") return std::find(methods.begin(), methods.end(), name) != methods.end();
    if (name == "auto") return true;
    const bool hidden = name.starts_with('_') || name.find("._") != std::string_view::npos || name.find("__") != std::string_view::npos;
    return !hidden && name.ends_with('_');
}

std::string shape_of(const PickleGraph& graph, ValueId id) {
    if (id == no_value) return "nothing";
    switch (graph.kind(id)) {
        case ValueKind::none: return "none";
        case ValueKind::boolean: return "bool";
        case ValueKind::integer:
        case ValueKind::big_integer: return "int";
        case ValueKind::real: return "float";
        case ValueKind::text: return text_shape(graph, id);
        case ValueKind::bytes: return graph.at(id).legacy ? text_shape(graph, id) : "bytes";
        case ValueKind::byte_array: return "bytes";
        case ValueKind::list: return container_shape(graph, id, "list");
        case ValueKind::tuple: return container_shape(graph, id, "tuple");
        case ValueKind::dict: return container_shape(graph, id, "dict");
        case ValueKind::set:
        case ValueKind::frozen_set: return container_shape(graph, id, "set");
        case ValueKind::global: return named("global", graph, id);
        case ValueKind::array: return "array";
        case ValueKind::persistent: return "persistent";
        case ValueKind::call: return call_shape(graph, id);
    }
    return "nothing";
}

PickleUses uses_of(const PickleGraph& graph, const std::vector<ValueId>& roots) { return Collector(graph).collect(roots); }

}  // namespace assay
