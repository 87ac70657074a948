#include "registry/push.hpp"

#include "registry/manifest.hpp"
#include "tests/support/test_registry.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <thread>

namespace assay::test {

namespace {

bool mentions(const std::vector<std::string>& lines, std::string_view text) {
    return std::ranges::any_of(lines, [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

/// What a refused push must not leave behind.
void check_nothing_is_stored(TestRegistry& registry) {
    for (const char* table :
         {"models", "versions", "version_files", "runs", "edges", "datasets", "aliases", "tags", "history", "idempotency_keys"}) {
        CHECK_MESSAGE(registry.ask(std::string("SELECT count(*) FROM ") + table) == "0", table);
    }
}

}  // namespace

TEST_CASE("a push registers version 1, then 2") {
    TestRegistry registry;
    const VersionView first = registry.push(a_push());
    const VersionView second = registry.push(a_push());
    CHECK(first.row.version == 1);
    CHECK(second.row.version == 2);
    CHECK(first.row.digest != second.row.digest);
    CHECK(first.row.state == VersionState::ready);
    CHECK(registry.push(a_push("fraud")).row.version == 1);
}

TEST_CASE("the manifest of a version is the file, the row and what its digest is of") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push());
    CHECK(read_file(registry.manifest_path("churn", 1)) == version.row.manifest);
    CHECK(digest_text(version.row.manifest) == version.row.digest);
    const Manifest manifest = must(read_manifest(version.row.manifest));
    CHECK(manifest.name() == "churn@1");
    CHECK(manifest.created_at == "2026-11-23T10:00:00Z");
    REQUIRE(manifest.files.size() == 1);
    CHECK(manifest.files[0].path == "model.joblib");
    CHECK(manifest.files[0].size == std::string("the bytes of a model").size());
    CHECK(manifest.files[0].media_type == "application/vnd.joblib");
}

TEST_CASE("the number of a deleted version is never issued again") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push());
    registry.remove("churn", "2");
    CHECK(registry.push(a_push()).row.version == 3);
    registry.restart();
    CHECK(registry.push(a_push()).row.version == 4);
}

TEST_CASE("a refused push takes no number") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)error_of(registry.try_push(a_push().without("metrics")));
    (void)error_of(registry.try_push(a_push().with_parent("churn@9")));
    CHECK(registry.push(a_push()).row.version == 2);
}

TEST_CASE("a manifest that is too large is refused and takes no number") {
    TestRegistry registry;
    (void)registry.push(a_push());
    PushBuilder large = a_push();
    Json params = Json::object();
    for (int i = 0; i < 200; ++i) params["p" + std::to_string(i)] = std::string(99'000, 'x');
    CHECK(error_of(registry.try_push(large.with("/facts/params", params))).kind == ErrorKind::too_large);
    CHECK(registry.push(a_push()).row.version == 2);
}

TEST_CASE("a stray manifest or tombstone keeps its number, and the next one is taken") {
    TestRegistry registry;
    (void)registry.push(a_push());
    write_file(registry.manifest_path("churn", 2), "a registration that was cut off before its commit");
    write_file(registry.manifest_path("churn", 3), "another");
    write_file(registry.tombstone_path("churn", 4), "a deleted version whose manifest is lost");
    CHECK(registry.push(a_push()).row.version == 5);
    CHECK(read_file(registry.manifest_path("churn", 2)) == "a registration that was cut off before its commit");
    registry.restart();
    CHECK(registry.push(a_push()).row.version == 6);
}

TEST_CASE("a push that cannot be read and breaks rules lists every problem at once and stores nothing") {
    TestRegistry registry;
    PushBuilder push =
        a_push().without("trained_at").without("metrics").with("/facts/libraries", Json::object()).with("/facts/uses", Json::array());
    push.with_file("../secret", "x").with_file("model.joblib", "again").with_missing_blob("weights.bin");
    push.with("/colour", "blue").with("/facts/mood", "good").with_parent("churn@7").with_alias("v1").with_tag("", "x");
    push.with_run("0123456789abcdef0123456789abcdef");
    const Error error = error_of(registry.try_push(push));
    CHECK(error.kind == ErrorKind::invalid);
    CHECK(error.code == "push-refused");
    std::vector<std::string> lines;
    for (const FieldProblem& problem : error.problems) lines.push_back(problem.field + ": " + problem.message);
    for (const char* expected :
         {"files[1].path: '../secret'", "the path 'model.joblib' is given twice", "files[3].digest: the blob",
          "facts.trained_at: is required", "facts.metrics: is required", "facts.libraries: is required", "colour: is not a known field",
          "facts.mood: is not a known field", "facts.parents[0].version: there is no version churn@7", "aliases[0]: 'v1'", "tags.",
          "run.id: there is no run"}) {
        CHECK_MESSAGE(mentions(lines, expected), expected);
    }
    CHECK(lines.size() == 12);
    check_nothing_is_stored(registry);
}

TEST_CASE("when only blobs are missing the refusal is a conflict that names them all") {
    TestRegistry registry;
    const Error error = error_of(registry.try_push(a_push().with_missing_blob("b.bin").with_missing_blob("a.bin")));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "blob-missing");
    REQUIRE(error.problems.size() == 2);
    CHECK(error.problems[0].field == "files[1].digest");
    CHECK(error.problems[0].message.find("'b.bin' is not in the store") != std::string::npos);
    CHECK(error.problems[1].field == "files[2].digest");
    check_nothing_is_stored(registry);
}

