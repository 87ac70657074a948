#include "registry/proofs.hpp"

#include "registry/fetch.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

struct Lab {
    TestRegistry registry;
    Digest here = registry.know(an_environment({{"scikit-learn", "1.2.2"}}));  // refused as unproven by the rules
    Digest home = registry.know(an_environment());

    Lab() { (void)registry.push(a_push().with_file("sample.json", std::string(a_sample))); }

    [[nodiscard]] Json body(const std::string& outcome, const Digest& environment) const {
        Json json = {{"environment", environment.to_string()}, {"outcome", outcome}};
        if (outcome.ends_with("-error")) {
            json["message"] = "ValueError: no";
        } else {
            json.update({{"sample", digest_text(a_sample)}, {"rows", 1}, {"methods", {"predict"}}});
            if (outcome == "different") json.update({{"differing", 1}, {"first_rows", {0}}, {"max_abs", 0.5}});
        }
        return json;
    }
    Result<RecordedProof> prove(const std::string& outcome, const Digest& environment, const std::string& actor = "ann@lab") {
        return record_proof(registry, "churn", version_ref("1"), must(read_proof(body(outcome, environment))), actor);
    }
    Verdict verdict(const EnvironmentClaim& claim, Trial trial = Trial::no) {
        return must(check_version(registry, "churn", version_ref("1"), claim, RecordFetch::no, "scorer@host", trial)).verdict;
    }
};

std::vector<std::string> fields(const Result<Proof>& proof) {
    std::vector<std::string> names;
    for (const FieldProblem& problem : error_of(proof).problems) names.push_back(problem.field);
    return names;
}

}  // namespace

TEST_CASE("a proof of equality lets a version pass that the rules refuse, and the verdict says so") {
    Lab lab;
    CHECK(lab.verdict(lab.here).decision == Verdict::Decision::refuse);
    for (const char* outcome : {"equal", "close"}) {
        CAPTURE(outcome);
        (void)must(lab.prove(outcome, lab.here));
        const Verdict verdict = lab.verdict(lab.here);
        CHECK(verdict.decision == Verdict::Decision::allow);
        CHECK(verdict.conflicts.empty());
        REQUIRE(verdict.overruled.size() == 1);
        CHECK(verdict.overruled[0].package == "scikit-learn");
        REQUIRE(verdict.settled);
        CHECK(verdict.settled->kind == "proof");
        CHECK(verdict.settled->by == "ann@lab");
    }
}

TEST_CASE("a proof that it fails refuses a version that the rules allow, whoever else has found it equal") {
    for (const char* outcome : {"different", "load-error", "predict-error"}) {
        CAPTURE(outcome);
        Lab lab;
        CHECK(lab.verdict(lab.home).decision == Verdict::Decision::allow);
        (void)must(lab.prove(outcome, lab.home));
        for (int i = 0; i < 30; ++i) {
            lab.registry.clock.advance_seconds(1);
            (void)must(lab.prove("equal", lab.home, "host" + std::to_string(i) + "@lab"));
        }
        const Verdict verdict = lab.verdict(lab.home);
        CHECK(verdict.decision == Verdict::Decision::refuse);
        REQUIRE(!verdict.conflicts.empty());
        CHECK(verdict.conflicts[0].rule == std::string("proof/") + outcome);
        CHECK(verdict.conflicts[0].because.find("ann@lab") != std::string::npos);
        CHECK(error_of(lab.registry.try_fetch("churn", "1", lab.home)).code == "incompatible-environment");
    }
}

TEST_CASE("a proof counts wherever what the version uses is the same, and nowhere else") {
    Lab lab;
    (void)must(lab.prove("equal", lab.here));
    CHECK(lab.verdict(an_environment({{"scikit-learn", "1.2.2"}, {"pandas", "9.9"}})).decision == Verdict::Decision::allow);
    CHECK(lab.verdict(an_environment({{"scikit-learn", "1.2.1"}})).decision == Verdict::Decision::refuse);
    CHECK(lab.verdict(an_environment({{"scikit-learn", "1.2.2"}}, "3.12.1")).decision == Verdict::Decision::refuse);
}

TEST_CASE("a version that is proven to fail here is not suggested instead of another") {
    Lab lab;
    (void)lab.registry.push(a_push().with_library("scikit-learn", "1.2.2"));
    const auto suggested = [&] {
        for (const std::string& fix : lab.verdict(lab.here).fix) {
            if (fix.find("churn@2") != std::string::npos) return true;
        }
        return false;
    };
    CHECK(suggested());
    Json body = lab.body("load-error", lab.here);
    (void)must(record_proof(lab.registry, "churn", version_ref("2"), must(read_proof(body)), "ann@lab"));
    CHECK(!suggested());
}

