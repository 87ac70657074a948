#include "artifact/skops/tree.hpp"

#include "artifact/content.hpp"
#include "artifact/numpy/dtype.hpp"
#include "artifact/skops/node.hpp"
#include "artifact/value_word.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace assay {

namespace {

constexpr std::size_t max_objects = 1000;  // of a tree
constexpr std::size_t max_depth = 24;
constexpr std::size_t max_read_attributes = 200;  // of an object
constexpr std::size_t max_of_a_class = 5;    // in a row of objects
constexpr std::size_t max_elements = 20;     // of a list that is shown
constexpr std::size_t max_text = 200;

bool is_object(const Json& node) {
    const auto loader = skops_loader(node);
    return loader == SkopsLoader::object || loader == SkopsLoader::tree || loader == SkopsLoader::quantile_forest;
}

const Json& attribute(const Json& node, const char* name) { return skops_member(skops_state(node), name); }

Json shape_of_items(const Json& node) {
    Json shape = Json::array();
    for (const Json& extent : skops_items(skops_member(node, "shape"))) {
        const auto value = skops_value(extent);
        shape.push_back(value ? *value : Json());
    }
    return shape;
}

class Tree {
public:
    explicit Tree(const SkopsFiles& files) : files_(files) {}

    Json object(const Json& node, const std::string& name, const std::string& path, std::size_t depth) {
        Json shown = Json::object();
        if (!name.empty()) shown["name"] = printable(name, max_text);
        shown["class"] = printable(skops_class(node), max_text);
        shown["path"] = path;
        if (depth >= max_depth || ++objects_ > max_objects) {
            shown["cut"] = true;
            return shown;
        }
        shown["params"] = Json::object();
        shown["fitted"] = Json::object();
        const Json& state = skops_state(node);
        if (!state.is_object()) return shown;
        std::size_t count = 0;
        for (const auto& [key, value] : state.items()) {
            if (key.empty() || ++count > max_read_attributes) continue;
            const auto plain = skops_value(value);
            if (key == "_sklearn_version" && plain && plain->is_string()) {
                shown["release"] = printable(plain->get<std::string>(), 60);
                continue;
            }
            const std::string shown_key = printable(key, max_text);
            if (!key.starts_with('_')) shown[key.ends_with('_') ? "fitted" : "params"][shown_key] = this->value(value, 3);
            add_children(shown, shown_key, value, path.empty() ? shown_key : path + "." + shown_key, depth, 3);
        }
        return shown;
    }

    Json value(const Json& node, int depth) {
        const auto loader = skops_loader(node);
        if (!loader) return {};
        switch (*loader) {
            case SkopsLoader::json: return plain(node);
            case SkopsLoader::list: return sequence(node, "list", depth);
            case SkopsLoader::tuple: return sequence(node, "tuple", depth);
            case SkopsLoader::set: return {{"set", skops_items(node).size()}};
            case SkopsLoader::dict: return dict(node, depth);
            case SkopsLoader::function:
            case SkopsLoader::type: return {{"name", printable(skops_class(node), max_text)}};
            case SkopsLoader::array: return array(node);
            case SkopsLoader::bytes:
            case SkopsLoader::byte_array: {
                const Inspection* part = files_.part(skops_text(node, "file"));
                return {{"bytes", part == nullptr ? 0 : part->bytes}};
            }
            case SkopsLoader::object:
            case SkopsLoader::tree:
            case SkopsLoader::quantile_forest:
            case SkopsLoader::sparse_matrix: return {{"object", printable(skops_class(node), max_text)}};
            default: return {{"call", printable(skops_class(node) + "(…)", max_text)}};
        }
    }

private:
    static Json plain(const Json& node) {
        const auto value = skops_value(node);
        if (!value) return {};
        if (value->is_string()) return printable(value->get<std::string>(), max_text);
        return value->is_structured() ? Json{{"list", value->size()}} : *value;
    }

    Json array(const Json& node) {
        if (skops_text(node, "type") == "json") return {{"array", "object"}, {"shape", shape_of_items(node)}};
        const ArrayFact* fact = skops_array(node, files_);
        if (fact == nullptr) return {};
        // A NumPy scalar is an array without axes.
        if (fact->shape.empty() && skops_class(node) != "numpy.ndarray") {
            if (Json one = files_.elements(skops_text(node, "file"), 1); one.is_array() && one.size() == 1) return one.front();
        }
        const auto dtype = parse_dtype(fact->dtype);
        return {{"array", dtype ? dtype->name() : fact->dtype}, {"shape", fact->shape}};
    }

