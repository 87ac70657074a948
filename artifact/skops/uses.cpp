#include "artifact/skops/uses.hpp"

#include "artifact/pickle/uses.hpp"
#include "artifact/sklearn/scipy_distribution.hpp"
#include "artifact/skops/node.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <vector>

namespace assay {

namespace {

using Names = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view name, Names names) { return std::find(names.begin(), names.end(), name) != names.end(); }

bool is_numpy_scalar(std::string_view cls) {
    if (!cls.starts_with("numpy.")) return false;
    return is_one_of(cls.substr(6),
                     {"bool",   "bool_",   "int8",       "int16",       "int32",    "int64",      "uint8",     "uint16",     "uint32",
                      "uint64", "float16", "float32",    "float64",     "float128", "longdouble", "complex64", "complex128", "complex256",
                      "str_",   "bytes_",  "datetime64", "timedelta64", "void",     "intc",       "longlong",  "ulonglong"});
}

/// What skops makes of a node by itself, without a name from the file: nothing to judge.
bool is_plain(SkopsLoader loader, std::string_view cls) {
    switch (loader) {
        case SkopsLoader::dict: return is_one_of(cls, {"builtins.dict", "collections.OrderedDict", "collections.Counter"});
        case SkopsLoader::list:
        case SkopsLoader::set:
        case SkopsLoader::tuple: return is_one_of(cls, {"builtins.list", "builtins.set", "builtins.frozenset", "builtins.tuple"});
        case SkopsLoader::array:
            return is_numpy_scalar(cls) || is_one_of(cls, {"numpy.ndarray", "numpy.matrix", "numpy.matrixlib.defmatrix.matrix",
                                                           "numpy.rec.recarray", "numpy.recarray"});
        case SkopsLoader::random_state: return is_one_of(cls, {"numpy.random.mtrand.RandomState", "numpy.random.RandomState"});
        case SkopsLoader::random_generator: return is_one_of(cls, {"numpy.random._generator.Generator", "numpy.random.Generator"});
        case SkopsLoader::slice: return cls == "builtins.slice";
        case SkopsLoader::bytes: return cls == "builtins.bytes";
        case SkopsLoader::byte_array: return cls == "builtins.bytearray";
        case SkopsLoader::masked_array: return is_one_of(cls, {"numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray"});
        case SkopsLoader::dtype: return cls == "numpy.dtype";
        case SkopsLoader::default_dict: return cls == "collections.defaultdict";
        default: return false;
    }
}

/// What may run when it is called: a function, a class, an object whose class may have __call__, what stands for another node.
bool is_code(const Json& node) {
    const auto loader = skops_loader(node);
    if (!loader) return is_skops_node(node);
    // What a MetadataRequest has by the name of each method: names and dicts.
    if (loader == SkopsLoader::object && skops_class(node) == "sklearn.utils._metadata_requests.MethodMetadataRequest") return false;
    switch (*loader) {
        case SkopsLoader::cached:
        case SkopsLoader::function:
        case SkopsLoader::type:
        case SkopsLoader::partial:
        case SkopsLoader::method:
        case SkopsLoader::operator_function:
        case SkopsLoader::object:
        case SkopsLoader::constructor:
        case SkopsLoader::loss: return true;
        default: return false;
    }
}

std::string json_shape(const Json& value) {
    if (value.is_null()) return "none";
    if (value.is_boolean()) return "bool";
    if (value.is_number_integer()) return "int";
    if (value.is_number()) return "float";
    if (value.is_array()) return "literal list";
    if (value.is_object()) return "literal dict";
    const auto text = value.get<std::string>();
    if (text == "NaN" || text == "Infinity" || text == "-Infinity") return "float";
    return text.size() > 40 || has_control_characters(text) ? "str" : "str=" + text;
}

bool is_literal_shape(std::string_view shape) {
    return is_one_of(shape, {"none", "bool", "int", "float", "str", "bytes"}) || shape.starts_with("str=") || shape.starts_with("literal ");
}

std::string items_shape(const Json& node, std::string_view word, int depth) {
    const Json& items = skops_items(node);
    const bool literal = depth > 0 && items.size() <= 1000 && std::all_of(items.begin(), items.end(), [&](const Json& item) {
                             const auto loader = skops_loader(item);
                             if (loader == SkopsLoader::tuple) return is_literal_shape(items_shape(item, "tuple", depth - 1));
                             if (loader == SkopsLoader::list) return is_literal_shape(items_shape(item, "list", depth - 1));
                             return loader == SkopsLoader::json;
                         });
    return (literal ? "literal " : "") + std::string(word);
}

std::string named(std::string_view word, const Json& node) {
    return fmt::format("{}={}:{}", word, printable(skops_text(node, "__module__"), 200), printable(skops_text(node, "__class__"), 200));
}

/// What a node's own members say about what it holds: path and node, in the order of the file.
struct Step {
    const Json* json;
    std::string path;
    bool attributes = false;  ///< a dict that is the state of an object: its keys are attributes
};

class Walk {
public:
    Walk(Inspection& inspection, const InspectLimits& limits, const std::function<void(const Json&, const std::string&)>& visit)
        : inspection_(inspection), limits_(limits), visit_(visit) {}

