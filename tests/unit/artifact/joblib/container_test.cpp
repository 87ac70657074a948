#include "artifact/joblib/container.hpp"

#include "tests/support/artifacts.hpp"

#include <doctest/doctest.h>

#include <string>

namespace assay::test {

namespace {

using namespace std::string_view_literals;
using namespace std::string_literals;

/// What a file unpacks to, and the code of the failure that ended it.
std::pair<std::string, std::string> unpacked(std::string_view packed, const InspectLimits& limits = {}) {
    const auto codec = sniff_codec(packed);
    REQUIRE(codec);
    MemorySource source(packed);
    const auto file = unpack(*codec, source, packed.size(), limits);
    std::string code;
    std::string bytes = drain(*file, code);
    return {std::move(bytes), code};
}

constexpr const char* endings[] = {"z", "gz", "bz2", "lzma", "xz", "lz4"};

}  // namespace

TEST_CASE("each codec of joblib is known by its first bytes and unpacks to the same pickle") {
    const std::string first = unpacked(artifact_bytes("1.9.1-pipeline.z")).first;
    CHECK(first.starts_with("\x80\x04"sv));
    for (const char* ending : endings) {
        CAPTURE(ending);
        const auto [bytes, code] = unpacked(artifact_bytes(std::string("1.9.1-pipeline.") + ending));
        CHECK(code == "");
        CHECK(bytes.size() == first.size());
    }
}

TEST_CASE("letters that begin like a codec are none") {
    for (const std::string_view text : {"xylophone", "BZhello", "ZF is a company", "]", "hello"}) CHECK(!sniff_codec(text));
}

TEST_CASE("a stream that ends early is truncated, and one with damaged bytes is corrupt") {
    for (const char* ending : endings) {
        CAPTURE(ending);
        std::string whole = artifact_bytes(std::string("1.9.1-pipeline.") + ending);
        CHECK(unpacked(whole.substr(0, whole.size() / 2)).second == "truncated");
        if (std::string_view(ending) == "lz4") continue;  // joblib writes it without a checksum
        whole[whole.size() / 2] = static_cast<char>(whole[whole.size() / 2] ^ 0x55);
        CHECK(unpacked(whole).second != "");
    }
}

TEST_CASE("bytes behind the first stream are refused, a second stream among them") {
    for (const char* ending : endings) {
        CAPTURE(ending);
        const std::string whole = artifact_bytes(std::string("1.9.1-pipeline.") + ending);
        CHECK(unpacked(whole + "x").second == "multi-member");
        CHECK(unpacked(whole + whole).second == "multi-member");
    }
}

TEST_CASE("a bomb is refused by what it unpacks to, and by its ratio only beyond what is free") {
    const std::string packed = artifact_bytes("1.9.1-pipeline.z");
    InspectLimits limits;
    limits.max_unpacked = 1'000;
    CHECK(unpacked(packed, limits).second == "limit-unpacked");
    limits = {};
    limits.max_ratio = 0;
    CHECK(unpacked(packed, limits).second == "");
    limits.free_unpacked = 10;
    CHECK(unpacked(packed, limits).second == "limit-unpacked");
}

TEST_CASE("a z-file of joblib before 0.10 has its length in front, which must be true") {
    const std::string zlib = "\x78\x9c\x4b\x4c\x4a\x06\x00\x02\x4d\x01\x27"s;  // "abc"
    const auto header = [](std::string length) {
        length.resize(19, ' ');
        return "ZF" + length;
    };
    CHECK(unpacked(header("0x3") + zlib) == std::pair<std::string, std::string>{"abc", ""});
    CHECK(unpacked(header("0x3") + " " + zlib) == std::pair<std::string, std::string>{"abc", ""});
    CHECK(unpacked(header("0x4") + zlib).second == "corrupt-data");
    CHECK(unpacked(header("0xq") + zlib).second == "corrupt-data");
    CHECK(unpacked("ZF0x3").second == "truncated");
}

}  // namespace assay::test
