// ONNX models: whatever the wire says, nothing is read twice or beyond the end.
#include "artifact/inspect.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/inspection_holds.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = assay::test::text_of(data, size);
    const assay::Inspection inspection = assay::test::inspect_held(bytes, "m.onnx");
    if (inspection.format != "onnx") return 0;  // a compressed pickle counts its offsets in what it unpacks to
    for (const assay::ArrayFact& array : inspection.arrays) assay::test::require(array.offset <= size);
    return 0;
}
