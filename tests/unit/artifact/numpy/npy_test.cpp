#include "artifact/numpy/npy.hpp"

#include "artifact/numpy/npy_header.hpp"
#include "tests/support/inspected.hpp"
#include "tests/support/npy_bytes.hpp"

#include <doctest/doctest.h>

namespace assay::test {

namespace {

std::string with_header(const std::string& dict, std::size_t bytes) { return npy_bytes(dict, std::string(bytes, '\0')); }

std::vector<std::string> codes_of(const std::string& dict, std::size_t bytes) {
    return codes(inspected(with_header(dict, bytes), "a.npy"));
}

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("an array's dtype, shape, order and place are read from its header") {
    const Inspection inspection = inspected(with_header("{'descr': '>f4', 'fortran_order': True, 'shape': (3, 2), }", 24), "a.npy");
    CHECK(inspection.format == "npy");
    CHECK(inspection.complete);
    REQUIRE(inspection.arrays.size() == 1);
    CHECK(inspection.arrays[0].dtype == ">f4");
    CHECK(inspection.arrays[0].shape == std::vector<std::uint64_t>{3, 2});
    CHECK(inspection.arrays[0].fortran);
    CHECK(inspection.arrays[0].offset == 128);
    CHECK(inspection.arrays[0].length == 24);
    CHECK(inspection.array_total == 24);
}

TEST_CASE("an array has exactly the bytes that its header claims") {
    CHECK(codes_of("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 16).empty());
    CHECK(codes_of("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 15) == Codes{"truncated"});
    CHECK(codes_of("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 17) == Codes{"trailing-bytes"});
    CHECK(codes_of("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", 8).empty());
    CHECK(codes_of("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4), }", 0).empty());
    CHECK(codes_of("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }", 0) ==
          Codes{"limit-length"});
    CHECK(codes_of("{'descr': '|V0', 'fortran_order': False, 'shape': (1000000000,), }", 0) == Codes{"array-empty-items"});
}

TEST_CASE("a header is a dict of three literals and nothing else") {
    for (const char* bad :
         {"{'descr': '<f8', 'fortran_order': False}", "{'descr': '<f8', 'fortran_order': False, 'shape': (1), }",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}",
          "{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
          "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,), }", "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
          "{'descr': __import__('os').system('id'), 'fortran_order': False, 'shape': (1,), }",
          "{'descr': '<f3', 'fortran_order': False, 'shape': (1,), }", "[]", "", "{'descr': '<f8'"}) {
        CHECK_MESSAGE(codes_of(bad, 8) == Codes{"npy-header"}, bad);
    }
}

TEST_CASE("a structure's size is the sum of its fields, padding included") {
    const auto dtype = parse_descr("[('a', '|i1'), ('', '|V7'), ('b', '<f8', (2, 3)), (('title', 'c'), [('d', '<i4')])]");
    REQUIRE(dtype);
    CHECK(dtype->itemsize == 1 + 7 + 48 + 4);
    REQUIRE(dtype->fields.size() == 3);
    CHECK(dtype->fields[1].offset == 8);
    CHECK(dtype->fields[2].name == "c");
    CHECK_FALSE(dtype->has_objects);
    CHECK(parse_descr("[('a', '|O')]")->has_objects);
    CHECK_FALSE(parse_descr("[('a', '<f8'"));
    CHECK_FALSE(parse_descr("[('a',)]"));
    CHECK_FALSE(parse_descr("[[[[[[[[[[['<f8']]]]]]]]]]]"));
}

TEST_CASE("what follows the header of an array of objects is judged as a pickle") {
    const std::string dict = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
    const Inspection inspection = inspected(npy_bytes(dict,
                                                      "\x80\x03"
                                                      "cposix\nsystem\nU\x02id\x85R."),
                                            "a.npy");
    CHECK(inspection.format == "npy");
    REQUIRE(inspection.calls.size() == 1);
    CHECK(inspection.calls[0].module == "posix");
    CHECK(inspection.calls[0].offset > 128);
    CHECK(codes(inspected(npy_bytes(dict, "no pickle"), "a.npy")) != Codes{});
}

TEST_CASE("a header that is cut off, of another version or too long is told") {
    const std::string good = with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", 8);
    CHECK(codes(inspected(good.substr(0, 40))) == Codes{"truncated"});
    std::string version = good;
    version[6] = 4;
    CHECK(codes(inspected(version)) == Codes{"npy-header"});
    std::string longer = good;
    longer[6] = 2;
    CHECK(codes(inspected(longer)) == Codes{"limit-header"});
}

}  // namespace assay::test