    void run(const Json& schema) {
        std::vector<Step> waiting{{&schema, ""}};
        while (!waiting.empty()) {
            const Step step = std::move(waiting.back());
            waiting.pop_back();
            if (is_skops_node(*step.json)) {
                look(*step.json, step.path);
                visit_(*step.json, step.path);
            }
            std::vector<Step> inner = inside(step);
            std::move(inner.rbegin(), inner.rend(), std::back_inserter(waiting));
        }
        for (const Step& reference : references_) {
            if (!ids_.contains(skops_member(*reference.json, "__id__").dump()))
                wrong("skops-node", "a node stands for another one that is not there", *reference.json, reference.path);
        }
    }

private:
    static std::vector<Step> inside(const Step& step) {
        std::vector<Step> steps;
        if (!step.json->is_structured()) return steps;
        const bool too_long = step.path.size() > 2 * max_shown_name;
        if (step.json->is_array()) {
            for (std::size_t i = 0; i < step.json->size(); ++i) {
                const Json& item = (*step.json)[i];
                if (item.is_structured()) steps.push_back({&item, too_long ? step.path : fmt::format("{}[{}]", step.path, i)});
            }
            return steps;
        }
        const auto loader = skops_loader(*step.json);
        for (const auto& [key, value] : step.json->items()) {
            if (!value.is_structured()) continue;
            // The content of a dict is its entries, that of an object the dict of its attributes.
            if (loader == SkopsLoader::dict && key == "content" && value.is_object()) {
                for (const auto& [name, entry] : value.items()) {
                    if (entry.is_structured()) steps.push_back({&entry, too_long ? step.path : key_path(step, name)});
                }
                continue;
            }
            const bool state = key == "content" && (loader == SkopsLoader::object || loader == SkopsLoader::tree ||
                                                    loader == SkopsLoader::loss || loader == SkopsLoader::quantile_forest);
            const bool named = !is_skops_node(*step.json) || (loader != SkopsLoader::dict && key != "content");
            steps.push_back({&value, too_long || !named ? step.path : attribute_path(step.path, key), state});
        }
        return steps;
    }

    static std::string attribute_path(const std::string& path, const std::string& name) {
        return path.empty() ? printable(name, 60) : path + "." + printable(name, 60);
    }
    static std::string key_path(const Step& step, const std::string& name) {
        return step.attributes ? attribute_path(step.path, name) : fmt::format("{}['{}']", step.path, printable(name, 60));
    }

    void wrong(std::string code, std::string_view detail, const Json& node, const std::string& path) {
        if (inspection_.oddities.size() < max_listed_facts) note(inspection_, std::move(code), 0, detail, skops_class(node), path);
    }

