#include "registry/replay.hpp"

#include "registry/fetch.hpp"
#include "registry/impact.hpp"
#include "registry/manifest.hpp"
#include "registry/proofs.hpp"
#include "registry/trust.hpp"
#include "tests/support/source_dir.hpp"
#include "tests/support/test_registry.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace assay::test {

namespace {

std::string fixture(const std::string& path) {
    std::ifstream file(std::string(source_dir()) + "/tests/data/" + path, std::ios::binary);
    std::stringstream bytes;
    bytes << file.rdbuf();
    REQUIRE(!bytes.str().empty());
    return bytes.str();
}

std::string sample() { return fixture("predictions/1.9.1-random-forest.sample.json"); }

/// The same rows, and a first answer that the model does not give.
std::string wrong_sample() {
    Json json = must(parse_json(sample()));
    Json& first = json["outputs"]["predict_proba"]["values"][0][0];
    first = first.get<double>() == 0.5 ? 0.25 : 0.5;
    return json.dump();
}

PushBuilder a_forest(const std::string& sample_text) {
    return a_push()
        .with_library("scikit-learn", "1.9.1")
        .with_artifact(fixture("predictions/1.9.1-random-forest.joblib"))
        .with_file("sample.json", sample_text);
}

std::vector<ProofRow> proofs_of(TestRegistry& registry, const std::string& ref = "1") {
    return must(list_proofs(registry, "churn", version_ref(ref), 10));
}

}  // namespace

TEST_CASE("a push whose model answers its sample as it did has a proof of the server") {
    TestRegistry registry;
    (void)registry.push(a_forest(sample()));
    const auto proofs = proofs_of(registry);
    REQUIRE(proofs.size() == 1);
    CHECK(proofs[0].prover == "server");
    CHECK(proofs[0].outcome == "equal");
    const Json detail = must(parse_json(proofs[0].detail));
    CHECK(detail["rows"] == 12);
    CHECK(detail["methods"] == Json{"predict", "predict_proba"});
    const Json considered = must(parse_json(proofs[0].considered));
    CHECK(considered["implementation"] == "native");
}

TEST_CASE("a push whose model predicts otherwise is refused, and nothing is stored") {
    TestRegistry registry;
    const Error error = error_of(registry.try_push(a_forest(wrong_sample())));
    CHECK(error.kind == ErrorKind::prediction_differs);
    CHECK(error.code == "prediction-differs");
    CHECK(error.because.find("predict_proba in 1 of 12 rows") != std::string::npos);
    CHECK(error_of(list_proofs(registry, "churn", version_ref("1"), 10)).kind == ErrorKind::not_found);
}

TEST_CASE("what differs is told of the methods that differ, whatever cannot be asked beside them") {
    TestRegistry registry;
    Json json = must(parse_json(wrong_sample()));
    json["outputs"]["transform"] = {{"type", "float64"}, {"shape", {12}}, {"values", std::vector<double>(12, 1.0)}};
    const Error error = error_of(registry.try_push(a_forest(json.dump())));
    CHECK(error.code == "prediction-differs");
    registry.registry().policy.different = WhenDifferent::report;
    (void)registry.push(a_forest(json.dump()));
    const ProofRow proof = proofs_of(registry).at(0);
    CHECK(proof.outcome == "different");
    CHECK(must(parse_json(proof.detail))["methods"] == Json{"predict_proba"});
}

TEST_CASE("a push whose sample cannot be replayed says why") {
    TestRegistry registry;
    Json json = must(parse_json(sample()));
    json["outputs"]["transform"] = {{"type", "float64"}, {"shape", {12}}, {"values", std::vector<double>(12, 1.0)}};
    const Pushed pushed = must(registry.try_push(a_forest(json.dump())));
    CHECK(proofs_of(registry).at(0).outcome == "not-replayable");
    const auto tells = [](const std::string& warning) {
        return warning.find("cannot prove that it predicts what its sample says") != std::string::npos;
    };
    CHECK(std::ranges::any_of(pushed.warnings, tells));
}

