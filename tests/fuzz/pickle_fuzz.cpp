// Whatever the bytes are: an inspection, with every offset within what was read; what was not read to its end is never called safe.
#include "artifact/inspect.hpp"
#include "registry/safety.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const assay::SafetyLists lists = *assay::SafetyLists::builtin();
    assay::InspectLimits limits;
    limits.max_values = 20'000;  // a larger bomb is refused in the same lines, and this is faster
    limits.max_unpacked = limits.free_unpacked = 1U << 20U;
    assay::MemoryBytes bytes(assay::test::text_of(data, size));
    const auto inspection = assay::inspect(bytes, "model.pkl", limits);
    assay::test::require(inspection.has_value());
    const assay::SafetyVerdict verdict = assay::judge_safety(*inspection, lists);
    if (!inspection->complete) assay::test::require(verdict.verdict > assay::Safety::model);
    if (verdict.verdict > assay::Safety::model) assay::test::require(!verdict.reasons.empty());
    assay::MemoryBytes again(assay::test::text_of(data, size));
    const auto second = assay::inspect(again, "model.pkl", limits);
    assay::test::require(second && assay::to_text(assay::to_json(*second)) == assay::to_text(assay::to_json(*inspection)));
    return 0;
}
