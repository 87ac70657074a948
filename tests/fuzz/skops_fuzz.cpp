// skops schemas, as the one member of a zip.
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/inspection_holds.hpp"
#include "tests/support/zip_bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string schema(assay::test::text_of(data, size));
    const std::string bytes = assay::test::zip_bytes({{.name = "schema.json", .data = schema}});
    const assay::Inspection inspection = assay::test::inspect_held(bytes, "m.skops");
    assay::test::require(inspection.parts.size() == 1);
    return 0;
}
