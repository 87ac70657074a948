#include "artifact/sklearn/estimator.hpp"

#include "artifact/numpy/array_view.hpp"
#include "artifact/pickle/fold.hpp"
#include "artifact/pickle/look.hpp"
#include "artifact/pickle/python_text.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace assay {

namespace {

constexpr std::size_t max_objects = 1000;     // of a tree
constexpr std::size_t max_depth = 24;
constexpr std::size_t max_attributes = 200;   // of an object
constexpr std::size_t max_of_a_class = 5;     // in a row of objects
constexpr std::size_t max_elements = 20;      // of a list that is shown
constexpr std::size_t max_text = 200;

Json json_number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
    return value;
}

Json number_of(const DType& dtype, std::string_view bytes) {
    if (dtype.kind == 'U' || dtype.kind == 'S') return printable(read_string(dtype, bytes), max_text);
    const auto number = read_number(dtype, bytes);
    if (!number) return {};
    if (dtype.kind == 'b') return *number != 0;
    if (dtype.kind != 'f' && std::abs(*number) < 9e15) return static_cast<std::int64_t>(*number);
    return json_number(*number);
}

bool is_object(const PickleGraph& graph, ValueId id) { return class_of(graph, id) != no_value; }

class Tree {
public:
    Tree(const PickleGraph& graph, const PicklePaths* paths) : graph_(graph), paths_(paths) {}

    Json object(ValueId id, const std::string& name, std::size_t depth) {
        Json node = Json::object();
        if (!name.empty()) node["name"] = printable(name, max_text);
        node["class"] = printable(class_name(graph_, id), max_text);
        node["path"] = paths_->path_of(id);
        if (!seen_.insert(id).second) {
            node["again"] = true;
            return node;
        }
        if (depth >= max_depth || seen_.size() > max_objects) {
            node["cut"] = true;
            return node;
        }
        node["params"] = Json::object();
        node["fitted"] = Json::object();
        const ValueId state = state_dict(graph_, id);
        if (state == no_value) return node;
        std::vector<std::pair<std::string, ValueId>> inner;
        const std::vector<ValueId> entries = graph_.children(state, 2 * max_attributes);
        for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
            const auto key = text_value(graph_, entries[i]);
            if (!key || key->empty()) continue;
            if (*key == "_sklearn_version") {
                if (const auto release = text_value(graph_, entries[i + 1])) node["release"] = printable(*release, 60);
                continue;
            }
            const std::string shown = printable(*key, max_text);
            if (key->ends_with('_') && !key->starts_with('_')) node["fitted"][shown] = value(entries[i + 1], 3);
            if (!key->ends_with('_') && !key->starts_with('_')) node["params"][shown] = value(entries[i + 1], 3);
            inner.emplace_back(shown, entries[i + 1]);
        }
        for (const auto& [key, child] : inner) add_children(node, key, child, depth, 3);
        return node;
    }

    Json value(ValueId id, int depth) {
        switch (graph_.kind(id)) {
            case ValueKind::none: return {};
            case ValueKind::boolean: return graph_.boolean(id);
            case ValueKind::integer: return graph_.integer(id);
            case ValueKind::real: return json_number(graph_.real(id));
            case ValueKind::text: return printable(graph_.text(id), max_text);
            case ValueKind::bytes:
                if (graph_.at(id).legacy) return printable(graph_.text(id), max_text);
                return {{"bytes", graph_.text_info(id).length}};
            case ValueKind::byte_array: return {{"bytes", graph_.text_info(id).length}};
            case ValueKind::big_integer: return {{"integer", graph_.text_info(id).length}};
            case ValueKind::list: return sequence(id, "list", depth);
            case ValueKind::tuple: return sequence(id, "tuple", depth);
            case ValueKind::set:
            case ValueKind::frozen_set: return {{"set", graph_.child_count(id)}};
            case ValueKind::dict: return dict(id, depth);
            case ValueKind::global: return {{"name", printable(graph_.global(id).dotted(), max_text)}};
            case ValueKind::persistent: return {{"call", "persistent_load(…)"}};
            case ValueKind::array:
            case ValueKind::call: return call(id);
        }
        return {};
    }