    void limit() {
        if (!cut_) note(inspection_, "limit-distinct", 0, "there are more different names or calls than any real file has");
        cut_ = true;
    }

    void import(const std::string& module, const std::string& name, std::string_view use, const std::string& path) {
        const auto key = std::tuple(module, name, std::string(use));
        if (const auto found = imports_.find(key); found != imports_.end()) {
            ++inspection_.imports[found->second].count;
            return;
        }
        if (imports_.size() >= limits_.max_distinct) return limit();
        imports_.emplace(key, inspection_.imports.size());
        inspection_.imports.push_back(
            {printable(module, max_shown_name), printable(name, max_shown_name), std::string(use), {}, 1, 0, path});
    }

    void call(Call call) {
        import(call.module, call.name, call.form == "new" ? "instantiate" : "call", call.path);
        const auto key = std::tuple(call.module + ":" + call.name, call.form, call.folded, call.arguments, call.states);
        if (const auto found = calls_.find(key); found != calls_.end()) {
            ++inspection_.calls[found->second].count;
            return;
        }
        if (calls_.size() >= limits_.max_distinct) return limit();
        calls_.emplace(key, inspection_.calls.size());
        call.module = printable(call.module, max_shown_name);
        call.name = printable(call.name, max_shown_name);
        call.count = 1;
        if (!call.folded) call.text = printable("(" + join(call.arguments, ", ") + ")", 400);
        inspection_.calls.push_back(std::move(call));
    }

    static Call call_of(const Json& node, std::string form, std::vector<std::string> arguments, const std::string& path) {
        return {.module = skops_text(node, "__module__"),
                .name = skops_text(node, "__class__"),
                .form = std::move(form),
                .arguments = std::move(arguments),
                .path = path};
    }

    static std::vector<std::string> shapes(const Json& tuple) {
        std::vector<std::string> all;
        for (const Json& item : skops_items(tuple)) {
            if (all.size() == 100) break;
            all.push_back(skops_shape(item));
        }
        return all;
    }

    /// What __setstate__ or the dict of a new object gets.
    static std::vector<std::string> states(const Json& node) {
        const Json& content = skops_member(node, "content");
        if (content.is_null()) return {};
        if (const auto value = skops_value(content); value && value->is_null()) return {};
        const Json& inner = skops_member(content, "content");
        if (inner.is_structured() && inner.empty()) return {};  // nothing to set
        const std::string shape = skops_shape(content);
        if (is_distribution(content)) return {"distribution"};
        // A dict of another kind has its entries elsewhere, where nobody looks for attributes.
        if (shape == "dict" && (skops_loader(content) != SkopsLoader::dict || skops_class(content) != "builtins.dict")) return {"mapping"};
        const std::string word = shape.substr(0, shape.find('='));
        return {word.starts_with("literal ") ? word.substr(8) : word};
    }

    void look(const Json& node, const std::string& path) {
        const auto loader = skops_loader(node);
        if (node.contains("trusted")) wrong("trusts-itself", "the file says itself what is to be trusted", node, path);
        if (!loader) {
            wrong("unknown-loader", "no skops has the loader " + skops_text(node, "__loader__"), node, path);
            return call(call_of(node, "reduce", {}, path));
        }
        if (*loader == SkopsLoader::cached) {
            if (references_.size() < limits_.max_distinct) references_.push_back({&node, path});
            return;
        }
        if (const Json& id = skops_member(node, "__id__"); !id.is_null()) ids_.insert(id.dump());
        if (*loader == SkopsLoader::json) return;
        if (!skops_member(node, "__class__").is_string() || !skops_member(node, "__module__").is_string())
            return wrong("skops-node", "a node does not say its class and module", node, path);
        if (!is_plain(*loader, skops_class(node))) make(node, *loader, path);
        if (*loader == SkopsLoader::dict) look_at_keys(node, path);
        if (*loader == SkopsLoader::random_generator) look_at_generator(node, path);
        if (*loader == SkopsLoader::object) look_at_state(node, path);
    }

