#include "api/mlflow/version_view.hpp"

#include "api/mlflow/errors.hpp"
#include "api/mlflow/locations.hpp"
#include "api/mlflow/message.hpp"
#include "api/mlflow/names.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

#include <fmt/format.h>

namespace assay::mlflow {

namespace {

Result<std::int64_t> created_of(const ModelRow& row) {
    TRY_ASSIGN(const Timestamp created, Timestamp::parse(row.created_at));
    return milliseconds_of(created);
}

constexpr std::string_view quarantine_tag = "assay.quarantine";

bool waits(const RegistrationView& version) { return version.version && version.version->row.state == VersionState::quarantined; }

/// What a reader should know of a version that is not handed out.
std::string message_of(const RegistrationView& version) {
    if (!waits(version)) return version.registration.message;
    return fmt::format(
        "it is in quarantine and not handed out: `assay inspect {0}@{1}` says why, `assay trust {0}@{1} --reason WHY` lets it be",
        version.registration.model, version.registration.version);
}

}  // namespace

std::string folder_of(const VersionRow& version) { return "versions/" + version.digest.substr(version.digest.find(':') + 1); }

Json view(const RegistrationView& version, WithAliasNames aliases) {
    const RegistrationRow& row = version.registration;
    const std::string own = version.version ? uri_of(folder_of(version.version->row)) : "";
    Json json =
        object_of("name", row.model, "version", std::to_string(row.version), "creation_timestamp", row.created_at, "last_updated_timestamp",
                  row.updated_at, "current_stage", row.stage, "description",
                  version.version ? version.version->row.description : row.description, "source", row.source.empty() ? own : row.source,
                  "run_id", row.run, "status", version.version ? "READY" : "FAILED_REGISTRATION", "run_link", row.run_link);
    if (const std::string message = message_of(version); !message.empty()) json["status_message"] = message;
    if (!row.logged_model.empty()) json["model_id"] = row.logged_model;
    std::vector<TagRow> tags = version.version ? version.version->tags : version.tags;
    if (waits(version)) {  // clients show their users no message of a version that is READY, and pages show tags
        std::erase_if(tags, [](const TagRow& tag) { return tag.key == quarantine_tag; });
        tags.push_back({std::string(quarantine_tag), message_of(version)});
    }
    if (!tags.empty()) json["tags"] = view(tags);
    if (version.version && aliases == WithAliasNames::yes && !version.version->aliases.empty()) json["aliases"] = version.version->aliases;
    return json;
}

Json view(const RegisteredModel& model, const std::vector<RegistrationView>& latest) {
    const std::int64_t created = created_of(model.row).value_or(0);
    Json json = {
        {"name", model.row.name}, {"creation_timestamp", created}, {"last_updated_timestamp", std::max(created, model.row.updated_at)}};
    if (!model.row.description.empty()) json["description"] = model.row.description;
    for (const RegistrationView& version : latest) json["latest_versions"].push_back(view(version, WithAliasNames::no));
    if (!model.tags.empty()) json["tags"] = view(model.tags);
    for (const AliasRow& alias : model.aliases)
        json["aliases"].push_back({{"alias", alias.alias}, {"version", std::to_string(alias.version)}});
    return json;
}

std::unexpected<Error> registry_error(Error error, const std::string& model, const std::string& version) {
    if (error.code == "model-not-found") return refuse(does_not_exist, fmt::format("Registered Model with name={} not found", model));
    if (error.code == "version-not-found")
        return refuse(does_not_exist, fmt::format("Model Version (name={}, version={}) not found", model, version));
    if (error.code == "model-exists") return refuse(already_exists, fmt::format("Registered Model (name={}) already exists.", model));
    return fail(std::move(error));
}

/// "%" and two hexadecimal digits
bool has_encoded_byte(std::string_view text) {
    for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
        const std::string digits = to_lower_ascii(text.substr(at + 1, 2));
        if (digits.size() == 2 && hex_value(digits[0]) >= 0 && hex_value(digits[1]) >= 0) return true;
    }
    return false;
}

Result<std::string> registered_name(const std::string& name) {
    if (trim(name).empty()) return refuse(invalid_parameter, "Missing value for required parameter 'name'.");
    if (name.find_first_of("/:") != std::string::npos)
        return refuse(invalid_parameter, fmt::format("Invalid model name '{}'. Names cannot contain '/' or ':'.", name));
    if (!is_normal_path(name)) TRY(check_key(name, "name"));
    // A name that another name is the encoding of is a trap.
    const auto decoded = decode_component(name);
    if (decoded ? *decoded != name : has_encoded_byte(name))
        return refuse(invalid_parameter, fmt::format("Invalid model name '{}'. Names cannot be percent-encoded.", name));
    return name;
}

Result<std::int64_t> version_number(const std::string& text) {
    const auto number = parse_integer(trim(text));
    if (!number) return refuse(invalid_parameter, fmt::format("Parameter 'version' must be an integer, got '{}'.", text));
    return *number;
}

Result<std::string> canonical_stage(const std::string& stage) {
    for (const std::string_view known : stages) {
        if (equals_ignoring_case(stage, known)) return std::string(known);
    }
    return refuse(invalid_parameter,
                  fmt::format("Invalid Model Version stage: {}. Value must be one of None, Staging, Production, Archived.", stage));
}

Result<TagRow> registry_tag(const Json& tag) {
    TagRow row{text_of(tag, "key"), text_of(tag, "value")};
    TRY(check_key(row.key, "key"));
    TRY(check_length("key", 250, row.key));
    if (row.key == quarantine_tag)
        return refuse(invalid_parameter,
                      fmt::format("The tag '{}' is the server's own: a version has it as long as it waits for trust.", row.key));
    TRY(check_length("value", 100'000, row.value));
    return row;
}

std::string actor_of(const Request& request) {
    const auto header = request.headers.find("Assay-Consumer");
    const auto decoded = header ? decode_component(*header) : Result<std::string>("");
    if (decoded && !decoded->empty() && decoded->size() <= 255 && !has_control_characters(*decoded)) return *decoded;
    return "unknown@" + request.remote_address;
}

}  // namespace assay::mlflow
