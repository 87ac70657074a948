// skops schemas, beside the members that their nodes may name: an array, a sparse matrix, bytes.
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/inspection_holds.hpp"
#include "tests/support/npy_bytes.hpp"
#include "tests/support/zip_bytes.hpp"

namespace {

std::string integers(const char* shape, const std::string& data) {
    return assay::test::npy_bytes(std::string("{'descr': '<i8', 'fortran_order': False, 'shape': ") + shape + ", }", data);
}

std::string sparse_matrix() {
    using assay::test::le;
    return assay::test::zip_bytes({{.name = "indices.npy", .data = integers("(1,)", le(0, 8))},
                                   {.name = "indptr.npy", .data = integers("(3,)", le(0, 8) + le(1, 8) + le(1, 8))},
                                   {.name = "shape.npy", .data = integers("(2,)", le(2, 8) + le(1, 8))},
                                   {.name = "data.npy", .data = integers("(1,)", le(7, 8))}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::string array = integers("(2,)", assay::test::le(7, 8) + assay::test::le(9, 8));
    static const std::string number = integers("()", assay::test::le(5, 8));
    static const std::string sparse = sparse_matrix();
    const std::string schema(assay::test::text_of(data, size));
    const std::string bytes = assay::test::zip_bytes({{.name = "1.npy", .data = array},
                                                      {.name = "2.npy", .data = number},
                                                      {.name = "3.npz", .data = sparse},
                                                      {.name = "4.bin", .data = "\x7f\x01\x02"},
                                                      {.name = "schema.json", .data = schema}});
    const assay::Inspection inspection = assay::test::inspect_held(bytes, "m.skops");
    assay::test::require(inspection.parts.size() == 5);
    return 0;
}
