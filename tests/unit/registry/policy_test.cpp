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
