#include "registry/waivers.hpp"

#include "registry/fetch.hpp"
#include "registry/models.hpp"
#include "tests/support/test_registry.hpp"

namespace assay::test {

namespace {

struct Office {
    TestRegistry registry;
    Digest here = registry.know(an_environment({{"scikit-learn", "1.2.2"}}));

    Office() { (void)registry.push(a_push()); }

    Timestamp in_days(std::int64_t days) { return {registry.clock.now().microseconds + days * 86'400'000'000}; }
    Result<WaiverRow> grant(std::int64_t days, const std::optional<Digest>& environment = std::nullopt) {
        return waive(registry, "churn", version_ref("1"), {"tested by hand", in_days(days), environment}, "ann@lab");
    }
    Verdict verdict(const EnvironmentClaim& claim) {
        return must(check_version(registry, "churn", version_ref("1"), claim, RecordFetch::no, "scorer@host")).verdict;
    }
    std::size_t listed(bool all) { return must(list_waivers(registry, all, 0, 100)).size(); }
};

}  // namespace

TEST_CASE("a waiver lets a refusal pass with a warning that names who, why and until when") {
    Office office;
    CHECK(office.verdict(office.here).decision == Verdict::Decision::refuse);
    const WaiverRow waiver = must(office.grant(14));
    CHECK(waiver.id == 1);
    const Verdict verdict = office.verdict(office.here);
    CHECK(verdict.decision == Verdict::Decision::warn);
    REQUIRE(verdict.warnings.size() == 1);
    CHECK(verdict.warnings[0].rule == "waiver/1");
    CHECK(verdict.warnings[0].because.find("ann@lab") != std::string::npos);
    CHECK(verdict.warnings[0].because.find("tested by hand") != std::string::npos);
    REQUIRE(verdict.settled);
    CHECK(verdict.settled->until == office.in_days(14).to_string());
    CHECK(verdict.overruled.size() == 1);
    CHECK(must(office.registry.try_read("churn", "1")) == "the bytes of a model");
}

TEST_CASE("a waiver changes nothing where the gate does not refuse, and says nothing of an environment that is not named") {
    Office office;
    (void)must(office.grant(14));
    CHECK(office.verdict(an_environment()).decision == Verdict::Decision::allow);
    CHECK(office.verdict(UnknownEnvironment{}).decision == Verdict::Decision::refuse);
}

TEST_CASE("a waiver ends by its time, or before it by hand, and stays in the list of all that were") {
    Office office;
    (void)must(office.grant(1));
    office.registry.clock.advance_seconds(86'400);
    CHECK(office.verdict(office.here).decision == Verdict::Decision::refuse);
    CHECK(error_of(end_waiver(office.registry, 1, "bob@lab")).code == "waiver-ended");

    (void)must(office.grant(1));
    CHECK(office.verdict(office.here).decision == Verdict::Decision::warn);
    CHECK(office.listed(false) == 1);
    const WaiverRow ended = must(end_waiver(office.registry, 2, "bob@lab"));
    CHECK(ended.ended_by == "bob@lab");
    CHECK(office.verdict(office.here).decision == Verdict::Decision::refuse);
    CHECK(office.listed(false) == 0);
    CHECK(office.listed(true) == 2);
    CHECK(error_of(end_waiver(office.registry, 2, "bob@lab")).code == "waiver-ended");
    CHECK(error_of(end_waiver(office.registry, 3, "bob@lab")).code == "waiver-not-found");
}

TEST_CASE("a waiver for an environment holds where what the version uses is the same, and nowhere else") {
    Office office;
    (void)must(office.grant(1, office.here));
    CHECK(office.verdict(an_environment({{"scikit-learn", "1.2.2"}, {"pandas", "9.9"}})).decision == Verdict::Decision::warn);
    CHECK(office.verdict(an_environment({{"scikit-learn", "1.3.0"}})).decision == Verdict::Decision::refuse);
    CHECK(error_of(office.grant(1, must(Digest::parse(digest_text("nowhere"))))).code == "environment-not-found");
}

TEST_CASE("a waiver and its end are in the history of the model") {
    Office office;
    (void)must(office.grant(1));
    (void)must(end_waiver(office.registry, 1, "bob@lab"));
    const auto rows = must(model_history(office.registry, "churn", 0, 2));
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].kind == "waiver-ended");
    CHECK(rows[0].actor == "bob@lab");
    CHECK(rows[1].kind == "waived");
    CHECK(rows[1].after.value_or("").find("tested by hand") != std::string::npos);
}

TEST_CASE("a waiver has a reason and an end within a year") {
    Office office;
    for (const std::int64_t days : {0, -1, 367}) {
        CAPTURE(days);
        const Error error = error_of(office.grant(days));
        CHECK(error.code == "invalid-waiver");
        CHECK(error.problems.at(0).field == "until");
    }
    const auto fields = [](const Json& json) {
        std::string names;
        for (const FieldProblem& problem : error_of(read_waive(json)).problems) names += problem.field + " ";
        return names;
    };
    CHECK(fields({{"why", "  "}, {"until", "soon"}}) == "why until ");
    CHECK(fields({{"why", std::string(1001, 'x')}, {"until", "2026-12-24"}}) == "why ");
    CHECK(fields({{"why", "a\nb"}, {"until", "2026-12-24"}, {"environment", "here"}, {"who", "me"}}) == "why environment who ");
    CHECK(fields(Json::object()) == "why until ");
}

}  // namespace assay::test