    void make(const Json& node, SkopsLoader loader, const std::string& path) {
        switch (loader) {
            case SkopsLoader::cached:
            case SkopsLoader::json: return;
            case SkopsLoader::slice:
            case SkopsLoader::bytes:
            case SkopsLoader::byte_array:
            case SkopsLoader::masked_array:
            case SkopsLoader::dtype:
            case SkopsLoader::default_dict:  // made without the names in the node, which should be those all the same
            case SkopsLoader::type: return import(skops_text(node, "__module__"), skops_text(node, "__class__"), "value", path);
            case SkopsLoader::dict: return call(call_of(node, "new", {}, path));
            case SkopsLoader::list:
            case SkopsLoader::set: return call(call_of(node, "reduce", {"list"}, path));
            case SkopsLoader::tuple: return call(call_of(node, "new", shapes(node), path));
            case SkopsLoader::array: return call(call_of(node, "reduce", {"array"}, path));
            case SkopsLoader::random_state: return call(call_of(node, "reduce", {}, path));
            case SkopsLoader::random_generator: return call(call_of(node, "reduce", {"random"}, path));
            case SkopsLoader::sparse_matrix: return call(call_of(node, "new", {}, path));
            case SkopsLoader::deprecated_dict: return call(call_of(node, "new", {}, path));
            case SkopsLoader::function: return function(node, path);
            case SkopsLoader::partial: return partial(node, path);
            case SkopsLoader::method: return method(node, path);
            case SkopsLoader::operator_function: return operator_function(node, path);
            case SkopsLoader::object: return object(node, path);
            case SkopsLoader::constructor: return constructor(node, path);
            case SkopsLoader::tree:
            case SkopsLoader::loss:
            case SkopsLoader::quantile_forest: return reduced(node, loader, path);
        }
    }

    /// Protocol 0 takes the name from the content, later ones from the node: both are judged.
    void function(const Json& node, const std::string& path) {
        import(skops_text(node, "__module__"), skops_text(node, "__class__"), "value", path);
        const Json& content = skops_member(node, "content");
        if (content.is_object()) {
            import(skops_text(content, "module_path"), skops_text(content, "function"), "value", path);
        } else if (!content.is_null()) {
            wrong("skops-node", "the content of a function is no name", node, path);
        }
    }

    void partial(const Json& node, const std::string& path) {
        const Json& content = skops_member(node, "content");
        const Json& callee = skops_member(content, "func");
        // The function itself is a node, and judged as one.
        const bool named = skops_loader(callee) == SkopsLoader::function || skops_loader(callee) == SkopsLoader::type;
        call({.module = "functools",
              .name = "partial",
              .form = "reduce",
              .folded = named,
              .arguments = {skops_shape(callee)},
              .path = path});
        if (skops_class(node) != "functools.partial") call(call_of(node, "reduce", {skops_shape(callee)}, path));
    }

    /// CVE-2025-54413: what the audit saw was the class, what was fetched any attribute of another one.
    void method(const Json& node, const std::string& path) {
        const Json& content = skops_member(node, "content");
        const std::string owner = skops_class(skops_member(content, "obj"));
        if (owner != skops_class(node))
            wrong("skops-node", "a method says that it is of another class than its object, " + owner, node, path);
        import(skops_text(node, "__module__"), skops_text(node, "__class__") + "." + skops_text(content, "func"), "value", path);
        if (owner != skops_class(node)) {
            const Json& object = skops_member(content, "obj");
            import(skops_text(object, "__module__"), skops_text(object, "__class__") + "." + skops_text(content, "func"), "value", path);
        }
    }

    /// CVE-2025-54412: the node could name another module than the one that was used.
    void operator_function(const Json& node, const std::string& path) {
        if (skops_text(node, "__module__") != "operator")
            wrong("skops-node", "a function of operator says that it is of another module", node, path);
        Call made = call_of(node, "reduce", shapes(skops_member(node, "attrs")), path);
        made.module = "operator";
        call(std::move(made));
    }

