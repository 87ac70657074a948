#include "registry/rules_in_force.hpp"

#include "storage/tables/rules.hpp"

namespace assay {

Result<std::optional<RuleSet>> load_rules(Database& database) {
    TRY_ASSIGN(const auto body, database.read([](SqlSession& sql) { return rules_table::newest(sql); }));
    if (!body) return std::nullopt;
    TRY_ASSIGN(const Json json, parse_json(*body));
    TRY_ASSIGN(RuleSet rules, read_rules(json));
    return rules;
}

Result<void> import_rules(Registry& registry, const RuleSet& rules, const std::string& actor) {
    const std::string bytes = canonical_bytes(rules);
    TRY(registry.database.write(
        [&](SqlWrite& sql) { return rules_table::append(sql, bytes, rules.digest.to_string(), registry.now(), actor); }));
    registry.rules.replace(rules);
    return {};
}

}  // namespace assay