TEST_CASE("a trial lets pass what is refused only because nothing is known") {
    Lab lab;
    const Verdict verdict = lab.verdict(lab.here, Trial::yes);
    CHECK(verdict.decision == Verdict::Decision::warn);
    REQUIRE(verdict.settled);
    CHECK(verdict.settled->kind == "trial");
    Environment without = an_environment();
    without.packages.erase("joblib");
    CHECK(lab.verdict(without, Trial::yes).decision == Verdict::Decision::refuse);
    (void)must(lab.prove("different", lab.here));
    CHECK(lab.verdict(lab.here, Trial::yes).decision == Verdict::Decision::refuse);
    (void)must(check_version(lab.registry, "churn", version_ref("1"), lab.here, RecordFetch::no, "scorer@host", Trial::no));
}

TEST_CASE("the same finding of the same prover is counted, not kept twice, and is told newest first") {
    Lab lab;
    CHECK(must(lab.prove("equal", lab.here)).created);
    lab.registry.clock.advance_seconds(60);
    const RecordedProof again = must(lab.prove("equal", lab.here));
    CHECK(!again.created);
    CHECK(again.row.count == 2);
    CHECK(again.row.first_at < again.row.last_at);
    lab.registry.clock.advance_seconds(60);
    (void)must(lab.prove("equal", lab.here, "bob@lab"));
    auto rows = must(list_proofs(lab.registry, "churn", version_ref("1"), 10));
    std::erase_if(rows, [](const ProofRow& row) { return row.prover != "client"; });
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].actor == "bob@lab");
}

TEST_CASE("a proof is of a sample of the version, in an environment that is known, of a version that is ready") {
    Lab lab;
    Json other = lab.body("equal", lab.here);
    other["sample"] = digest_text("another sample");
    CHECK(error_of(record_proof(lab.registry, "churn", version_ref("1"), must(read_proof(other)), "ann@lab")).code == "invalid-proof");
    other["sample"] = digest_text("the bytes of a model");
    CHECK(error_of(record_proof(lab.registry, "churn", version_ref("1"), must(read_proof(other)), "ann@lab")).code == "invalid-proof");
    CHECK(error_of(lab.prove("equal", must(Digest::parse(digest_text("nowhere"))))).code == "environment-not-found");
    lab.registry.remove("churn", "1");
    CHECK(error_of(lab.prove("equal", lab.here)).code == "version-deleted");
}

TEST_CASE("a proof is a replay of the whole sample: its rows, and all of its methods when they are equal") {
    Lab lab;
    const auto problem = [&](const std::string& outcome, const Json& patch) {
        Json body = lab.body(outcome, lab.here);
        body.merge_patch(patch);
        const auto recorded = record_proof(lab.registry, "churn", version_ref("1"), must(read_proof(body)), "ann@lab");
        return recorded ? std::string() : recorded.error().problems.at(0).field;
    };
    CHECK(problem("equal", {{"rows", 2}}) == "rows");
    CHECK(problem("equal", {{"methods", {"launch"}}}) == "methods");
    CHECK(problem("different", {{"methods", {"predict", "launch"}}}) == "methods");
    CHECK(problem("different", Json::object()).empty());
    CHECK(problem("predict-error", {{"rows", 7}, {"methods", {"launch"}}}).empty());
}

TEST_CASE("a proof that says too little, or contradicts itself, is refused field by field") {
    Lab lab;
    const auto with = [&](const std::string& outcome, const Json& patch) {
        Json json = lab.body(outcome, lab.here);
        json.merge_patch(patch);
        return read_proof(json);
    };
    CHECK(read_proof(lab.body("equal", lab.here)).has_value());
    CHECK(fields(with("fine", {{"message", nullptr}})) == std::vector<std::string>{"outcome"});
    CHECK(fields(with("equal", {{"sample", nullptr}, {"rows", 0}, {"methods", nullptr}})) ==
          std::vector<std::string>{"sample", "rows", "methods"});
    CHECK(fields(with("equal", {{"differing", 1}})) == std::vector<std::string>{"differing"});
    CHECK(fields(with("different", {{"differing", 0}})) == std::vector<std::string>{"differing"});
    CHECK(fields(with("different", {{"differing", 2}})) == std::vector<std::string>{"differing"});
    CHECK(fields(with("different", {{"first_rows", {1}}})) == std::vector<std::string>{"first_rows"});
    CHECK(fields(with("load-error", {{"message", ""}})) == std::vector<std::string>{"message"});
    CHECK(fields(with("load-error", {{"message", "a\nb"}})) == std::vector<std::string>{"message"});
    CHECK(fields(with("equal", {{"environment", "here"}, {"max_abs", -1.0}, {"max_ulp", -1}})) ==
          std::vector<std::string>{"environment", "max_abs", "max_ulp"});
    CHECK(fields(with("equal", {{"mood", "good"}})) == std::vector<std::string>{"mood"});
    CHECK(fields(with("equal", {{"methods", Json::array({std::string(65, 'm')})}})) == std::vector<std::string>{"methods"});
    CHECK(fields(read_proof(Json::array())).size() == 1);
}

}  // namespace assay::test
