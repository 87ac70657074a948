#include "registry/check_samples.hpp"

#include "artifact/sample.hpp"
#include "tests/support/test_registry.hpp"

#include <algorithm>

namespace assay::test {

namespace {

constexpr const char* good =
    R"({"schema":"assay.sample/1","rows":1,"input":{"kind":"text","values":["a"]},"outputs":{"predict":{"type":"bool","shape":[1],"values":[true]}}})";
constexpr const char* without_outputs = R"({"schema":"assay.sample/1","rows":1,"input":{"kind":"text","values":["a"]}})";
constexpr const char* damaged =
    R"({"schema":"assay.sample/1","rows":2,"input":{"kind":"text","values":["a",1]},"outputs":{"predict":{"type":"bool","shape":[3],"values":[]}}})";

using Lines = std::vector<std::string>;

bool holds(const Lines& lines, std::string_view line) { return std::ranges::find(lines, line) != lines.end(); }

PushBuilder with_media_type(const std::string& path, const std::string& bytes, const std::string& media_type) {
    return a_push().with_file(path, bytes).with("/files/1/media_type", media_type);
}

}  // namespace

TEST_CASE("a version with a good sample is registered, and the sample has its media type") {
    TestRegistry registry;
    const VersionView version = registry.push(a_push().with_file("sample.json", good));
    CHECK(version.row.manifest.find(sample_media_type) != std::string::npos);
    CHECK(must(registry.try_read("churn", "1", "sample.json")) == good);
}

TEST_CASE("a push with a damaged sample is refused with the file, the path and the place inside, and stores nothing") {
    TestRegistry registry;
    const Lines lines = registry.refusal(a_push().with_file("sample.json", damaged));
    CHECK(lines == Lines{"files[1]: sample.json: input.values[1] must be a string, not an integer",
                         "files[1]: sample.json: outputs.predict.shape[0] is 3, but the sample has 2 rows"});
    CHECK(registry.ask("SELECT count(*) FROM versions") == "0");
    CHECK(registry.ask("SELECT count(*) FROM models") == "0");
}

TEST_CASE("what is wrong with a sample is told together with everything else") {
    TestRegistry registry;
    const Lines lines =
        registry.refusal(a_push().without("metrics").with_missing_blob("weights.bin").with_file("sample.json", without_outputs));
    CHECK(lines.size() == 3);
    CHECK(holds(lines, "files[2]: sample.json: outputs is required and missing: a version keeps a sample for what the model answered"));
    CHECK(std::ranges::any_of(lines, [](const std::string& line) { return line.starts_with("facts.metrics: "); }));
    CHECK(std::ranges::any_of(lines, [](const std::string& line) { return line.starts_with("files[1].digest: "); }));
}

TEST_CASE("a sample that is no JSON at all is refused with what the parser says") {
    TestRegistry registry;
    const Error error = error_of(registry.try_push(a_push().with_file("sample.json", R"({"rows":NaN})")));
    CHECK(error.code == "push-refused");
    REQUIRE(error.problems.size() == 1);
    CHECK(error.problems[0].field == "files[1]");
    CHECK(error.problems[0].message.starts_with("sample.json is not a sample: the text is not valid JSON: at byte "));
    CHECK(error.problems[0].fix.find("\"NaN\"") != std::string::npos);
}

TEST_CASE("a sample is known by its media type, or by its name when no media type is said") {
    TestRegistry registry;
    CHECK(!registry.try_push(with_media_type("held-out.json", "{}", std::string(sample_media_type))));
    CHECK(!registry.try_push(a_push().with_file("deep/sample.json", "{}")));
    CHECK(registry.try_push(with_media_type("sample.json", "{}", "application/json")).has_value());
    CHECK(registry.try_push(a_push().with_file("downsample.json", "{}")).has_value());
}

TEST_CASE("a version has one sample") {
    TestRegistry registry;
    const Lines lines = registry.refusal(a_push().with_file("sample.json", good).with_file("data/sample.json", good));
    CHECK(lines == Lines{"files[2]: data/sample.json is a second sample beside sample.json"});
}

TEST_CASE("a sample larger than the limit is refused without being read") {
    TestRegistry registry;
    const std::string large(SampleLimits{}.max_bytes + 1, ' ');
    const Lines lines = registry.refusal(a_push().with_file("sample.json", large));
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("files[1]: sample.json has 33554433 bytes; a sample has at most 33554432"));
}

TEST_CASE("a missing sample is a missing blob like any other") {
    TestRegistry registry;
    CHECK(error_of(registry.try_push(a_push().with_missing_blob("sample.json"))).code == "blob-missing");
}

TEST_CASE("a sample found damaged in the store refuses the push, and uploading it again heals") {
    TestRegistry registry(Blobs::on_disk);
    const Digest digest = registry.put(good);
    damage_file(registry.blob_path(digest));
    PushBuilder push = a_push().with("/files/1", {{"path", "sample.json"}, {"digest", digest.to_string()}});
    const Error error = error_of(registry.try_push(push));
    CHECK(error.code == "blob-missing");
    REQUIRE(error.problems.size() == 1);
    CHECK(error.problems[0].field == "files[1].digest");
    CHECK(error.problems[0].message.find("damaged in the store") != std::string::npos);
    (void)registry.put(good);
    CHECK(registry.try_push(push).has_value());
}

}  // namespace assay::test
