#include "registry/versions.hpp"

#include "registry/models.hpp"
#include "registry/tags.hpp"
#include "tests/support/test_registry.hpp"

#include <filesystem>

namespace assay::test {

TEST_CASE("a deleted version leaves a tombstone, is found by number and digest, and is neither fetched nor aliased") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push());
    registry.remove("churn", "1");
    CHECK(std::filesystem::exists(registry.tombstone_path("churn", 1)));
    CHECK(registry.show("churn", "1").row.state == VersionState::deleted);
    CHECK(registry.show("churn", version.row.digest).row.version == 1);
    const Error error = error_of(registry.try_fetch("churn", "1"));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "version-deleted");
    CHECK(error.fixes == std::vector<std::string>{"assay undelete churn@1, or POST /v1/models/churn/versions/1:undelete"});
    CHECK(error_of(registry.try_fetch("churn", "@latest")).code == "version-not-found");
    CHECK(error_of(delete_version(registry, "churn", version_ref("1"), WithAliases::refuse, "a@b")).code == "version-deleted");
}

TEST_CASE("an undeleted version is as it was") {
    TestRegistry registry;
    const VersionView before = registry.push(a_push().with_tag("team", "birds"));
    registry.remove("churn", "1");
    registry.undelete("churn", "1");
    CHECK(!std::filesystem::exists(registry.tombstone_path("churn", 1)));
    const VersionView after = registry.show("churn", "@latest");
    CHECK(after.row.digest == before.row.digest);
    CHECK(after.row.state == VersionState::ready);
    CHECK(after.tags.size() == 1);
    CHECK(must(registry.try_read("churn", "1")) == "the bytes of a model");
    const Error error = error_of(undelete_version(registry, "churn", version_ref("1"), "a@b"));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "version-not-deleted");
}

TEST_CASE("a tombstone of a deletion that was cut off does not stop the next one") {
    TestRegistry registry;
    (void)registry.push(a_push());
    write_file(registry.tombstone_path("churn", 1), "{}");
    registry.remove("churn", "1");
    CHECK(registry.show("churn", "1").row.state == VersionState::deleted);
}

TEST_CASE("a version that aliases point to is deleted only together with them") {
    TestRegistry registry;
    (void)registry.push(a_push().with_alias("production").with_alias("beta"));
    const Error error = error_of(delete_version(registry, "churn", version_ref("1"), WithAliases::refuse, "a@b"));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "version-has-aliases");
    CHECK(error.because == "these aliases point to it: beta, production");
    CHECK(!std::filesystem::exists(registry.tombstone_path("churn", 1)));
    registry.remove("churn", "@production", WithAliases::remove);
    CHECK(registry.show("churn", "1").aliases.empty());
    CHECK(must(alias_history(registry, "churn", "beta", 0, 10)).front().after == std::nullopt);
}

TEST_CASE("the latest version is the highest that is ready") {
    TestRegistry registry;
    for (int i = 0; i < 3; ++i) (void)registry.push(a_push());
    CHECK(registry.show("churn", "@latest").row.version == 3);
    registry.remove("churn", "3");
    CHECK(registry.show("churn", "@latest").row.version == 2);
    const ModelView model = must(show_model(registry, "churn"));
    CHECK(model.latest == 2);
    CHECK(model.ready_versions == 2);
}

TEST_CASE("versions are listed newest first, by state and page, each with its own aliases and tags") {
    TestRegistry registry;
    for (int i = 1; i <= 5; ++i) (void)registry.push(a_push().with_alias("a" + std::to_string(i)).with_tag("n", std::to_string(i)));
    registry.remove("churn", "4", WithAliases::remove);
    const auto numbers = [](const std::vector<VersionView>& versions) {
        std::vector<std::int64_t> all;
        for (const VersionView& version : versions) all.push_back(version.row.version);
        return all;
    };
    using Numbers = std::vector<std::int64_t>;
    const auto ready = must(list_versions(registry, "churn", 0, VersionState::ready, 100));
    CHECK(numbers(ready) == Numbers{5, 3, 2, 1});
    CHECK(ready[1].aliases == std::vector<std::string>{"a3"});
    REQUIRE(ready[1].tags.size() == 1);
    CHECK(ready[1].tags[0].value == "3");
    CHECK(numbers(must(list_versions(registry, "churn", 0, std::nullopt, 2))) == Numbers{5, 4});
    CHECK(numbers(must(list_versions(registry, "churn", 4, std::nullopt, 2))) == Numbers{3, 2});
    CHECK(numbers(must(list_versions(registry, "churn", 0, VersionState::deleted, 10))) == Numbers{4});
    CHECK(must(list_versions(registry, "churn", 1, std::nullopt, 10)).empty());
    CHECK(error_of(list_versions(registry, "ghost", 0, std::nullopt, 10)).code == "model-not-found");
}