    void object(const Json& node, const std::string& path) {
        Call made = call_of(node, "new", {}, path);
        made.states = states(node);
        // What these modules write into a pickle for the same thing: newObj(cls), which is cls.__new__(cls).
        if (is_one_of(made.module, {"sklearn.neighbors._kd_tree", "sklearn.neighbors._ball_tree", "sklearn.neighbors._dist_metrics",
                                    "sklearn.metrics._dist_metrics"})) {
            made.name = "newObj";
            made.form = "reduce";
            made.arguments = {named("global", node)};
        }
        call(std::move(made));
    }

    void constructor(const Json& node, const std::string& path) {
        Call made = call_of(node, "reduce", shapes(skops_member(node, "content")), path);
        // As in a pickle: moments and exact numbers are values.
        const bool literal = std::all_of(made.arguments.begin(), made.arguments.end(), [](const std::string& shape) {
            return is_literal_shape(shape) || shape.starts_with("object=datetime:") || shape == "number";
        });
        made.folded = literal && is_one_of(skops_class(node), {"datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta",
                                                               "datetime.timezone", "decimal.Decimal"});
        call(std::move(made));
    }

    void reduced(const Json& node, SkopsLoader loader, const std::string& path) {
        Call made = call_of(node, "reduce", shapes(skops_member(skops_member(node, "__reduce__"), "args")), path);
        made.states = states(node);
        Call real = made;
        // Only a loss is made by the name in the file.
        if (loader == SkopsLoader::tree) std::tie(real.module, real.name) = std::pair("sklearn.tree._tree", "Tree");
        if (loader == SkopsLoader::quantile_forest)
            std::tie(real.module, real.name) = std::pair("quantile_forest._quantile_forest_fast", "QuantileForest");
        const bool same = real.module == made.module && real.name == made.name;
        call(std::move(real));
        if (!same) call(std::move(made));
    }

    /// Keys are made by calling their types: `key_type("text of the key")`.
    void look_at_keys(const Json& node, const std::string& path) {
        for (const Json& type : skops_items(skops_member(node, "key_types"))) {
            const std::string cls = skops_class(type);
            if (is_one_of(cls, {"builtins.str", "builtins.int", "builtins.float", "builtins.bool"}) || is_numpy_scalar(cls)) continue;
            if (is_skops_node(type)) call(call_of(type, "reduce", {"str"}, path));
        }
    }

    /// The bit generator's name is a text within, of which numpy.random makes a call.
    void look_at_generator(const Json& node, const std::string& path) {
        const Json& state = skops_member(skops_member(node, "content"), "bit_generator");
        const Json& entry = skops_member(skops_member(state, "content"), "bit_generator");
        std::string name = skops_text(state, "bit_generator");  // protocol 0
        if (const auto value = skops_value(entry); value && value->is_string()) name = value->get<std::string>();
        if (name.empty()) return wrong("skops-node", "a random generator does not name its bit generator", node, path);
        if (!is_one_of(name, {"PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"}))
            call({.module = "numpy.random", .name = name, .form = "reduce", .arguments = {"random"}, .path = path});
    }

    void look_at_state(const Json& node, const std::string& path) {
        const Json& state = skops_state(node);
        if (!state.is_object()) return;
        for (const auto& [key, value] : state.items()) {
            if (is_takeover(key, value)) wrong("state-code", "the state of an object puts a value in the place of " + key, node, path);
            if (is_chooser_key(key) && !is_choice_value(key, value))
                wrong("state-code", "the state of an object chooses by " + key + " what no library chooses", node, path);
            if (const auto plain = skops_value(value); key == "input" && plain && *plain == "filename")
                wrong("opens-files", "the model opens the files that its input names", node, path);
        }
    }

