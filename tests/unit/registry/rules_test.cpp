#include "registry/rules.hpp"

#include "base/crypto.hpp"
#include "tests/support/result.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace assay::test {

namespace {

Json rule(const char* id, const char* recorded, const char* offered, const char* effect) {
    return {{"id", id},           {"package", "scikit-learn"}, {"recorded", recorded},
            {"offered", offered}, {"effect", effect},          {"because", "It was measured."}};
}

/// A file of these rules. As an array of its own: braces around one rule are that rule to one compiler and a list of it to another.
Json file(const std::vector<Json>& rules) { return {{"schema", "assay.rules/1"}, {"name", "test"}, {"rules", rules}}; }

std::string found(const RuleSet& set, const char* recorded, const char* offered) {
    const Rule* best = set.find("scikit-learn", recorded, offered);
    return best == nullptr ? "(none)" : best->id;
}

std::string problem_of_rule(const Json& value, const std::string& field) {
    const auto set = read_rules(value);
    if (set) return "";
    CHECK(set.error().code == "invalid-rules");
    for (const FieldProblem& entry : set.error().problems) {
        if (entry.field == field) return entry.message;
    }
    return "";
}

}  // namespace

TEST_CASE("what breaks wins over what is known to work, an exact pair over ranges, the worse effect over the milder") {
    // In every order of the file.
    std::vector<Json> rules = {rule("good", ">=1", ">=1", "none"),
                               rule("mild", ">=1.2", ">=1.3", "secondary"),
                               rule("b-break", ">=1.2", ">=1.4", "load-error"),
                               rule("a-silent", ">=1.2", ">=1.4,<9", "different-predictions"),
                               rule("pair-good", "==1.2.0", "==1.4.2", "none"),
                               rule("pair-break", "==1.2.1", "==1.4.2", "predict-error")};
    const auto by_id = [](const Json& a, const Json& b) { return a["id"] < b["id"]; };
    std::ranges::sort(rules, by_id);
    int orders = 0;
    do {
        const RuleSet set = must(read_rules(file(rules)));
        REQUIRE(found(set, "1.1", "1.2") == "good");
        REQUIRE(found(set, "1.2", "1.3") == "mild");
        REQUIRE(found(set, "1.2", "1.4") == "b-break");
        REQUIRE(found(set, "1.2.0", "1.4.2") == "pair-good");
        REQUIRE(found(set, "1.2.1", "1.4.2") == "pair-break");
        REQUIRE(found(set, "0.9", "1.4") == "(none)");
        ++orders;
    } while (std::ranges::next_permutation(rules, by_id).found);
    CHECK(orders == 720);
}

TEST_CASE("of two rules that say the same, the one with the smaller id is named") {
    const RuleSet set = must(read_rules(file({rule("b", ">=1", ">=2", "load-error"), rule("a", ">=1.0", ">=2", "load-error")})));
    CHECK(found(set, "1.5", "2.0") == "a");
}

TEST_CASE("a rule is for its package only, and a release that is not PEP 440 matches only text and everything") {
    Json text = rule("text", "===2004d", "", "load-error");
    const RuleSet set = must(read_rules(file({text, rule("range", ">=0", ">=0", "predict-error")})));
    CHECK(set.find("numpy", "1.0", "2.0") == nullptr);
    CHECK(found(set, "2004d", "1.0") == "text");
    CHECK(found(set, "2004e", "1.0") == "(none)");
    CHECK(found(set, "1.0", "2004d") == "(none)");
}

TEST_CASE("rules are written canonically, and their digest is of those bytes") {
    Json spaced = rule("a", " >= 1.0 , <2", "== 2.*", "none");
    spaced["fix"] = "retrain";
    const RuleSet set = must(read_rules(file({spaced})));
    CHECK(canonical_bytes(set) ==
          R"({"name":"test","rules":[{"because":"It was measured.","effect":"none","fix":"retrain","id":"a","offered":"==2.*",)"
          R"("package":"scikit-learn","recorded":">=1.0,<2"}],"schema":"assay.rules/1"})");
    CHECK(set.digest == sha256(canonical_bytes(set)));
    const RuleSet again = must(parse_rules(canonical_bytes(set)));
    CHECK(again.digest == set.digest);
    CHECK(must(read_rules(file({rule("a", ">=1.0,<2", "==2.*", "none")}))).digest != set.digest);
}

