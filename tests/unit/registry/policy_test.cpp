#include "registry/policy.hpp"

#include "tests/support/result.hpp"

namespace assay::test {

TEST_CASE("an empty policy file refuses every missing fact") {
    for (const char* text : {"", "[facts]\n", "# nothing\n"}) {
        const Policy policy = must(read_policy(text));
        CHECK(policy.libraries == WhenMissing::refuse);
        CHECK(policy.datasets == WhenMissing::refuse);
        CHECK(policy.metrics == WhenMissing::refuse);
        CHECK(policy.trained_at == WhenMissing::refuse);
    }
}

TEST_CASE("each fact is refused or warned of on its own") {
    const Policy policy = must(read_policy("[facts]\nlibraries = \"refuse\"\ndatasets = \"warn\"\nmetrics = \"warn\"\n"));
    CHECK(policy.libraries == WhenMissing::refuse);
    CHECK(policy.datasets == WhenMissing::warn);
    CHECK(policy.metrics == WhenMissing::warn);
    CHECK(policy.trained_at == WhenMissing::refuse);
}

TEST_CASE("without a word about safety, what needs trust waits and what is dangerous is refused") {
    const Policy policy = must(read_policy(""));
    CHECK(policy.accept == Safety::model);
    CHECK(!policy.quarantine_dangerous);
    CHECK(policy.trusted_for("churn").empty());
}

TEST_CASE("names are trusted for a model, or for all whose names begin alike") {
    const Policy policy =
        must(read_policy("[safety]\naccept = \"needs-trust\"\ndangerous = \"quarantine\"\n[safety.trusted]\n"
                         "churn = [\"lib.A\"]\n\"fraud-*\" = [\"lib.B\", \"lib.sub.C\"]\n"));
    CHECK(policy.accept == Safety::needs_trust);
    CHECK(policy.quarantine_dangerous);
    using Names = std::set<std::string, std::less<>>;
    CHECK(policy.trusted_for("churn") == Names{"lib.A"});
    CHECK(policy.trusted_for("churn-eu").empty());
    CHECK(policy.trusted_for("fraud-eu") == Names{"lib.B", "lib.sub.C"});
}

TEST_CASE("a mistake in what a policy trusts is refused: wildcards, single words, other values") {
    for (const char* text :
         {"[safety]\naccept = \"dangerous\"\n", "[safety]\ndangerous = \"allow\"\n", "[safety]\ntrust = 1\n",
          "[safety.trusted]\nchurn = [\"lib.*\"]\n", "[safety.trusted]\nchurn = [\"lib\"]\n", "[safety.trusted]\nchurn = \"lib.A\"\n"}) {
        CHECK(error_of(read_policy(text)).code == "invalid-policy");
    }
}

TEST_CASE("a policy file with mistakes is refused with each of them, because a typing error must not loosen it") {
    const Error error = error_of(read_policy("colour = 1\n[facts]\nmetrics = \"warm\"\ndatasets = true\nlibrary = \"warn\"\n"));
    CHECK(error.kind == ErrorKind::invalid);
    CHECK(error.code == "invalid-policy");
    std::vector<std::string> fields;
    for (const FieldProblem& problem : error.problems) fields.push_back(problem.field);
    CHECK(fields == std::vector<std::string>{"facts.datasets", "facts.metrics", "facts.library", "colour"});
    CHECK(error_of(read_policy("[facts\n")).kind == ErrorKind::invalid);
    CHECK(error_of(read_policy("facts = 3\n")).code == "invalid-policy");
}

}  // namespace assay::test
