#include "artifact/safetensors/safetensors.hpp"

#include "tests/support/inspected.hpp"
#include "tests/support/zip_bytes.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

using Codes = std::vector<std::string>;

std::string file(const std::string& header, std::size_t bytes) { return le(header.size(), 8) + header + std::string(bytes, '\0'); }
Codes codes_of(const std::string& header, std::size_t bytes) { return codes(inspected(file(header, bytes), "m.safetensors")); }

}  // namespace

TEST_CASE("tensors and metadata are read from the header") {
    const Inspection inspection = inspected(file(
        R"({"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"BF16","shape":[1],"data_offsets":[16,18]}})",
        18));
    CHECK(inspection.format == "safetensors");
    CHECK(inspection.complete);
    CHECK(inspection.array_count == 2);
    CHECK(inspection.array_total == 18);
    CHECK(inspection.arrays.at(1).path == "w");
    CHECK(inspection.arrays.at(1).dtype == "<f4");
    CHECK(inspection.arrays.at(0).dtype == "BF16");
    CHECK(inspection.details["metadata"]["format"] == "pt");
}

TEST_CASE("tensors fill the file without holes and overlaps") {
    const std::string two = R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[)";
    CHECK(codes_of(two + "2,4]}}", 4).empty());
    CHECK(codes_of(two + "2,4]}}", 3) == Codes{"truncated"});
    CHECK(codes_of(two + "2,4]}}", 5) == Codes{"trailing-bytes"});
    CHECK(codes_of(two + "3,5]}}", 5) == Codes{"safetensors-layout"});
    CHECK(codes_of(two + "1,3]}}", 3) == Codes{"safetensors-layout"});
}

TEST_CASE("a tensor that contradicts itself is told") {
    for (const char* bad : {R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})", R"({"dtype":"F99","shape":[1],"data_offsets":[0,4]})",
                            R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})", R"({"dtype":"F32","shape":[1],"data_offsets":[4,0]})",
                            R"({"dtype":"F32","shape":[1]})", R"({"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1})", "1",
                            R"({"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]})"}) {
        CHECK_MESSAGE(codes_of("{\"a\":" + std::string(bad) + "}", 4) == Codes{"safetensors-header"}, bad);
    }
    CHECK(codes_of("{\"a\":1,\"a\":1}", 0) == Codes{"safetensors-header"});
    CHECK(codes_of("{ nonsense", 0) == Codes{"safetensors-header"});
}

}  // namespace assay::test
