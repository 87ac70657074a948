#include "artifact/archive.hpp"

#include "base/text.hpp"
#include "tests/support/inspected.hpp"
#include "tests/support/source_dir.hpp"
#include "tests/support/zip_bytes.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

namespace assay::test {

namespace {

using Codes = std::vector<std::string>;

/// tests/golden/archive.hex, which the C++ library writes.
std::string golden() {
    std::ifstream file(source_dir() + "/tests/golden/archive.hex");
    std::string hex((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    std::erase_if(hex, [](char c) { return hex_value(c) < 0; });
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) bytes += static_cast<char>(hex_value(hex[i]) * 16 + hex_value(hex[i + 1]));
    return bytes;
}

std::string text(const std::string& value) { return le(value.size(), 8) + value; }
std::string header(int count) {
    return "ASSAYARC" + le(1, 4) + std::string("\x01") + le(1, 4) + text("x/1") + le(static_cast<std::uint64_t>(count), 8) + le(1, 4);
}

}  // namespace

TEST_CASE("an archive is read to its end, and its matrices are listed") {
    const Inspection inspection = inspected(golden(), "model.assay");
    CHECK(inspection.format == "archive");
    CHECK(inspection.complete);
    CHECK(inspection.details["schema"] == "example.complete/1");
    CHECK(inspection.details["values"] == 6);
    CHECK(inspection.array_count == 2);
    CHECK(inspection.arrays[0].shape == std::vector<std::uint64_t>{2, 3});
    CHECK(inspection.arrays[0].fortran);
}

TEST_CASE("what only begins like an archive is none") {
    CHECK(codes(inspected("ASSAYARC anything")) == Codes{"unscannable"});  // of another version
    CHECK(codes(inspected("ASSAYARC" + le(1, 4) + "\2" + le(1, 4))) == Codes{"archive-layout"});
    CHECK(codes(inspected(golden() + "x")) == Codes{"archive-layout"});
    const std::string one = text("a") + "\x02" + le(7, 8);
    CHECK(codes(inspected(header(1) + one)).empty());
    CHECK(codes(inspected(header(2) + one + one)) == Codes{"archive-layout"});  // names ascend
    CHECK(codes(inspected(header(1) + text("a") + "\x09" + le(7, 8))) == Codes{"archive-layout"});
    CHECK(codes(inspected(header(1) + text("m") + "\x06" + le(1ULL << 31U, 8) + le(1ULL << 31U, 8))) == Codes{"archive-layout"});
}

TEST_CASE("an archive cut at any byte is no archive") {
    const std::string whole = golden();
    for (std::size_t length = 8; length < whole.size(); ++length) {
        CAPTURE(length);
        const Inspection cut = inspected(whole.substr(0, length));
        REQUIRE_FALSE(cut.complete);
        REQUIRE_FALSE(cut.oddities.empty());
    }
}

}  // namespace assay::test