private:
    Json sequence(ValueId id, const char* word, int depth) {
        const std::size_t count = graph_.child_count(id);
        if (depth == 0 || count > max_elements) return {{word, count}};
        Json list = Json::array();
        for (const ValueId child : graph_.children(id)) list.push_back(value(child, depth - 1));
        return list;
    }

    Json dict(ValueId id, int depth) {
        const std::size_t count = graph_.child_count(id) / 2;
        if (depth == 0 || count > max_elements) return {{"dict", count}};
        const std::vector<ValueId> entries = graph_.children(id);
        Json shown = Json::object();
        for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
            shown[python_text(graph_, entries[i], 80)] = value(entries[i + 1], depth - 1);
        }
        return Json{{"dict", count}, {"entries", std::move(shown)}};
    }

    Json call(ValueId id) {
        if (const auto view = read_array(graph_, id)) return {{"array", view->dtype.name()}, {"shape", view->shape}};
        if (const auto scalar = read_scalar(graph_, id)) {
            if (const Json number = number_of(scalar->dtype, scalar->bytes); !number.is_null()) return number;
        }
        if (is_object(graph_, id)) return {{"object", printable(class_name(graph_, id), max_text)}};
        if (fold(graph_, id) == Folded::ufunc) {
            const UfuncName ufunc = ufunc_name(graph_, id);
            return {{"name", ufunc.module + "." + ufunc.name}};
        }
        return {{"call", python_text(graph_, id, max_text)}};
    }

    /// The objects in a value of an attribute, through lists, tuples ("name", object), dicts and arrays of objects.
    void add_children(Json& node, const std::string& name, ValueId id, std::size_t depth, int levels) {
        if (seen_.size() > max_objects || levels < 0) return;
        if (is_object(graph_, id)) {
            if (!read_array(graph_, id)) add_child(node, name, id, depth);
            return;
        }
        switch (graph_.kind(id)) {
            case ValueKind::list:
            case ValueKind::tuple: return add_sequence(node, name, graph_.children(id, 10'000), depth, levels);
            case ValueKind::dict: {
                const std::vector<ValueId> entries = graph_.children(id, 2 * max_attributes);
                for (std::size_t i = 0; i + 1 < entries.size(); i += 2) {
                    const auto key = text_value(graph_, entries[i]);
                    add_children(node, key ? std::string(*key) : name, entries[i + 1], depth, levels - 1);
                }
                return;
            }
            case ValueKind::array:
            case ValueKind::call:
                if (const auto view = read_array(graph_, id); view && view->objects != no_value) {
                    add_sequence(node, name, graph_.children(view->objects, 10'000), depth, levels);
                }
                return;
            default: return;
        }
    }

    void add_sequence(Json& node, const std::string& name, const std::vector<ValueId>& values, std::size_t depth, int levels) {
        // ("scaler", StandardScaler(), columns): a step and its name.
        if (values.size() >= 2 && is_object(graph_, values[1])) {
            if (const auto step = text_value(graph_, values[0])) {
                for (std::size_t i = 1; i < values.size(); ++i)
                    add_children(node, printable(*step, max_text), values[i], depth, levels - 1);
                return;
            }
        }
        for (const ValueId value : values) add_children(node, name, value, depth, levels - 1);
    }

    void add_child(Json& node, const std::string& name, ValueId id, std::size_t depth) {
        const std::string cls = class_name(graph_, id);
        std::size_t& count = children_[{node["path"].get<std::string>(), name, cls}];
        ++count;
        if (count > max_of_a_class) {
            node["more"][printable(name + " " + cls, max_text)] = count - max_of_a_class;
            return;
        }
        if (!node.contains("children")) node["children"] = Json::array();
        Json child = object(id, name, depth + 1);
        node["children"].push_back(std::move(child));
    }

    const PickleGraph& graph_;
    const PicklePaths* paths_;  ///< may be null where only value() is called
    std::set<ValueId> seen_;
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> children_;
};

/// The estimators that the root is and ends in: a search's best estimator, a pipeline's last step.
std::vector<ValueId> chain_to_the_end(const PickleGraph& graph, ValueId root, bool last) {
    std::vector<ValueId> chain;
    for (ValueId id = root; id != no_value && chain.size() < 16;) {
        if (std::find(chain.begin(), chain.end(), id) != chain.end()) break;
        chain.push_back(id);
        ValueId next = attribute(graph, id, "best_estimator_");
        if (const ValueId steps = attribute(graph, id, "steps");
            next == no_value && graph.is(steps, ValueKind::list) && graph.child_count(steps) > 0) {
            const std::vector<ValueId> all = graph.children(steps);
            const ValueId step = last ? all.back() : all.front();
            if (graph.is(step, ValueKind::tuple) && graph.child_count(step) >= 2) next = graph.children(step)[1];
        }
        if (!graph.is(next, ValueKind::call)) break;
        id = next;
    }
    return chain;
}

}  // namespace

Json elements_to_json(const PickleGraph& graph, ValueId id, std::size_t max) {
    if (id == no_value) return {};
    Json list = Json::array();
    std::vector<ValueId> values;
    if (const auto view = read_array(graph, id)) {
        if (view->objects == no_value) {
            const std::uint64_t count = std::min<std::uint64_t>(view->elements(), max);
            if (view->dtype.itemsize == 0 || view->head.size() / view->dtype.itemsize < count) return {};
            for (std::uint64_t i = 0; i < count; ++i) {
                list.push_back(number_of(view->dtype, view->head.substr(static_cast<std::size_t>(i * view->dtype.itemsize))));
            }
            return list;
        }
        values = graph.children(view->objects, max);
    } else if (graph.is(id, ValueKind::list) || graph.is(id, ValueKind::tuple)) {
        values = graph.children(id, max);
    } else {
        return {};
    }
    Tree tree(graph, nullptr);
    for (const ValueId value : values) list.push_back(tree.value(value, 1));
    return list;
}

Json estimator_tree(const PickleGraph& graph, const PicklePaths& paths, ValueId root) {
    if (root == no_value || !is_object(graph, root)) return {};
    return Tree(graph, &paths).object(root, {}, 0);
}

std::vector<std::string> feature_names(const PickleGraph& graph, ValueId root, std::size_t max) {
    std::vector<std::string> names;
    for (const ValueId id : chain_to_the_end(graph, root, false)) {
        const Json found = elements_to_json(graph, attribute(graph, id, "feature_names_in_"), max);
        if (!found.is_array() || found.empty()) continue;
        for (const Json& name : found) {
            if (name.is_string()) names.push_back(name.get<std::string>());
        }
        break;
    }
    return names;
}

Json class_labels(const PickleGraph& graph, ValueId root, std::size_t max) {
    for (const ValueId id : chain_to_the_end(graph, root, true)) {
        Json found = elements_to_json(graph, attribute(graph, id, "classes_"), max);
        if (!found.is_null()) return found;
    }
    return {};
}

}  // namespace assay
