#include "artifact/zip/zip_reader.hpp"

#include "base/stream.hpp"
#include "tests/support/inspected.hpp"
#include "tests/support/zip_bytes.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

using Codes = std::vector<std::string>;

Codes codes_of(const std::string& bytes, const InspectLimits& limits = {}) { return all_codes(inspected(bytes, "a.zip", limits)); }
Codes codes_of(const std::vector<ZipEntry>& entries) { return codes_of(zip_bytes(entries)); }

/// "aaaa…" (1,000 of them), deflated: what zlib makes of them.
const std::string deflated("\x4b\x4c\x1c\x05\xa3\x60\x14\x0c\x77\x00\x00", 11);

}  // namespace

TEST_CASE("members are read as the two headers of each say alike") {
    const std::string bytes = zip_bytes(
        {{.name = "a.txt", .data = "hello"},
         {.name = "d/", .data = ""},
         {.name = "d/b.txt", .data = std::string(deflated), .method = 8, .size = 1000, .crc = slow_crc32(std::string(1000, 'a'))}});
    MemoryBytes file(bytes);
    Allowance allowance((InspectLimits()));
    const ZipDirectory directory = must(read_zip_directory(file, allowance));
    CHECK(directory.oddities.empty());
    REQUIRE(directory.members.size() == 3);
    CHECK(must(read_all(*open_member(file, directory.members[0]), 100)) == "hello");
    CHECK(must(read_all(*open_member(file, directory.members[2]), 2000)) == std::string(1000, 'a'));
    CHECK(directory.members[1].is_folder());
    CHECK(codes_of(bytes).empty());
}

TEST_CASE("sizes behind the data and sizes in a zip64 field are what zipfile and NumPy write") {
    CHECK(codes_of({{.name = "a", .data = "hello", .described = true}, {.name = "b", .data = "x", .zip64 = true}}).empty());
    std::string other = zip_bytes({{.name = "a", .data = "hello", .described = true}});
    other[other.find("PK\7\x08") + 4] ^= 1;
    CHECK(codes_of(other) == Codes{"zip-mismatch"});
}

TEST_CASE("headers that contradict each other are a mismatch") {
    CHECK(codes_of({{.name = "a", .data = "x", .local_name = "b"}}) == Codes{"zip-mismatch"});
    std::string method = zip_bytes({{.name = "a", .data = "x"}});
    method[8] = 8;  // of the local header
    CHECK(codes_of(method) == Codes{"zip-mismatch"});
    CHECK(codes_of({{.name = "a", .data = "x", .size = 2}}) == Codes{"zip-mismatch"});
}

TEST_CASE("bytes that belong to no member are told, wherever they lie") {
    const std::string good = zip_bytes({{.name = "a", .data = "x"}});
    CHECK(codes_of({{.name = "a", .data = "x", .gap = "PREFIX"}}) != Codes{});
    CHECK(codes_of({{.name = "a", .data = "x"}, {.name = "b", .data = "y", .gap = "hidden"}}) == Codes{"zip-layout"});
    CHECK(codes_of(good + "suffix") == Codes{"zip-layout"});
    CHECK(codes_of(zip_bytes({{.name = "a", .data = "x"}}, "a comment")) == Codes{"zip-layout"});
    CHECK(codes_of({{.name = "a", .data = "x", .comment = "hidden"}}) == Codes{"zip-layout"});
}

TEST_CASE("members may not share bytes") {
    std::string bytes = zip_bytes({{.name = "a", .data = "xy"}, {.name = "b", .data = "xy"}});
    const std::size_t second = bytes.rfind("PK\1\2");
    bytes.replace(second + 42, 4, le(0, 4));
    const Codes found = codes_of(bytes);
    CHECK(std::find(found.begin(), found.end(), "zip-overlap") != found.end());
}

TEST_CASE("a checksum that does not hold and an encrypted member are told") {
    CHECK(codes_of({{.name = "a", .data = "x", .crc = 7}}) == Codes{"zip-crc"});
    CHECK(codes_of({{.name = "a", .data = "x", .flags = 1}}) == Codes{"zip-encrypted"});
    CHECK(codes_of({{.name = "a", .data = "x", .flags = 0x20}}) == Codes{"zip-structure"});
    CHECK(codes_of({{.name = "a", .data = "x", .method = 12}}) == Codes{"unscannable"});
}

TEST_CASE("names are plain relative paths, each once") {
    for (const char* bad : {"../a", "/a", "a/../b", "a\\b", "C:a", "a//b", "./a", "a\nb", "\xff", "\xc3\xa9"}) {
        CHECK_MESSAGE(codes_of({{.name = bad, .data = "x"}}) == Codes{"zip-name"}, bad);
    }
    CHECK(codes_of({{.name = "\xc3\xa9", .data = "x", .flags = 0x800}}).empty());
    CHECK(codes_of({{.name = "a", .data = "x"}, {.name = "a", .data = "y"}}) == Codes{"zip-name"});
    CHECK(codes_of({{.name = "d/", .data = "x"}}) == Codes{"zip-name"});
}

TEST_CASE("a deflate stream is as long as its headers say, and nothing follows it") {
    const std::uint32_t crc = slow_crc32(std::string(1000, 'a'));
    CHECK(codes_of({{.name = "a", .data = deflated, .method = 8, .size = 999, .crc = crc}}) == Codes{"zip-mismatch"});
    CHECK(codes_of({{.name = "a", .data = deflated, .method = 8, .size = 1001, .crc = crc}}) == Codes{"zip-mismatch"});
    CHECK(codes_of({{.name = "a", .data = deflated + "x", .method = 8, .size = 1000, .crc = crc}}) == Codes{"zip-layout"});
    CHECK(codes_of({{.name = "a", .data = deflated.substr(0, 5), .method = 8, .size = 1000, .crc = crc}}) == Codes{"truncated"});
}

TEST_CASE("no more members are read and no more bytes unpacked than the limits allow") {
    InspectLimits limits;
    limits.max_members = 1;
    CHECK(codes_of(zip_bytes({{.name = "a", .data = "x"}, {.name = "b", .data = "y"}}), limits) == Codes{"limit-members"});
    limits = {};
    limits.max_unpacked = 999;
    const auto bytes = zip_bytes({{.name = "a", .data = deflated, .method = 8, .size = 1000, .crc = slow_crc32(std::string(1000, 'a'))}});
    CHECK(codes_of(bytes, limits) == Codes{"limit-unpacked"});
    std::string nested = zip_bytes({{.name = "a", .data = "x"}});
    for (int i = 0; i < 6; ++i) nested = zip_bytes({{.name = "z.zip", .data = nested}});
    CHECK(codes_of(nested) == Codes{"limit-depth"});
}

TEST_CASE("a zip without its end, or with one that points elsewhere, has no members") {
    const std::string good = zip_bytes({{.name = "a", .data = "x"}});
    CHECK(codes_of(good.substr(0, good.size() - 22)) == Codes{"truncated"});
    std::string offset = good;
    offset.replace(offset.size() - 6, 4, le(1, 4));
    CHECK(codes_of(offset) == Codes{"zip-layout"});
    offset.replace(offset.size() - 6, 4, le(1000, 4));
    CHECK(codes_of(offset) == Codes{"zip-structure"});
    std::string volumes = good;
    volumes[volumes.size() - 18] = 1;
    CHECK(codes_of(volumes) == Codes{"zip-structure"});
}

}  // namespace assay::test
