#include "registry/rules.hpp"

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "embedded/embedded_rules.hpp"
#include "registry/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace assay {

namespace {

constexpr std::string_view schema = "assay.rules/1";

constexpr std::array<std::pair<Effect, std::string_view>, 7> effects = {{{Effect::load_error, "load-error"},
                                                                         {Effect::predict_error, "predict-error"},
                                                                         {Effect::different_predictions, "different-predictions"},
                                                                         {Effect::secondary, "secondary"},
                                                                         {Effect::none, "none"},
                                                                         {Effect::missing_package, "missing-package"},
                                                                         {Effect::unproven, "unproven"}}};
constexpr std::size_t effects_of_rules = 5;  ///< the first so many may stand in a rule

bool is_id(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '/' || c == '-' || c == '+';
    };
    return !text.empty() && text.size() <= 128 && std::ranges::all_of(text, allowed) && text.front() != '/' && text.back() != '/';
}

/// `==V` alone, without wildcard, or `===text`.
bool names_one_release(const SpecifierSet& set) {
    const std::string text = set.to_string();
    return text.starts_with("==") && text.find(',') == std::string::npos && !text.ends_with(".*");
}

/// A required text for a person.
std::string sentence(JsonReader& reader, std::string_view key, std::size_t max_bytes) {
    std::string text = reader.string(key);
    if (text.size() > max_bytes) reader.problem(key, fmt::format("has {} bytes, at most {} are allowed", text.size(), max_bytes));
    if (!is_utf8(text) || has_control_characters(text)) reader.problem(key, "must be one line of printable text");
    return text;
}

SpecifierSet range(JsonReader& reader, std::string_view key) {
    auto set = SpecifierSet::parse(reader.string(key));
    if (!set) {
        reader.problem(key, set.error().message + ": " + set.error().because, "such as \">=1.2,<1.3\"; \"\" is every release");
        return {};
    }
    return *std::move(set);
}

Rule read_rule(const Json& value, std::string path, Problems& problems) {
    JsonReader reader(value, std::move(path), problems);
    Rule rule;
    rule.id = reader.string("id");
    if (!rule.id.empty() && !is_id(rule.id)) {
        reader.problem("id", "must be 1 to 128 of a-z, 0-9, '.', '_', '-', '+' and inner '/'", "such as \"known-break/numpy-2-to-1\"");
    }
    const std::string package = reader.string("package");
    if (!package.empty()) {
        const auto name = package_name(package);
        if (!name) {
            reader.problem("package", name.error().because);
        } else if (*name != package) {
            reader.problem("package", fmt::format("is not normalised: write '{}'", *name));
        }
    }
    rule.package = package;
    rule.recorded = range(reader, "recorded");
    rule.offered = range(reader, "offered");
    rule.is_pair = names_one_release(rule.recorded) && names_one_release(rule.offered);
    const std::string effect = reader.string("effect");
    const auto end = effects.begin() + effects_of_rules;
    const auto known = std::find_if(effects.begin(), end, [&](const auto& item) { return item.second == effect; });
    if (known != end) {
        rule.effect = known->first;
    } else if (reader.has("effect") && !effect.empty()) {
        reader.problem("effect", fmt::format("'{}' is not an effect", printable(effect, 40)),
                       "load-error, predict-error, different-predictions, secondary or none");
    }
    rule.because = sentence(reader, "because", 1'000);
    if (const auto fix = reader.optional_string("fix")) rule.fix = sentence(reader, "fix", 500);
    reader.refuse_unknown();
    for (const std::string_view key : {"id", "package", "effect", "because"}) {
        if (value.is_object() && value.contains(key) && value[key].is_string() && value[key].get_ref<const std::string&>().empty()) {
            reader.problem(key, "is empty");
        }
    }
    return rule;
}

/// Two rules that say different things of the same ranges, and two rules of one id, are mistakes of the author.
void refuse_contradictions(const std::vector<Rule>& rules, JsonReader& reader) {
    std::map<std::string_view, std::size_t> ids;
    std::map<std::tuple<std::string_view, std::string, std::string>, std::size_t> ranges;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const Rule& rule = rules[i];
        if (const auto [first, fresh] = ids.emplace(rule.id, i); !fresh && !rule.id.empty()) {
            reader.problem(fmt::format("rules[{}].id", i), fmt::format("'{}' is the id of rules[{}] too", rule.id, first->second));
        }
        const auto [first, fresh] =
            ranges.emplace(std::tuple(std::string_view(rule.package), rule.recorded.to_string(), rule.offered.to_string()), i);
        if (!fresh && rules[first->second].effect != rule.effect) {
            reader.problem(fmt::format("rules[{}].effect", i),
                           fmt::format("contradicts rules[{}], which has the same package and ranges", first->second));
        }
    }
}

}  // namespace