TEST_CASE("a version that is not there is named, and so is a model that is not there") {
    TestRegistry registry;
    (void)registry.push(a_push());
    CHECK(error_of(show_version(registry, "ghost", version_ref("1"))).code == "model-not-found");
    CHECK(error_of(show_version(registry, "churn", version_ref("2"))).message == "churn has no version 2");
    CHECK(error_of(show_version(registry, "churn", version_ref("9223372036854775807"))).code == "version-not-found");
    CHECK(error_of(show_version(registry, "churn", version_ref(digest_text("other")))).code == "version-not-found");
}

TEST_CASE("a digest finds a version of its own model only") {
    TestRegistry registry;
    const VersionView churn = registry.push(a_push());
    (void)registry.push(a_push("fraud"));
    CHECK(error_of(show_version(registry, "fraud", version_ref(churn.row.digest))).code == "version-not-found");
}

TEST_CASE("descriptions of models and versions change with history, and not when they stay the same") {
    TestRegistry registry;
    (void)registry.push(a_push());
    CHECK(must(describe_version(registry, "churn", version_ref("1"), "good", "ann@lab")).row.description == "good");
    (void)must(describe_version(registry, "churn", version_ref("1"), "good", "ann@lab"));
    CHECK(must(describe_model(registry, "churn", "who leaves", "ann@lab")).row.description == "who leaves");
    (void)must(describe_model(registry, "churn", "who leaves", "ann@lab"));
    CHECK(error_of(describe_version(registry, "churn", version_ref("1"), std::string(100'001, 'x'), "a@b")).code == "invalid-description");
    CHECK(error_of(describe_model(registry, "churn", std::string(100'001, 'x'), "a@b")).code == "invalid-description");
    const auto history = must(model_history(registry, "churn", 0, 10));
    REQUIRE(history.size() == 3);
    CHECK(history[0].kind == "description");
    CHECK(!history[0].version);
    CHECK(history[0].after == "who leaves");
    CHECK(history[1].version == 1);
    CHECK(history[2].kind == "registered");
    CHECK(error_of(model_history(registry, "ghost", 0, 10)).code == "model-not-found");
}

TEST_CASE("models are listed by name and page, and found by a part of the name taken literally") {
    TestRegistry registry;
    for (const char* name : {"birds", "churn", "churn_eu", "100%", "caf\xc3\xa9"}) (void)registry.push(a_push(name));
    const auto names = [&](const std::string& after, const std::string& contains, std::int64_t limit) {
        std::vector<std::string> all;
        for (const ModelView& model : must(list_models(registry, after, contains, limit))) all.push_back(model.row.name);
        return all;
    };
    using Names = std::vector<std::string>;
    CHECK(names("", "", 2) == Names{"100%", "birds"});
    CHECK(names("birds", "", 10) == Names{"caf\xc3\xa9", "churn", "churn_eu"});
    CHECK(names("", "n_", 10) == Names{"churn_eu"});
    CHECK(names("", "%", 10) == Names{"100%"});
    CHECK(names("", "\\", 10).empty());
    CHECK(names("", "CHUR", 10) == Names{"churn", "churn_eu"});
    CHECK(names("", "e\xcc\x81", 10) == Names{"caf\xc3\xa9"});
    CHECK(names("", std::string(60'000, 'x'), 10).empty());
    CHECK(error_of(list_models(registry, "", "\xff", 10)).kind == ErrorKind::invalid);
}

}  // namespace assay::test
