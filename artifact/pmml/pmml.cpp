#include "artifact/pmml/pmml.hpp"

#include "artifact/pmml/node.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

namespace assay {

namespace {

constexpr std::size_t max_depth = 5'000;  // trees of decision nodes are that deep, one element for each level
constexpr std::size_t max_foreign = 100;  // functions reported

std::string text_of(const pugi::xml_node& node, const char* attribute) {
    return printable(node.attribute(attribute).value(), max_shown_name);
}

void put(Json& json, const char* key, std::string value) {
    if (!value.empty()) json[key] = std::move(value);
}

bool is_model(const pugi::xml_node& node) {
    return (local_name(node).ends_with("Model") || local_name(node).ends_with("Network") || local_name(node) == "Scorecard") &&
           !node.attribute("functionName").empty();
}

Json fields_of(const pugi::xml_node& dictionary) {
    Json fields = Json::array();
    for (const pugi::xml_node& node : dictionary.children()) {
        if (local_name(node) != "DataField" || fields.size() == max_listed_facts) continue;
        Json field = {{"name", text_of(node, "name")}};
        put(field, "optype", text_of(node, "optype"));
        put(field, "type", text_of(node, "dataType"));
        fields.push_back(std::move(field));
    }
    return fields;
}

/// The field that the model predicts: "target", or "predicted" in PMML before 4.2.
std::string target_of(const pugi::xml_node& model) {
    for (const pugi::xml_node& field : child_named(model, "MiningSchema").children()) {
        const std::string usage = field.attribute("usageType").value();
        if (usage == "target" || usage == "predicted") return text_of(field, "name");
    }
    return {};
}

/// Rows of the model's own check, which are no training data.
std::uint64_t verification_rows(const pugi::xml_node& model) {
    std::uint64_t rows = 0;
    for (const pugi::xml_node& row : child_named(child_named(model, "ModelVerification"), "InlineTable").children()) {
        if (local_name(row) == "row") ++rows;
    }
    return rows;
}

Json labels_of(const pugi::xml_node& dictionary, const std::string& target) {
    Json labels = Json::array();
    for (const pugi::xml_node& field : dictionary.children()) {
        if (text_of(field, "name") != target) continue;
        for (const pugi::xml_node& value : field.children()) {
            if (local_name(value) == "Value" && labels.size() < max_listed_facts) labels.push_back(text_of(value, "value"));
        }
    }
    return labels.empty() ? Json() : labels;
}

/// Walks all elements for functions that are no function of PMML: evaluators take a dotted name for a class to load.
class Foreign final : public pugi::xml_tree_walker {
public:
    explicit Foreign(Inspection& inspection) : inspection_(inspection) {}
    bool for_each(pugi::xml_node& node) override {
        if (depth() > static_cast<int>(max_depth)) {
            note(inspection_, "limit-depth", 0, "elements are nested deeper than any real document needs");
            return false;
        }
        if (local_name(node) == "Apply") look(node.attribute("function").value());
        return true;
    }

private:
    void look(const std::string& function) {
        if (function.find('.') == std::string::npos || seen_.size() >= max_foreign || !seen_.insert(function).second) return;
        note(inspection_, "custom-operator", 0, fmt::format("calls {}, which is code of the program that evaluates it", function),
             function);
    }
    Inspection& inspection_;
    std::set<std::string> seen_;
};

void put_model(const pugi::xml_node& model, const pugi::xml_node& dictionary, Inspection& inspection) {
    Json& details = inspection.details;
    details["model"] = printable(local_name(model), max_shown_name);
    put(details, "function", text_of(model, "functionName"));
    put(details, "algorithm", text_of(model, "algorithmName"));
    put(details, "model_name", text_of(model, "modelName"));
    const std::string target = target_of(model);
    put(details, "target", target);
    for (const pugi::xml_node& field : child_named(model, "MiningSchema").children()) {
        const std::string usage = field.attribute("usageType").value();
        if ((usage.empty() || usage == "active") && inspection.feature_names.size() < max_listed_facts &&
            local_name(field) == "MiningField")
            inspection.feature_names.push_back(text_of(field, "name"));
    }
    if (const std::uint64_t rows = verification_rows(model); rows != 0) details["verification"] = {{"rows", rows}};
    if (!target.empty()) inspection.classes = labels_of(dictionary, target);
}

void read_document(const pugi::xml_document& document, Inspection& inspection) {
    const pugi::xml_node root = document.document_element();
    if (local_name(root) != "PMML") return note(inspection, "invalid-xml", 0, "the root element is not PMML");
    Json& details = inspection.details = Json::object();
    put(details, "version", text_of(root, "version"));
    const pugi::xml_node header = child_named(root, "Header");
    const pugi::xml_node application = child_named(header, "Application");
    put(details, "application", text_of(application, "name"));
    put(details, "application_version", text_of(application, "version"));
    put(details, "timestamp", printable(trim(child_named(header, "Timestamp").text().get()), 60));
    if (!application.attribute("version").empty() && !application.attribute("name").empty())
        inspection.releases.push_back({text_of(application, "name"), text_of(application, "version"), "Header/Application", true});
    const pugi::xml_node dictionary = child_named(root, "DataDictionary");
    details["fields"] = fields_of(dictionary);
    const auto models = root.children();
    const auto model = std::find_if(models.begin(), models.end(), is_model);
    if (model != models.end()) put_model(*model, dictionary, inspection);
}

}  // namespace

bool begins_like_pmml(std::string_view first_bytes) {
    if (first_bytes.starts_with("\xef\xbb\xbf")) first_bytes.remove_prefix(3);
    first_bytes = trim(first_bytes);
    return first_bytes.starts_with('<') &&
           (first_bytes.find("<PMML") != std::string_view::npos || first_bytes.find(":PMML") != std::string_view::npos);
}

Result<void> inspect_pmml(const Content& content, Inspection& inspection, const InspectLimits& limits) {
    inspection.format = "pmml";
    TRY_ASSIGN(auto text, read_whole(content, limits.max_buffered, inspection));
    if (!text) return {};
    // pugixml knows no entities but XML's own five, and loads nothing; other readers do both, where there is a document type.
    pugi::xml_document document;
    const pugi::xml_parse_result parsed =
        document.load_buffer_inplace(text->data(), text->size(), pugi::parse_default | pugi::parse_doctype);
    if (!parsed) {
        note(inspection, "invalid-xml", static_cast<std::uint64_t>(std::max<std::ptrdiff_t>(parsed.offset, 0)), parsed.description());
        return {};
    }
    for (const pugi::xml_node& node : document.children()) {
        if (node.type() == pugi::node_doctype) note(inspection, "xml-doctype", 0, "has a document type, by which entities are declared");
    }
    read_document(document, inspection);
    Foreign foreign(inspection);
    document.traverse(foreign);
    inspection.complete = std::all_of(inspection.oddities.begin(), inspection.oddities.end(),
                                      [](const Oddity& oddity) { return oddity.code == "custom-operator"; });
    return {};
}

}  // namespace assay
