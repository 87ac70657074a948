#include "registry/impact.hpp"

#include "registry/proofs.hpp"
#include "tests/support/test_registry.hpp"

#include <fmt/format.h>

namespace assay::test {

namespace {

using Decision = Verdict::Decision;

std::string listed(const Impact& found) {
    std::string text;
    for (const JudgedVersion& one : found.page.versions)
        text += fmt::format("{}{}@{}:{}", text.empty() ? "" : " ", one.version.row.model, one.version.row.version,
                            to_string(one.verdict.decision));
    return text;
}

VerdictsQuery bad() {
    VerdictsQuery query;
    query.decisions = {Decision::refuse, Decision::warn};
    return query;
}

}  // namespace

TEST_CASE("a move of one package is judged for every version that uses it, and for it alone") {
    TestRegistry registry;
    (void)registry.push(a_push("same"));
    (void)registry.push(a_push("near").with_library("scikit-learn", "1.7.0"));
    (void)registry.push(a_push("far").with_library("scikit-learn", "1.2.2").with_library("numpy", "1.24.0"));
    (void)registry.push(a_push("far").with_library("scikit-learn", "1.2.2"));
    (void)registry.push(a_push("other").with("/facts/uses", Json::array({"numpy"})));
    const Impact found = must(impact(registry, "Scikit_Learn", "1.7.2", bad()));
    CHECK(found.page.tally.allow == 1);
    CHECK(found.page.tally.warn == 1);
    CHECK(found.page.tally.refuse == 2);
    CHECK(listed(found) == "near@1:warn far@2:refuse far@1:refuse");
    REQUIRE(found.releases.size() == 3);
    CHECK(found.releases[0].recorded == "1.2.2");
    CHECK(found.releases[0].versions == 2);
    CHECK(found.releases[0].verdict.decision == Decision::refuse);
    CHECK(found.releases[1].recorded == "1.7.0");
    CHECK(found.releases[2].verdict.decision == Decision::allow);
}

TEST_CASE("a known break is told with its rule, and a move that nothing uses touches nothing") {
    TestRegistry registry;
    (void)registry.push(a_push());
    const Impact older = must(impact(registry, "numpy", "1.26.4", bad()));
    REQUIRE(older.releases.size() == 1);
    CHECK(older.releases[0].verdict.conflicts.at(0).effect == Effect::load_error);
    CHECK(listed(older) == "churn@1:refuse");
    const Impact none = must(impact(registry, "xgboost", "2.0.0", bad()));
    CHECK(none.releases.empty());
    CHECK(none.page.versions.empty());
}

TEST_CASE("python can move too, for versions that say which they were made with") {
    TestRegistry registry;
    (void)registry.push(a_push("old").with_library("python", "3.14.0"));
    (void)registry.push(a_push("silent").with("/facts/libraries", {{"scikit-learn", "1.7.2"}, {"numpy", "2.3.1"}, {"joblib", "1.5.1"}}));
    const Impact found = must(impact(registry, "python", "3.7.0", bad()));
    CHECK(listed(found) == "old@1:refuse");
    CHECK(found.page.tally.refuse == 1);
    CHECK(found.page.tally.allow == 0);
}

TEST_CASE("a proof counts for a move when it was made with everything else as the version recorded it") {
    TestRegistry registry;
    const auto add = [&](const std::string& model, const std::string& numpy) {
        (void)registry.push(a_push(model)
                                .with_library("scikit-learn", "1.2.2")
                                .with_library("numpy", numpy)
                                .with_file("sample.json", std::string(a_sample)));
    };
    add("a", "2.3.1");
    add("b", "2.2.0");
    const Digest with_231 = registry.know(an_environment({{"numpy", "2.3.1"}}));
    for (const char* model : {"a", "b"}) {
        const Json body = {{"environment", with_231.to_string()},
                           {"outcome", "equal"},
                           {"sample", digest_text(a_sample)},
                           {"rows", 1},
                           {"methods", {"predict"}}};
        (void)must(record_proof(registry, model, version_ref("1"), must(read_proof(body)), "ann@lab"));
    }
    // b was proven with another numpy than its own: the move of scikit-learn alone is still open
    CHECK(listed(must(impact(registry, "scikit-learn", "1.7.2", bad()))) == "b@1:refuse");
}

TEST_CASE("a move to what is no package or no release is refused") {
    TestRegistry registry;
    CHECK(error_of(impact(registry, "-", "1.0", bad())).code == "invalid-package");
    CHECK(error_of(impact(registry, "numpy", "", bad())).code == "invalid-release");
}

}  // namespace assay::test
