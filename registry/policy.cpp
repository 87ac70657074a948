#include "registry/policy.hpp"

#include "base/json_reader.hpp"
#include "base/text.hpp"
#include "base/toml.hpp"

namespace assay {

namespace {

WhenMissing read_action(JsonReader& reader, std::string_view fact) {
    const auto text = reader.optional_string(fact);
    if (!text || *text == "refuse") return WhenMissing::refuse;
    if (*text != "warn") reader.problem(fact, "must be \"refuse\" or \"warn\"");
    return WhenMissing::warn;
}

void read_trusted(const Json& table, Policy& policy, Problems& problems) {
    for (auto it = table.begin(); it != table.end(); ++it) {
        const std::string field = "safety.trusted." + printable(it.key(), 200);
        std::set<std::string, std::less<>> names;
        if (!it->is_array()) {
            problems.push_back({field, "must be a list of names, such as [\"churn_lib.features.Ratio\"]", ""});
            continue;
        }
        for (const Json& name : *it) {
            const bool dotted = name.is_string() && name.get_ref<const std::string&>().find('.') != std::string::npos;
            if (dotted && name.get_ref<const std::string&>().find('*') == std::string::npos) {
                names.insert(name.get<std::string>());
            } else {
                problems.push_back(
                    {field, "must hold whole names, module and attribute, without wildcards", "such as churn_lib.features.Ratio"});
            }
        }
        policy.trusted.emplace_back(it.key(), std::move(names));
    }
}

void read_safety(JsonReader& reader, Policy& policy, Problems& problems) {
    const auto accept = reader.optional_string("accept");
    if (accept && *accept != "model" && *accept != "needs-trust") reader.problem("accept", "must be \"model\" or \"needs-trust\"");
    if (accept == "needs-trust") policy.accept = Safety::needs_trust;
    const auto dangerous = reader.optional_string("dangerous");
    if (dangerous && *dangerous != "refuse" && *dangerous != "quarantine")
        reader.problem("dangerous", "must be \"refuse\" or \"quarantine\"");
    policy.quarantine_dangerous = dangerous == "quarantine";
    if (const Json* trusted = reader.optional_object("trusted")) read_trusted(*trusted, policy, problems);
    reader.refuse_unknown();
}

void read_replay(JsonReader& reader, Policy& policy) {
    const auto different = reader.optional_string("different");
    if (different == "quarantine") {
        policy.different = WhenDifferent::quarantine;
    } else if (different == "report") {
        policy.different = WhenDifferent::report;
    } else if (different && *different != "refuse") {
        reader.problem("different", "must be \"refuse\", \"quarantine\" or \"report\"");
    }
    reader.refuse_unknown();
}

}  // namespace

std::set<std::string, std::less<>> Policy::trusted_for(std::string_view model) const {
    std::set<std::string, std::less<>> names;
    for (const auto& [pattern, listed] : trusted) {
        const bool whole = !pattern.ends_with('*');
        const bool fits = whole ? pattern == model : model.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
        if (fits) names.insert(listed.begin(), listed.end());
    }
    return names;
}

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
    if (const Json* safety = reader.optional_object("safety")) {
        JsonReader safety_reader(*safety, "safety", problems);
        read_safety(safety_reader, policy, problems);
    }
    if (const Json* replay = reader.optional_object("replay")) {
        JsonReader replay_reader(*replay, "replay", problems);
        read_replay(replay_reader, policy);
    }
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-policy", "the policy file is not valid"));
    return policy;
}

}  // namespace assay