TEST_CASE("what was found different stays so until a replay finds it right") {
    TestRegistry registry;
    registry.registry().policy.different = WhenDifferent::quarantine;
    const VersionView kept = registry.push(a_forest(wrong_sample()));
    registry.clock.advance_seconds(3600);
    ServerReplay unable;
    unable.outcome = "not-replayable";
    unable.because = "no reason";
    REQUIRE(registry.registry().database.write([&](SqlWrite& sql) -> Result<void> {
        TRY_ASSIGN(const RecordedProof proof, record_replay(registry, sql, kept.row, unable));
        (void)proof;
        return {};
    }));
    CHECK(must(registry.registry().database.read([&](SqlSession& sql) { return server_finds_different(sql, kept.row); })).has_value());
    CHECK(must(reinspect_version(registry, "churn", version_ref("1"), "ann@lab")).row.state == VersionState::quarantined);
}

TEST_CASE("policy keeps a different version aside, or only reports it") {
    TestRegistry registry;
    registry.registry().policy.different = WhenDifferent::quarantine;
    const VersionView kept = registry.push(a_forest(wrong_sample()));
    CHECK(kept.row.state == VersionState::quarantined);
    CHECK(proofs_of(registry)[0].outcome == "different");
    CHECK(must(reinspect_version(registry, "churn", version_ref("1"), "ann@lab")).row.state == VersionState::quarantined);
    CHECK(must(trust_version(registry, "churn", version_ref("1"), "the sample is the wrong one", "ann@lab")).row.state ==
          VersionState::ready);
    CHECK(must(reinspect_version(registry, "churn", version_ref("1"), "ann@lab")).row.state == VersionState::ready);
    registry.registry().policy.different = WhenDifferent::report;
    CHECK(registry.push(a_forest(wrong_sample())).row.state == VersionState::ready);
}

TEST_CASE("a version that is handed out although it predicts otherwise is handed out with a warning, and counted so") {
    TestRegistry registry;
    registry.registry().policy.different = WhenDifferent::report;
    (void)registry.push(a_forest(wrong_sample()));
    (void)registry.push(a_forest(sample()));
    const Digest home = registry.know(an_environment({{"scikit-learn", "1.9.1"}}));
    const auto verdict = [&](const char* version) {
        return must(check_version(registry, "churn", version_ref(version), home, RecordFetch::no, "ann@lab")).verdict;
    };
    CHECK(verdict("1").decision == Verdict::Decision::warn);
    REQUIRE(verdict("1").warnings.size() == 1);
    CHECK(verdict("1").warnings[0].package == "replay");
    CHECK(verdict("1").warnings[0].because.find("gives other predictions than its sample records: 1 of 12 rows differ") !=
          std::string::npos);
    CHECK(verdict("2").decision == Verdict::Decision::allow);
    VerdictsQuery doubtful;
    doubtful.decisions = {Verdict::Decision::refuse, Verdict::Decision::warn};
    const Impact found = must(impact(registry, "scikit-learn", "1.9.1", doubtful));
    CHECK(found.page.tally.allow == 1);
    CHECK(found.page.tally.warn == 1);
    REQUIRE(found.page.versions.size() == 1);
    CHECK(found.page.versions[0].version.row.version == 1);
    doubtful.decisions = {Verdict::Decision::allow};
    CHECK(must(impact(registry, "scikit-learn", "1.9.1", doubtful)).page.versions.size() == 1);
}

TEST_CASE("what is kept aside for its predictions says so to who asks for it") {
    TestRegistry registry;
    registry.registry().policy.different = WhenDifferent::quarantine;
    (void)registry.push(a_forest(wrong_sample()));
    const Error error = error_of(check_version(registry, "churn", version_ref("1"), NoEnvironment{}, RecordFetch::no, "ann@lab"));
    CHECK(error.kind == ErrorKind::prediction_differs);
    CHECK(error.code == "version-quarantined");
    CHECK(error.because.find("gives other predictions than its sample records: 1 of 12 rows differ") != std::string::npos);
}

