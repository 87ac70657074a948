#include "registry/rules.hpp"

#include "base/crypto.hpp"
#include "base/json_lines.hpp"
#include "base/text.hpp"
#include "embedded/embedded_rules.hpp"
#include "registry/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
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

constexpr auto content_kinds = std::to_array<std::string_view>({"layout", "state", "value", "generator", "method"});
constexpr std::size_t max_class_name = 300;
constexpr std::size_t max_word = 4'000;
constexpr std::size_t max_names_in_list = 10'000;  // of classes or attributes in a list

/// A list of texts, none of them empty or longer than max_bytes.
std::vector<std::string> texts(JsonReader& reader, std::string_view key, const Json& list, std::size_t max_bytes) {
    std::vector<std::string> read;
    if (!list.is_array() || list.size() > max_names_in_list) {
        reader.problem(key, fmt::format("must be a list of at most {} texts", max_names_in_list));
        return read;
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        const bool text = list[i].is_string() && !list[i].get_ref<const std::string&>().empty();
        if (!text || list[i].get_ref<const std::string&>().size() > max_bytes) {
            reader.problem(fmt::format("{}[{}]", key, i), fmt::format("must be a text of 1 to {} bytes", max_bytes));
        } else {
            read.push_back(list[i].get<std::string>());
        }
    }
    return read;
}

/// "sklearn.svm._classes:SVC"
void refuse_unlike_names(JsonReader& reader, std::string_view key, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::size_t colon = names[i].find(':');
        if (colon == std::string::npos || colon == 0 || colon + 1 == names[i].size())
            reader.problem(fmt::format("{}[{}]", key, i), "names no class", "such as \"sklearn.svm._classes:SVC\"");
    }
}

