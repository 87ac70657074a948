#include "artifact/mlflow/mlmodel.hpp"

#include "artifact/mlflow/requirements.hpp"
#include "artifact/mlflow/yaml.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace assay {

namespace {

constexpr std::size_t max_bytes = std::size_t{1} << 20U;
constexpr std::size_t max_flavors = 50;

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

const Json& member(const Json& object, const char* key) {
    static const Json null;
    if (!object.is_object()) return null;
    const auto found = object.find(key);
    return found == object.end() ? null : *found;
}

std::string text_of(const Json& object, const char* key) {
    const Json& value = member(object, key);
    return value.is_string() ? printable(value.get<std::string>(), 1000) : std::string();
}

void put(Json& details, const char* name, std::string value) {
    if (!value.empty()) details[name] = std::move(value);
}

void add_release(Inspection& inspection, std::string package, const std::string& release, std::string evidence) {
    if (!release.empty()) inspection.releases.push_back({std::move(package), printable(release, 100), std::move(evidence), true});
}

/// The signature's parts are JSON within YAML.
Json signature_of(const Json& yaml) {
    Json signature = Json::object();
    for (const char* key : {"inputs", "outputs", "params"}) {
        const Json& value = member(yaml, key);
        if (!value.is_string()) continue;
        auto parsed = parse_json(value.get<std::string>(), {.max_bytes = max_bytes, .max_depth = 32});
        signature[key] = parsed ? *std::move(parsed) : Json(printable(value.get<std::string>(), 1000));
    }
    return signature;
}

/// "scikit-learn" of the flavour "sklearn": the package whose release a flavour records as `<flavor>_version`.
std::string package_of(const std::string& flavor) {
    constexpr auto others = std::to_array<std::pair<std::string_view, std::string_view>>(
        {{"sklearn", "scikit-learn"}, {"pytorch", "torch"}, {"xgboost", "xgboost"}, {"spark", "pyspark"}});
    const auto* const found = std::find_if(others.begin(), others.end(), [&](const auto& entry) { return entry.first == flavor; });
    return found == others.end() ? normalised_package(flavor) : std::string(found->second);
}

bool leads_outside(std::string_view path) {
    if (path.starts_with('/') || path.starts_with('~') || path.find(':') != std::string_view::npos) return true;
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t end = std::min(path.find_first_of("/\\", at), path.size());
        if (path.substr(at, end - at) == "..") return true;
        at = end + 1;
    }
    return false;
}

void read_flavor(const std::string& name, const Json& flavor, Inspection& inspection) {
    Json& details = inspection.details;
    const std::string version_key = (name == "sklearn"    ? "sklearn"
                                     : name == "xgboost"  ? "xgb"
                                     : name == "lightgbm" ? "lgb"
                                                          : name) +
                                    "_version";
    if (const std::string release = text_of(flavor, version_key.c_str()); !release.empty() && name != "python_function") {
        details[name + "_version"] = release;
        add_release(inspection, package_of(name), release, "MLmodel");
    }
    for (const char* key : {"serialization_format", "pickled_model", "model_path", "data", "python_version", "loader_module"})
        put(details, key, text_of(flavor, key));
    for (const char* key : {"pickled_model", "model_path", "data", "code"}) {
        if (const std::string path = text_of(flavor, key); leads_outside(path))
            note(inspection, "external-file", 0, fmt::format("{} is a file outside of the model: {}", key, path), path, name);
    }
    if (name == "python_function") add_release(inspection, "python", text_of(flavor, "python_version"), "MLmodel");
    if (const Json& trusted = member(flavor, "skops_trusted_types"); !trusted.is_null()) {
        details["skops_trusted_types"] = trusted.is_array() ? trusted.size() : 1;
        note(inspection, "trusts-itself", 0, "MLmodel lists names that loading it shall trust: who loads it has to decide that", {}, name);
    }
    if (const Json& code = member(flavor, "code"); !code.is_null())
        note(inspection, "model-code", 0, "loading it imports Python files that come with it: " + code.dump(), {}, name);
    const std::string loader = text_of(flavor, "loader_module");
    if (!loader.empty() && !loader.starts_with("mlflow."))
        note(inspection, "model-code", 0, "loading it runs the module " + loader, loader, name);
    // A model written as a Python script ("models from code").
    if (const std::string script = text_of(flavor, "model_code_path"); !script.empty())
        note(inspection, "model-code", 0, "loading it runs the script " + script, {}, name);
}

void read_mlmodel(const Json& yaml, Inspection& inspection) {
    inspection.format = "mlmodel";
    Json& details = inspection.details = Json::object();
    for (const char* key : {"mlflow_version", "model_id", "model_uuid", "run_id", "utc_time_created", "artifact_path", "model_size_bytes"})
        put(details, key, text_of(yaml, key));
    add_release(inspection, "mlflow", text_of(yaml, "mlflow_version"), "MLmodel");
    details["flavors"] = Json::array();
    const Json& flavors = member(yaml, "flavors");
    if (!flavors.is_object() || flavors.empty()) return note(inspection, "invalid-yaml", 0, "an MLmodel has no flavors");
    for (const auto& [name, flavor] : flavors.items()) {
        if (details["flavors"].size() == max_flavors) break;
        details["flavors"].push_back(printable(name, max_shown_name));
        read_flavor(printable(name, max_shown_name), flavor, inspection);
    }
    if (const Json& signature = member(yaml, "signature"); signature.is_object()) details["signature"] = signature_of(signature);
    put(details, "model_code_path", text_of(yaml, "model_code_path"));
    if (details.contains("model_code_path"))
        note(inspection, "model-code", 0, "loading it runs the script " + text_of(yaml, "model_code_path"));
}

}  // namespace

bool is_mlflow_name(std::string_view name) {
    constexpr auto names = std::to_array<std::string_view>({"MLmodel", "requirements.txt", "conda.yaml", "python_env.yaml"});
    return std::find(names.begin(), names.end(), last_name(name)) != names.end();
}

Result<void> inspect_mlflow_text(const Content& content, Inspection& inspection) {
    TRY_ASSIGN(const auto text, read_whole(content, max_bytes, inspection));
    if (!text) {
        inspection.complete = false;
        return {};
    }
    const std::string name(last_name(inspection.name));
    if (name == "requirements.txt") {
        read_requirements(*text, inspection);
        return {};
    }
    const auto yaml = parse_yaml(*text);
    if (!yaml) {
        note(inspection, "invalid-yaml", 0, yaml.error().message);
        inspection.complete = false;
        return {};
    }
    if (name == "MLmodel") read_mlmodel(*yaml, inspection);
    if (name == "conda.yaml") read_conda_environment(*yaml, inspection);
    if (name == "python_env.yaml") read_python_environment(*yaml, inspection);
    return {};
}

}  // namespace assay
