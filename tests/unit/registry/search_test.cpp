#include "registry/search.hpp"

#include "registry/open_registry.hpp"
#include "registry/tags.hpp"
#include "tests/support/test_registry.hpp"

#include <fmt/format.h>

#include <set>

namespace assay::test {

namespace {

/// The names of what is found, in order: "a@1 b@2".
std::string found(Registry& registry, const std::string& filter, const std::string& order_by = "", std::int64_t limit = 100) {
    std::string text;
    for (const VersionView& version :
         must(search(registry, {.filter = filter, .order_by = order_by, .cursor = "", .limit = limit})).versions)
        text += fmt::format("{}{}@{}", text.empty() ? "" : " ", version.row.model, version.row.version);
    return text;
}

std::string problem(Registry& registry, const std::string& filter, const std::string& order_by = "") {
    return error_of(search(registry, {.filter = filter, .order_by = order_by, .cursor = ""})).because;
}

/// Three models, five versions, one an hour.
struct Birds {
    TestRegistry registry;

    Birds() {
        add(a_push("finch").with_metric("loss", 0.5).with_tag("team", "birds").with("/facts/params", {{"depth", "8"}}));
        add(a_push("finch").with_metric("loss", 0.25).with_library("scikit-learn", "1.10.0").with_alias("production"));
        add(a_push("gull").with_metric("loss", 0.75).with_tag("team", "Sea_birds").with_library("scikit-learn", "1.5"));
        add(a_push("gull").with_library("scikit-learn", "1.5.2rc1").with("/facts/params", {{"depth", "16"}}));
        add(a_push("tern").with_metric("loss", 0.5).with_tag("team", "birds").with_file("labels.json", "[]"));
    }
    void add(const PushBuilder& push) {
        (void)registry.push(push);
        registry.clock.advance_seconds(3600);
    }
    std::string operator()(const std::string& filter, const std::string& order_by = "", std::int64_t limit = 100) {
        return found(registry, filter, order_by, limit);
    }
};

}  // namespace

TEST_CASE("without a filter the versions that are ready are found, the newest first") {
    Birds birds;
    CHECK(birds("") == "tern@1 gull@2 gull@1 finch@2 finch@1");
    birds.registry.remove("gull", "2");
    CHECK(birds("") == "tern@1 gull@1 finch@2 finch@1");
    CHECK(birds("state = 'deleted'") == "gull@2");
    CHECK(birds("state IN ('ready', 'deleted') AND name = 'gull'") == "gull@2 gull@1");
}

TEST_CASE("versions are found by metrics, params and tags") {
    Birds birds;
    CHECK(birds("metrics.loss < 0.6") == "tern@1 finch@2 finch@1");
    CHECK(birds("metrics.loss = 0.5") == "tern@1 finch@1");
    CHECK(birds("metrics.loss != 0.5") == "gull@1 finch@2");
    CHECK(birds("metrics.loss IS NULL") == "gull@2");
    CHECK(birds("metrics.loss IS NOT NULL AND NOT metrics.loss >= 0.5") == "finch@2");
    CHECK(birds("metric.loss IN (0.25, 0.75)") == "gull@1 finch@2");
    CHECK(birds("params.depth = '8'") == "finch@1");
    CHECK(birds("param.depth LIKE '%6'") == "gull@2");
    CHECK(birds("tags.team = 'birds'") == "tern@1 finch@1");
    CHECK(birds("tags.team LIKE '%birds'") == "tern@1 gull@1 finch@1");
    CHECK(birds("tags.team LIKE 'BIRDS'") == "");
    CHECK(birds("tags.team ILIKE 'SEA\\_%'") == "gull@1");
    CHECK(birds("tags.team LIKE 'b\\_%'") == "");
    CHECK(birds("tags.team IS NULL") == "gull@2 finch@2");
    CHECK(birds("tags.none = 'x'") == "");
}

TEST_CASE("releases are compared as PEP 440 orders them") {
    Birds birds;
    CHECK(birds("library.scikit-learn >= '1.7'") == "tern@1 finch@2 finch@1");
    CHECK(birds("library.scikit-learn > '1.9'") == "finch@2");
    CHECK(birds("library.Scikit_Learn = '1.5.0'") == "gull@1");
    CHECK(birds("library.scikit-learn < '1.5.2'") == "gull@2 gull@1");
    CHECK(birds("library.scikit-learn LIKE '1.5%'") == "gull@2 gull@1");
    CHECK(birds("libraries.pandas IS NOT NULL") == "");
}

TEST_CASE("versions are found by alias, data, files, consumer, date and attributes") {
    Birds birds;
    CHECK(birds("alias = 'production'") == "finch@2");
    CHECK(birds("dataset.digest = '" + digest_text("adult") + "'") == "tern@1 gull@2 gull@1 finch@2 finch@1");
    CHECK(birds("dataset.name = 'adult-test' AND dataset.role = 'evaluation' AND name LIKE 't%'") == "tern@1");
    CHECK(birds("file.digest = '" + digest_text("[]") + "'") == "tern@1");
    CHECK(birds("file.path LIKE '%.json'") == "tern@1");
    (void)birds.registry.try_fetch("gull", "1", NoEnvironment{}, "scoring@web-1");
    CHECK(birds("consumer LIKE 'scoring@%'") == "gull@1");
    CHECK(birds("created_at >= '2026-11-23T12:00:00Z'") == "tern@1 gull@2 gull@1");
    CHECK(birds("created_at < '2026-11-23'") == "");
    CHECK(birds("creation_timestamp < 1795428000000") == "");
    CHECK(birds("creation_timestamp > 1700000000000 AND trained_at = '2026-11-22T21:14:03Z' AND version = 2") == "gull@2 finch@2");
    CHECK(birds("attributes.name IN ('tern', 'gull') AND platform = 'linux-x86_64' AND version_number > 1") == "gull@2");
    CHECK(birds("digest = '" + birds.registry.show("tern", "1").row.digest + "'") == "tern@1");
    CHECK(birds("run_id = '" + birds.registry.show("tern", "1").row.run + "'") == "tern@1");
}

TEST_CASE("what was changed is found as it is now") {
    Birds birds;
    must(set_tag(birds.registry, "gull", version_ref("2"), "team", "birds", "a@b"));
    birds.registry.alias("finch", "production", 1);
    CHECK(birds("tags.team = 'birds'") == "tern@1 gull@2 finch@1");
    CHECK(birds("alias = 'production'") == "finch@1");
}

TEST_CASE("versions are ordered by any key, those without a value last, ties by name and version") {
    Birds birds;
    CHECK(birds("", "metrics.loss") == "finch@2 finch@1 tern@1 gull@1 gull@2");
    CHECK(birds("", "metrics.loss DESC") == "gull@1 tern@1 finch@1 finch@2 gull@2");
    CHECK(birds("", "metrics.loss DESC, name") == "gull@1 finch@1 tern@1 finch@2 gull@2");
    CHECK(birds("", "tags.team, created_at DESC") == "gull@1 tern@1 finch@1 gull@2 finch@2");
    CHECK(birds("", "library.scikit-learn DESC, name, version") == "finch@2 finch@1 tern@1 gull@2 gull@1");
    CHECK(birds("", "alias") == "finch@2 finch@1 gull@1 gull@2 tern@1");
    CHECK(birds("", "version DESC, name DESC") == "gull@2 finch@2 tern@1 gull@1 finch@1");
    CHECK(birds("", "name") == "finch@1 finch@2 gull@1 gull@2 tern@1");
    CHECK(birds("", "name DESC") == "tern@1 gull@2 gull@1 finch@2 finch@1");
    CHECK(birds("metrics.loss > 0.3", "metrics.loss", 2) == "finch@1 tern@1");
}

TEST_CASE("of a metric on several data sets any value counts for a filter, the extreme one for an order") {
    TestRegistry registry;
    (void)registry.push(a_push("wide").with_metric("f1", 0.1).with_metric("f1", 0.9, "adult"));
    (void)registry.push(a_push("mid").with_metric("f1", 0.5));
    CHECK(found(registry, "metrics.f1 < 0.2") == "wide@1");
    CHECK(found(registry, "metrics.f1 > 0.2", "name") == "mid@1 wide@1");
    CHECK(found(registry, "", "metrics.f1") == "wide@1 mid@1");
    CHECK(found(registry, "", "metrics.f1 DESC") == "wide@1 mid@1");
}

TEST_CASE("pages follow one another without gap or repetition, whatever the order") {
    TestRegistry registry;
    constexpr int count = 60;
    for (int i = 0; i < count; ++i) {
        PushBuilder push = a_push(fmt::format("m{}", i % 7)).with_tag("group", std::to_string(i % 3));
        if (i % 4 != 0) push.with_metric("loss", (i * 7 % 5) / 4.0);
        (void)registry.push(push);
    }
    for (const char* order : {"", "metrics.loss", "metrics.loss DESC", "metrics.loss DESC, tags.group", "tags.group DESC, metrics.loss",
                              "name", "alias, name DESC", "version, metrics.loss DESC"}) {
        for (const char* filter : {"", "tags.group != '1'", "metrics.loss >= 0.25"}) {
            CAPTURE(order);
            CAPTURE(filter);
            std::string whole = found(registry, filter, order, 1000);
            std::string paged;
            SearchQuery query{.filter = filter, .order_by = order, .cursor = "", .limit = 7};
            do {
                const SearchPage page = must(search(registry, query));
                for (const VersionView& version : page.versions)
                    paged += fmt::format("{}{}@{}", paged.empty() ? "" : " ", version.row.model, version.row.version);
                query.cursor = page.next;
            } while (!query.cursor.empty());
            CHECK(paged == whole);
        }
    }
}

TEST_CASE("a cursor of another question is refused") {
    Birds birds;
    const SearchPage page = must(search(birds.registry, {.filter = "", .order_by = "name", .cursor = "", .limit = 1}));
    for (const SearchQuery& query : {SearchQuery{.filter = "", .order_by = "name DESC", .cursor = page.next},
                                     SearchQuery{.filter = "name = 'gull'", .order_by = "name", .cursor = page.next},
                                     SearchQuery{.filter = "", .order_by = "name", .cursor = "[]"},
                                     SearchQuery{.filter = "", .order_by = "name", .cursor = page.next.substr(1)}}) {
        CHECK(error_of(search(birds.registry, query)).code == "invalid-cursor");
    }
}

TEST_CASE("a key, type or operator that does not fit is refused at its character") {
    TestRegistry registry;
    CHECK(problem(registry, "accuracy > 0.9") == "character 1: there is no key 'accuracy'");
    CHECK(problem(registry, "name = 'a' AND metrix.a > 1") == "character 16: there is no key 'metrix.a'");
    CHECK(problem(registry, "metrics.a > '0.9'") == "character 13: metrics.a is compared with a number, and this is a text");
    CHECK(problem(registry, "metrics.a LIKE 'x'") == "character 11: metrics.a cannot be compared with LIKE");
    CHECK(problem(registry, "params.a = 8") == "character 12: params.a is compared with a text, and this is a number");
    CHECK(problem(registry, "params.a > '8'") == "character 10: params.a cannot be compared with >");
    CHECK(problem(registry, "library.numpy > 'new'") ==
          "character 17: library.numpy is compared with a release of PEP 440, and this is none");
    CHECK(problem(registry, "library.numpy > 1.5") == "character 17: library.numpy is compared with a release, in quotes");
    CHECK(problem(registry, "created_at > 'yesterday'").starts_with("character 14: created_at is compared with a time"));
    CHECK(problem(registry, "created_at > -1").starts_with("character 14: created_at is compared with a time"));
    CHECK(problem(registry, "name LIKE '%a%b%c%d%e%f%g%h%i%'") == "character 11: the pattern has more than 8 '%'");
    CHECK(problem(registry, "", "name, size") == "character 7: there is no key 'size'");
    CHECK(problem(registry, "state = 'redy'") == "character 9: state is compared with one of ready, deleted, quarantined");
    CHECK(problem(registry, "dataset.role IN ('test', 'train')") ==
          "character 26: dataset.role is compared with one of training, evaluation, validation, test, other");
    CHECK(problem(registry, "file.digest = 'sha256:abc'") == "character 15: file.digest is compared with a digest, and this is none");
    CHECK(found(registry, "digest LIKE 'sha256:abc%' OR state LIKE 'x'") == "");
}

TEST_CASE("a mistyped key is answered with the nearest that there is") {
    TestRegistry registry;
    const auto fix = [&](const std::string& filter) {
        return error_of(search(registry, {.filter = filter, .order_by = "", .cursor = ""})).fixes.at(0);
    };
    CHECK(fix("metrcs.loss > 1").starts_with("did you mean metrics.loss? the keys are metrics.NAME, "));
    CHECK(fix("platfrom = 'x'").starts_with("did you mean platform? "));
    CHECK(fix("quite_another = 'x'").starts_with("the keys are "));
}

TEST_CASE("a tag of a model is no tag of a version, whatever is asked of the state") {
    Birds birds;
    must(set_tag(birds.registry, "tern", std::nullopt, "team", "birds", "ann@lab"));
    CHECK(birds("tags.team = 'birds' AND NOT state = 'deleted'") == "tern@1 finch@1");
    CHECK(birds("NOT state IN ('deleted')", "tags.team, name, version") == "gull@1 finch@1 tern@1 finch@2 gull@2");
    CHECK(birds("state IS NULL", "tags.team") == "");
}

TEST_CASE("a release that is none of PEP 440 comes last in an order of releases, by whichever way it is found") {
    TestRegistry registry;
    for (const char* release : {"1.0", "2.0-custom+x y", "3.0"}) (void)registry.push(a_push("lost").with_library("torch", release));
    (void)registry.push(a_push("lost"));
    CHECK(found(registry, "name LIKE 'lost'", "library.torch, version") == "lost@1 lost@3 lost@2 lost@4");
    CHECK(found(registry, "name LIKE 'lost'", "library.torch DESC, version") == "lost@3 lost@1 lost@2 lost@4");
    CHECK(found(registry, "library.torch LIKE '%custom%'", "library.torch") == "lost@2");
    CHECK(found(registry, "library.torch IS NOT NULL", "library.torch, version") == "lost@1 lost@3 lost@2");
    CHECK(found(registry, "library.torch IS NULL", "library.torch") == "lost@4");
}

TEST_CASE("a metric beyond the integers of a double is found by the number that it was registered with") {
    TestRegistry registry;
    (void)registry.push(a_push("big").with_metric("big", 9007199254740993.0));
    CHECK(found(registry, "metrics.big = 9007199254740993") == "big@1");
}

TEST_CASE("a cursor whose place is read again is refused when the version has moved") {
    TestRegistry registry;
    for (int i = 0; i < 4; ++i) (void)registry.push(a_push("long").with_tag("l", std::string(2'000, static_cast<char>('a' + i))));
    SearchQuery query{.filter = "", .order_by = "tags.l", .cursor = "", .limit = 2};
    query.cursor = must(search(registry, query)).next;
    CHECK(must(search(registry, query)).versions.front().row.version == 3);
    must(remove_tag(registry, "long", version_ref("2"), "l", "ann@lab"));
    CHECK(error_of(search(registry, query)).because == "the version that the page before ended with has another place by now");
}

TEST_CASE("a version without a description is found as one whose description is missing") {
    Birds birds;
    CHECK(birds("description IS NULL", "name, version") == "finch@1 finch@2 gull@1 gull@2 tern@1");
    CHECK(birds("description IS NOT NULL") == "");
}

TEST_CASE("what a stranger writes is bound, never part of the question") {
    Birds birds;
    for (const char* attack : {"' OR 1=1 --", "'; DROP TABLE versions; --", "\\", "%", "$1", "?", "x' UNION SELECT * FROM versions --"}) {
        CAPTURE(attack);
        std::string quoted;
        for (const char c : std::string(attack)) quoted += c == '\'' ? "''" : std::string(1, c);
        CHECK(birds("tags.team = '" + quoted + "'") == "");
        CHECK(birds("tags.`" + std::string(attack) + "` = 'birds'") == "");
        CHECK(birds("metrics.`" + std::string(attack) + "` > 0", "params.`" + std::string(attack) + "`") == "");
    }
    CHECK(birds("", "") == "tern@1 gull@2 gull@1 finch@2 finch@1");
}

TEST_CASE("versions registered before there was a search are found after the next start") {
    TestRegistry registry;
    (void)registry.push(a_push().with_metric("loss", 0.5));
    (void)registry.execute("DELETE FROM version_metrics");
    (void)registry.execute("DELETE FROM version_attributes");
    (void)registry.execute("DELETE FROM search_state");
    CHECK(found(registry, "metrics.loss = 0.5") == "");
    must(catch_up_search(registry));
    CHECK(found(registry, "metrics.loss = 0.5") == "churn@1");
    (void)registry.execute("DELETE FROM version_metrics");
    must(catch_up_search(registry));
    CHECK(found(registry, "metrics.loss = 0.5") == "");  // done once
}

TEST_CASE("versions that are equal in the first key are ordered by the second, however many they are and however short the page") {
    TestRegistry registry;
    for (int i = 0; i < 12; ++i) (void)registry.push(a_push().with("/facts/params", {{"depth", "8"}}).with_metric("loss", i * 7 % 12));
    CHECK(found(registry, "", "params.depth, metrics.loss", 2) == "churn@1 churn@8");
    CHECK(found(registry, "", "params.depth, metrics.loss DESC", 1) == "churn@6");
}

TEST_CASE("a search that takes longer than it may is given up in words, and the next one is answered") {
    Birds birds;
    Registry& registry = birds.registry;
    std::string costly = "name LIKE '%f%'";
    for (int i = 0; i < 150; ++i) costly += " OR tags.a LIKE '%a%b%'";
    const Error error =
        error_of(search(registry, {.filter = costly, .order_by = "", .cursor = "", .patience = std::chrono::milliseconds(0)}));
    CHECK(error.kind == ErrorKind::invalid);
    CHECK(error.code == "search-too-costly");
    CHECK(error.message == "the search was given up after 0 s");
    CHECK(error.fixes.size() == 2);
    CHECK(found(registry, costly) == found(registry, "name = 'finch'"));
}

}  // namespace assay::test
