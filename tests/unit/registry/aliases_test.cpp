#include "registry/aliases.hpp"

#include "tests/support/test_registry.hpp"

#include <atomic>
#include <thread>

namespace assay::test {

namespace {

TestRegistry& with_versions(TestRegistry& registry, int count) {
    for (int i = 0; i < count; ++i) (void)registry.push(a_push());
    return registry;
}

Result<AliasMove> move(TestRegistry& registry, const std::string& alias, std::int64_t version, const AliasPrecondition& expected = {}) {
    return set_alias(registry, "churn", alias, VersionRef{VersionRef::Number{version}}, expected, "ann@lab");
}

/// "before>after" of each move, newest first.
std::vector<std::string> moves(TestRegistry& registry, const std::string& alias) {
    std::vector<std::string> texts;
    for (const HistoryRow& row : must(alias_history(registry, "churn", alias, 0, 100)))
        texts.push_back(row.before.value_or("") + ">" + row.after.value_or(""));
    return texts;
}

}  // namespace

TEST_CASE("an alias is set, moved and found by the reference") {
    TestRegistry registry;
    with_versions(registry, 2);
    const AliasMove first = must(move(registry, "production", 1));
    CHECK(!first.previous);
    const AliasMove second = must(move(registry, "production", 2));
    CHECK(second.previous == 1);
    CHECK(registry.show("churn", "@production").row.version == 2);
    const AliasView view = must(show_alias(registry, "churn", "production"));
    CHECK(view.digest == registry.show("churn", "2").row.digest);
    CHECK(view.row.since == "2026-11-23T10:00:00Z");
    CHECK(view.row.actor == "ann@lab");
}

TEST_CASE("compare-and-set moves an alias only from where it was expected") {
    TestRegistry registry;
    with_versions(registry, 3);
    CHECK(error_of(move(registry, "production", 1, {.points_to = 2})).message.find("was not changed") != std::string::npos);
    CHECK(error_of(move(registry, "production", 1, {.points_to = std::nullopt, .must_exist = true})).because ==
          "it does not exist, and was expected to");
    (void)must(move(registry, "production", 1, {.points_to = std::nullopt, .must_be_new = true}));
    const Error error = error_of(move(registry, "production", 3, {.points_to = 2}));
    CHECK(error.kind == ErrorKind::precondition);
    CHECK(error.code == "alias-moved");
    CHECK(error.because == "it points to version 1 now, and was expected at version 2");
    CHECK(error_of(move(registry, "production", 2, {.points_to = std::nullopt, .must_be_new = true})).kind == ErrorKind::precondition);
    CHECK(must(move(registry, "production", 3, {.points_to = 1})).version == 3);
    CHECK(error_of(remove_alias(registry, "churn", "production", {.points_to = 1}, "ann@lab")).kind == ErrorKind::precondition);
    must(remove_alias(registry, "churn", "production", {.points_to = 3}, "ann@lab"));
}

TEST_CASE("of many who move an alias from the same version one succeeds") {
    TestRegistry registry;
    with_versions(registry, 9);
    (void)must(move(registry, "production", 1));
    std::atomic<int> moved = 0;
    {
        std::vector<std::jthread> threads;
        for (int version = 2; version <= 9; ++version) {
            threads.emplace_back([&, version] { moved += move(registry, "production", version, {.points_to = 1}) ? 1 : 0; });
        }
    }
    CHECK(moved == 1);
}

TEST_CASE("a rollback goes back to where the alias pointed before its last move") {
    TestRegistry registry;
    with_versions(registry, 2);
    (void)must(move(registry, "production", 1));
    const Error error = error_of(roll_back_alias(registry, "churn", "production", "ann@lab"));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "nothing-to-roll-back");
    (void)must(move(registry, "production", 2));
    const AliasMove back = must(roll_back_alias(registry, "churn", "production", "ann@lab"));
    CHECK(back.version == 1);
    CHECK(back.previous == 2);
    CHECK(moves(registry, "production") == std::vector<std::string>{"2>1", "1>2", ">1"});
}

TEST_CASE("the history of an alias stays after its removal, and a rollback brings the alias back") {
    TestRegistry registry;
    with_versions(registry, 1);
    (void)must(move(registry, "production", 1));
    must(remove_alias(registry, "churn", "production", {}, "ann@lab"));
    CHECK(error_of(show_alias(registry, "churn", "production")).code == "alias-not-found");
    CHECK(moves(registry, "production") == std::vector<std::string>{"1>", ">1"});
    CHECK(must(roll_back_alias(registry, "churn", "production", "ann@lab")).version == 1);
}