TEST_CASE("a rules file with problems is refused whole, every problem with its place") {
    Json bad = {{"id", "Not An Id"}, {"package", "Scikit_Learn"}, {"recorded", "1.2"},
                {"offered", ">=1"},  {"effect", "explodes"},      {"because", ""},
                {"why", 1}};
    const Json value = file({rule("fine", ">=1", ">=2", "none"), bad, 7});
    CHECK(problem_of_rule(value, "rules[1].id").starts_with("must be 1 to 128"));
    CHECK(problem_of_rule(value, "rules[1].package") == "is not normalised: write 'scikit-learn'");
    CHECK(problem_of_rule(value, "rules[1].recorded").starts_with("'1.2' is not a range of releases"));
    CHECK(problem_of_rule(value, "rules[1].effect") == "'explodes' is not an effect");
    CHECK(problem_of_rule(value, "rules[1].because") == "is empty");
    CHECK(problem_of_rule(value, "rules[1].why") == "is not a known field");
    CHECK(problem_of_rule(value, "rules[2]") == "must be an object, not an integer");
    CHECK(problem_of_rule(value, "rules[0].id").empty());
    CHECK(problem_of_rule(Json{{"schema", "assay.rules/2"}, {"name", "x"}, {"rules", Json::array()}}, "schema") ==
          "'assay.rules/2' is not known");
    CHECK(problem_of_rule(Json{{"schema", "assay.rules/1"}, {"name", "x"}}, "rules") == "is required and missing");
    CHECK(error_of(parse_rules("{\"schema\":1,\"schema\":2}")).code == "invalid-json");
}

TEST_CASE("the gate's own effects may not stand in a rule") {
    CHECK(problem_of_rule(file({rule("a", ">=1", ">=2", "unproven")}), "rules[0].effect") == "'unproven' is not an effect");
    CHECK(problem_of_rule(file({rule("a", ">=1", ">=2", "missing-package")}), "rules[0].effect") == "'missing-package' is not an effect");
}

TEST_CASE("one id twice, and two effects for the same ranges, are refused") {
    CHECK(problem_of_rule(file({rule("a", ">=1", ">=2", "none"), rule("a", ">=1", ">=3", "none")}), "rules[1].id") ==
          "'a' is the id of rules[0] too");
    CHECK(problem_of_rule(file({rule("a", ">=1", ">=2", "none"), rule("b", ">= 1", ">=2", "load-error")}), "rules[1].effect")
              .starts_with("contradicts rules[0]"));
}

TEST_CASE("ranges that overlap and disagree are refused, unless one lies within the other or names one release") {
    const auto odd = [](const char* recorded, const char* offered, const char* effect) {
        return problem_of_rule(file({rule("a", ">=1,<3", ">=1,<3", "none"), rule("b", recorded, offered, effect)}), "rules[1].effect");
    };
    CHECK(odd(">=2", ">=2", "load-error").starts_with("contradicts rules[0], which says 'none' of some of the same releases"));
    CHECK(odd(">=3", ">=2", "load-error").empty());
    CHECK(odd(">=2", ">=2", "none").empty());
    CHECK(odd(">=2,<3", ">=2,<3", "load-error").empty());
    CHECK(odd(">=1", "", "load-error").empty());
    CHECK(odd("==2.0", "==2.1", "load-error").empty());
    CHECK(odd("<=1", ">=2", "load-error").starts_with("contradicts rules[0]"));
    CHECK(odd("<1", ">=2", "load-error").empty());
}

namespace {

/// A rule about trees whose nodes have some layout.
Json content_rule(const char* id) {
    return {{"id", id},
            {"kind", "layout"},
            {"package", "scikit-learn"},
            {"class", Json::array({"sklearn.tree._tree:Tree", "sklearn.tree.tree:Tree"})},
            {"lacks", Json::array({"missing"})},
            {"with", {{"nodes", Json::array({"array |V56*"})}, {"max_depth", Json::array({"*"})}}},
            {"unless", {{"node_count", Json::array({"1"})}}},
            {"recorded", "<1.3"},
            {"offered", ">=1.3"},
            {"effect", "load-error"},
            {"because", "The layout changed."}};
}

std::string about(const RuleSet& set, const ObjectNeed& object, const char* recorded = "1.2.2", const char* offered = "1.3.0") {
    std::string ids;
    for (const Rule* each : set.about(object, "scikit-learn", recorded, offered)) ids += each->id + " ";
    return ids;
}

}  // namespace

