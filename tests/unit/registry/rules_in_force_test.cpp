#include "registry/rules_in_force.hpp"

#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

RuleSet rules_named(const std::string& name) {
    return must(parse_rules(R"({"schema":"assay.rules/1","name":")" + name + R"(","rules":[{"id":"known-break/x","package":"numpy",
        "recorded":"<2","offered":">=2","effect":"load-error","because":"it moved"}]})"));
}

}  // namespace

TEST_CASE("without an import the built-in rules are in force") {
    TestRegistry registry;
    CHECK(!must(load_rules(registry.registry().database)));
    CHECK(registry.registry().rules.get()->digest == default_rules().digest);
}

TEST_CASE("imported rules are in force at once, and are what the next start loads; the last import wins") {
    TestRegistry registry;
    for (const char* name : {"first", "second"}) {
        const RuleSet rules = rules_named(name);
        must(import_rules(registry, rules, "ann@lab"));
        CHECK(registry.registry().rules.get()->name == name);
        CHECK(must(load_rules(registry.registry().database)).value().digest == rules.digest);
        registry.restart();
        CHECK(must(load_rules(registry.registry().database)).value().digest == rules.digest);
    }
    CHECK(registry.ask("SELECT group_concat(actor) FROM rules") == "ann@lab,ann@lab");
}

TEST_CASE("rules in the database that cannot be read are an error, not the built-in ones") {
    TestRegistry registry;
    for (const char* body : {"{", "{}", R"({"schema":"assay.rules/2","name":"later","rules":[]})"}) {
        CAPTURE(body);
        (void)registry.execute("INSERT INTO rules SELECT coalesce(max(seq), 0) + 1, $1, 'd', 't', 'a' FROM rules", {body});
        CHECK(!load_rules(registry.registry().database));
    }
}

}  // namespace assay::test