TEST_CASE("an alias does not go to a deleted or missing version, nor back to one") {
    TestRegistry registry;
    with_versions(registry, 2);
    (void)must(move(registry, "production", 1));
    (void)must(move(registry, "production", 2));
    registry.remove("churn", "1");
    const Error error = error_of(move(registry, "beta", 1));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "version-deleted");
    CHECK(error_of(roll_back_alias(registry, "churn", "production", "ann@lab")).code == "version-deleted");
    CHECK(error_of(move(registry, "beta", 9)).code == "version-not-found");
}

TEST_CASE("setting an alias where it is changes and records nothing") {
    TestRegistry registry;
    with_versions(registry, 1);
    (void)must(move(registry, "production", 1));
    registry.clock.advance_seconds(60);
    CHECK(must(move(registry, "production", 1)).previous == 1);
    CHECK(moves(registry, "production").size() == 1);
    CHECK(must(show_alias(registry, "churn", "production")).row.since == "2026-11-23T10:00:00Z");
}

TEST_CASE("what is missing is named: the model or the alias") {
    TestRegistry registry;
    with_versions(registry, 1);
    CHECK(error_of(show_alias(registry, "ghost", "production")).code == "model-not-found");
    CHECK(error_of(list_aliases(registry, "ghost")).code == "model-not-found");
    CHECK(error_of(remove_alias(registry, "ghost", "production", {}, "a@b")).code == "model-not-found");
    CHECK(error_of(roll_back_alias(registry, "ghost", "production", "a@b")).code == "model-not-found");
    CHECK(error_of(alias_history(registry, "ghost", "production", 0, 10)).code == "model-not-found");
    (void)must(move(registry, "x", 1));
    CHECK(error_of(roll_back_alias(registry, "churn", "y", "a@b")).code == "alias-not-found");
    const Error error = error_of(show_version(registry, "churn", version_ref("@y")));
    CHECK(error.code == "alias-not-found");
    CHECK(error.because == "its aliases are: x");
}

TEST_CASE("the history of an alias is paged from newest to oldest") {
    TestRegistry registry;
    with_versions(registry, 3);
    for (std::int64_t version : {1, 2, 3}) (void)must(move(registry, "production", version));
    const auto first = must(alias_history(registry, "churn", "production", 0, 2));
    REQUIRE(first.size() == 2);
    const auto rest = must(alias_history(registry, "churn", "production", first.back().seq, 2));
    REQUIRE(rest.size() == 1);
    CHECK(rest[0].after == "1");
    CHECK(must(alias_history(registry, "churn", "production", rest.back().seq, 2)).empty());
}

TEST_CASE("where an alias pointed at a time is told from its moves, removals and deleted versions included") {
    TestRegistry registry;
    with_versions(registry, 2);
    const Timestamp before = registry.clock.now();
    registry.clock.advance_seconds(60);
    (void)must(move(registry, "production", 1));
    const Timestamp first = registry.clock.now();
    registry.clock.advance_seconds(60);
    (void)must(move(registry, "production", 2));
    const Timestamp second = registry.clock.now();
    registry.clock.advance_seconds(60);
    must(remove_alias(registry, "churn", "production", {}, "ann@lab"));
    registry.remove("churn", "1");

    const auto at = [&](Timestamp time) { return show_alias_at(registry, "churn", "production", time); };
    CHECK(error_of(at(before)).code == "alias-not-found");
    CHECK(must(at(first)).row.version == 1);
    CHECK(must(at({second.microseconds - 1})).row.version == 1);
    CHECK(must(at(second)).row.version == 2);
    CHECK(must(at(second)).digest == registry.show("churn", "2").row.digest);
    CHECK(error_of(at(registry.clock.now())).code == "alias-not-found");
    CHECK(error_of(at({registry.clock.now().microseconds + 1})).code == "invalid-time");
    CHECK(error_of(show_alias_at(registry, "nothing", "production", first)).code == "model-not-found");

    CHECK(must(list_aliases_at(registry, "churn", before)).empty());
    REQUIRE(must(list_aliases_at(registry, "churn", second)).size() == 1);
    CHECK(must(list_aliases_at(registry, "churn", second))[0].row.version == 2);
    CHECK(must(list_aliases_at(registry, "churn", registry.clock.now())).empty());
}

TEST_CASE("a long history of an alias is searched to its beginning") {
    TestRegistry registry;
    with_versions(registry, 2);
    (void)must(move(registry, "production", 1));
    const Timestamp first = registry.clock.now();
    for (int i = 0; i < 250; ++i) {
        registry.clock.advance_seconds(1);
        (void)must(move(registry, "production", 2 - i % 2));
    }
    CHECK(must(show_alias_at(registry, "churn", "production", first)).row.version == 1);
}

}  // namespace assay::test