TEST_CASE("a blob known to be damaged counts as missing") {
    TestRegistry registry;
    const Digest digest = registry.put("weights");
    (void)registry.execute("UPDATE blobs SET state = 'corrupt'");
    PushBuilder push = a_push();
    push.with("/files/1", {{"path", "weights.bin"}, {"digest", digest.to_string()}});
    CHECK(mentions(registry.refusal(push), "'weights.bin' is damaged in the store"));
}

TEST_CASE("an empty path, digest, name or parent is a problem, not something to skip") {
    TestRegistry registry;
    const std::vector<std::string> lines = registry.refusal(a_push()
                                                                .with_file("", "x")
                                                                .with("/files/2", {{"path", "a"}, {"digest", ""}})
                                                                .with_dataset("other", "", digest_text("d"))
                                                                .with_metric("", 1.0)
                                                                .with_parent("")
                                                                .with_parent("churn@1", ""));
    for (const char* expected : {"files[1].path: cannot be empty", "files[2].digest: cannot be empty",
                                 "facts.datasets[2].name: cannot be empty", "facts.metrics[1].name: cannot be empty",
                                 "facts.parents[0].version: cannot be empty", "facts.parents[1].relation: cannot be empty"}) {
        CHECK_MESSAGE(mentions(lines, expected), expected);
    }
}

TEST_CASE("each required fact is refused when it is missing, or noted where the policy says warn") {
    struct Fact {
        const char* name;
        Policy warn;
        std::function<void(PushBuilder&)> leave_out;
    };
    const std::vector<Fact> facts = {
        {"libraries", {.libraries = WhenMissing::warn}, [](PushBuilder& push) { push.without("libraries").without("uses"); }},
        {"datasets",
         {.datasets = WhenMissing::warn},
         [](PushBuilder& push) { push.without("datasets").without("metrics").with_metric("accuracy", 0.9, std::nullopt); }},
        {"metrics", {.metrics = WhenMissing::warn}, [](PushBuilder& push) { push.without("metrics"); }},
        {"trained_at", {.trained_at = WhenMissing::warn}, [](PushBuilder& push) { push.without("trained_at"); }},
    };
    for (const Fact& fact : facts) {
        CAPTURE(fact.name);
        PushBuilder push = a_push();
        fact.leave_out(push);
        TestRegistry strict;
        const std::vector<std::string> lines = strict.refusal(push);
        REQUIRE(lines.size() == 1);
        CHECK(lines[0].starts_with(std::string("facts.") + fact.name + ": is required and missing"));

        TestRegistry lenient(Blobs::in_memory, fact.warn);
        const Pushed pushed = must(lenient.try_push(push));
        CHECK(must(read_manifest(pushed.version.row.manifest)).facts.missing == std::vector<std::string>{fact.name});
        CHECK(mentions(pushed.warnings, std::string("facts.") + fact.name));
    }
}