    Json sequence(const Json& node, const char* word, int depth) {
        const Json& items = skops_items(node);
        if (depth == 0 || items.size() > max_elements) return {{word, items.size()}};
        Json list = Json::array();
        for (const Json& item : items) list.push_back(value(item, depth - 1));
        return list;
    }

    Json dict(const Json& node, int depth) {
        const Json& entries = skops_member(node, "content");
        if (depth == 0 || entries.size() > max_elements) return {{"dict", entries.size()}};
        Json shown = Json::object();
        for (const auto& [key, entry] : entries.items()) shown["'" + printable(key, 80) + "'"] = value(entry, depth - 1);
        return Json{{"dict", entries.size()}, {"entries", std::move(shown)}};
    }

    /// The objects in a value of an attribute, through lists, tuples ("name", object), dicts and arrays of objects.
    void add_children(Json& shown, const std::string& name, const Json& node, const std::string& path, std::size_t depth, int levels) {
        if (objects_ > max_objects || levels < 0) return;
        if (is_object(node)) return add_child(shown, name, node, path, depth);
        const auto loader = skops_loader(node);
        if (loader == SkopsLoader::dict) {
            for (const auto& [key, value] : skops_member(node, "content").items()) {
                const std::string shown_key = printable(key, max_text);
                add_children(shown, shown_key, value, fmt::format("{}['{}']", path, shown_key), depth, levels - 1);
            }
        } else if (loader == SkopsLoader::list || loader == SkopsLoader::tuple || loader == SkopsLoader::array) {
            add_sequence(shown, name, skops_items(node), path, depth, levels);
        }
    }

