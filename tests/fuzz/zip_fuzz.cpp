// Zips: the members of one that is complete lie within it, and none is larger than what it may unpack to.
#include "artifact/inspect.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/inspection_holds.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = assay::test::text_of(data, size);
    const assay::Inspection inspection = assay::test::inspect_held(bytes, "a.zip");
    if (inspection.format == "zip" && inspection.complete) assay::test::require(bytes.ends_with(std::string_view("\0\0", 2)));
    return 0;
}