TEST_CASE("a rule about content applies to objects of its classes whose state is as it says") {
    const RuleSet set = must(read_rules(file({content_rule("t")})));
    const ObjectNeed tree{
        "sklearn.tree._tree:Tree", "", {{"nodes", "array |V56{left_child:<i8@0} [n]"}, {"max_depth", "int"}, {"node_count", "int"}}};
    CHECK(about(set, tree) == "t ");
    CHECK(about(set, tree, "") == "t ");  // nobody knows who wrote it
    CHECK(about(set, tree, "1.3.0").empty());
    CHECK(about(set, tree, "1.2.2", "1.2.0").empty());
    const auto changed = [&](const char* attribute, const char* word) {
        ObjectNeed other = tree;
        if (word == nullptr)
            other.state.erase(attribute);
        else
            other.state[attribute] = word;
        return about(set, other);
    };
    CHECK(changed("nodes", "array |V64{left_child:<i8@0} [n]").empty());
    CHECK(changed("nodes", nullptr).empty());
    CHECK(changed("max_depth", nullptr).empty());
    CHECK(changed("max_depth", "none") == "t ");
    CHECK(changed("missing", "int").empty());
    CHECK(changed("node_count", "1").empty());
    CHECK(changed("node_count", nullptr) == "t ");
    CHECK(about(set, {"sklearn.tree._tree:Other", "", tree.state}).empty());
    CHECK(set.find("scikit-learn", "1.2.2", "1.3.0") == nullptr);  // it is not about releases
    CHECK(set.about(tree, "numpy", "1.2.2", "1.3.0").empty());
}

TEST_CASE("what changes in a release is in its pre-releases already") {
    const RuleSet set = must(read_rules(file({content_rule("t")})));
    const ObjectNeed tree{"sklearn.tree._tree:Tree", "", {{"nodes", "array |V56{}"}, {"max_depth", "int"}}};
    CHECK(about(set, tree, "1.2.2", "1.3.0rc1") == "t ");
    CHECK(about(set, tree, "1.2.2", "1.3.dev0") == "t ");
    CHECK(about(set, tree, "1.2.2", "1.2.3rc1").empty());
}

TEST_CASE("the same ranges in other words are the same, and a rule that can hold for nothing is refused") {
    const auto second = [](const char* recorded, const char* offered) {
        return problem_of_rule(file({rule("a", ">=1,<2", "==2", "none"), rule("b", recorded, offered, "load-error")}), "rules[1].effect");
    };
    CHECK(second("<2.0,>=1.0", "==2").starts_with("contradicts rules[0]"));
    CHECK(problem_of_rule(file({rule("a", "==1.0", "==2", "none"), rule("b", "==1", "==2.0", "load-error")}), "rules[1].effect")
              .starts_with("contradicts rules[0]"));
    CHECK(
        problem_of_rule(file({rule("a", "==1.0rc1", "==2", "none"), rule("b", "==1", "==2.0", "load-error")}), "rules[1].effect").empty());
    Json turned = content_rule("b");
    turned["class"] = Json::array({"sklearn.tree.tree:Tree", "sklearn.tree._tree:Tree"});
    turned["effect"] = "predict-error";
    CHECK(problem_of_rule(file({content_rule("a"), turned}), "rules[1].effect").starts_with("contradicts rules[0]"));
    Json nothing = content_rule("a");
    nothing["with"]["missing"] = Json::array({"*"});
    nothing["with"]["empty"] = Json::array();
    CHECK(problem_of_rule(file({nothing}), "rules[0].with.missing") == "is one that the rule says is lacking");
    CHECK(problem_of_rule(file({nothing}), "rules[0].with.empty") == "is empty, and so holds for nothing");
}

TEST_CASE("of a file full of mistakes the first hundred are told") {
    Json value = file({});
    for (int i = 0; i < 300; ++i) value["rules"].push_back(rule("same", ">=1", ">=2", "bogus"));
    const Error error = error_of(parse_rules(to_text(value)));
    CHECK(error.problems.size() == 100);
    CHECK(error.because == "it has 699 mistakes; the first 100 are told");
}

TEST_CASE("rules about content are written as they were read") {
    const RuleSet set = must(read_rules(file({content_rule("t")})));
    const RuleSet again = must(parse_rules(canonical_bytes(set)));
    CHECK(canonical_bytes(again) == canonical_bytes(set));
    CHECK(again.rules[0].content->unless.at("node_count") == std::vector<std::string>{"1"});
}

TEST_CASE("what is measured is said by class and by releases") {
    Json value = file({});
    value["measured"] = Json::array();
    value["measured"].push_back({{"package", "scikit-learn"}, {"offered", ">=1,<2"}, {"classes", Json::array({"sklearn.a:B"})}});
    const RuleSet set = must(read_rules(value));
    CHECK(set.is_measured("scikit-learn", "sklearn.a:B", "1.5"));
    CHECK_FALSE(set.is_measured("scikit-learn", "sklearn.a:B", "2.0"));
    CHECK_FALSE(set.is_measured("scikit-learn", "sklearn.a:C", "1.5"));
    CHECK_FALSE(set.is_measured("numpy", "sklearn.a:B", "1.5"));
    CHECK(set.has_measured("scikit-learn", "1.0"));
    CHECK_FALSE(set.has_measured("scikit-learn", "2.0"));
    CHECK(must(parse_rules(canonical_bytes(set))).measured.size() == 1);
}

