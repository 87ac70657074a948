// safetensors: the tensors of a file that is complete fill it to its last byte.
#include "artifact/inspect.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/inspection_holds.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = assay::test::text_of(data, size);
    const assay::Inspection inspection = assay::test::inspect_held(bytes, "m.safetensors");
    if (inspection.format != "safetensors" || !inspection.complete) return 0;
    assay::test::require(inspection.array_total < size);
    return 0;
}
