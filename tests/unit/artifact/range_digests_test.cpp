#include "artifact/range_digests.hpp"

#include "tests/support/artifacts.hpp"
#include "tests/support/result.hpp"

#include "base/crypto.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

std::string hex_of(std::string_view bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish().hex();
}

/// The digests as hexadecimal digits, "-" for one that is absent.
std::vector<std::string> digests(const std::string& bytes, const std::vector<ArtifactRange>& ranges) {
    MemoryBytes file(bytes);
    std::vector<std::string> found;
    for (const auto& digest : must(digest_ranges(file, ranges))) found.push_back(digest ? digest->hex() : "-");
    return found;
}

std::vector<ArtifactRange> arrays_of(const Inspection& inspection) {
    std::vector<ArtifactRange> ranges;
    for (const ArrayFact& array : inspection.arrays) ranges.push_back({array.offset, array.length});
    return ranges;
}

}  // namespace

TEST_CASE("ranges are digested in the order in which they are asked for") {
    CHECK(digests("0123456789", {{6, 3}, {0, 2}, {2, 0}}) == std::vector<std::string>{hex_of("678"), hex_of("01"), hex_of("")});
    CHECK(digests("", {}).empty());
}

TEST_CASE("a range that ends behind the file, or begins within another, has no digest") {
    CHECK(digests("0123456789", {{8, 3}}) == std::vector<std::string>{"-"});
    CHECK(digests("0123456789", {{1ULL << 63U, 1ULL << 63U}}) == std::vector<std::string>{"-"});
    CHECK(digests("0123456789", {{0, 4}, {2, 4}, {6, 1}}) == std::vector<std::string>{hex_of("0123"), "-", hex_of("6")});
}

TEST_CASE("the arrays of a compressed file have the digests of the same arrays in a plain one") {
    const std::string plain = artifact_bytes("1.9.1-pipeline.joblib");
    const Inspection inspection = inspect_bytes(plain, "model.joblib");
    REQUIRE(!inspection.arrays.empty());
    const auto expected = digests(plain, arrays_of(inspection));
    CHECK(expected.front() == hex_of(plain.substr(inspection.arrays[0].offset, inspection.arrays[0].length)));
    for (const char* name : {"1.9.1-pipeline.z", "1.9.1-pipeline.lz4", "1.9.1-pipeline.xz"}) {
        CAPTURE(name);
        CHECK(digests(artifact_bytes(name), arrays_of(inspect_artifact(name))) == expected);
    }
}

TEST_CASE("what is no stream of its codec has no digests") {
    std::string broken = artifact_bytes("1.9.1-pipeline.z");
    broken.resize(broken.size() / 2);
    const auto found = digests(broken, {{0, 10}, {1000, 100'000}});
    CHECK(found[1] == "-");
}

}  // namespace assay::test
