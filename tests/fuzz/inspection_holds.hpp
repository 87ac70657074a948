#pragma once

#include "artifact/inspect.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>
#include <utility>

namespace assay::test {

/// What holds for every inspection: it says a format, it is complete or says why not, and it can be told as JSON.
inline void require_inspection(const Inspection& inspection) {
    require(!inspection.format.empty());
    require(inspection.complete || !inspection.oddities.empty() || !inspection.parts.empty());
    for (const Oddity& oddity : inspection.oddities) require(!oddity.code.empty() && !oddity.detail.empty());
    for (const Inspection& part : inspection.parts) require_inspection(part);
}

/// Inspects memory within small limits, and requires what holds for every input.
inline Inspection inspect_held(std::string_view bytes, std::string name) {
    InspectLimits limits;
    limits.max_values = 100'000;
    limits.max_unpacked = limits.free_unpacked = 4U << 20U;
    limits.max_buffered = 1U << 20U;
    MemoryBytes memory(bytes);
    auto inspection = inspect(memory, std::move(name), limits);
    require(inspection.has_value());
    require_inspection(*inspection);
    const std::string text = to_text(to_json(*inspection));
    require(!text.empty());
    return *std::move(inspection);
}

}  // namespace assay::test
