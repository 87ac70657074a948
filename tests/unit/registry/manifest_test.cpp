#include "registry/manifest.hpp"

#include "base/crypto.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/result.hpp"

namespace assay::test {

namespace {

Manifest a_manifest() {
    Manifest manifest;
    manifest.model = "caf\xc3\xa9 churn";
    manifest.version = 3;
    manifest.created_at = "2026-11-23T10:00:00.5Z";
    manifest.files = {{"model.joblib", sha256("model"), 5, "application/vnd.joblib"},
                      {"sample.json", sha256(""), 0, "application/vnd.assay.sample+json"}};
    Facts& facts = manifest.facts;
    facts.uses = {"scikit-learn", "numpy"};
    facts.libraries = {{"python", "3.11.7"}, {"scikit-learn", "1.7.2"}, {"numpy", "2.3.1"}};
    facts.platform = "linux-x86_64";
    facts.trained_at = must(Timestamp::parse("2026-11-22T21:14:03Z"));
    facts.datasets = {{"training", "adult", sha256("adult").to_string(), "ds1:" + sha256("table").to_string(), 32561},
                      {"evaluation", "adult-test", sha256("adult-test").to_string(), std::nullopt, std::nullopt}};
    facts.metrics = {{"accuracy", 0.861, "adult-test"}, {"loss", 1e-7, std::nullopt}, {"trees", 100, std::nullopt}};
    facts.params = {{"model__max_depth", "8"}, {"note", "two\nlines \"quoted\" \xe2\x82\xac"}};
    facts.source = {{"git", "9f31c0e"}, {"entry_point", "train.py"}};
    facts.parents = {{"retrained_from", "churn", 2, sha256("parent").to_string()}};
    facts.origin = {{"metrics.loss", "assumed held-out"}};
    facts.run = "0123456789abcdef0123456789abcdef";
    return manifest;
}

}  // namespace

TEST_CASE("the canonical bytes of a manifest, and their digest, never change") {
    const std::string bytes = must(canonical_bytes(a_manifest()));
    check_golden("manifest.json", bytes);
    check_golden("manifest.digest", sha256(bytes).to_string() + "\n");
}

TEST_CASE("a manifest with a metric of any size can be read again") {
    Manifest manifest = a_manifest();
    manifest.facts.metrics = {{"loss", 1e20, std::nullopt}, {"sum", -123456789012345680000.0, std::nullopt}, {"big", 1e300, std::nullopt}};
    const std::string bytes = must(canonical_bytes(manifest));
    const Manifest again = must(read_manifest(bytes));
    CHECK(again.facts.metrics[0].value == 1e20);
    CHECK(must(canonical_bytes(again)) == bytes);
}

TEST_CASE("the bytes of a tombstone never change") {
    const Manifest manifest = a_manifest();
    VersionRow row;
    row.model = manifest.model;
    row.version = manifest.version;
    row.digest = sha256("manifest").to_string();
    check_golden("tombstone.json", must(tombstone_bytes(row, "2026-11-24T00:00:00Z")));
}

TEST_CASE("a manifest read back gives the same bytes") {
    const std::string bytes = must(canonical_bytes(a_manifest()));
    CHECK(must(canonical_bytes(must(read_manifest(bytes)))) == bytes);
}

TEST_CASE("what is no manifest of ours is damaged") {
    const std::string bytes = must(canonical_bytes(a_manifest()));
    const auto with = [&](const std::string& pointer, const Json& value) {
        Json json = must(parse_json(bytes));
        json[Json::json_pointer(pointer)] = value;
        return json.dump();
    };
    for (const std::string& text :
         {std::string(), std::string("{}"), std::string("[]"), bytes.substr(0, bytes.size() - 1), with("/schema", "assay.manifest/2"),
          with("/version", 0), with("/version", -3), with("/version", INT64_MAX), with("/files/0/size", -1),
          with("/files/0/digest", "sha256:x"), with("/extra", 1), with("/facts/extra", 1), with("/facts/metrics/0/value", "x")}) {
        const Error error = error_of(read_manifest(text));
        CHECK_MESSAGE(error.code == "manifest-damaged", text.substr(0, 100));
        CHECK(error.kind == ErrorKind::integrity);
        CHECK(!error.problems.empty());
    }
}

TEST_CASE("the content digest ignores version, dates, run and what the registry filled in, and nothing else") {
    const Manifest base = a_manifest();
    const Digest digest = must(content_digest(base));
    Manifest same = base;
    same.version = 9;
    same.created_at = "2027-01-01T00:00:00Z";
    same.facts.run = std::string(32, 'f');
    same.facts.trained_at.reset();
    same.facts.parents[0].digest.clear();
    same.facts.missing = {"metrics"};
    CHECK(must(content_digest(same)) == digest);

    const std::vector<void (*)(Manifest&)> changes = {
        [](Manifest& m) { m.files[0].path = "other.joblib"; }, [](Manifest& m) { m.files[0].digest = sha256("x"); },
        [](Manifest& m) { m.facts.metrics[0].value = 0.5; },   [](Manifest& m) { m.facts.libraries["numpy"] = "2.0"; },
        [](Manifest& m) { m.facts.params.clear(); },           [](Manifest& m) { m.facts.parents[0].version = 1; }};
    for (const auto& change : changes) {
        Manifest other = base;
        change(other);
        CHECK(must(content_digest(other)) != digest);
    }
}

}  // namespace assay::test
