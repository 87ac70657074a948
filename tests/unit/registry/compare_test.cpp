#include "registry/compare.hpp"

#include "tests/support/artifacts.hpp"
#include "tests/support/test_registry.hpp"

#include <algorithm>

namespace assay::test {

namespace {

std::vector<Reference> references(const std::vector<std::string>& texts) {
    std::vector<Reference> wanted;
    for (const std::string& text : texts) wanted.push_back(must(Reference::parse(text)));
    return wanted;
}

/// The values of a row; null when there is no such row.
Json values(const Comparison& comparison, const std::string& section, const std::string& key) {
    const auto found = std::ranges::find(comparison.sections, section, &ComparedSection::name);
    REQUIRE(found != comparison.sections.end());
    const auto row = std::ranges::find(found->rows, key, &ComparedRow::key);
    return row == found->rows.end() ? Json(nullptr) : Json(row->values);
}

}  // namespace

TEST_CASE("versions are laid side by side, with null where one has none") {
    TestRegistry registry;
    (void)registry.push(a_push().with("/facts/params", {{"depth", "8"}}).with_tag("team", "birds"));
    (void)registry.push(a_push()
                            .with_library("scikit-learn", "1.6.0")
                            .with_metric("loss", 0.25)
                            .with_artifact("other bytes")
                            .with_alias("production")
                            .with("/facts/params", {{"depth", "16"}}));
    const Comparison found = must(compare_versions(registry, references({"churn@1", "churn@production"})));
    REQUIRE(found.versions.size() == 2);
    CHECK(found.versions[1].row.version == 2);
    CHECK(values(found, "params", "depth") == Json{"8", "16"});
    CHECK(values(found, "libraries", "scikit-learn") == Json{"1.7.2", "1.6.0"});
    CHECK(values(found, "metrics", "loss on adult-test") == Json{nullptr, 0.25});
    CHECK(values(found, "labels", "tags.team") == Json{"birds", nullptr});
    CHECK(values(found, "labels", "aliases") == Json{nullptr, {"production"}});
    CHECK(values(found, "files", "model.joblib").at(0).at("digest") == digest_text("the bytes of a model"));
    CHECK(values(found, "files", "model.joblib").at(1).at("digest") == digest_text("other bytes"));
    CHECK(values(found, "facts", "trained_at") == Json{"2026-11-22T21:14:03Z", "2026-11-22T21:14:03Z"});
}

TEST_CASE("what is in the files is compared, by parameter, attribute and array") {
    TestRegistry registry;
    (void)registry.push(a_push().with_artifact(artifact_bytes("1.9.1-pipeline.joblib")).with_library("scikit-learn", "1.9.1"));
    (void)registry.push(a_push().with_artifact(artifact_bytes("1.7.2-pipeline.joblib")).with_library("scikit-learn", "1.7.2"));
    const Comparison found = must(compare_versions(registry, references({"churn@1", "churn@2"})));
    CHECK(values(found, "contents", "model.penalty") == Json{"deprecated", "l2"});
    CHECK(values(found, "contents", "model.multi_class") == Json{nullptr, "deprecated"});
    const Json mean = values(found, "contents", "scale.mean_");
    CHECK(mean.at(0) == mean.at(1));  // the same data
    CHECK(mean.at(0).at("sha256").get<std::string>().size() == 64);
}

TEST_CASE("what is the same is marked so") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push().with_library("numpy", "2.4.0"));
    const Comparison found = must(compare_versions(registry, references({"churn@1", "churn@2"})));
    for (const ComparedSection& section : found.sections) {
        for (const ComparedRow& row : section.rows) {
            CAPTURE(row.key);
            CHECK(row.same == (row.values.at(0) == row.values.at(1)));
            if (section.name == "libraries") CHECK(row.same == (row.key != "numpy"));
        }
    }
}

TEST_CASE("a comparison says which of the versions another comes from, over any number of steps") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push().with_parent("churn@1"));
    (void)registry.push(a_push("distilled").with_parent("churn@2", "distilled_from"));
    const Comparison found = must(compare_versions(registry, references({"distilled@1", "churn@1"})));
    CHECK(values(found, "lineage", "parents") == Json{{"distilled_from churn@2"}, nullptr});
    CHECK(values(found, "lineage", "comes from") == Json{{"churn@1"}, nullptr});
}

TEST_CASE("deleted versions can be compared, absent ones and too few or too many cannot") {
    TestRegistry registry;
    (void)registry.push(a_push());
    (void)registry.push(a_push());
    registry.remove("churn", "1");
    CHECK(values(must(compare_versions(registry, references({"churn@1", "churn@2"}))), "labels", "state") == Json{"deleted", "ready"});
    CHECK(error_of(compare_versions(registry, references({"churn@1", "churn@3"}))).code == "version-not-found");
    CHECK(error_of(compare_versions(registry, references({"churn@1"}))).code == "invalid-request");
    CHECK(error_of(compare_versions(registry, std::vector<Reference>(21, must(Reference::parse("churn@2"))))).code == "invalid-request");
}

}  // namespace assay::test