TEST_CASE("a fact that is there and wrong is reported as wrong, not as missing") {
    TestRegistry registry;
    CHECK(registry.refusal(a_push().with("/facts/metrics", "0.9")) ==
          std::vector<std::string>{"facts.metrics: must be an array, not a string"});
    const auto lines = registry.refusal(a_push().with("/facts/trained_at", "yesterday"));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("facts.trained_at: 'yesterday' is not a time"));
}

TEST_CASE("a push whose uses are empty is refused, because nothing could be judged") {
    TestRegistry registry;
    CHECK(mentions(registry.refusal(a_push().with("/facts/uses", Json::array())), "facts.libraries: names no package that the files use"));
    CHECK(mentions(registry.refusal(a_push().with("/facts/uses", Json::array({"python"}))), "facts.uses is empty"));
}

TEST_CASE("a metric without a data set is marked as assumed and warned of") {
    TestRegistry registry;
    const Pushed pushed = must(registry.try_push(a_push().with_metric("f1", 0.8, std::nullopt)));
    CHECK(mentions(pushed.warnings, "metric f1 names no dataset"));
    const Facts facts = must(read_manifest(pushed.version.row.manifest)).facts;
    CHECK(facts.origin.at("metrics.f1") == "assumed held-out");
    CHECK(!facts.origin.contains("metrics.accuracy"));
}

TEST_CASE("a metric on the training data is warned of") {
    TestRegistry registry;
    const Pushed pushed = must(registry.try_push(a_push().with_metric("f1", 0.8, "adult")));
    CHECK(mentions(pushed.warnings, "metric f1 was measured on the training data 'adult'"));
}

TEST_CASE("a training date beyond a day ahead is refused, a clock that is a little fast is not") {
    TestRegistry registry;
    CHECK(mentions(registry.refusal(a_push().with("/facts/trained_at", "2026-11-24T10:00:01Z")),
                   "facts.trained_at: 2026-11-24T10:00:01Z is in the future"));
    CHECK(registry.push(a_push().with("/facts/trained_at", "2026-11-24T09:59:59Z")).row.version == 1);
    CHECK(mentions(registry.refusal(a_push().with("/facts/trained_at", "1969-12-31T23:59:59Z")), "times before 1970 are not accepted"));
}

TEST_CASE("paths that leave the version, or mean the same twice, are refused") {
    TestRegistry registry;
    for (const char* path : {"../up", "a/../../b", "/etc/passwd", "a\\b", "a//b", "a/", "./a", "a\nb"}) {
        CHECK_MESSAGE(mentions(registry.refusal(a_push().with_file(path, "x")), "files[1].path"), path);
    }
    // é as one code point, and as e with an accent: one name after normalisation.
    CHECK(mentions(registry.refusal(a_push().with_file("caf\xc3\xa9", "x").with_file("cafe\xcc\x81", "y")), "is given twice"));
    CHECK(mentions(registry.refusal(a_push().with_file("a", "x").with_file("a-b", "y").with_file("a/b", "z")),
                   "'a' is a file and a folder of 'a/b' at once"));
}

TEST_CASE("an empty file is a file") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push().with_file("empty.txt", ""));
    CHECK(must(read_manifest(version.row.manifest)).files[0].size == 0);
    CHECK(must(registry.try_read("churn", "1", "empty.txt")).empty());
}

