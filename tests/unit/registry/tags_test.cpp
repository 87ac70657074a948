#include "registry/tags.hpp"

#include "registry/models.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

TEST_CASE("tags of a model and of its versions are apart") {
    TestRegistry registry;
    (void)registry.push(a_push());
    must(set_tag(registry, "churn", std::nullopt, "team", "birds", "ann@lab"));
    must(set_tag(registry, "churn", version_ref("1"), "team", "bees", "ann@lab"));
    CHECK(must(show_model(registry, "churn")).tags.at(0).value == "birds");
    CHECK(registry.show("churn", "1").tags.at(0).value == "bees");
    must(remove_tag(registry, "churn", std::nullopt, "team", "ann@lab"));
    CHECK(must(show_model(registry, "churn")).tags.empty());
    CHECK(registry.show("churn", "1").tags.size() == 1);
}

TEST_CASE("each change of a tag is in the history, and setting it to what it is changes nothing") {
    TestRegistry registry;
    (void)registry.push(a_push());
    must(set_tag(registry, "churn", version_ref("1"), "team", "a", "ann@lab"));
    must(set_tag(registry, "churn", version_ref("1"), "team", "b", "ann@lab"));
    must(set_tag(registry, "churn", version_ref("1"), "team", "b", "ann@lab"));
    must(remove_tag(registry, "churn", version_ref("1"), "team", "ann@lab"));
    const auto history = must(model_history(registry, "churn", 0, 10));
    REQUIRE(history.size() == 4);
    CHECK(history[0].before == "b");
    CHECK(!history[0].after);
    CHECK(history[1].before == "a");
    CHECK(history[1].after == "b");
    CHECK(history[2].key == "team");
    CHECK(history[2].version == 1);
}

TEST_CASE("a tag may be empty and may hold 100,000 bytes, and not one more") {
    TestRegistry registry;
    (void)registry.push(a_push());
    must(set_tag(registry, "churn", std::nullopt, "empty", "", "a@b"));
    must(set_tag(registry, "churn", std::nullopt, "long", std::string(100'000, 'x'), "a@b"));
    CHECK(error_of(set_tag(registry, "churn", std::nullopt, "k", std::string(100'001, 'x'), "a@b")).code == "invalid-tag");
    CHECK(error_of(set_tag(registry, "churn", std::nullopt, "k", "\xff", "a@b")).code == "invalid-tag");
    CHECK(error_of(set_tag(registry, "churn", std::nullopt, "", "x", "a@b")).code == "invalid-tag");
}

TEST_CASE("a tag, version or model that is not there is named") {
    TestRegistry registry;
    (void)registry.push(a_push());
    CHECK(error_of(remove_tag(registry, "churn", std::nullopt, "k", "a@b")).message == "churn has no tag 'k'");
    CHECK(error_of(remove_tag(registry, "churn", version_ref("1"), "k", "a@b")).message == "churn@1 has no tag 'k'");
    CHECK(error_of(set_tag(registry, "churn", version_ref("2"), "k", "v", "a@b")).code == "version-not-found");
    CHECK(error_of(set_tag(registry, "ghost", std::nullopt, "k", "v", "a@b")).code == "model-not-found");
}

}  // namespace assay::test