/// The members of a rule that say which objects it is about; absent in a rule about releases.
std::optional<ObjectCondition> read_content(const Json& value, JsonReader& reader) {
    const auto kind = reader.optional_string("kind");
    if (!kind || *kind == "release") {
        for (const char* key : {"class", "lacks", "with", "unless"}) {
            if (reader.has(key)) reader.problem(key, "is for a rule about content", "say which: \"kind\": \"state\"");
        }
        return std::nullopt;
    }
    if (std::ranges::find(content_kinds, *kind) == content_kinds.end()) {
        reader.problem("kind", fmt::format("'{}' is not a kind of rule", printable(*kind, 40)),
                       "release, layout, state, value, generator or method");
    }
    ObjectCondition content{.kind = *kind, .made_by = {}, .lacks = {}, .with = {}, .unless = {}};
    content.made_by = texts(reader, "class", reader.array("class"), max_class_name);
    refuse_unlike_names(reader, "class", content.made_by);
    if (reader.has("class") && value["class"].is_array() && value["class"].empty()) reader.problem("class", "is empty");
    if (reader.has("lacks")) content.lacks = texts(reader, "lacks", reader.array("lacks"), max_class_name);
    const auto conditions = [&](const char* key, auto& into) {
        if (!reader.has(key)) return;
        for (const auto& [attribute, words] : reader.object(key).items())
            into[attribute] = texts(reader, fmt::format("{}.{}", key, printable(attribute, 60)), words, max_word);
    };
    conditions("with", content.with);
    conditions("unless", content.unless);
    for (const auto& [attribute, words] : content.with) {
        if (words.empty()) reader.problem("with." + printable(attribute, 60), "is empty, and so holds for nothing");
        if (std::ranges::find(content.lacks, attribute) != content.lacks.end())
            reader.problem("with." + printable(attribute, 60), "is one that the rule says is lacking");
    }
    return content;
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
    rule.content = read_content(value, reader);
    rule.is_pair = names_one_release(rule.recorded) && names_one_release(rule.offered);
    const std::string effect = reader.string("effect");
    if (rule.content && effect == "none") reader.problem("effect", "is none, and a rule about content says what breaks");
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

constexpr std::size_t max_measured = 100;
constexpr std::size_t max_told = 100;   // mistakes of a file
constexpr std::size_t max_alike = 200;  // ranges about one thing, which are held against each other

Measured read_measured(const Json& value, std::string path, Problems& problems) {
    JsonReader reader(value, std::move(path), problems);
    Measured measured{.package = reader.string("package"), .offered = range(reader, "offered"), .made_by = {}};
    const std::vector<std::string> names = texts(reader, "classes", reader.array("classes"), max_class_name);
    refuse_unlike_names(reader, "classes", names);
    measured.made_by.insert(names.begin(), names.end());
    reader.refuse_unknown();
    return measured;
}

RuleSet make_rule_set(std::string name, std::vector<Rule> rules, std::vector<Measured> measured) {
    RuleSet set{std::move(name), std::move(rules), std::move(measured), Digest(Digest::Bytes{})};
    for (std::size_t i = 0; i < set.rules.size(); ++i) {
        if (!set.rules[i].content) continue;
        for (const std::string& made_by : set.rules[i].content->made_by) set.by_class.emplace(made_by, i);
    }
    set.digest = sha256(canonical_bytes(set));
    return set;
}

/// What a rule is about beside releases, as text: rules that differ in it are about different things.
std::string subject(const Rule& rule) {
    if (!rule.content) return rule.package;
    ObjectCondition content = *rule.content;
    std::ranges::sort(content.made_by);
    std::ranges::sort(content.lacks);
    for (auto* conditions : {&content.with, &content.unless}) {
        for (auto& [attribute, words] : *conditions) std::ranges::sort(words);
    }
    return rule.package + to_text(Json{content.made_by, content.lacks, content.with, content.unless});
}

/// Of a range that names one release, that release without zeros at its end: 1.0 is 1.
std::string one_release(const SpecifierSet& range) {
    const std::vector<Release> releases = range.boundaries();
    if (releases.size() != 1 || range.to_string().starts_with("===")) return range.to_string();
    std::vector<std::uint64_t> numbers = releases.front().numbers();
    while (numbers.size() > 1 && numbers.back() == 0) numbers.pop_back();
    const std::string text = releases.front().to_string();
    const std::size_t behind = text.find_first_not_of("0123456789.!");
    return fmt::format("{}!{}{}", releases.front().epoch(), fmt::join(numbers, "."),
                       behind == std::string::npos ? "" : text.substr(behind));
}

/// Whether both rules are about some of the same pairs of releases, disagree, and neither is the more specific.
bool are_at_odds(const Rule& one, const Rule& other) {
    if (one.effect == other.effect || one.is_pair || other.is_pair) return false;
    if (!overlap(one.recorded, other.recorded) || !overlap(one.offered, other.offered)) return false;
    const auto within = [](const Rule& inner, const Rule& outer) {
        return is_within(inner.recorded, outer.recorded) && is_within(inner.offered, outer.offered);
    };
    return within(one, other) == within(other, one);  // neither, or both: the same ranges in other words
}

/// Rules about one thing that say different things of the same releases, and two rules of one id, are mistakes of the author.
void refuse_contradictions(const std::vector<Rule>& rules, JsonReader& reader) {
    std::map<std::string_view, std::size_t> ids;
    std::map<std::string, std::vector<std::size_t>> subjects;  // ranges
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> pairs;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const Rule& rule = rules[i];
        if (const auto [first, fresh] = ids.emplace(rule.id, i); !fresh && !rule.id.empty()) {
            reader.problem(fmt::format("rules[{}].id", i), fmt::format("'{}' is the id of rules[{}] too", rule.id, first->second));
        }
        std::vector<std::size_t>& alike = subjects[subject(rule)];
        const auto same = std::ranges::find_if(alike, [&](std::size_t each) {
            return rules[each].recorded.to_string() == rule.recorded.to_string() &&
                   rules[each].offered.to_string() == rule.offered.to_string();
        });
        const auto odd = std::ranges::find_if(alike, [&](std::size_t each) { return are_at_odds(rules[each], rule); });
        if (same != alike.end() && rules[*same].effect != rule.effect) {
            reader.problem(fmt::format("rules[{}].effect", i),
                           fmt::format("contradicts rules[{}], which is about the same and has the same ranges", *same));
        } else if (odd != alike.end()) {
            reader.problem(
                fmt::format("rules[{}].effect", i),
                fmt::format("contradicts rules[{}], which says '{}' of some of the same releases", *odd, to_string(rules[*odd].effect)),
                "draw their ranges apart, or one within the other");
        }
        if (!rule.is_pair && alike.size() < max_alike) {
            alike.push_back(i);
        } else if (!rule.is_pair) {
            reader.problem(fmt::format("rules[{}]", i), fmt::format("there are more than {} ranges about the same thing", max_alike));
        }
        if (!rule.is_pair) continue;
        const auto [pair, first] = pairs.emplace(std::tuple(subject(rule), one_release(rule.recorded), one_release(rule.offered)), i);
        if (!first && rules[pair->second].effect != rule.effect) {
            reader.problem(fmt::format("rules[{}].effect", i),
                           fmt::format("contradicts rules[{}], which is about the same and has the same ranges", pair->second));
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
        if (rule.package != package || rule.content) continue;
        if (best != nullptr && rank(*best) < rank(rule)) continue;
        if (rule.recorded.contains_text(recorded) && rule.offered.contains_text(offered)) best = &rule;
    }
    return best;
}

namespace {

/// Whether a rule is about the release. What changes in 1.5 is in 1.5.0rc1 already, which is no >=1.5: a pre-release counts as its final
/// release, too.
bool is_about(const SpecifierSet& range, std::string_view text) {
    if (range.contains_text(text)) return true;
    const auto release = Release::parse(text);
    if (!release || !release->is_prerelease()) return false;
    std::string final_release = release->epoch() == 0 ? "" : std::to_string(release->epoch()) + "!";
    final_release += fmt::format("{}", fmt::join(release->numbers(), "."));
    return range.contains_text(final_release);
}

}  // namespace

bool ObjectCondition::holds_for(const ObjectNeed& object) const {
    const auto is = [](std::string_view word, std::string_view wanted) {
        return wanted.ends_with('*') ? word.starts_with(wanted.substr(0, wanted.size() - 1)) : word == wanted;
    };
    if (std::ranges::find(made_by, object.made_by) == made_by.end()) return false;
    if (std::ranges::any_of(lacks, [&](const std::string& attribute) { return object.state.contains(attribute); })) return false;
    const auto is_so = [&](const auto& condition) {
        const auto found = object.state.find(condition.first);
        return found != object.state.end() &&
               std::ranges::any_of(condition.second, [&](const auto& each) { return is(found->second, each); });
    };
    return std::ranges::all_of(with, is_so) && std::ranges::none_of(unless, is_so);
}

std::vector<const Rule*> RuleSet::about(const ObjectNeed& object, std::string_view package, std::string_view recorded,
                                        std::string_view offered) const {
    std::vector<const Rule*> found;
    const auto [first, last] = by_class.equal_range(object.made_by);
    for (auto it = first; it != last; ++it) {
        const Rule& rule = rules[it->second];
        if (rule.package != package || !is_about(rule.offered, offered)) continue;
        if (!recorded.empty() && !is_about(rule.recorded, recorded)) continue;
        if (rule.content->holds_for(object)) found.push_back(&rule);
    }
    std::ranges::sort(found, {}, [](const Rule* rule) { return std::pair(rule->effect, std::string_view(rule->id)); });
    return found;
}

bool RuleSet::is_measured(std::string_view package, std::string_view made_by, std::string_view offered) const {
    return std::ranges::any_of(measured, [&](const Measured& each) {
        return each.package == package && each.made_by.contains(made_by) && each.offered.contains_text(offered);
    });
}

bool RuleSet::has_measured(std::string_view package, std::string_view offered) const {
    return std::ranges::any_of(measured,
                               [&](const Measured& each) { return each.package == package && each.offered.contains_text(offered); });
}

namespace {

/// A file before its rules become a set.
struct Parts {
    std::string name;
    std::vector<Rule> rules;
    std::vector<Measured> measured;
    std::optional<std::string> digest;
};

Result<Parts> read_parts(const Json& value) {
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
    std::vector<Measured> measured;
    if (reader.has("measured")) {
        const Json& sections = reader.array("measured");
        if (sections.size() > max_measured) reader.problem("measured", fmt::format("holds more than {} entries", max_measured));
        for (std::size_t i = 0; i < sections.size() && i < max_measured; ++i)
            measured.push_back(read_measured(sections[i], fmt::format("measured[{}]", i), problems));
    }
    const auto digest = reader.optional_string("digest");
    reader.refuse_unknown();
    TRY(refuse_if_any(problems, "invalid-rules", "the rules cannot be read"));
    return Parts{std::move(name), std::move(rules), std::move(measured), digest};
}

}  // namespace

Result<RuleSet> read_rules(const Json& value) {
    TRY_ASSIGN(Parts parts, read_parts(value));
    RuleSet set = make_rule_set(std::move(parts.name), std::move(parts.rules), std::move(parts.measured));
    if (parts.digest && *parts.digest != set.digest.to_string()) {
        Problems problems;
        JsonReader(value, "", problems)
            .problem("digest", fmt::format("is not that of the rules, which is {}", set.digest.to_string()),
                     "the file is damaged, or was changed: fetch it again, or leave the digest out");
        TRY(refuse_if_any(problems, "invalid-rules", "the rules cannot be read"));
    }
    return set;
}

Result<RuleSet> parse_rules(std::string_view text) {
    TRY_ASSIGN(const Json value, parse_json(text));
    auto rules = read_rules(value);
    if (rules) return rules;
    Error error = std::move(rules).error();
    if (error.problems.size() > max_told) {
        error.because = fmt::format("it has {} mistakes; the first {} are told", error.problems.size(), max_told);
        error.problems.resize(max_told);
    }
    for (FieldProblem& problem : error.problems) {
        if (const auto line = json_line(text, problem.field)) problem.field = fmt::format("line {}: {}", *line, problem.field);
    }
    return fail(std::move(error));
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
        if (rule.content) {
            json["kind"] = rule.content->kind;
            json["class"] = rule.content->made_by;
            if (!rule.content->lacks.empty()) json["lacks"] = rule.content->lacks;
            if (!rule.content->with.empty()) json["with"] = rule.content->with;
            if (!rule.content->unless.empty()) json["unless"] = rule.content->unless;
        }
        rules.push_back(std::move(json));
    }
    Json json = {{"schema", schema}, {"name", set.name}, {"rules", std::move(rules)}};
    if (set.measured.empty()) return json;
    json["measured"] = Json::array();
    for (const Measured& each : set.measured)
        json["measured"].push_back({{"package", each.package}, {"offered", each.offered.to_string()}, {"classes", each.made_by}});
    return json;
}

std::string canonical_bytes(const RuleSet& set) {
    // Only strings and arrays of checked UTF-8: the canonical form always exists.
    return canonical_json(to_json(set)).value();
}

const RuleSet& default_rules() {
    static const RuleSet rules = [] {
        std::vector<Rule> all;
        std::vector<Measured> measured;
        for (const EmbeddedFile& file : embedded_rules()) {
            const auto json = parse_json(file.bytes);
            auto read = json ? read_parts(*json) : Result<Parts>(fail(json.error()));
            if (!read) throw std::logic_error("registry/rules/" + std::string(file.name) + ": " + describe(read.error()));
            std::ranges::move(read->rules, std::back_inserter(all));
            std::ranges::move(read->measured, std::back_inserter(measured));
        }
        if (all.empty()) throw std::logic_error("registry/rules is not embedded");
        return make_rule_set(std::string(default_rules_name), std::move(all), std::move(measured));
    }();
    return rules;
}

}  // namespace assay
