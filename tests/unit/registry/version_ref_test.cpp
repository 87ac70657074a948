#include "registry/version_ref.hpp"

#include "tests/support/result.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace assay;
using namespace assay::test;

TEST_CASE("a version is named by its number, an alias, @latest or the digest of its manifest") {
    CHECK(std::get<VersionRef::Number>(must(VersionRef::parse("3")).which).value == 3);
    CHECK(std::get<VersionRef::Number>(must(VersionRef::parse("9223372036854775807")).which).value == 9223372036854775807);
    CHECK(std::get<VersionRef::Alias>(must(VersionRef::parse("@production")).which).name == "production");
    const std::string digest = "sha256:" + std::string(64, 'a');
    CHECK(std::get<Digest>(must(VersionRef::parse(digest)).which).to_string() == digest);
}

TEST_CASE("@latest is the newest version in any spelling of its letters, and never an alias") {
    for (const char* text : {"@latest", "@Latest", "@LATEST"}) {
        CHECK(std::holds_alternative<VersionRef::Latest>(must(VersionRef::parse(text)).which));
    }
}

TEST_CASE("what names no version is refused with what would") {
    for (const char* text : {"", "0", "-1", "+1", "03", "1.0", "v1", "latest", "production", "9223372036854775808", "@", "@7", "@a/b",
                             "sha256:", "sha256:ABC", "1 ", " 1"}) {
        CAPTURE(text);
        const Error error = error_of(VersionRef::parse(text));
        CHECK(error.kind == ErrorKind::invalid);
        CHECK(error.code == "invalid-reference");
        CHECK(!error.because.empty());
    }
}
