#include "artifact/zip/keras.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace assay {

namespace {

/// Whether the class is one of Keras's own for the parts of a model, which Keras itself builds from their config. Not all of Keras is: its
/// utilities load files and fetch them.
bool is_building_block(std::string_view module) {
    constexpr auto packages =
        std::to_array<std::string_view>({"activations", "constraints", "dtype_policies", "initializers", "layers", "losses", "metrics",
                                         "models", "optimizers", "quantizers", "random", "regularizers"});
    if (module == "keras" || module == "builtins") return true;
    for (const std::string_view prefix : {"keras.src.", "keras."}) {
        if (!module.starts_with(prefix)) continue;
        const std::string_view rest = module.substr(prefix.size());
        return std::find(packages.begin(), packages.end(), rest.substr(0, rest.find('.'))) != packages.end();
    }
    return false;
}

std::string text_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<std::optional<Json>> read_json(RandomSource& file, const ZipMember& member, Inspection& inspection, const InspectLimits& limits) {
    const Content content{[&] { return open_member(file, member); }, nullptr, member.size};
    TRY_ASSIGN(const auto text, read_whole(content, limits.max_buffered, inspection));
    if (!text) return std::optional<Json>();
    auto json = parse_json(*text, {.max_bytes = limits.max_buffered, .max_depth = limits.max_json_depth});
    if (json && json->is_object()) return std::optional(*std::move(json));
    note(inspection, "invalid-json", 0, json ? "it is no JSON object" : json.error().because, member.name);
    return std::optional<Json>();
}

class Config {
public:
    Config(Inspection& inspection, const InspectLimits& limits) : inspection_(inspection), limits_(limits) {}

    /// Every object {"module", "class_name", "config", "registered_name"} of the tree, which is walked without recursion.
    void walk(const Json& root) {
        std::vector<std::pair<const Json*, std::string>> waiting{{&root, ""}};
        while (!waiting.empty()) {
            const auto [json, path] = waiting.back();
            waiting.pop_back();
            if (json->is_object()) look(*json, path);
            if (!json->is_structured()) continue;
            for (const auto& [key, value] : json->items()) {
                if (value.is_structured())
                    waiting.emplace_back(&value, path.size() > max_shown_name ? path : path + "/" + printable(key, 60));
            }
        }
    }

private:
    void look(const Json& object, const std::string& path) {
        const std::string cls = text_at(object, "class_name");
        if (cls.empty()) return;
        const std::string module = text_at(object, "module");
        if (cls == "__lambda__" || (cls == "Lambda" && (module.empty() || module.starts_with("keras"))))
            note(inspection_, "lambda-layer", 0, "a layer carries Python code, which runs with the model", cls, path);
        // "__tuple__", "__tensor__": values, and no names.
        if (cls.starts_with("__") && cls != "__typespec__") return;
        // "function": its config is the name of a function of the module.
        const auto config = object.find("config");
        const bool function = cls == "function" && config != object.end() && config->is_string();
        const std::string name = function ? config->get<std::string>() : cls;
        const std::string registered = text_at(object, "registered_name");
        add(module, name, function ? "value" : "instantiate", path);
        // "Package>Name" is looked up among what the loading program has registered.
        if (!registered.empty() && registered != name && registered.find('>') != std::string::npos)
            add(registered.substr(0, registered.find('>')), registered.substr(registered.find('>') + 1), "instantiate", path);
    }

    void add(const std::string& module, const std::string& name, std::string_view use, const std::string& path) {
        const std::string shown_module = printable(module, max_shown_name);
        const std::string shown = printable(name, max_shown_name);
        const auto found = std::find_if(inspection_.imports.begin(), inspection_.imports.end(), [&](const Import& import) {
            return import.module == shown_module && import.name == shown && import.use == use;
        });
        if (found != inspection_.imports.end()) {
            ++found->count;
            return;
        }
        if (inspection_.imports.size() >= limits_.max_distinct) {
            if (!cut_) note(inspection_, "limit-distinct", 0, "there are more different names than any real file has");
            cut_ = true;
            return;
        }
        inspection_.imports.push_back({shown_module, shown, std::string(use), {}, 1, 0, path});
        // Keras builds its own classes from their config; another module's class is imported and called with it.
        if (use == "instantiate" && !is_building_block(module)) {
            inspection_.calls.push_back({.module = shown_module.empty() ? "(registered)" : shown_module,
                                         .name = shown,
                                         .form = "reduce",
                                         .arguments = {"dict"},
                                         .count = 1,
                                         .path = path});
        }
    }

    Inspection& inspection_;
    const InspectLimits& limits_;
    bool cut_ = false;
};

}  // namespace

bool is_keras(const std::vector<ZipMember>& members, std::string_view name) {
    if (to_lower_ascii(name).ends_with(".keras")) return true;
    return std::any_of(members.begin(), members.end(),
                       [](const ZipMember& member) { return member.name == "metadata.json" || member.name.starts_with("model.weights."); });
}

Result<void> inspect_keras(RandomSource& file, const ZipMember& config, const ZipMember* metadata, Inspection& inspection,
                           Allowance& allowance) {
    std::optional<Json> about;
    if (metadata != nullptr) {
        TRY_ASSIGN(about, read_json(file, *metadata, inspection, allowance.limits));
    }
    TRY_ASSIGN(const auto tree, read_json(file, config, inspection, allowance.limits));
    if (!tree || text_at(*tree, "class_name").empty()) return {};  // a zip that merely has files of these names
    inspection.format = "keras";
    inspection.details = Json::object();
    inspection.details["class"] = printable(text_at(*tree, "class_name"), max_shown_name);
    if (about) {
        const std::string release = printable(text_at(*about, "keras_version"), 60);
        if (!release.empty()) inspection.releases.push_back({"keras", release, "metadata.json", true});
        if (const std::string saved = text_at(*about, "date_saved"); !saved.empty())
            inspection.details["date_saved"] = printable(saved, 60);
    }
    Config(inspection, allowance.limits).walk(*tree);
    return {};
}

}  // namespace assay