TEST_CASE("a version holds 10,000 files, and not one more") {
    TestRegistry registry;
    PushBuilder push = a_push().without_files();
    const std::string digest = registry.put("same").to_string();
    Json files = Json::array();
    for (int i = 0; i < 10'000; ++i) files.push_back({{"path", "part/" + std::to_string(i)}, {"digest", digest}});
    const VersionView version = registry.push(push.with("/files", files));
    CHECK(must(read_manifest(version.row.manifest)).files.size() == 10'000);
    CHECK(registry.ask("SELECT count(*) FROM version_files") == "10000");
    files.push_back({{"path", "one more"}, {"digest", digest}});
    CHECK(registry.refusal(push.with("/files", files)) == std::vector<std::string>{"files: has 10001 entries, at most 10000 are accepted"});
    CHECK(mentions(registry.refusal(a_push().without_files()), "files: is empty"));
}

TEST_CASE("an integer that canonical JSON cannot keep is refused with its field") {
    TestRegistry registry;
    CHECK(mentions(registry.refusal(a_push().with("/facts/datasets/0/rows", std::int64_t{1} << 53)),
                   "facts.datasets[0].rows: is beyond 2^53 - 1"));
}

TEST_CASE("a push with the same idempotency key and body is answered with the first version, warnings included") {
    TestRegistry registry;
    const PushBuilder push = a_push().with_key("k1").with_metric("f1", 0.8, std::nullopt);
    const Pushed first = must(registry.try_push(push));
    const Pushed again = must(registry.try_push(push));
    CHECK(again.created);
    CHECK(again.version.row.digest == first.version.row.digest);
    CHECK(again.warnings == first.warnings);
    CHECK(registry.ask("SELECT count(*) FROM versions") == "1");
    CHECK(registry.push(a_push()).row.version == 2);
}

TEST_CASE("an idempotency key used for another request is refused for a day, and free after it") {
    TestRegistry registry;
    (void)registry.push(a_push().with_key("k1"));
    const Error error = error_of(registry.try_push(a_push().with_key("k1").with_alias("beta")));
    CHECK(error.kind == ErrorKind::conflict);
    CHECK(error.code == "idempotency-key-reused");
    CHECK(error_of(registry.try_push(a_push("fraud").with_key("k1"))).code == "idempotency-key-reused");
    registry.clock.advance_seconds(24 * 3600 + 1);
    CHECK(registry.push(a_push().with_key("k1").with_alias("beta")).row.version == 2);
}

TEST_CASE("sixteen concurrent pushes to one model get sixteen contiguous numbers") {
    TestRegistry registry;
    std::vector<std::int64_t> numbers(16);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            threads.emplace_back([&, i] {
                if (const auto pushed = registry.try_push(a_push().with_artifact("model " + std::to_string(i))))
                    numbers[i] = pushed->version.row.version;
            });
        }
    }
    std::ranges::sort(numbers);
    for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(numbers[i] == static_cast<std::int64_t>(i) + 1);
}

TEST_CASE("concurrent pushes with one idempotency key make one version") {
    TestRegistry registry;
    std::vector<std::string> digests(8);
    {
        std::vector<std::jthread> threads;
        for (std::string& digest : digests) {
            threads.emplace_back([&] {
                if (const auto pushed = registry.try_push(a_push().with_key("once"))) digest = pushed->version.row.digest;
            });
        }
    }
    CHECK(std::set<std::string>(digests.begin(), digests.end()).size() == 1);
    CHECK(!digests[0].empty());
    CHECK(registry.ask("SELECT count(*) FROM versions") == "1");
    // Whichever came first keeps its number; the others leave no manifest behind.
    const auto folder = std::filesystem::path(registry.manifest_path("churn", 1)).parent_path();
    CHECK(std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()) == 1);
}

TEST_CASE("concurrent pushes of the same with if_changed make one version") {
    TestRegistry registry;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) threads.emplace_back([&] { (void)registry.try_push(a_push().if_changed()); });
    }
    CHECK(registry.ask("SELECT count(*) FROM versions") == "1");
}

TEST_CASE("with if_changed a push of the same files and facts makes no version, whatever the order of files and the date") {
    TestRegistry registry;
    (void)registry.push(a_push().with_file("a.txt", "a"));
    const Pushed same =
        must(registry.try_push(a_push().with_file("a.txt", "a").with("/facts/trained_at", "2026-11-23T01:00:00Z").if_changed()));
    CHECK(!same.created);
    CHECK(same.version.row.version == 1);
    CHECK(mentions(same.warnings, "nothing changed"));

    CHECK(must(registry.try_push(a_push().with_file("a.txt", "b").if_changed())).version.row.version == 2);
    CHECK(must(registry.try_push(a_push().with_file("a.txt", "b").with_metric("f1", 0.5).if_changed())).version.row.version == 3);
}

