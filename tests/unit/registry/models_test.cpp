#include "registry/models.hpp"

#include "tests/support/test_registry.hpp"

namespace assay::test {

TEST_CASE("a model is shown with its latest ready version, how many there are, its aliases and its own tags") {
    TestRegistry registry;
    for (int i = 0; i < 3; ++i) (void)registry.push(a_push().with_tag("of", "a version"));
    registry.alias("churn", "production", 1);
    registry.alias("churn", "candidate", 2);
    registry.remove("churn", "3");
    const ModelView model = must(show_model(registry, "churn"));
    CHECK(model.row.name == "churn");
    CHECK(model.row.created_at == "2026-11-23T10:00:00Z");
    CHECK(model.latest == 2);
    CHECK(model.ready_versions == 2);
    CHECK(model.tags.empty());
    REQUIRE(model.aliases.size() == 2);
    CHECK(model.aliases[0].alias == "candidate");
    CHECK(model.aliases[1].version == 1);
}

TEST_CASE("a model without a ready version has no latest one") {
    TestRegistry registry;
    (void)registry.push(a_push());
    registry.remove("churn", "1");
    const ModelView model = must(show_model(registry, "churn"));
    CHECK(!model.latest);
    CHECK(model.ready_versions == 0);
}

TEST_CASE("a model that is not there is named in every question about it") {
    TestRegistry registry;
    for (const Error& error : {error_of(show_model(registry, "churn")), error_of(model_history(registry, "churn", 0, 10)),
                               error_of(describe_model(registry, "churn", "x", "ann@lab"))}) {
        CHECK(error.kind == ErrorKind::not_found);
        CHECK(error.code == "model-not-found");
        CHECK(error.message == "there is no model called 'churn'");
    }
}

TEST_CASE("a description of 100,000 bytes fits, one byte more does not and changes nothing") {
    TestRegistry registry;
    (void)registry.push(a_push());
    const std::string longest(100'000, 'd');
    CHECK(must(describe_model(registry, "churn", longest, "ann@lab")).row.description == longest);
    CHECK(error_of(describe_model(registry, "churn", longest + "d", "ann@lab")).code == "invalid-description");
    CHECK(must(show_model(registry, "churn")).row.description == longest);
}

TEST_CASE("a part of a name is looked for in its normal form, and one longer than any name finds nothing") {
    TestRegistry registry;
    (void)registry.push(a_push("caf\xC3\xA9"));
    const auto names = [&](const std::string& part) { return must(list_models(registry, "", part, 10)).size(); };
    CHECK(names("e\xCC\x81") == 1);  // e and a combining accent
    CHECK(names("CAF") == 1);
    CHECK(names("tea") == 0);
    CHECK(names(std::string(257, 'a')) == 0);
    CHECK(!list_models(registry, "", "\xff", 10));
}

TEST_CASE("the history of a model has what changed, newest first, page by page") {
    TestRegistry registry;
    (void)registry.push(a_push());
    registry.alias("churn", "production", 1);
    (void)must(describe_model(registry, "churn", "who leaves", "bob@lab"));
    (void)registry.push(a_push("other"));
    std::vector<std::string> kinds;
    std::int64_t before = 0;
    for (;;) {
        const auto page = must(model_history(registry, "churn", before, 1));
        if (page.empty()) break;
        REQUIRE(page.size() == 1);
        kinds.push_back(page[0].kind + " by " + page[0].actor);
        before = page[0].seq;
    }
    CHECK(kinds == std::vector<std::string>{"description by bob@lab", "alias by trainer@lab", "registered by trainer@lab"});
}

}  // namespace assay::test
