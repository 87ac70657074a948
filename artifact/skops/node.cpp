#include "artifact/skops/node.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace assay {

namespace {

constexpr auto loaders = std::to_array<std::pair<std::string_view, SkopsLoader>>({
    {"CachedNode", SkopsLoader::cached},
    {"JsonNode", SkopsLoader::json},
    {"DictNode", SkopsLoader::dict},
    {"DefaultDictNode", SkopsLoader::default_dict},
    {"_DictWithDeprecatedKeysNode", SkopsLoader::deprecated_dict},
    {"ListNode", SkopsLoader::list},
    {"SetNode", SkopsLoader::set},
    {"TupleNode", SkopsLoader::tuple},
    {"SliceNode", SkopsLoader::slice},
    {"BytesNode", SkopsLoader::bytes},
    {"BytearrayNode", SkopsLoader::byte_array},
    {"FunctionNode", SkopsLoader::function},
    {"TypeNode", SkopsLoader::type},
    {"PartialNode", SkopsLoader::partial},
    {"MethodNode", SkopsLoader::method},
    {"OperatorFuncNode", SkopsLoader::operator_function},
    {"ObjectNode", SkopsLoader::object},
    {"ConstructorFromReduceNode", SkopsLoader::constructor},
    {"NdArrayNode", SkopsLoader::array},
    {"MaskedArrayNode", SkopsLoader::masked_array},
    {"DTypeNode", SkopsLoader::dtype},
    {"RandomStateNode", SkopsLoader::random_state},
    {"RandomGeneratorNode", SkopsLoader::random_generator},
    {"SparseMatrixNode", SkopsLoader::sparse_matrix},
    {"TreeNode", SkopsLoader::tree},
    {"LossNode", SkopsLoader::loss},
    {"SGDNode", SkopsLoader::loss},  // its name until 0.10
    {"QuantileForestNode", SkopsLoader::quantile_forest},
});

const Json& nothing() {
    static const Json null;
    return null;
}

}  // namespace

std::optional<SkopsLoader> parse_skops_loader(std::string_view name) {
    const auto* const found = std::find_if(loaders.begin(), loaders.end(), [&](const auto& entry) { return entry.first == name; });
    return found == loaders.end() ? std::nullopt : std::optional(found->second);
}

bool is_skops_node(const Json& json) { return skops_member(json, "__loader__").is_string(); }

std::string skops_text(const Json& node, const char* key) {
    const Json& value = skops_member(node, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::optional<SkopsLoader> skops_loader(const Json& node) { return parse_skops_loader(skops_text(node, "__loader__")); }

std::string skops_class(const Json& node) { return skops_text(node, "__module__") + "." + skops_text(node, "__class__"); }

const Json& skops_member(const Json& node, const char* key) {
    if (!node.is_object()) return nothing();
    const auto found = node.find(key);
    return found == node.end() ? nothing() : *found;
}

const Json& skops_state(const Json& node) {
    const Json& content = skops_member(node, "content");
    if (skops_loader(content) != SkopsLoader::dict) return nothing();
    const Json& entries = skops_member(content, "content");
    return entries.is_object() ? entries : nothing();
}

const Json& skops_items(const Json& node) {
    static const Json none = Json::array();
    const Json& content = skops_member(node, "content");
    return is_skops_node(node) && content.is_array() ? content : none;
}

std::optional<Json> skops_value(const Json& node) {
    if (skops_loader(node) != SkopsLoader::json) return std::nullopt;
    const std::string text = skops_text(node, "content");
    // Python's json also writes what JSON lacks.
    if (text == "NaN" || text == "Infinity" || text == "-Infinity") return Json(text);
    auto value = parse_json(text);
    return value ? std::optional(*std::move(value)) : std::nullopt;
}

}  // namespace assay