TEST_CASE("if_changed compares with the newest ready version only") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push().with_artifact("other"));
    CHECK(must(registry.try_push(a_push().if_changed())).version.row.version == 3);
    registry.remove("churn", "3");
    CHECK(must(registry.try_push(a_push().if_changed())).version.row.version == 4);
}

TEST_CASE("an unchanged push says that its aliases were not applied") {
    TestRegistry registry;
    (void)registry.push(a_push());
    const Pushed same = must(registry.try_push(a_push().if_changed().with_alias("beta")));
    CHECK(mentions(same.warnings, "aliases, tags and description were left as they are"));
    CHECK(same.version.aliases.empty());
}

TEST_CASE("aliases, tags, description and run are registered with the version") {
    TestRegistry registry;
    PushBuilder push = a_push().with_alias("beta").with_alias("candidate").with_tag("team", "birds").with("/description", "first try");
    push.with("/run", {{"name", "grid"},
                       {"experiment", "trees"},
                       {"params", {{"cv", "5"}}},
                       {"metrics", {{{"name", "score"}, {"value", 0.9}, {"step", 1}}, {{"name", "score"}, {"value", 0.8}, {"step", 0}}}}});
    const VersionView version = registry.push(push);
    CHECK(version.aliases == std::vector<std::string>{"beta", "candidate"});
    REQUIRE(version.tags.size() == 1);
    CHECK(version.tags[0].value == "birds");
    CHECK(version.row.description == "first try");
    CHECK(version.row.run.size() == 32);
    CHECK(registry.ask("SELECT name FROM experiments WHERE id <> 0") == "trees");
    CHECK(registry.ask("SELECT group_concat(value) FROM (SELECT value FROM metric_points ORDER BY step)") == "0.8,0.9");
    CHECK(registry.ask("SELECT value FROM run_params WHERE name = 'cv'") == "5");
}

TEST_CASE("a push joins a run that exists and is refused for one that does not") {
    TestRegistry registry;
    const VersionView first = registry.push(a_push());
    CHECK(registry.push(a_push().with_run(first.row.run)).row.run == first.row.run);
    CHECK(registry.ask("SELECT count(*) FROM runs") == "1");
    CHECK(registry.ask("SELECT name FROM runs") == "churn@1");  // MLflow's pages list runs by name
    CHECK(mentions(registry.refusal(a_push().with_run(std::string(32, 'f'))), "run.id: there is no run"));
    CHECK(mentions(registry.refusal(a_push().with_run("../x")), "run.id: must be the 32 hexadecimal digits"));
}

TEST_CASE("the digest of a parent is filled in and never taken from the client") {
    TestRegistry registry;
    const VersionView parent = registry.push(a_push());
    const VersionView child = registry.push(a_push().with_parent("churn@1"));
    const Facts facts = must(read_manifest(child.row.manifest)).facts;
    REQUIRE(facts.parents.size() == 1);
    CHECK(facts.parents[0].digest == parent.row.digest);
    PushBuilder lying = a_push();
    lying.with("/facts/parents", Json::array({{{"version", "churn@1"}, {"digest", digest_text("lie")}}}));
    CHECK(mentions(registry.refusal(lying), "facts.parents[0].digest: is not a known field"));
    CHECK(mentions(registry.refusal(a_push().with("/facts/missing", Json::array({"metrics"}))), "facts.missing: is not a known field"));
}

TEST_CASE("a body that is no object, or has members of the wrong type, is refused in words") {
    Problems problems;
    (void)read_push_request(Json::array(), problems);
    REQUIRE(!problems.empty());
    CHECK(problems[0].message == "must be an object, not an array");
    TestRegistry registry;
    for (const auto& [pointer, value] : std::vector<std::pair<std::string, Json>>{{"/files", 3},
                                                                                  {"/files/0", "x"},
                                                                                  {"/files/0/digest", "sha1:00"},
                                                                                  {"/tags", {{"a", 1}}},
                                                                                  {"/aliases", "x"},
                                                                                  {"/run", true},
                                                                                  {"/if_changed", "yes"},
                                                                                  {"/description", 1}}) {
        CHECK_MESSAGE(!registry.refusal(a_push().with(pointer, value)).empty(), pointer);
    }
}

}  // namespace assay::test