    static bool is_choice_value(const std::string& key, const Json& value, int depth = 3) {
        if (const auto plain = skops_value(value))
            return plain->is_null() || (plain->is_string() && is_choice(key, plain->get<std::string>()));
        const auto loader = skops_loader(value);
        if (loader == SkopsLoader::function) return key == "importance_getter";
        if (depth == 0 || (loader != SkopsLoader::list && loader != SkopsLoader::tuple)) return false;
        const Json& items = skops_items(value);
        return std::all_of(items.begin(), items.end(), [&](const Json& item) { return is_choice_value(key, item, depth - 1); });
    }

    static bool is_takeover(const std::string& key, const Json& value) {
        const auto plain = skops_value(value);
        if (key == "_parse_arg_template") return !plain || !plain->is_string() || !is_canonical_template(plain->get<std::string>());
        if (is_description_key(key)) return !plain || !(plain->is_null() || plain->is_string());
        return is_special_key(key) || (is_method_key(key) && is_code(value));
    }

    /// What SciPy up to 1.5 writes for a distribution: the parameters of its constructor, and a random state.
    static bool is_distribution(const Json& content) {
        const Json& parts = skops_items(content);
        if (skops_text(content, "__loader__") != "TupleNode" || parts.size() != 2) return false;
        const std::string random = skops_shape(parts[1]);
        if (random != "none" && random != "random") return false;
        const Json& parameters = skops_member(parts[0], "content");
        if (skops_text(parts[0], "__loader__") != "DictNode" || !parameters.is_object()) return false;
        return std::all_of(parameters.items().begin(), parameters.items().end(),
                           [](const auto& entry) { return is_constructor_parameter(entry.key()); });
    }

    Inspection& inspection_;
    const InspectLimits& limits_;
    const std::function<void(const Json&, const std::string&)>& visit_;
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> imports_;
    std::map<std::tuple<std::string, std::string, bool, std::vector<std::string>, std::vector<std::string>>, std::size_t> calls_;
    std::set<std::string> ids_;
    std::vector<Step> references_;  ///< to what has such an id
    bool cut_ = false;
};

}  // namespace

std::string skops_shape(const Json& node) {
    const auto loader = skops_loader(node);
    if (!loader) return "nothing";
    switch (*loader) {
        case SkopsLoader::json: {
            const auto value = skops_value(node);
            return value ? json_shape(*value) : "nothing";
        }
        case SkopsLoader::dict:
        case SkopsLoader::default_dict:
        case SkopsLoader::deprecated_dict: return "dict";
        case SkopsLoader::list: return items_shape(node, "list", 4);
        case SkopsLoader::tuple: return skops_class(node) == "builtins.tuple" ? items_shape(node, "tuple", 4) : named("object", node);
        case SkopsLoader::set: return items_shape(node, "set", 4);
        case SkopsLoader::slice: return "number";
        case SkopsLoader::bytes:
        case SkopsLoader::byte_array: return "bytes";
        case SkopsLoader::function:
        case SkopsLoader::type: return named("global", node);
        case SkopsLoader::partial: return "partial";
        case SkopsLoader::array: return is_numpy_scalar(skops_class(node)) ? "scalar" : "array";
        case SkopsLoader::masked_array: return "array";
        case SkopsLoader::dtype: return "dtype";
        case SkopsLoader::random_state:
        case SkopsLoader::random_generator: return "random";
        case SkopsLoader::object:
        case SkopsLoader::sparse_matrix: return named("object", node);
        case SkopsLoader::constructor: return skops_class(node).starts_with("datetime.") ? "number" : named("call", node);
        case SkopsLoader::cached:
        case SkopsLoader::method:
        case SkopsLoader::operator_function:
        case SkopsLoader::tree:
        case SkopsLoader::loss:
        case SkopsLoader::quantile_forest: return named("call", node);
    }
    return "nothing";
}

void find_skops_uses(const Json& schema, Inspection& inspection, const InspectLimits& limits,
                     const std::function<void(const Json& node, const std::string& path)>& visit) {
    Walk(inspection, limits, visit).run(schema);
}

}  // namespace assay
