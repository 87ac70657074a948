#include "registry/runnable.hpp"

#include "registry/proofs.hpp"
#include "registry/waivers.hpp"
#include "tests/support/test_registry.hpp"

#include <fmt/format.h>

namespace assay::test {

namespace {

using Decision = Verdict::Decision;

struct Fleet {
    TestRegistry registry;
    Digest here = registry.know(an_environment());

    std::string operator()(const std::set<Decision>& decisions, const std::string& filter = "", std::int64_t limit = 100) {
        VerdictsQuery query;
        query.search.filter = filter;
        query.search.limit = limit;
        query.decisions = decisions;
        last = must(runnable(registry, here, query));
        std::string text;
        for (const JudgedVersion& one : last.versions) {
            text += fmt::format("{}{}@{}:{}", text.empty() ? "" : " ", one.version.row.model, one.version.row.version,
                                to_string(one.verdict.decision));
        }
        return text;
    }
    std::string tally() const { return fmt::format("{} {} {}", last.tally.allow, last.tally.warn, last.tally.refuse); }
    void add(const PushBuilder& push) {
        (void)registry.push(push);
        registry.clock.advance_seconds(60);
    }
    void prove(const std::string& model, const std::string& outcome, const Digest& environment) {
        Json body = {{"environment", environment.to_string()}, {"outcome", outcome}};
        body["message"] = "ValueError: no";
        if (!outcome.ends_with("-error")) body.update({{"sample", digest_text(a_sample)}, {"rows", 1}, {"methods", {"predict"}}});
        (void)must(record_proof(registry, model, version_ref("1"), must(read_proof(body)), "ann@lab"));
    }

    VerdictsPage last;
};

PushBuilder with_sample(const std::string& model) { return a_push(model).with_file("sample.json", std::string(a_sample)); }

}  // namespace

TEST_CASE("an environment is told what it can load, by the gate's own verdict on each version") {
    Fleet fleet;
    fleet.add(a_push("same"));
    fleet.add(a_push("near").with_library("scikit-learn", "1.7.0"));
    fleet.add(a_push("far").with_library("scikit-learn", "1.2.2"));
    fleet.add(a_push("gone"));
    fleet.registry.remove("gone", "1");
    CHECK(fleet({Decision::allow, Decision::warn}) == "near@1:warn same@1:allow");
    CHECK(fleet.tally() == "1 1 1");
    CHECK(fleet({Decision::refuse}) == "far@1:refuse");
    CHECK(fleet({Decision::allow}, "name = 'near'") == "");
    CHECK(fleet.tally() == "1 1 1");
    CHECK(fleet({Decision::allow, Decision::warn, Decision::refuse}) == "far@1:refuse near@1:warn same@1:allow");
}

TEST_CASE("what is runnable is read page by page") {
    Fleet fleet;
    for (int i = 0; i < 5; ++i) fleet.add(a_push("m"));
    VerdictsQuery query;
    query.decisions = {Decision::allow};
    query.search.limit = 2;
    std::vector<std::int64_t> seen;
    do {
        const VerdictsPage page = must(runnable(fleet.registry, fleet.here, query));
        for (const JudgedVersion& one : page.versions) seen.push_back(one.version.row.version);
        query.search.cursor = page.next;
    } while (!query.search.cursor.empty());
    CHECK(seen == std::vector<std::int64_t>{5, 4, 3, 2, 1});
    const Digest elsewhere = fleet.registry.know(an_environment({{"numpy", "2.0.0"}}));
    query.search.cursor = must(runnable(fleet.registry, fleet.here, query)).next;
    CHECK(error_of(runnable(fleet.registry, elsewhere, query)).code == "invalid-cursor");
}

TEST_CASE("proofs and waivers count for single versions among those with the same needs, as they do at the gate") {
    Fleet fleet;
    const auto far = [](const std::string& model) { return with_sample(model).with_library("scikit-learn", "1.2.2"); };
    fleet.add(far("far"));
    fleet.add(far("proven"));
    fleet.add(far("waived"));
    fleet.add(far("broken-but-waived"));
    fleet.add(with_sample("same"));
    fleet.add(with_sample("broken"));
    fleet.prove("proven", "equal", fleet.here);
    fleet.prove("broken", "load-error", fleet.here);
    fleet.prove("broken-but-waived", "predict-error", fleet.here);
    // of another environment: says nothing here
    fleet.prove("far", "equal", fleet.registry.know(an_environment({{"numpy", "2.0.0"}})));
    fleet.prove("same", "load-error", fleet.registry.know(an_environment({{"numpy", "2.0.0"}})));
    for (const char* model : {"waived", "broken-but-waived", "same"}) {
        (void)must(waive(fleet.registry, model, version_ref("1"),
                         {"tested", {fleet.registry.clock.now().microseconds + 1'000'000}, std::nullopt}, "ann@lab"));
    }
    CHECK(fleet({Decision::allow}) == "same@1:allow proven@1:allow");
    CHECK(fleet({Decision::warn}) == "broken-but-waived@1:warn waived@1:warn");
    CHECK(fleet({Decision::refuse}) == "broken@1:refuse far@1:refuse");
    CHECK(fleet.tally() == "2 2 2");
    CHECK(fleet({Decision::allow, Decision::refuse}, "name LIKE '%o%'") == "broken@1:refuse proven@1:allow");
    fleet.registry.clock.advance_seconds(2);
    CHECK(fleet({Decision::refuse}) == "broken@1:refuse broken-but-waived@1:refuse waived@1:refuse far@1:refuse");
    CHECK(fleet.tally() == "2 0 4");
}

TEST_CASE("an environment that nobody knows can load nothing that could be told") {
    Fleet fleet;
    CHECK(error_of(runnable(fleet.registry, must(Digest::parse(digest_text("nowhere"))), {})).code == "environment-not-found");
    CHECK(fleet({Decision::allow}) == "");
    CHECK(fleet.tally() == "0 0 0");
}

}  // namespace assay::test