TEST_CASE("a version that turns out to be different waits, and is handed out again once it is not") {
    TestRegistry registry;
    registry.registry().policy.different = WhenDifferent::report;
    (void)registry.push(a_forest(wrong_sample()));
    registry.registry().policy.different = WhenDifferent::refuse;
    registry.clock.advance_seconds(60);
    const Replayed waits = must(replay_version(registry, "churn", version_ref("1"), "ann@lab", false));
    CHECK(waits.before == VersionState::ready);
    CHECK(waits.row.state == VersionState::quarantined);
    CHECK(waits.proof->row.count == 2);
    registry.registry().policy.different = WhenDifferent::report;
    CHECK(must(replay_version(registry, "churn", version_ref("1"), "ann@lab", false)).row.state == VersionState::ready);
}

TEST_CASE("what this release has replayed is skipped when only changes are wanted") {
    TestRegistry registry;
    (void)registry.push(a_forest(sample()));
    CHECK_FALSE(must(replay_version(registry, "churn", version_ref("1"), "ann@lab", true)).proof);
    CHECK(must(replay_version(registry, "churn", version_ref("1"), "ann@lab", false)).proof);
}

TEST_CASE("every version is replayed in turn, whatever the one before was") {
    TestRegistry registry;
    (void)registry.push(a_forest(sample()));
    (void)registry.push(a_push());
    registry.registry().policy.different = WhenDifferent::report;
    (void)registry.push(a_forest(wrong_sample()));
    std::vector<std::int64_t> different;
    const ReplayCounts counts =
        must(replay_all(registry, [] { return false; }, [&](const Replayed& replayed) { different.push_back(replayed.row.version); }));
    CHECK(counts.equal == 1);
    CHECK(counts.different == 1);
    CHECK(counts.not_replayable == 1);
    CHECK(counts.failed == 0);
    CHECK(different == std::vector<std::int64_t>{3});
    CHECK(must(replay_all(registry, [] { return true; }, [](const Replayed&) {})).equal == 0);
}

TEST_CASE("why a version is not replayable is told") {
    TestRegistry registry;
    const auto because = [&](const PushBuilder& push) {
        const std::int64_t version = registry.push(push).row.version;
        const Replayed replayed = must(replay_version(registry, "churn", version_ref(std::to_string(version)), "ann@lab", false));
        CHECK(replayed.proof->row.outcome == "not-replayable");
        return must(parse_json(replayed.proof->row.detail))["message"].get<std::string>();
    };
    CHECK(because(a_push()).find("no pickle") != std::string::npos);
    CHECK(because(a_push().with_library("scikit-learn", "1.9.1").with_artifact(fixture("predictions/1.9.1-random-forest.joblib"))) ==
          "it has no sample");
    CHECK(because(a_forest(fixture("predictions/1.9.1-standard-scaler.sample.json"))).find("has no transform") != std::string::npos);
    CHECK(because(a_forest(sample()).with_file("second.joblib", fixture("predictions/1.9.1-tree-classifier.joblib")))
              .find("it holds 2 models") != std::string::npos);
}

TEST_CASE("rows that a PMML document beside the model, or the model itself, carries stand in for a sample") {
    TestRegistry registry;
    const auto push = [&](bool document) {
        PushBuilder builder = a_push()
                                  .with_library("scikit-learn", "1.5.2")
                                  .with_library("joblib", "1.4.2")
                                  .with_artifact(fixture("verification/1.5.2-pmml-pipeline.joblib"));
        if (document) builder.with_file("model.pmml", fixture("verification/1.5.2-pmml-pipeline.pmml"));
        return registry.push(builder).row.version;
    };
    for (const bool document : {false, true}) {
        const auto found = proofs_of(registry, std::to_string(push(document)));
        REQUIRE(found.size() == 1);
        CHECK(found[0].outcome == "equal");
    }
}

}  // namespace assay::test
