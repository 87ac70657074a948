#include "registry/inspections.hpp"

#include "tests/support/test_registry.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

constexpr std::string_view own_code = "cchurn_lib\nRatio\n(tR.";
constexpr std::string_view shell = "cposix\nsystem\n(Vecho hello\ntR.";

FileToInspect file(TestRegistry& registry, const std::string& path, std::string_view bytes) { return {path, registry.put(bytes)}; }

}  // namespace

TEST_CASE("a version is as safe as the worst of its files, and each reason names its file") {
    TestRegistry registry;
    const auto found =
        must(inspect_files(registry, "churn", {file(registry, "notes.txt", "hello"), file(registry, "model.pkl", own_code)}));
    CHECK(found.verdict == Safety::needs_trust);
    const Json report = found.report();
    CHECK(report["reasons"][0]["member"] == "model.pkl");
    CHECK(report["reasons"][0]["name"] == "churn_lib.Ratio");
    CHECK(report["inspection"]["format"] == "version");
    CHECK(report["inspection"]["parts"].size() == 2);
    CHECK(report["inspection"]["parts"][0]["name"] == "notes.txt");
}

TEST_CASE("the report of one file is that file's") {
    TestRegistry registry;
    const Json report = must(inspect_files(registry, "churn", {file(registry, "model.pkl", own_code)})).report();
    CHECK(report["inspection"]["format"] == "pickle");
    CHECK(!report["reasons"][0].contains("member"));
}

TEST_CASE("an inspection is stored and taken from there until the lists change") {
    TestRegistry registry;
    const FileToInspect wanted = file(registry, "model.pkl", own_code);
    (void)must(inspect_files(registry, "churn", {wanted}));
    CHECK(registry.ask("SELECT verdict FROM inspections") == "needs-trust");
    registry.execute("UPDATE inspections SET verdict = 'data', reasons = '[]'");
    CHECK(must(inspect_files(registry, "churn", {wanted})).verdict == Safety::data);
    registry.execute("UPDATE inspections SET lists = 'sha256:of-another-release'");
    CHECK(must(inspect_files(registry, "churn", {wanted})).verdict == Safety::needs_trust);
}

TEST_CASE("an inspection of an older release, which did not tell objects, is read again") {
    TestRegistry registry;
    const FileToInspect wanted = file(registry, "model.pkl", own_code);
    (void)must(inspect_files(registry, "churn", {wanted}));
    registry.execute("UPDATE inspections SET verdict = 'data', reasons = '[]', inspection = json_remove(inspection, '$.objects')");
    CHECK(must(inspect_files(registry, "churn", {wanted})).verdict == Safety::needs_trust);
    CHECK(registry.ask("SELECT json_type(inspection, '$.objects') FROM inspections") == "array");
}

TEST_CASE("names that the policy trusts for a model are no reason, for that model alone") {
    Policy policy;
    policy.trusted = {{"churn*", {"churn_lib.Ratio"}}};
    TestRegistry registry(Blobs::in_memory, policy);
    const FileToInspect wanted = file(registry, "model.pkl", own_code);
    CHECK(must(inspect_files(registry, "churn-eu", {wanted})).verdict == Safety::model);
    CHECK(must(inspect_files(registry, "fraud", {wanted})).verdict == Safety::needs_trust);
}

TEST_CASE("no policy trusts what is dangerous") {
    Policy policy;
    policy.trusted = {{"churn", {"posix.system"}}};
    TestRegistry registry(Blobs::in_memory, policy);
    CHECK(must(inspect_files(registry, "churn", {file(registry, "model.pkl", shell)})).verdict == Safety::dangerous);
}

TEST_CASE("the error of an unsafe artifact has every reason as a problem and the verdict as details") {
    TestRegistry registry;
    const auto found = must(inspect_files(registry, "churn", {file(registry, "model.pkl", shell)}));
    const Error error = unsafe_artifact("not registered", found);
    CHECK(error.kind == ErrorKind::unsafe);
    REQUIRE(!error.problems.empty());
    CHECK(error.problems[0].field.starts_with("model.pkl: byte "));
    CHECK(error.problems[0].message.find("posix.system('echo hello',)") != std::string::npos);
    CHECK(must(parse_json(error.details))["verdict"] == "dangerous");
}

}  // namespace assay::test