TEST_CASE("a rule about content with problems is refused, each with its place") {
    const auto with = [](const char* key, const Json& value) {
        Json changed = content_rule("t");
        changed[key] = value;
        return changed;
    };
    CHECK(problem_of_rule(file({with("kind", "smell")}), "rules[0].kind") == "'smell' is not a kind of rule");
    CHECK(problem_of_rule(file({with("kind", "release")}), "rules[0].class") == "is for a rule about content");
    CHECK(problem_of_rule(file({with("class", Json::array())}), "rules[0].class") == "is empty");
    CHECK(problem_of_rule(file({with("class", Json::array({"sklearn.tree"}))}), "rules[0].class[0]") == "names no class");
    CHECK(problem_of_rule(file({with("lacks", Json::array({7}))}), "rules[0].lacks[0]").starts_with("must be a text of"));
    CHECK(problem_of_rule(file({with("effect", "none")}), "rules[0].effect").starts_with("is none, and a rule about content"));
    CHECK(problem_of_rule(file({content_rule("a"),
                                [] {
                                    Json other = content_rule("b");
                                    other["effect"] = "predict-error";
                                    return other;
                                }()}),
                          "rules[1].effect")
              .starts_with("contradicts rules[0]"));
}

TEST_CASE("a problem in a file is told with its line") {
    const Error error =
        error_of(parse_rules("{\"schema\":\"assay.rules/1\",\"name\":\"x\",\n\"rules\":[\n{\"id\":\"a\",\"package\":\"p\",\n"
                             "\"recorded\":\"\",\"offered\":\"1.2\",\"effect\":\"none\",\"because\":\"B.\"}]}"));
    REQUIRE(error.problems.size() == 1);
    CHECK(error.problems[0].field == "line 4: rules[0].offered");
}

TEST_CASE("a file whose digest is not that of its rules is refused") {
    Json value = file({rule("a", ">=1", ">=2", "none")});
    value["digest"] = must(read_rules(value)).digest.to_string();
    CHECK(must(read_rules(value)).rules.size() == 1);
    value["rules"][0]["offered"] = ">=3";
    CHECK(problem_of_rule(value, "digest").starts_with("is not that of the rules, which is sha256:"));
}

TEST_CASE("more than 10,000 rules are refused") {
    Json rules = Json::array();
    for (std::size_t i = 0; i <= max_rules; ++i) rules.push_back(nullptr);
    CHECK(problem_of_rule(file(rules), "rules") == "holds 10001 rules, at most 10000 are read");
}

TEST_CASE("the default rules are read, and say what was measured") {
    const RuleSet& rules = default_rules();
    CHECK(rules.name == "default");
    const auto effect = [&](const char* package, const char* recorded, const char* offered) -> std::string {
        const Rule* best = rules.find(package, recorded, offered);
        return best == nullptr ? "(none)" : std::string(to_string(best->effect));
    };
    CHECK(effect("python", "3.6.15", "3.13.0") == "none");
    CHECK(effect("python", "3.13.0", "3.8.18") == "none");
    CHECK(effect("python", "3.11.7", "3.7.1") == "(none)");
    CHECK(effect("python", "3.14.0", "3.7.1") == "load-error");
    CHECK(effect("python", "3.14.0", "3.9.0") == "none");
    CHECK(effect("joblib", "0.13.2", "1.6.0") == "none");
    CHECK(effect("joblib", "1.6.0", "1.2.0") == "none");
    CHECK(effect("joblib", "1.2.0", "1.1.1") == "load-error");
    CHECK(effect("numpy", "1.26.4", "2.4.0") == "none");
    CHECK(effect("numpy", "2.4.0", "2.0.2") == "none");
    CHECK(effect("numpy", "2.0.2", "1.26.4") == "load-error");
    CHECK(effect("numpy", "1.26.4", "1.23.5") == "(none)");
    CHECK(effect("numpy", "2.4.0", "2.5.0") == "(none)");
    CHECK(effect("scipy", "1.16.0", "1.7.3") == "(none)");
    CHECK(effect("scikit-learn", "0.20.4", "0.24.2") == "load-error");
    CHECK(effect("scikit-learn", "1.2.2", "0.20.4") == "load-error");
    CHECK(effect("scikit-learn", "1.2.2", "1.5.2") == "(none)");
}

}  // namespace assay::test
