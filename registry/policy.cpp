#include "registry/policy.hpp"

#include "base/json_reader.hpp"
#include "base/toml.hpp"

namespace assay {

namespace {

WhenMissing read_action(JsonReader& reader, std::string_view fact) {
    const auto text = reader.optional_string(fact);
    if (!text || *text == "refuse") return WhenMissing::refuse;
    if (*text != "warn") reader.problem(fact, "must be \"refuse\" or \"warn\"");
    return WhenMissing::warn;
}

}  // namespace

Result<Policy> read_policy(std::string_view toml) {
    TRY_ASSIGN(const Json json, parse_toml(toml));
    Problems problems;
    JsonReader reader(json, "", problems);
    Policy policy;
    if (const Json* facts = reader.optional_object("facts")) {
        JsonReader facts_reader(*facts, "facts", problems);
        policy.libraries = read_action(facts_reader, "libraries");
        policy.datasets = read_action(facts_reader, "datasets");
        policy.metrics = read_action(facts_reader, "metrics");
        policy.trained_at = read_action(facts_reader, "trained_at");
        facts_reader.refuse_unknown();
    }
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-policy", "the policy file is not valid"));
    return policy;
}

}  // namespace assay
