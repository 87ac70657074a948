// .npy files: what is complete has exactly the bytes that its array claims.
#include "artifact/inspect.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/inspection_holds.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = assay::test::text_of(data, size);
    const assay::Inspection inspection = assay::test::inspect_held(bytes, "a.npy");
    if (inspection.format != "npy" || !inspection.complete) return 0;
    assay::test::require(inspection.arrays.size() >= 1 && inspection.arrays.front().offset <= size);
    assay::test::require(inspection.arrays.front().offset + inspection.arrays.front().length == size);
    return 0;
}