std::string_view to_string(Effect effect) {
    return std::ranges::find(effects, effect, &std::pair<Effect, std::string_view>::first)->second;
}

const Rule* RuleSet::find(std::string_view package, std::string_view recorded, std::string_view offered) const {
    const auto rank = [](const Rule& rule) { return std::tuple(!rule.is_pair, rule.effect, std::string_view(rule.id)); };
    const Rule* best = nullptr;
    for (const Rule& rule : rules) {
        if (rule.package != package) continue;
        if (best != nullptr && rank(*best) < rank(rule)) continue;
        if (rule.recorded.contains_text(recorded) && rule.offered.contains_text(offered)) best = &rule;
    }
    return best;
}

Result<RuleSet> read_rules(const Json& value) {
    Problems problems;
    JsonReader reader(value, "", problems);
    const std::string given = reader.string("schema");
    if (!given.empty() && given != schema)
        reader.problem("schema", fmt::format("'{}' is not known", printable(given, 40)), "\"assay.rules/1\"");
    std::string name = sentence(reader, "name", 128);
    if (name.empty() && reader.has("name") && value["name"].is_string()) reader.problem("name", "is empty");
    const Json& list = reader.array("rules");
    std::vector<Rule> rules;
    if (list.size() > max_rules) {
        reader.problem("rules", fmt::format("holds {} rules, at most {} are read", list.size(), max_rules));
    } else {
        for (std::size_t i = 0; i < list.size(); ++i) rules.push_back(read_rule(list[i], fmt::format("rules[{}]", i), problems));
        refuse_contradictions(rules, reader);
    }
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-rules", "the rules cannot be read"));
    RuleSet set{std::move(name), std::move(rules), Digest(Digest::Bytes{})};
    set.digest = sha256(canonical_bytes(set));
    return set;
}

Result<RuleSet> parse_rules(std::string_view text) {
    TRY_ASSIGN(const Json value, parse_json(text));
    return read_rules(value);
}

Json to_json(const RuleSet& set) {
    Json rules = Json::array();
    for (const Rule& rule : set.rules) {
        Json json = {{"id", rule.id},
                     {"package", rule.package},
                     {"recorded", rule.recorded.to_string()},
                     {"offered", rule.offered.to_string()},
                     {"effect", to_string(rule.effect)},
                     {"because", rule.because}};
        if (!rule.fix.empty()) json["fix"] = rule.fix;
        rules.push_back(std::move(json));
    }
    return {{"schema", schema}, {"name", set.name}, {"rules", std::move(rules)}};
}

std::string canonical_bytes(const RuleSet& set) {
    // Only strings and arrays of checked UTF-8: the canonical form always exists.
    return canonical_json(to_json(set)).value();
}

const RuleSet& default_rules() {
    static const RuleSet rules = [] {
        for (const EmbeddedFile& file : embedded_rules()) {
            if (file.name != "default.json") continue;
            auto read = parse_rules(file.bytes);
            if (!read) throw std::logic_error("registry/rules/default.json: " + describe(read.error()));
            return *std::move(read);
        }
        throw std::logic_error("registry/rules/default.json is not embedded");
    }();
    return rules;
}

}  // namespace assay