    void add_sequence(Json& shown, std::string name, const Json& items, const std::string& path, std::size_t depth, int levels) {
        // ("scaler", StandardScaler(), columns): a step and its name.
        if (items.size() >= 2 && is_object(items[1])) {
            if (const auto step = skops_value(items[0]); step && step->is_string()) name = printable(step->get<std::string>(), max_text);
        }
        for (std::size_t i = 0; i < std::min<std::size_t>(items.size(), 10'000); ++i)
            add_children(shown, name, items[i], fmt::format("{}[{}]", path, i), depth, levels - 1);
    }

    void add_child(Json& shown, const std::string& name, const Json& node, const std::string& path, std::size_t depth) {
        const std::string cls = skops_class(node);
        std::size_t& count = children_[{shown["path"].get<std::string>(), name, cls}];
        if (++count > max_of_a_class) {
            shown["more"][printable(name + " " + cls, max_text)] = count - max_of_a_class;
            return;
        }
        if (!shown.contains("children")) shown["children"] = Json::array();
        Json child = object(node, name, path, depth + 1);
        shown["children"].push_back(std::move(child));
    }

    const SkopsFiles& files_;
    std::size_t objects_ = 0;
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> children_;
};

/// The estimators that the root is and ends in: a search's best estimator, a pipeline's last (or first) step.
std::vector<const Json*> chain_to_the_end(const Json& schema, bool last) {
    std::vector<const Json*> chain;
    for (const Json* node = &schema; node != nullptr && is_object(*node) && chain.size() < 16;) {
        chain.push_back(node);
        const Json* next = nullptr;
        if (const Json& best = attribute(*node, "best_estimator_"); !best.is_null()) {
            next = &best;
        } else if (const Json& steps = skops_items(attribute(*node, "steps")); !steps.empty()) {
            const Json& step = skops_items(last ? steps.back() : steps.front());
            if (step.size() >= 2) next = &step[1];
        }
        node = next;
    }
    return chain;
}

Json elements_of(const Json& node, const SkopsFiles& files, std::size_t max) {
    if (skops_loader(node) == SkopsLoader::array && skops_text(node, "type") == "numpy")
        return files.elements(skops_text(node, "file"), max);
    const Json& items = skops_items(node);
    if (!is_skops_node(node) || !skops_member(node, "content").is_array()) return {};
    Json list = Json::array();
    Tree tree(files);
    for (const Json& item : items) {
        if (list.size() == max) break;
        list.push_back(tree.value(item, 1));
    }
    return list;
}

/// As of a pickle (artifact/pickle/objects.cpp): "('drop','passthrough')", the texts in the places of steps.
std::string texts_of_steps(const Json& node) {
    std::set<std::string> texts;
    for (const Json& item : skops_items(node)) {
        const Json& parts = skops_items(item);
        if (skops_loader(item) != SkopsLoader::tuple || parts.size() < 2) return {};
        const auto step = skops_value(parts[1]);
        if (step && step->is_string()) texts.insert(text_word(step->get<std::string>()));
    }
    return steps_word(texts);
}

}  // namespace

Json skops_tree(const Json& schema, const SkopsFiles& files) {
    if (!is_object(schema)) return {};
    return Tree(files).object(schema, {}, {}, 0);
}

std::vector<std::string> skops_feature_names(const Json& schema, const SkopsFiles& files, std::size_t max) {
    for (const Json* node : chain_to_the_end(schema, false)) {
        const Json found = elements_of(attribute(*node, "feature_names_in_"), files, max);
        if (!found.is_array() || found.empty()) continue;
        std::vector<std::string> names;
        for (const Json& name : found) {
            if (name.is_string()) names.push_back(name.get<std::string>());
        }
        return names;
    }
    return {};
}

Json skops_class_labels(const Json& schema, const SkopsFiles& files, std::size_t max) {
    for (const Json* node : chain_to_the_end(schema, true)) {
        Json found = elements_of(attribute(*node, "classes_"), files, max);
        if (!found.is_null()) return found;
    }
    return {};
}

std::string skops_word(const Json& node, const SkopsFiles& files) {
    const auto loader = skops_loader(node);
    if (!loader) return "nothing";
    const std::string name = printable(skops_text(node, "__module__") + ":" + skops_text(node, "__class__"), max_text);
    switch (*loader) {
        case SkopsLoader::json: {
            const auto value = skops_value(node);
            if (!value || value->is_null()) return "none";
            if (value->is_boolean()) return value->get<bool>() ? "true" : "false";
            if (value->is_number_integer())
                return value->is_number_unsigned() && *value > 3 ? "int" : integer_word(value->get<std::int64_t>());
            if (value->is_number()) return real_word(value->get<double>());
            return value->is_string() ? text_word(value->get<std::string>()) : "nothing";
        }
        case SkopsLoader::list: return sequence_word("list", skops_items(node).size()) + texts_of_steps(node);
        case SkopsLoader::tuple: return sequence_word("tuple", skops_items(node).size());
        case SkopsLoader::set: return sequence_word("set", skops_items(node).size());
        case SkopsLoader::dict: return sequence_word("dict", skops_member(node, "content").size());
        case SkopsLoader::bytes:
        case SkopsLoader::byte_array: return "bytes";
        case SkopsLoader::function:
        case SkopsLoader::type: return "name " + name;
        case SkopsLoader::array:
            if (const ArrayFact* fact = skops_array(node, files)) {
                const std::string& dtype = fact->fields.empty() ? fact->dtype : fact->fields;
                const bool scalar = fact->shape.empty() && skops_class(node) != "numpy.ndarray";
                return scalar ? "scalar " + dtype : array_word(dtype, fact->shape);
            }
            return "array";
        default: return "object " + name;
    }
}

const ArrayFact* skops_array(const Json& node, const SkopsFiles& files) {
    if (skops_loader(node) != SkopsLoader::array || skops_text(node, "type") != "numpy") return nullptr;
    const Inspection* part = files.part(skops_text(node, "file"));
    return part == nullptr || part->format != "npy" || part->arrays.empty() ? nullptr : &part->arrays.front();
}

std::uint64_t skops_rows(const Json& node, const SkopsFiles& files) {
    const auto loader = skops_loader(node);
    if (!loader) return 0;
    if (const ArrayFact* fact = skops_array(node, files)) return fact->shape.empty() ? 0 : fact->shape.front();
    switch (*loader) {
        case SkopsLoader::dict: return skops_member(node, "content").size();
        case SkopsLoader::array: {
            const Json shape = shape_of_items(node);
            return shape.empty() || !shape.front().is_number_unsigned() ? 0 : shape.front().get<std::uint64_t>();
        }
        case SkopsLoader::list: {
            // A list of arrays (categories_ of each column): all their values.
            std::uint64_t total = 0;
            for (const Json& item : skops_items(node)) total += skops_loader(item) == SkopsLoader::array ? skops_rows(item, files) : 1;
            return total;
        }
        case SkopsLoader::sparse_matrix: {
            const Inspection* part = files.part(skops_text(node, "file"));
            if (part == nullptr) return 0;
            const auto rows =
                std::find_if(part->parts.begin(), part->parts.end(), [](const Inspection& inner) { return inner.name == "indptr.npy"; });
            if (rows == part->parts.end() || rows->arrays.empty() || rows->arrays.front().shape.size() != 1) return 0;
            return rows->arrays.front().shape.front() - std::min<std::uint64_t>(1, rows->arrays.front().shape.front());
        }
        case SkopsLoader::object: {
            // A neighbours' tree holds its rows as the first part of its state.
            const Json& content = skops_member(node, "content");
            const Json& parts = skops_items(content);
            return skops_loader(content) == SkopsLoader::tuple && !parts.empty() ? skops_rows(parts[0], files) : 0;
        }
        default: return 0;
    }
}

}  // namespace assay
